import { DAY_MS, HOUR_MS } from "./timeframe.ts";

/** First year in which Juneteenth closed the stock exchanges of the United States. */
const JUNETEENTH_FROM_YEAR = 2022;

/** A day as the US stock exchanges see it. */
export type UsMarketDay = "open" | "early" | "closed";

/** Year, month (1..12) and day of the UTC day number `day` (days since 1970-01-01). Proleptic Gregorian. */
export function dateOfDay(day: number): { readonly year: number; readonly month: number; readonly dayOfMonth: number } {
  // The era arithmetic of H. Hinnant, "chrono-Compatible Low-Level Date Algorithms": years start in March.
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    dayOfMonth: dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1,
  };
}

/** The UTC day number of a date; the inverse of `dateOfDay`. */
export function dayOfDate(year: number, month: number, dayOfMonth: number): number {
  const shiftedYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(shiftedYear / 400);
  const yearOfEra = shiftedYear - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + dayOfMonth - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** 0 = Sunday .. 6 = Saturday, of a UTC day number. */
export function weekdayOfDay(day: number): number {
  return (((day + 4) % 7) + 7) % 7;
}

/**
 * Milliseconds to add to New York's wall clock time on `day` to get UTC, taken at noon (sessions never span a change
 * of the clocks). Daylight time by the rules since 2007, and by those of 1987 to 2006 before.
 */
export function newYorkToUtcMs(day: number): number {
  const { year } = dateOfDay(day);
  const modern = year >= 2007;
  const start = modern ? nthWeekday(year, 3, 0, 2) : nthWeekday(year, 4, 0, 1);
  const end = modern ? nthWeekday(year, 11, 0, 1) : lastWeekday(year, 10, 0);
  return (day >= start && day < end ? 4 : 5) * HOUR_MS;
}

/**
 * Whether the US stock exchanges trade on the UTC day number `day`: weekends and the rule-made holidays are closed,
 * the three customary early closes end at 13:00. Closings by decree (mourning, storms) are not known.
 */
export function usMarketDay(day: number): UsMarketDay {
  const weekday = weekdayOfDay(day);
  if (weekday === 0 || weekday === 6) return "closed";
  const { year, month, dayOfMonth } = dateOfDay(day);
  if (holidaysOf(year).includes(day)) return "closed";
  const eve = (month === 12 && dayOfMonth === 24) || (month === 7 && dayOfMonth === 3);
  if (eve || day === nthWeekday(year, 11, 4, 4) + 1) return "early";
  return "open";
}

let holidayYear = Number.NaN;
let holidayDays: readonly number[] = [];

/** Holidays of one year; days come in order, so remembering the last year asked for saves nearly all the work. */
function holidaysOf(year: number): readonly number[] {
  if (year === holidayYear) return holidayDays;
  const newYear = dayOfDate(year, 1, 1);
  holidayDays = [
    // A New Year's Day on a Saturday is not made up for: the Friday before ends the quarter.
    weekdayOfDay(newYear) === 0 ? newYear + 1 : newYear,
    nthWeekday(year, 1, 1, 3),
    nthWeekday(year, 2, 1, 3),
    easterSunday(year) - 2,
    lastWeekday(year, 5, 1),
    ...(year >= JUNETEENTH_FROM_YEAR ? [observed(dayOfDate(year, 6, 19))] : []),
    observed(dayOfDate(year, 7, 4)),
    nthWeekday(year, 9, 1, 1),
    nthWeekday(year, 11, 4, 4),
    observed(dayOfDate(year, 12, 25)),
  ];
  holidayYear = year;
  return holidayDays;
}

/** A fixed holiday on a Saturday is kept on Friday, one on a Sunday on Monday. */
function observed(day: number): number {
  const weekday = weekdayOfDay(day);
  return weekday === 6 ? day - 1 : weekday === 0 ? day + 1 : day;
}

function nthWeekday(year: number, month: number, weekday: number, nth: number): number {
  const first = dayOfDate(year, month, 1);
  return first + ((weekday - weekdayOfDay(first) + 7) % 7) + 7 * (nth - 1);
}

function lastWeekday(year: number, month: number, weekday: number): number {
  const last = dayOfDate(year, month + 1, 1) - 1;
  return last - ((weekdayOfDay(last) - weekday + 7) % 7);
}

/** Gregorian Easter by the anonymous algorithm (Meeus, Jones, Butcher). */
function easterSunday(year: number): number {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const ofCentury = year % 100;
  const skipped = century - Math.floor(century / 4) - Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3);
  const moon = (19 * golden + skipped + 15) % 30;
  const sunday = (32 + 2 * (century % 4) + 2 * Math.floor(ofCentury / 4) - moon - (ofCentury % 4)) % 7;
  const correction = Math.floor((golden + 11 * moon + 22 * sunday) / 451);
  const counted = moon + sunday - 7 * correction + 114;
  return dayOfDate(year, Math.floor(counted / 31), (counted % 31) + 1);
}

/** The UTC day number that holds the instant `timeMs`. */
export function dayOfTime(timeMs: number): number {
  return Math.floor(timeMs / DAY_MS);
}
