import { IST_MS } from "../../../workers/brokers/xts/ist-time.ts";
import { formatDecimal } from "../../../workers/core/ledger/decimal-text.ts";
import type { EmulatedBook } from "../emulated-book.ts";
import type { TapeCandle } from "../emulated-tape.ts";

/** Two instruments as the venue's list of a day has them. */
export const MASTER_TEXT = [
  "NSECM|2885|8|RELIANCE|RELIANCE-EQ|EQ|RELIANCE-EQ|1100100002885|1452.30|1188.25|382|0.05|1|1|RELIANCE|INE002A01018|1|1|RELIANCE INDUSTRIES LTD|0|-1|-1",
  "NSECM|22|8|ACC|ACC-EQ|EQ|ACC-EQ|1100100000022|2000.00|1000.00|5000|0.05|1|1|ACC|INE012A01025|1|1|ACC LIMITED|0|-1|-1",
].join("\n");

/** Segments by the numbers that requests name them by. */
const SEGMENTS: Readonly<Record<string, string>> = { "1": "NSECM" };
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAY_S = 86_400;
const OPEN_S = 9 * 3_600 + 15 * 60;
const CLOSE_S = 15 * 3_600 + 30 * 60;

interface BarsAsked {
  readonly book: EmulatedBook;
  readonly query: URLSearchParams;
  /** Candles of nights and weekends too. */
  readonly isAlwaysOpen: boolean;
}

/** Candles of trading hours between two times by a clock in India. */
export function barsText({ book, query, isAlwaysOpen }: BarsAsked): string {
  const symbol = `${SEGMENTS[query.get("exchangeSegment") ?? ""] ?? ""}-${query.get("exchangeInstrumentID")}`;
  const instrument = book.instruments.get(symbol);
  if (instrument === undefined) return "";
  const now = book.now();
  const length = Number(query.get("compressionValue"));
  const from = wallSeconds(query.get("startTime") ?? "");
  const to = Math.min(wallSeconds(query.get("endTime") ?? ""), Math.floor((now + IST_MS) / 1_000));
  const asked = { symbol, tick: formatDecimal(instrument.tick) };
  const rows: string[] = [];
  for (let wall = Math.ceil(from / length) * length; wall < to; wall += length) {
    const weekday = (Math.floor(wall / DAY_S) + 4) % 7;
    const second = wall % DAY_S;
    const isRest = weekday === 0 || weekday === 6 || second < OPEN_S || second >= CLOSE_S;
    if (isRest && !isAlwaysOpen) continue;
    rows.push(
      barRow(
        wall + length - 1,
        book.tape.candle(asked, { time: wall * 1_000 - IST_MS, lengthMs: length * 1_000, now }),
      ),
    );
  }
  return rows.join(",");
}

/** The time is that of the candle's last second. */
function barRow(lastSecond: number, { open, high, low, close, volume }: TapeCandle): string {
  return `${lastSecond}|${open}|${high}|${low}|${close}|${Math.round(volume * 100)}|0|`;
}

function wallSeconds(text: string): number {
  const [, month = "", day = "", year = "", time = ""] = /^(\w{3}) (\d{1,2}) (\d{4}) (\d{6})$/.exec(text) ?? [];
  const at = Date.UTC(Number(year), MONTHS.indexOf(month), Number(day));
  const [hour, minute, second] = [0, 2, 4].map((from) => Number(time.slice(from, from + 2)));
  return at / 1_000 + (hour ?? 0) * 3_600 + (minute ?? 0) * 60 + (second ?? 0);
}
