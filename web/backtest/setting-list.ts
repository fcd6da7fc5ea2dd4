import type { BacktestSettings, Fees, Sizing, Slippage } from "../../schema/wire/backtest.ts";
import { formatCount, formatMoney, formatNumber, formatPercent } from "../format/format.ts";
import { formatPeriod } from "../format/time.ts";
import { timeframeWords } from "../format/timeframe.ts";
import { protectionWords } from "../protection/protection-draft.ts";

export interface SettingRow {
  readonly label: string;
  readonly value: string;
}

const PATHS = { nearest: "nearest extreme first", worst: "worst extreme first", best: "best extreme first" } as const;

/** The settings of a run in words, in the order in which a trader asks for them. `parameters` are those in use. */
export function describeSettings(
  settings: BacktestSettings,
  names: { readonly currency: string; readonly datasets: readonly string[]; readonly strategy: string },
  parameters: Readonly<Record<string, number>> = settings.strategy.parameters,
): readonly SettingRow[] {
  const { currency } = names;
  const leveraged = settings.leverage > 1;
  return [
    { label: "Candles", value: names.datasets.join(", ") || settings.datasetIds.join(", ") },
    { label: "Timeframe", value: timeframeWords(settings.timeframe) },
    { label: "Period", value: periodWords(settings) },
    { label: "Strategy", value: strategyWords(settings, names.strategy) },
    ...Object.entries(parameters).map(([name, value]) => ({ label: name, value: String(value) })),
    { label: "Cash", value: formatMoney(Number(settings.cash), currency) },
    { label: "Size of a trade", value: sizingWords(settings.sizing, currency) },
    { label: "Not enough cash", value: settings.whenShort === "shrink" ? "shrink the order" : "refuse the order" },
    {
      label: "Direction",
      value: { long: "long only", short: "short only", both: "long and short" }[settings.direction],
    },
    { label: "Fees", value: feesWords(settings.fees, currency) },
    { label: "Slippage", value: slippageWords(settings.slippage) },
    { label: "Market orders fill", value: settings.fill === "open" ? "at the next open" : "at the same close" },
    { label: "Path inside a candle", value: PATHS[settings.path] },
    { label: "Finer candles", value: settings.magnifier ? "walked where there are any" : "not used" },
    { label: "Limit orders", value: settings.touch ? "fill when touched" : "fill when traded through" },
    { label: "Share of volume", value: volumeWords(settings) },
    { label: "Leverage", value: leveraged ? `${formatNumber(settings.leverage, { digits: 1 })} ×` : "none" },
    ...(leveraged ? [{ label: "Maintenance margin", value: formatPercent(settings.maintenance) }] : []),
    {
      label: "Funding, each 8 h",
      value: settings.fundingRate === 0 ? "none" : formatPercent(settings.fundingRate, { digits: 4 }),
    },
    {
      label: "Pauses after losses",
      value: (settings.protections ?? []).map(protectionWords).join("; ") || "none",
    },
    { label: "At the end", value: settings.end === "close" ? "close what is open" : "keep what is open" },
    { label: "Risk-free rate", value: formatPercent(settings.riskFree) },
    { label: "Monte Carlo runs", value: formatCount(settings.monteCarloPaths) },
    { label: "Seed", value: String(settings.seed) },
  ];
}

/** How large trades are, in words. */
export function sizingWords(sizing: Sizing, currency: string): string {
  switch (sizing.kind) {
    case "all":
      return "all cash";
    case "quantity":
      return `${sizing.quantity} units`;
    case "quote":
      return formatMoney(Number(sizing.amount), currency);
    case "percent":
      return `${formatNumber(sizing.percent, { digits: 1 })} % of equity`;
    case "risk":
      return `risks ${formatNumber(sizing.percent, { digits: 2 })} % of equity at the stop`;
    case "volatility":
      return `aims at ${formatNumber(sizing.percent, { digits: 1 })} % volatility over ${sizing.period} candles`;
  }
}

/** What trading costs, in words. */
export function feesWords(fees: Fees, currency: string): string {
  const rates =
    fees.maker === fees.taker
      ? formatPercent(fees.taker, { digits: 3 })
      : `maker ${formatPercent(fees.maker, { digits: 3 })}, taker ${formatPercent(fees.taker, { digits: 3 })}`;
  const unit = fees.perUnit > 0 ? `, ${formatNumber(fees.perUnit, { digits: 4 })} ${currency} a unit` : "";
  const least = fees.minimum > 0 ? `, at least ${formatMoney(fees.minimum, currency)}` : "";
  return rates + unit + least;
}

export function slippageWords(slippage: Slippage): string {
  switch (slippage.kind) {
    case "none":
      return "none";
    case "bps":
      return `${formatNumber(slippage.bps, { digits: 1 })} basis points`;
    case "ticks":
      return `${formatNumber(slippage.ticks, { digits: 1 })} ticks`;
    case "volume":
      return `${slippage.coefficient} × share of the candle's volume`;
  }
}

function periodWords({ from, to }: BacktestSettings): string {
  if (from === undefined && to === undefined) return "all candles";
  if (from !== undefined && to !== undefined) return formatPeriod(from, to, "UTC");
  return from === undefined ? `up to ${formatPeriod(to, to, "UTC")}` : `from ${formatPeriod(from, from, "UTC")}`;
}

function volumeWords({ volumeLimit, remainder }: BacktestSettings): string {
  if (volumeLimit === undefined) return "no limit";
  return `at most ${formatPercent(volumeLimit)}, the rest is ${remainder === "carry" ? "carried over" : "cancelled"}`;
}

function strategyWords({ strategy }: BacktestSettings, title: string): string {
  return strategy.kind === "saved" && strategy.version !== undefined ? `${title}, version ${strategy.version}` : title;
}
