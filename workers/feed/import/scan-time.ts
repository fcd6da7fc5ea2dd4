import { dayOfDate } from "../../core/candle/us-market-day.ts";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** YYYYMMDDHHMMSS: no epoch of our time has this many digits. */
const COMPACT_DIGITS = 14;

/** Set by `scanTime` where a time of day came without a zone and was taken for UTC. */
export interface TimeNotes {
  zoneAssumed: boolean;
}

/** UTC milliseconds of an epoch in seconds, milliseconds, microseconds or nanoseconds, told apart by size. */
export function epochMs(value: number): number {
  const size = Math.abs(value);
  // 1e11 s is the year 5138 and 1e11 ms is 1973: no price series lies between.
  if (size < 1e11) return value * SECOND_MS;
  if (size < 1e14) return value;
  if (size < 1e17) return Math.floor(value / 1e3);
  return Math.floor(value / 1e6);
}

/**
 * UTC milliseconds of the date, date and time, or epoch in `bytes[start, end)`; NaN where it is none of them. Dates are
 * year first, with `-`, `/`, `.` or nothing between (2024-01-31, 2024.01.31, 20240131); times follow after a space or
 * `T`, as 09:30, 09:30:15.5 or 093015, then `Z`, `UTC` or an offset. No zone means UTC, which `notes` records.
 */
export function scanTime(bytes: Uint8Array, start: number, end: number, notes: TimeNotes): number {
  const lead = digitsAt(bytes, start, end);
  if (lead === COMPACT_DIGITS && start + lead === end) {
    return scanDay(bytes, start, start + 8, 8) * DAY_MS + scanClock(bytes, start + 8, end, notes);
  }
  if (lead >= 9) return scanEpoch(bytes, start, end, lead);
  const day = scanDay(bytes, start, end, lead);
  if (Number.isNaN(day)) return Number.NaN;
  const at = start + (lead === 8 ? 8 : 10);
  if (at === end) return day * DAY_MS;
  if (bytes[at] !== 32 && bytes[at] !== 84) return Number.NaN;
  const clock = scanClock(bytes, at + 1, end, notes);
  return day * DAY_MS + clock;
}

/** Milliseconds after midnight of a time of day, less its offset from UTC where one is given; NaN where it is none. */
export function scanClock(bytes: Uint8Array, start: number, end: number, notes: TimeNotes): number {
  const lead = digitsAt(bytes, start, end);
  let at = start;
  let ms = 0;
  if (lead === 6 || lead === 4) {
    ms = two(bytes, at) * HOUR_MS + two(bytes, at + 2) * MINUTE_MS + (lead === 6 ? two(bytes, at + 4) * SECOND_MS : 0);
    at += lead;
  } else {
    if ((lead !== 2 && lead !== 1) || bytes[at + lead] !== 58 || digitsAt(bytes, at + lead + 1, end) !== 2) {
      return Number.NaN;
    }
    const hour = lead === 2 ? two(bytes, at) : bytes[at] - 48;
    ms = hour * HOUR_MS + two(bytes, at + lead + 1) * MINUTE_MS;
    at += lead + 3;
    if (at < end && bytes[at] === 58) {
      if (digitsAt(bytes, at + 1, end) !== 2) return Number.NaN;
      ms += two(bytes, at + 1) * SECOND_MS;
      at += 3;
    }
  }
  if (at < end && (bytes[at] === 46 || bytes[at] === 44)) {
    const digits = digitsAt(bytes, at + 1, end);
    let scale = SECOND_MS / 10;
    for (let i = 0; i < digits; i++, scale /= 10) ms += (bytes[at + 1 + i] - 48) * scale;
    at += 1 + digits;
    ms = Math.floor(ms);
  }
  if (ms > DAY_MS) return Number.NaN;
  return ms - scanZone(bytes, at, end, notes);
}

function scanZone(bytes: Uint8Array, start: number, end: number, notes: TimeNotes): number {
  let at = start;
  while (at < end && bytes[at] === 32) at++;
  if (at === end) {
    notes.zoneAssumed = true;
    return 0;
  }
  const sign = bytes[at];
  if (sign === 90 && at + 1 === end) return 0;
  if (sign === 43 || sign === 45) {
    const hours = two(bytes, at + 1);
    const minutesAt = bytes[at + 3] === 58 ? at + 4 : at + 3;
    const minutes = minutesAt + 2 <= end ? two(bytes, minutesAt) : 0;
    const offset = hours * HOUR_MS + minutes * MINUTE_MS;
    return sign === 43 ? offset : -offset;
  }
  const zone = String.fromCharCode(...bytes.subarray(at, Math.min(end, at + 4)));
  return zone === "UTC" || zone === "GMT" ? 0 : Number.NaN;
}

/** A day number from a date written year first; NaN for a month or day that does not exist. */
function scanDay(bytes: Uint8Array, start: number, end: number, lead: number): number {
  let month: number;
  let day: number;
  if (lead === 8) {
    month = two(bytes, start + 4);
    day = two(bytes, start + 6);
  } else {
    const mark = bytes[start + 4];
    if (lead !== 4 || end - start < 10 || (mark !== 45 && mark !== 47 && mark !== 46) || bytes[start + 7] !== mark) {
      return Number.NaN;
    }
    month = two(bytes, start + 5);
    day = two(bytes, start + 8);
  }
  const year = two(bytes, start) * 100 + two(bytes, start + 2);
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= 31)) return Number.NaN;
  const number = dayOfDate(year, month, day);
  return month < 12 && number >= dayOfDate(year, month + 1, 1) ? Number.NaN : number;
}

function scanEpoch(bytes: Uint8Array, start: number, end: number, lead: number): number {
  let value = 0;
  for (let i = start; i < start + lead; i++) value = value * 10 + (bytes[i] - 48);
  let at = start + lead;
  if (at < end && bytes[at] === 46) {
    let scale = 0.1;
    for (at++; at < end && bytes[at] >= 48 && bytes[at] <= 57; at++, scale /= 10) value += (bytes[at] - 48) * scale;
  }
  return at === end ? Math.round(epochMs(value)) : Number.NaN;
}

/** Number of ASCII digits from `start` on. */
function digitsAt(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] >= 48 && bytes[at] <= 57) at++;
  return at - start;
}

/** The two-digit number at `at`; NaN where there is none. */
function two(bytes: Uint8Array, at: number): number {
  const tens = bytes[at] - 48;
  const ones = bytes[at + 1] - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}
