import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { z } from "zod";
import type { StateEntry } from "../../schema/wire/risk.ts";
import type { SetTradingState, TradingStateName } from "../../schema/wire/trading.ts";
import { client, newIdempotencyKey } from "../api/runtime.ts";
import { ActError } from "../settings/act-error.tsx";
import { withProof } from "../settings/prove.ts";
import { instrumentName } from "../trading/instrument-name.ts";
import { TradingStateBadge } from "../trading/mode-word.tsx";
import { refreshTrading } from "../trading/queries.ts";
import { Button, buttonClass } from "../ui/button.tsx";
import { Ago } from "../ui/moment.tsx";
import { Section } from "../ui/page.tsx";
import { type RecordColumn, RecordTable } from "../ui/record-table.tsx";
import { wordsOfCode } from "./verdict-words.ts";

type Entry = z.infer<typeof StateEntry>;

/** What stands for a bot where people place orders. */
const BY_HAND = "manual";

interface StatesSectionProps {
  readonly accountId: string;
  readonly states: readonly Entry[];
  readonly nameOf: (botId: string) => string;
}

/** The switches by scope, the widest first: each holds for everything within it. */
export function StatesSection({ accountId, states, nameOf }: StatesSectionProps) {
  const change = useMutation({
    mutationFn: (body: SetTradingState) =>
      withProof(() =>
        client.request<unknown>(`/accounts/${accountId}/trading-state`, {
          method: "POST",
          body,
          idempotencyKey: newIdempotencyKey(),
        }),
      ),
    onSettled: refreshTrading,
  });
  const columns: readonly RecordColumn<Entry>[] = [
    { title: "Switch", left: true, cell: (entry) => scopeWords(entry, nameOf) },
    { title: "State", left: true, cell: ({ state, reason }) => <TradingStateBadge state={state} reason={reason} /> },
    {
      title: "Why",
      left: true,
      wrap: true,
      cell: ({ reason }) => (reason === null ? <span className="text-faint">—</span> : wordsOfCode(reason)),
    },
    {
      title: "Since",
      cell: ({ since }) => (since === null ? <span className="text-faint">—</span> : <Ago timeMs={since} />),
    },
    {
      title: "",
      wrap: true,
      cell: (entry) => (
        <Verbs entry={entry} busy={change.isPending} onSet={(state) => change.mutate(bodyOf(entry, state))} />
      ),
    },
  ];
  return (
    <Section title="Switches" note="The strictest that holds for an order decides.">
      <ActError error={change.error} />
      <div className="card mt-2 overflow-hidden">
        <RecordTable
          label="Switches by scope"
          rows={states}
          columns={columns}
          keyOf={({ scope, id }) => `${scope} ${id}`}
        />
      </div>
    </Section>
  );
}

function Verbs({ entry, busy, onSet }: { entry: Entry; busy: boolean; onSet: (state: TradingStateName) => void }) {
  if (entry.scope === "platform") return <span className="text-faint">set by the deployment</span>;
  if (entry.scope === "bot" && entry.id === BY_HAND) return null;
  if (entry.scope === "bot") {
    return (
      <Link to="/bots/$id" params={{ id: entry.id }} className={buttonClass("plain", "min-h-7 px-2 text-table")}>
        Open the bot
      </Link>
    );
  }
  const verbs: readonly (readonly [TradingStateName, string])[] = [
    ["ACTIVE", "Arm again"],
    ["REDUCING", "Only reduce"],
    ["HALTED", "Halt"],
  ];
  return (
    <span className="inline-flex flex-wrap gap-1.5 md:justify-end">
      {verbs
        .filter(([state]) => state !== entry.state)
        // The switch of the person is thrown by the kill switch in the top bar.
        .filter(([state]) => entry.scope !== "user" || state === "ACTIVE")
        .map(([state, word]) => (
          <Button
            key={state}
            kind={state === "HALTED" ? "danger" : "plain"}
            disabled={busy}
            className="min-h-7 px-2 text-table"
            onClick={() => onSet(state)}
          >
            {word}
          </Button>
        ))}
    </span>
  );
}

function bodyOf(entry: Entry, state: TradingStateName): SetTradingState {
  return entry.scope === "instrument" ? { state, instrument: entry.id } : { state };
}

function scopeWords({ scope, id }: Entry, nameOf: (botId: string) => string): string {
  switch (scope) {
    case "platform":
      return "Platform";
    case "user":
      return "Everything of yours";
    case "account":
      return "This account";
    case "instrument":
      return instrumentName(id);
    case "bot":
      return id === BY_HAND ? "Orders by hand" : `Bot ${nameOf(id)}`;
  }
}
