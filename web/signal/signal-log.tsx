import { useInfiniteQuery } from "@tanstack/react-query";
import { RotateCcw } from "lucide-react";
import { useState } from "react";
import type { Bot } from "../../schema/wire/bot.ts";
import type { Signal } from "../../schema/wire/signal.ts";
import { ConfirmAct } from "../settings/confirm-act.tsx";
import { instrumentName } from "../trading/instrument-name.ts";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { LoadedRows } from "../ui/loaded-rows.tsx";
import { Moment } from "../ui/moment.tsx";
import { RecordTable } from "../ui/record-table.tsx";
import { replaySignal, signalsQuery } from "./signal-queries.ts";
import { STATE_WORDS, termWords, WISH_WORDS } from "./signal-words.ts";

interface SignalLogProps {
  readonly bot: Bot;
  /** The newest as the bot's channel tells them. */
  readonly latest: readonly Signal[];
  readonly onOrder: (id: string) => void;
}

/** Every signal that came, and what became of it. */
export function SignalLog({ bot, latest, onOrder }: SignalLogProps) {
  const query = useInfiniteQuery(signalsQuery(bot.id));
  const [again, setAgain] = useState<Signal | null>(null);
  return (
    <>
      <LoadedRows
        query={withLatest(query, latest)}
        noun="signal"
        empty={<p className="px-4 py-6 text-muted">Nothing came yet. The first message to the address stands here.</p>}
      >
        {(rows) => (
          <RecordTable
            label="Signals of the bot"
            rows={rows}
            keyOf={({ id }) => id}
            columns={[
              { title: "What became of it", left: true, cell: ({ state }) => <State state={state} /> },
              { title: "Came in", left: true, cell: ({ at }) => <Moment timeMs={at} /> },
              { title: "Wanted", left: true, wrap: true, cell: wantedCell },
              { title: "Why", left: true, wrap: true, cell: (row) => <Why signal={row} onOrder={onOrder} /> },
              {
                title: "",
                cell: (row) =>
                  row.wish !== null && (
                    <Button kind="quiet" className="min-h-7 px-2 text-table" onClick={() => setAgain(row)}>
                      <RotateCcw size={13} aria-hidden /> Act again
                    </Button>
                  ),
              },
            ]}
          />
        )}
      </LoadedRows>
      <States />
      {again !== null && (
        <ConfirmAct
          title="Act on it again"
          verb="Act again"
          act={() => replaySignal(bot.id, again.id)}
          onClose={() => setAgain(null)}
          onDone={() => setAgain(null)}
        >
          It wanted the bot to {again.wish === null ? "" : WISH_WORDS[again.wish]}{" "}
          {instrumentName(again.instrument ?? "")}. That is asked for at the price of now, as the bot stands now. How
          old it is and what came after it does not matter; caps and pauses do.
        </ConfirmAct>
      )}
    </>
  );
}

/** The rows that were asked for, with what the channel told since put before them and in their place. */
function withLatest<T extends { data: { pages: { rows: Signal[] }[] } | undefined }>(
  query: T,
  latest: readonly Signal[],
): T {
  const first = query.data?.pages[0];
  if (query.data === undefined || first === undefined || latest.length === 0) return query;
  const told = new Map(latest.map((signal) => [signal.id, signal]));
  const newest = first.rows[0]?.sequence ?? -1;
  const fresh = latest.filter(({ sequence }) => sequence > newest);
  const pages = query.data.pages.map((page, index) => {
    const rows = page.rows.map((row) => told.get(row.id) ?? row);
    return { ...page, rows: index === 0 ? [...fresh, ...rows] : rows };
  });
  return { ...query, data: { ...query.data, pages } };
}

function State({ state }: Pick<Signal, "state">) {
  const { label, tone, what } = STATE_WORDS[state];
  return (
    <span title={what}>
      <Badge tone={tone}>{label}</Badge>
    </span>
  );
}

function wantedCell({ wish, instrument, terms }: Signal) {
  if (wish === null) return "—";
  const prices = termWords(terms);
  return (
    <>
      {WISH_WORDS[wish]} {instrumentName(instrument ?? "")}
      {prices !== "" && <span className="block text-muted">{prices}</span>}
    </>
  );
}

function Why({
  signal: { reason, orderIds, replayOf, state },
  onOrder,
}: {
  signal: Signal;
  onOrder: (id: string) => void;
}) {
  const [main] = orderIds;
  return (
    <>
      {reason ?? (state === "received" ? "Waits for its turn." : "")}
      {main !== undefined && (
        <button
          type="button"
          onClick={() => onOrder(main)}
          className="mr-2 text-accent underline-offset-2 hover:underline"
        >
          {orderIds.length === 1 ? "Its order" : `Its order and ${orderIds.length - 1} more`}
        </button>
      )}
      {replayOf !== null && <span className="text-muted">Asked for by hand, after {replayOf}.</span>}
    </>
  );
}

/** What the words mean. */
function States() {
  return (
    <details className="border-t border-line px-4 py-3">
      <summary className="cursor-pointer text-table text-muted select-none hover:text-ink">What the words mean</summary>
      <dl className="mt-3 grid gap-x-8 gap-y-2 sm:grid-cols-2">
        {Object.values(STATE_WORDS).map(({ label, tone, what }) => (
          <div key={label} className="flex items-baseline gap-2">
            <dt className="w-28 shrink-0">
              <Badge tone={tone}>{label}</Badge>
            </dt>
            <dd className="text-table text-muted">{what}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
