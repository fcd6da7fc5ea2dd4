import { HOUR_MS, MINUTE_MS } from "../../core/candle/timeframe.ts";

/** India is five and a half hours before UTC, in summer and winter. */
export const IST_MS = 5 * HOUR_MS + 30 * MINUTE_MS;
/** Sockets count seconds from 1980. */
const SOCKET_EPOCH_MS = 315_532_800_000;
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

const DAY_FIRST = /^(\d{2})-(\d{2})-(\d{4}) (\d{2}):(\d{2}):(\d{2})$/;
const MONTH_NAMED = /^([A-Za-z]{3}) (\d{1,2}) (\d{4}) (\d{2}):(\d{2}):(\d{2})$/;

/**
 * UTC ms of a time as orders and trades carry it, by a clock in India: "14-05-2021 11:17:29", day first, or "Jun 18 2026
 * 09:20:15". Throws RangeError for anything else.
 */
export function utcOfIstText(text: string): number {
  const dayFirst = DAY_FIRST.exec(text);
  if (dayFirst !== null) {
    const [day, month, year, hour, minute, second] = dayFirst.slice(1).map(Number);
    return utcOf(text, [year, month, day, hour, minute, second]);
  }
  const named = MONTH_NAMED.exec(text);
  if (named === null) throw new RangeError(`time must be such as "Jun 18 2026 09:20:15", was ${text.slice(0, 40)}`);
  const month = MONTHS.indexOf(named[1].toLowerCase()) + 1;
  const [day, year, hour, minute, second] = named.slice(2).map(Number);
  return utcOf(text, [year, month, day, hour, minute, second]);
}

function utcOf(text: string, [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0]: number[]): number {
  const wall = Date.UTC(year, month - 1, day, hour, minute, second);
  const read = new Date(wall);
  const isWhole = read.getUTCMonth() === month - 1 && read.getUTCDate() === day && hour < 24 && minute < 60;
  if (!isWhole || second > 59) throw new RangeError(`time must exist, was ${text}`);
  return wall - IST_MS;
}

/** UTC ms of a socket's time: seconds since 1980 by a clock in India. */
export function utcOfSocketTime(seconds: number): number {
  return SOCKET_EPOCH_MS + seconds * 1_000 - IST_MS;
}

/** A socket's time of an instant of UTC: what an emulator sends. */
export function socketTimeOfUtc(utcMs: number): number {
  return Math.floor((utcMs + IST_MS - SOCKET_EPOCH_MS) / 1_000);
}

/** UTC ms of a candle's time: seconds since 1970, of which the clock in India was taken for UTC's. */
export function utcOfBarTime(seconds: number): number {
  return seconds * 1_000 - IST_MS;
}

/** An instant as requests for candles want it, by a clock in India: "Jun 14 2026 090000". */
export function barTimeText(utcMs: number): string {
  const wall = new Date(utcMs + IST_MS);
  const two = (value: number) => String(value).padStart(2, "0");
  const name = MONTHS[wall.getUTCMonth()] ?? "";
  const month = name.slice(0, 1).toUpperCase() + name.slice(1);
  const time = `${two(wall.getUTCHours())}${two(wall.getUTCMinutes())}${two(wall.getUTCSeconds())}`;
  return `${month} ${two(wall.getUTCDate())} ${wall.getUTCFullYear()} ${time}`;
}

/** An instant as orders carry it: "14-05-2021 11:17:29". */
export function istText(utcMs: number): string {
  const iso = new Date(utcMs + IST_MS).toISOString();
  return `${iso.slice(8, 10)}-${iso.slice(5, 7)}-${iso.slice(0, 4)} ${iso.slice(11, 19)}`;
}
