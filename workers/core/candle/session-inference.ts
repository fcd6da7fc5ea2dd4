import type { CandleCoverage } from "./candle-coverage.ts";
import { DAY_MS } from "./timeframe.ts";
import { weekdayOfDay } from "./us-market-day.ts";

/** A weekday with fewer trading days than this share of the busiest weekday is closed (odd Saturday sessions exist). */
const OPEN_WEEKDAY_SHARE_MIN = 0.3;

/** Days of one weekday from which on its absence among the others means something; weekends are closed by custom. */
const BUSIEST_DAYS_MIN = 3;

/** Days compared before and after a day: two each, so that a change of the clocks moves the session within two weeks. */
const NEIGHBOURS_EACH_SIDE = 2;

/**
 * Days among which a majority means something. Two days are taken together, and a day alone is taken to be one session
 * from its first candle to its last.
 */
const PEERS_MIN = 3;

/** Longest run of weekdays without a candle that passes for a holiday (the longest US closing since 1950 was four). */
const HOLIDAY_RUN_DAYS_MAX = 4;

/** Holidays a year that a market may have; with more absent days the data are at fault, not the calendar. */
const HOLIDAYS_PER_YEAR_MAX = 16;

/** Names of the days as `weekdayOfDay` counts them. */
const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/**
 * Visits the candles that a market of unknown sessions should have had, in order: for each day, the slots that most of
 * the nearest trading days of the same weekday hold. Returns notes on what was taken for closed.
 */
export function inferSessions(
  coverage: CandleCoverage,
  visit: (openMs: number, present: boolean) => void,
): readonly string[] {
  const covered = coverage.coveredDays();
  const byWeekday = WEEKDAYS.map((_, weekday) => covered.filter((day) => weekdayOfDay(day) === weekday));
  const open = openWeekdays(covered, byWeekday);
  const closedNames = WEEKDAYS.filter((_, weekday) => !open[weekday]);
  // A market that is open every day has no holidays, and too short a series cannot tell a closed day from a lost one.
  const holidays = closedNames.length > 0 ? findHolidays(coverage, covered, open) : new Set<number>();
  for (let day = covered[0]; day <= covered[covered.length - 1]; day++) {
    const weekday = weekdayOfDay(day);
    if (!open[weekday] || holidays.has(day)) {
      if (coverage.hasDay(day)) visitPresent(coverage, day, visit);
      continue;
    }
    const sameWeekday = peersOf(byWeekday[weekday], day);
    // Too few weeks for a majority among them: the days beside stand in, whatever their weekday.
    const peers = sameWeekday.length >= PEERS_MIN ? sameWeekday : peersOf(covered, day);
    visitDay(coverage, { day, peers }, visit);
  }
  return [
    ...(closedNames.length > 0 ? [`No trading is expected on ${closedNames.join(", ")}.`] : []),
    ...(holidays.size > 0 ? [`${holidays.size} weekdays without candles were taken for holidays.`] : []),
  ];
}

/** Which weekdays trade. One that the series never reaches, or too short a series to tell, counts as trading. */
function openWeekdays(covered: readonly number[], byWeekday: readonly (readonly number[])[]): readonly boolean[] {
  const busiest = Math.max(...byWeekday.map((days) => days.length));
  const spanDays = covered[covered.length - 1] - covered[0] + 1;
  return byWeekday.map((days, weekday) => {
    const reached = spanDays >= 7 || (weekday - weekdayOfDay(covered[0]) + 7) % 7 < spanDays;
    const weekend = weekday === 0 || weekday === 6;
    if (!reached || (busiest < BUSIEST_DAYS_MIN && !weekend)) return true;
    return days.length >= busiest * OPEN_WEEKDAY_SHARE_MIN;
  });
}

/** The nearest covered days of one weekday around `day`, itself included where covered. */
function peersOf(days: readonly number[], day: number): readonly number[] {
  let at = 0;
  let end = days.length;
  while (at < end) {
    const middle = (at + end) >>> 1;
    if (days[middle] < day) at = middle + 1;
    else end = middle;
  }
  const own = days[at] === day ? 1 : 0;
  return days.slice(Math.max(0, at - NEIGHBOURS_EACH_SIDE), at + own + NEIGHBOURS_EACH_SIDE);
}

function visitDay(
  coverage: CandleCoverage,
  { day, peers }: { readonly day: number; readonly peers: readonly number[] },
  visit: (openMs: number, present: boolean) => void,
): void {
  const slotMs = DAY_MS / coverage.slotsPerDay;
  for (let slot = 0; slot < coverage.slotsPerDay; slot++) {
    const openMs = day * DAY_MS + slot * slotMs;
    if (openMs < coverage.first || openMs > coverage.last) continue;
    if (coverage.has(day, slot)) {
      visit(openMs, true);
      continue;
    }
    let held = 0;
    for (const peer of peers) if (coverage.has(peer, slot)) held++;
    const expected = peers.length >= PEERS_MIN ? held * 2 > peers.length : held > 0 || peers.length === 1;
    if (expected) visit(openMs, false);
  }
}

function visitPresent(coverage: CandleCoverage, day: number, visit: (openMs: number, present: boolean) => void): void {
  const slotMs = DAY_MS / coverage.slotsPerDay;
  for (let slot = 0; slot < coverage.slotsPerDay; slot++) {
    if (coverage.has(day, slot)) visit(day * DAY_MS + slot * slotMs, true);
  }
}

/** Days without any candle, on open weekdays, in short runs, as long as a year has no more than it plausibly may. */
function findHolidays(
  coverage: CandleCoverage,
  covered: readonly number[],
  open: readonly boolean[],
): ReadonlySet<number> {
  const holidays = new Set<number>();
  let run: number[] = [];
  for (let day = covered[0]; day <= covered[covered.length - 1]; day++) {
    if (!open[weekdayOfDay(day)]) continue;
    if (!coverage.hasDay(day)) {
      run.push(day);
      continue;
    }
    if (run.length <= HOLIDAY_RUN_DAYS_MAX) for (const absent of run) holidays.add(absent);
    run = [];
  }
  const years = Math.max(1, (covered[covered.length - 1] - covered[0]) / 365.25);
  return holidays.size <= years * HOLIDAYS_PER_YEAR_MAX ? holidays : new Set();
}
