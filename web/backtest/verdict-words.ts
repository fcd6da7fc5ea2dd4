import type { Overview } from "../../schema/wire/report.ts";
import { formatMoney, formatNumber } from "../format/format.ts";

type Judged = Pick<Overview, "verdict"> & {
  readonly statistics: Pick<Overview["statistics"], "finalEquity" | "trades" | "years">;
};

/** The sentence above a report. An account that lost everything is said to have, whatever its checks found. */
export function verdictWords({ verdict, statistics }: Judged, currency: string): string {
  const { finalEquity, trades, years } = statistics;
  if (finalEquity > 0 || trades === 0) return verdict;
  const time = years >= 1 ? `within ${formatNumber(years, { digits: 1 })} years` : "within the year";
  const owed = finalEquity < 0 ? `, and ${formatMoney(-finalEquity, currency)} more is owed` : "";
  return `Ruined: all of the cash was lost ${time}${owed}. No check makes up for that.`;
}
