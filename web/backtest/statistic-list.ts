import type { Statistics } from "../../schema/wire/report.ts";
import { formatCount, formatMoney, formatNumber, formatPercent, NONE } from "../format/format.ts";
import { formatDuration } from "../format/time.ts";
import { STATISTIC_GROUPS, type StatisticItem, type StatisticKey, type StatisticKind } from "./statistic-items.ts";

const KINDS = new Map(STATISTIC_GROUPS.flatMap((group) => group.items.map((item) => [item.key, item] as const)));

/** The item of a statistic. Throws where the list lacks it. */
export function statisticItem(key: StatisticKey): StatisticItem {
  const item = KINDS.get(key);
  if (item === undefined) throw new Error(`statistic ${key} is not in the list`);
  return item;
}

/** A statistic as text; a profit factor with no loss is ∞, what is not defined a dash. */
export function formatStatistic(statistics: Statistics, key: StatisticKey, currency: string): string {
  if (key === "profitFactor" && statistics.profitFactorInfinite) return "∞";
  const value = statistics[key];
  if (typeof value !== "number") return NONE;
  return formatKind(value, statisticItem(key).kind, currency);
}

/** A value of a kind as text. `sign: "always"` writes a + before differences. */
export function formatKind(
  value: number,
  kind: StatisticKind,
  currency: string,
  sign: "always" | "negative" = "negative",
): string {
  switch (kind) {
    case "share":
      return formatPercent(value, { sign });
    case "change":
      return formatPercent(value, { sign: "always" });
    case "ratio":
      return formatNumber(value, { sign });
    case "money":
      return formatMoney(value, currency, { sign });
    case "gain":
      return formatMoney(value, currency, { sign: "always" });
    case "count":
      return sign === "always" ? formatNumber(value, { digits: 0, sign }) : formatCount(value);
    case "duration":
      if (sign !== "always") return formatDuration(value);
      return value === 0 ? "0 s" : `${value > 0 ? "+" : "\u2212"}${formatDuration(Math.abs(value))}`;
  }
}
