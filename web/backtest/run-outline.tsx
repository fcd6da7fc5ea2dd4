import { formatCount, formatMoney, formatShort } from "../format/format.ts";
import { formatPeriod } from "../format/time.ts";
import { timeframeLengthMs, timeframeWords } from "../format/timeframe.ts";
import { SimulatedBadge } from "../ui/badge.tsx";
import { settingsOfDraft } from "./run-draft.ts";
import { chosenDatasets, type RunForm, strategyTitle, useRunForm } from "./run-form.ts";
import { feesWords, sizingWords, slippageWords } from "./setting-list.ts";

/** The run that the form describes, in a few lines beside it. */
export function RunOutline() {
  const form = useRunForm();
  const { draft, currency } = form;
  const settings = settingsOfDraft(draft);
  const chosen = chosenDatasets(form);
  const span = spanOf(form);
  const candles = span === null ? null : Math.max(0, (span.to - span.from) / timeframeLengthMs(draft.timeframe));
  const rows = [
    { label: "Strategy", value: strategyTitle(form) },
    { label: "Market", value: chosen.map((dataset) => dataset.instrument.symbol).join(", ") || "none chosen" },
    { label: "Candles", value: timeframeWords(draft.timeframe) },
    { label: "Period", value: span === null ? "none" : formatPeriod(span.from, span.to, "UTC") },
    { label: "Cash", value: formatMoney(Number(draft.cash), currency, { digits: 0 }) },
    { label: "Each trade", value: sizingWords(settings.sizing ?? { kind: "all" }, currency) },
    { label: "Fees", value: feesWords({ perUnit: 0, minimum: 0, maker: 0, taker: 0, ...settings.fees }, currency) },
    { label: "Slippage", value: slippageWords(settings.slippage ?? { kind: "none" }) },
  ];
  return (
    <div>
      <div className="mb-2 flex items-center justify-between gap-2">
        <h2 className="font-semibold">This run</h2>
        {chosen.some((dataset) => dataset.source === "simulated") && <SimulatedBadge />}
      </div>
      <dl className="num">
        {rows.map((row) => (
          <div key={row.label} className="flex items-baseline justify-between gap-4 border-b border-line/70 py-1.5">
            <dt className="shrink-0 text-muted">{row.label}</dt>
            <dd className="min-w-0 text-right">{row.value}</dd>
          </div>
        ))}
      </dl>
      {candles !== null && (
        <p className="num mt-3 text-table text-muted">
          About {candles < 10_000 ? formatCount(Math.round(candles)) : formatShort(candles)} candles
          {chosen.length > 1 && ` for each of ${chosen.length} markets`}, and the same again for each check.
        </p>
      )}
    </div>
  );
}

/** The stretch that is traded: the days chosen, within what all datasets have. */
function spanOf(form: RunForm): { from: number; to: number } | null {
  const chosen = chosenDatasets(form);
  if (chosen.length === 0) return null;
  const settings = settingsOfDraft(form.draft);
  const from = Math.max(settings.from ?? 0, Math.min(...chosen.map((dataset) => dataset.from)));
  const to = Math.min(settings.to ?? Number.POSITIVE_INFINITY, Math.max(...chosen.map((dataset) => dataset.to)));
  return to > from ? { from, to } : null;
}
