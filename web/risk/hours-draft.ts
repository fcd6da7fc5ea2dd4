import { RiskLimits } from "../../schema/wire/risk.ts";

type TradingWindow = NonNullable<RiskLimits["windows"]>[number];

/** Hours of some weekdays as they are typed: texts of UTC such as "08:00". */
export interface HoursRow {
  /** From 0, Sunday. */
  readonly weekdays: readonly number[];
  readonly from: string;
  /** Where the hours end; "00:00" is the end of the day. */
  readonly to: string;
}

/** Hours that a careful person begins with: the working week, by day. */
export const FIRST_HOURS: HoursRow = { weekdays: [1, 2, 3, 4, 5], from: "08:00", to: "17:00" };

/** Weekdays as people count them, from Monday. */
export const WEEKDAYS = [
  { day: 1, short: "Mon", name: "Monday" },
  { day: 2, short: "Tue", name: "Tuesday" },
  { day: 3, short: "Wed", name: "Wednesday" },
  { day: 4, short: "Thu", name: "Thursday" },
  { day: 5, short: "Fri", name: "Friday" },
  { day: 6, short: "Sat", name: "Saturday" },
  { day: 0, short: "Sun", name: "Sunday" },
] as const;

const DAY_MINUTES = 1_440;

/** The form filled with hours; empty where orders may be sent at any time. */
export function hoursOfWindows(windows: readonly TradingWindow[] | undefined): readonly HoursRow[] {
  return (windows ?? []).map(({ weekdays, fromMinute, toMinute }) => ({
    weekdays,
    from: clockText(fromMinute),
    to: clockText(toMinute),
  }));
}

/**
 * The rows of a stored draft that are rows still; the others are dropped. Undefined where it is no list, or where none
 * of its rows is left: no row would mean any time, which nobody asked for.
 */
export function hoursOfStored(stored: unknown): readonly HoursRow[] | undefined {
  if (!Array.isArray(stored)) return undefined;
  const rows = stored.filter(isRow);
  return rows.length === 0 && stored.length > 0 ? undefined : rows;
}

const DAYS: ReadonlySet<unknown> = new Set(WEEKDAYS.map(({ day }) => day));

function isRow(stored: unknown): stored is HoursRow {
  if (typeof stored !== "object" || stored === null) return false;
  const { weekdays, from, to } = stored as Partial<Record<keyof HoursRow, unknown>>;
  const days = Array.isArray(weekdays) && weekdays.every((day) => DAYS.has(day));
  return days && typeof from === "string" && typeof to === "string";
}

/** The hours that the form asks for; undefined where it names none, which is any time. */
export function windowsOfHours(rows: readonly HoursRow[]): TradingWindow[] | undefined {
  if (rows.length === 0) return undefined;
  return rows.map(({ weekdays, from, to }) => ({
    weekdays: [...weekdays].sort((a, b) => a - b),
    fromMinute: minuteOf(from),
    toMinute: minuteOf(to) === 0 ? DAY_MINUTES : minuteOf(to),
  }));
}

/** What is wrong with hours, by their place in the form. */
export function hoursProblems(rows: readonly HoursRow[]): ReadonlyMap<number, string> {
  const problems = new Map<number, string>();
  const issues = RiskLimits.safeParse({ caps: {}, windows: windowsOfHours(rows) }).error?.issues ?? [];
  for (const { path } of issues) {
    const place = Number(path[1]);
    const row = rows[place];
    if (row === undefined || problems.has(place)) continue;
    problems.set(
      place,
      row.weekdays.length === 0 ? "choose at least one day" : "the first time must be before the second",
    );
  }
  return problems;
}

/** Hours in words: "Mon, Tue 08:00 to 17:00 UTC". */
export function hoursWords(windows: readonly TradingWindow[] | undefined): string {
  if (windows === undefined) return "any time";
  if (windows.length === 0) return "never";
  const words = windows.map(({ weekdays, fromMinute, toMinute }) => {
    const days = WEEKDAYS.filter(({ day }) => weekdays.includes(day)).map(({ short }) => short);
    return `${days.length === WEEKDAYS.length ? "every day" : days.join(", ")} ${clockText(fromMinute)} to ${toMinute === DAY_MINUTES ? "24:00" : clockText(toMinute)}`;
  });
  return `${words.join("; ")} UTC`;
}

function minuteOf(text: string): number {
  const parts = /^(\d{1,2}):(\d{2})$/.exec(text.trim());
  return parts === null ? Number.NaN : Number(parts[1]) * 60 + Number(parts[2]);
}

function clockText(minute: number): string {
  const within = minute % DAY_MINUTES;
  const two = (value: number) => String(value).padStart(2, "0");
  return `${two(Math.floor(within / 60))}:${two(within % 60)}`;
}
