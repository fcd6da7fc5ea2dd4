import { Download, ListFilter } from "lucide-react";
import { useDeferredValue, useMemo, useState } from "react";
import type { Trade } from "../../schema/wire/report.ts";
import { client } from "../api/runtime.ts";
import { formatCount, formatMoney, formatPercent } from "../format/format.ts";
import { Button } from "../ui/button.tsx";
import { classNames } from "../ui/class-names.ts";
import { boxClass } from "../ui/field.tsx";
import { Section } from "../ui/page.tsx";
import { saveBlob } from "../ui/save-file.ts";
import { Segmented } from "../ui/segmented.tsx";
import { Signed } from "../ui/signed.tsx";
import { Empty } from "../ui/states.tsx";
import type { RunMarket } from "./run-instrument.ts";
import { exitWords } from "./trade-columns.tsx";
import { arrangeTrades, sumTrades, type TradeShow, type TradeView } from "./trade-list.ts";
import { TradesTable } from "./trades-table.tsx";

interface TradesSectionProps {
  readonly runId: string;
  readonly runName: string;
  readonly trades: readonly Trade[];
  readonly market: RunMarket;
  readonly view: TradeView;
  readonly onView: (change: Partial<TradeView>) => void;
  readonly selected: number | null;
  readonly onSelect: (trade: Trade) => void;
}

const SHOWS: readonly { value: TradeShow | "all"; label: string }[] = [
  { value: "all", label: "All" },
  { value: "wins", label: "Wins" },
  { value: "losses", label: "Losses" },
  { value: "long", label: "Long" },
  { value: "short", label: "Short" },
];

/** Every trade with its filters; choosing one moves the chart to it. */
export function TradesSection(props: TradesSectionProps) {
  const { trades, view, onView, market } = props;
  const deferred = useDeferredValue(view);
  const shown = useMemo(() => arrangeTrades(trades, deferred), [trades, deferred]);
  const sum = useMemo(() => sumTrades(shown), [shown]);
  const context = useMemo(
    () => ({
      currency: market.currency,
      tickOf: market.tickOf,
      manySymbols: new Set(trades.map((trade) => trade.symbol)).size > 1,
      anyTag: trades.some((trade) => trade.entryTag !== ""),
      anyRisk: trades.some((trade) => trade.r !== null),
    }),
    [trades, market],
  );
  const note = (
    <span className="num">
      {formatCount(shown.length)}
      {shown.length !== trades.length && ` of ${formatCount(trades.length)}`} ·{" "}
      <Signed value={sum.profit}>{formatMoney(sum.profit, market.currency, { sign: "always" })}</Signed> ·{" "}
      {formatPercent(sum.winShare, { digits: 1 })} won
    </span>
  );
  return (
    <Section id="trades" title="Trades" note={note} actions={<Csv {...props} />}>
      <div className="card overflow-hidden">
        <Filters trades={trades} view={view} onView={onView} />
        {shown.length === 0 ? (
          <Empty icon={ListFilter} title={trades.length === 0 ? "No trades" : "No trade matches"}>
            {trades.length === 0
              ? "The strategy gave no entry on these candles. Try a longer period or other parameters."
              : "Other filters may show some."}
          </Empty>
        ) : (
          <TradesTable
            {...context}
            trades={shown}
            view={view}
            selected={props.selected}
            onSelect={props.onSelect}
            onSort={(sort) =>
              onView(sort === view.sort ? { order: view.order === "asc" ? "desc" : "asc" } : { sort, order: "desc" })
            }
          />
        )}
      </div>
    </Section>
  );
}

function Filters({ trades, view, onView }: Pick<TradesSectionProps, "trades" | "view" | "onView">) {
  const reasons = useMemo(() => [...new Set(trades.map((trade) => trade.exitReason))].sort(), [trades]);
  return (
    <div className="flex flex-wrap items-center gap-2 border-b border-line px-3 py-2">
      <Segmented
        label="Trades shown"
        value={view.show ?? "all"}
        onChange={(show) => onView({ show: show === "all" ? undefined : show })}
        choices={SHOWS}
      />
      <select
        aria-label="Reason of the exit"
        value={view.exit ?? ""}
        onChange={(event) => onView({ exit: event.target.value || undefined })}
        className={classNames(boxClass, "select-arrow w-40 pr-7 max-sm:w-full")}
      >
        <option value="">Any exit</option>
        {reasons.map((reason) => (
          <option key={reason} value={reason}>
            {exitWords(reason)}
          </option>
        ))}
      </select>
      <input
        type="search"
        data-page-search
        aria-label="Find a trade by number, market or tag"
        placeholder="Number, market or tag"
        value={view.text ?? ""}
        onChange={(event) => onView({ text: event.target.value || undefined })}
        className={classNames(boxClass, "w-48 max-sm:w-full")}
      />
    </div>
  );
}

function Csv({ runId, runName, trades }: TradesSectionProps) {
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState(false);
  async function save() {
    setBusy(true);
    setFailed(false);
    try {
      const reply = await client.fetch(`/backtests/${runId}/trades.csv`);
      saveBlob(await reply.blob(), `${runName} trades.csv`);
    } catch {
      setFailed(true);
    } finally {
      setBusy(false);
    }
  }
  return (
    <>
      {failed && (
        <span role="alert" className="text-danger">
          The file could not be loaded. Try again.
        </span>
      )}
      <Button busy={busy} disabled={trades.length === 0} onClick={() => void save()}>
        <Download size={14} aria-hidden /> CSV
      </Button>
    </>
  );
}
