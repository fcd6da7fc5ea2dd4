import { NONE, type Value } from "./format.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const YEAR_MS = 365.25 * DAY_MS;

const formats = new Map<string, Intl.DateTimeFormat>();

/** The zone of the person who looks, by its IANA name. */
export function userZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
}

/** "2024-03-14 09:00" in `zone`: sorts as text and cannot be misread between continents. */
export function formatDateTime(timeMs: Value, zone: string = userZone()): string {
  if (timeMs === null || timeMs === undefined) return NONE;
  const part = partsOf(timeMs, zone);
  return `${part.year}-${part.month}-${part.day} ${part.hour}:${part.minute}`;
}

/** "2024-03-14" in `zone`. */
export function formatDate(timeMs: Value, zone: string = userZone()): string {
  if (timeMs === null || timeMs === undefined) return NONE;
  const part = partsOf(timeMs, zone);
  return `${part.year}-${part.month}-${part.day}`;
}

/** The instant spelled out with seconds and the name of its zone, for hovering over a short time. */
export function formatInstant(timeMs: Value, zone: string = userZone()): string {
  if (timeMs === null || timeMs === undefined) return NONE;
  const part = partsOf(timeMs, zone);
  return `${part.year}-${part.month}-${part.day} ${part.hour}:${part.minute}:${part.second} ${zone}`;
}

/** A length of time in its two largest units: "3 d 4 h", "12 min 5 s". */
export function formatDuration(lengthMs: Value): string {
  if (lengthMs === null || lengthMs === undefined || !Number.isFinite(lengthMs)) return NONE;
  if (lengthMs < 1000) return lengthMs <= 0 ? "0 s" : "under 1 s";
  const units: readonly (readonly [string, number])[] = [
    ["y", YEAR_MS],
    ["d", DAY_MS],
    ["h", HOUR_MS],
    ["min", MINUTE_MS],
    ["s", 1000],
  ];
  const first = units.findIndex(([, size]) => lengthMs >= size);
  const [name, size] = units[first] ?? ["s", 1000];
  const count = Math.floor(lengthMs / size);
  const next = units[first + 1];
  const rest = next === undefined ? 0 : Math.floor((lengthMs - count * size) / next[1]);
  return next === undefined || rest === 0 ? `${count} ${name}` : `${count} ${name} ${rest} ${next[0]}`;
}

/** How long ago `timeMs` was at `nowMs`: "just now", "5 min ago", then the date. */
export function formatAgo(timeMs: Value, nowMs: number, zone: string = userZone()): string {
  if (timeMs === null || timeMs === undefined) return NONE;
  const age = nowMs - timeMs;
  if (age < MINUTE_MS) return "just now";
  if (age < HOUR_MS) return `${Math.floor(age / MINUTE_MS)} min ago`;
  if (age < DAY_MS) return `${Math.floor(age / HOUR_MS)} h ago`;
  if (age < 7 * DAY_MS) return `${Math.floor(age / DAY_MS)} d ago`;
  return formatDate(timeMs, zone);
}

/** A span of time as two dates; one day is said once. */
export function formatPeriod(fromMs: Value, toMs: Value, zone: string = userZone()): string {
  if (fromMs === null || fromMs === undefined || toMs === null || toMs === undefined) return NONE;
  const from = formatDate(fromMs, zone);
  // `to` is exclusive: a span that ends at midnight ended on the day before.
  const to = formatDate(Math.max(fromMs, toMs - 1), zone);
  return from === to ? from : `${from} to ${to}`;
}

type Part = "year" | "month" | "day" | "hour" | "minute" | "second";

function partsOf(timeMs: number, zone: string): Record<Part, string> {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
    formats.set(zone, format);
  }
  const found: Record<Part, string> = { year: "", month: "", day: "", hour: "", minute: "", second: "" };
  for (const { type, value } of format.formatToParts(timeMs)) if (type in found) found[type as Part] = value;
  return found;
}
