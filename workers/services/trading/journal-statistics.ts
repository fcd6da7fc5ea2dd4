import type { CurrencyTagStatistics, JournalStatistics } from "../../../schema/wire/journal.ts";
import { add, type Money, NO_MONEY } from "../../core/ledger/decimal.ts";
import { toDouble } from "../../core/ledger/decimal-double.ts";
import { formatDecimal } from "../../core/ledger/decimal-text.ts";

/** A closed trade as statistics need it. */
export interface SummarisedTrade {
  /** The currency of its account, which its profit is in. */
  readonly currency: string;
  /** Net of fees. */
  readonly profit: Money;
  readonly tags: readonly string[];
}

/**
 * How trades went, all and by tag. Money is added within a currency only: over several, the sums of the whole are null, and
 * each currency has its own.
 */
export function summariseTrades(trades: readonly SummarisedTrade[]): JournalStatistics {
  const currencies = [...Map.groupBy(trades, ({ currency }) => currency)]
    .map(([currency, traded]) => ({ currency, ...byTag(traded, statisticsOf) }))
    .sort((left, right) => right.all.trades - left.all.trades || (left.currency < right.currency ? -1 : 1));
  return { ...byTag(trades, overCurrencies), currencies };
}

type Summarise<T> = (tag: string, trades: readonly SummarisedTrade[]) => T;

function byTag<T extends { readonly trades: number }>(trades: readonly SummarisedTrade[], summarise: Summarise<T>) {
  const tagged = Map.groupBy(
    trades.flatMap((trade) => trade.tags.map((tag) => ({ tag, trade }))),
    ({ tag }) => tag,
  );
  const tags = [...tagged].map(([tag, of]) =>
    summarise(
      tag,
      of.map(({ trade }) => trade),
    ),
  );
  return { all: summarise("", trades), tags: tags.sort((left, right) => right.trades - left.trades) };
}

function overCurrencies(tag: string, trades: readonly SummarisedTrade[]): JournalStatistics["all"] {
  const [currency = null, ...others] = new Set(trades.map((trade) => trade.currency));
  if (others.length === 0) return { ...statisticsOf(tag, trades), currency };
  const unknown = { currency: null, profit: null, profitFactor: null, averageProfit: null };
  return { tag, trades: trades.length, winRate: winRateOf(trades), ...unknown };
}

function statisticsOf(tag: string, trades: readonly SummarisedTrade[]): CurrencyTagStatistics {
  const sum = (profits: readonly Money[]) => profits.reduce((total, profit) => add(total, profit), NO_MONEY);
  const profits = trades.map(({ profit }) => profit);
  const gains = sum(profits.filter((profit) => profit > 0n));
  const losses = sum(profits.filter((profit) => profit < 0n));
  const total = sum(profits);
  const count = profits.length;
  return {
    tag,
    trades: count,
    profit: formatDecimal(total),
    winRate: winRateOf(trades),
    profitFactor: losses === 0n ? null : toDouble(gains) / -toDouble(losses),
    averageProfit: count === 0 ? "0" : formatDecimal((total / BigInt(count)) as Money),
  };
}

function winRateOf(trades: readonly SummarisedTrade[]): number | null {
  return trades.length === 0 ? null : trades.filter(({ profit }) => profit > 0n).length / trades.length;
}
