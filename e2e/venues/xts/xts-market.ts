import { IST_MS } from "../../../workers/brokers/xts/ist-time.ts";

/** Two instruments as the venue's list of a day has them. */
export const MASTER_TEXT = [
  "NSECM|2885|8|RELIANCE|RELIANCE-EQ|EQ|RELIANCE-EQ|1100100002885|1452.30|1188.25|382|0.05|1|1|RELIANCE|INE002A01018|1|1|RELIANCE INDUSTRIES LTD|0|-1|-1",
  "NSECM|22|8|ACC|ACC-EQ|EQ|ACC-EQ|1100100000022|2000.00|1000.00|5000|0.05|1|1|ACC|INE012A01025|1|1|ACC LIMITED|0|-1|-1",
].join("\n");

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const MINUTE_S = 60;
const DAY_S = 86_400;
const OPEN_S = 9 * 3_600 + 15 * 60;
const CLOSE_S = 15 * 3_600 + 30 * 60;

/** Candles of trading hours between two times by a clock in India, each a function of its time alone. */
export function barsText(query: URLSearchParams, nowMs: number): string {
  const length = Number(query.get("compressionValue"));
  const from = wallSeconds(query.get("startTime") ?? "");
  const to = Math.min(wallSeconds(query.get("endTime") ?? ""), Math.floor((nowMs + IST_MS) / 1_000));
  const rows: string[] = [];
  for (let wall = Math.ceil(from / length) * length; wall < to; wall += length) {
    const weekday = (Math.floor(wall / DAY_S) + 4) % 7;
    const second = wall % DAY_S;
    if (weekday === 0 || weekday === 6 || second < OPEN_S || second >= CLOSE_S) continue;
    rows.push(barRow(wall, length));
  }
  return rows.join(",");
}

/** Prices as whole paise, so that they are written as they are. The time is that of the candle's last second. */
export function barRow(wall: number, length: number): string {
  const price = (minute: number) => 10_000 + Math.round(500 * Math.sin(minute / 97));
  const open = price(wall / MINUTE_S);
  const close = price((wall + length) / MINUTE_S);
  const text = (paise: number) => (paise / 100).toFixed(2);
  const [high, low] = [Math.max(open, close) + 5, Math.min(open, close) - 5];
  return `${wall + length - 1}|${text(open)}|${text(high)}|${text(low)}|${text(close)}|${1_000 + (wall % 97)}|0|`;
}

function wallSeconds(text: string): number {
  const [, month = "", day = "", year = "", time = ""] = /^(\w{3}) (\d{1,2}) (\d{4}) (\d{6})$/.exec(text) ?? [];
  const at = Date.UTC(Number(year), MONTHS.indexOf(month), Number(day));
  const [hour, minute, second] = [0, 2, 4].map((from) => Number(time.slice(from, from + 2)));
  return at / 1_000 + (hour ?? 0) * 3_600 + (minute ?? 0) * 60 + (second ?? 0);
}
