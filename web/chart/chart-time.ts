import { TickMarkType, type Time } from "lightweight-charts";
import { formatDate, formatDateTime, userZone } from "../format/time.ts";

const DAY_MS = 86_400_000;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/**
 * Candles of a day or more are named by their date, which is a date of UTC: in another zone they would seem to begin
 * on the evening before. Shorter ones are in the person's zone.
 */
function zoneFor(lengthMs: number): string {
  return lengthMs >= DAY_MS ? "UTC" : userZone();
}

/** The label of the crosshair. */
export function axisTime(time: Time, lengthMs: number): string {
  const timeMs = Number(time) * 1000;
  return lengthMs >= DAY_MS ? formatDate(timeMs, "UTC") : formatDateTime(timeMs, zoneFor(lengthMs));
}

/** A mark of the time axis: a year, a month, a day or an hour, as coarse as its place allows. */
export function tickTime(time: Time, kind: number, lengthMs: number): string {
  const text = formatDateTime(Number(time) * 1000, zoneFor(lengthMs));
  if (kind === TickMarkType.Year) return text.slice(0, 4);
  const month = MONTHS[Number(text.slice(5, 7)) - 1] ?? "";
  if (kind === TickMarkType.Month) return month;
  if (kind === TickMarkType.DayOfMonth) return `${Number(text.slice(8, 10))} ${month}`;
  return text.slice(11);
}
