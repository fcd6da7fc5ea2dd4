import { DAY_MS } from "./timeframe.ts";
import { dateOfDay, dayOfDate, dayOfTime } from "./us-market-day.ts";

/** The UTC month that holds the instant, as `YYYY-MM`. Months sort as text. */
export function monthOf(timeMs: number): string {
  const { year, month } = dateOfDay(dayOfTime(timeMs));
  return `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}`;
}

/** First instant of a month, UTC ms. Throws RangeError where the text is no month. */
export function monthStart(month: string): number {
  const { year, number } = parse(month);
  return dayOfDate(year, number, 1) * DAY_MS;
}

/** First instant after a month, UTC ms. */
export function monthEnd(month: string): number {
  return monthStart(nextMonth(month));
}

export function nextMonth(month: string): string {
  const { year, number } = parse(month);
  const next = number === 12 ? { year: year + 1, number: 1 } : { year, number: number + 1 };
  return `${String(next.year).padStart(4, "0")}-${String(next.number).padStart(2, "0")}`;
}

function parse(month: string): { readonly year: number; readonly number: number } {
  const match = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(month);
  if (match === null) throw new RangeError(`month must look like 2024-03, was ${month}`);
  return { year: Number(match[1]), number: Number(match[2]) };
}
