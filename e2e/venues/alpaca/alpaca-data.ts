import { formatDecimal } from "../../../workers/core/ledger/decimal-text.ts";
import type { EmulatedBook } from "../emulated-book.ts";
import { timeOf } from "./alpaca-views.ts";

/** A bar as it is kept here: of a minute. */
export interface EmulatedBar {
  readonly time: number;
  readonly o: number;
  readonly h: number;
  readonly l: number;
  readonly c: number;
  readonly v: number;
}

/** Lengths of bars by the venue's names for them, ms. */
const LENGTHS_MS: Readonly<Record<string, number>> = {
  ...{ "1Min": 60_000, "3Min": 180_000, "5Min": 300_000, "15Min": 900_000, "30Min": 1_800_000 },
  ...{ "1Hour": 3_600_000, "2Hour": 7_200_000, "4Hour": 14_400_000, "1Day": 86_400_000 },
};

/** Market data over HTTP: bars, last trades, last quotes. Its numbers are numbers. */
export class AlpacaData {
  /** Bars of a minute by symbol, in order, in place of those of the book's own tape. */
  readonly bars = new Map<string, readonly EmulatedBar[]>();
  private readonly book: EmulatedBook;

  constructor(book: EmulatedBook) {
    this.book = book;
  }

  /** Undefined where there is nothing at the path. */
  answer(path: string, query: URLSearchParams): unknown {
    const symbols = (query.get("symbols") ?? "").split(",");
    switch (path) {
      case "/v2/stocks/bars":
      case "/v1beta3/crypto/us/bars":
        return this.page(symbols[0] ?? "", query);
      case "/v2/stocks/trades/latest":
      case "/v1beta3/crypto/us/latest/trades":
        return { trades: this.latest(symbols, (p, t) => ({ t, p, s: 1, i: 2_880_534_893_454, tks: "B" })) };
      case "/v2/stocks/quotes/latest":
      case "/v1beta3/crypto/us/latest/quotes":
        return { quotes: this.latest(symbols, (p, t) => ({ t, bp: p, bs: 1, ap: p, as: 1 })) };
      case "/v1beta3/crypto/us/latest/orderbooks":
        return { orderbooks: this.latest(symbols, (p, t) => ({ t, b: [{ p, s: 1 }], a: [{ p, s: 1 }] })) };
      case "/v1beta3/crypto/us/snapshots":
        return {
          snapshots: this.latest(symbols, (p, t) => ({
            latestTrade: { t, p, s: 1, i: 1, tks: "B" },
            latestQuote: { t, bp: p, bs: 1, ap: p, as: 1 },
            dailyBar: { t, o: p, h: p, l: p, c: p, v: 1, n: 1, vw: p },
            prevDailyBar: { t, o: p, h: p, l: p, c: p, v: 1, n: 1, vw: p },
          })),
        };
      case "/v1beta3/crypto/us/trades":
        return {
          trades: this.latest(symbols, (p, t) => [{ t, p, s: 1, i: 2_880_534_893_454, tks: "B" }]),
          next_page_token: null,
        };
      default:
        return undefined;
    }
  }

  private latest<T>(symbols: readonly string[], make: (price: number, time: string) => T): Record<string, T> {
    const time = timeOf(this.book.now());
    const found = symbols.flatMap((symbol): [string, T][] => {
      const price = this.book.prices.get(symbol);
      return price === undefined ? [] : [[symbol, make(Number(formatDecimal(price)), time)]];
    });
    return Object.fromEntries(found);
  }

  private page(symbol: string, query: URLSearchParams) {
    const from = Date.parse(query.get("start") ?? "1970-01-01T00:00:00Z");
    const to = Date.parse(query.get("end") ?? timeOf(this.book.now()));
    const limit = Number(query.get("limit") ?? "1000");
    const token = query.get("page_token");
    const begin = token === null ? from : Number(Buffer.from(token, "base64").toString());
    const all = this.barsOf(symbol, { from: begin, to: Math.min(to, this.book.now()), most: limit + 1 }, query);
    const rows = all.slice(0, limit);
    const next = all[limit]?.time;
    const bars = rows.map(({ time, o, h, l, c, v }) => ({ t: timeOf(time), o, h, l, c, v, n: 1, vw: c }));
    return {
      bars: rows.length === 0 ? {} : { [symbol]: bars },
      next_page_token: next === undefined ? null : Buffer.from(String(next)).toString("base64"),
    };
  }

  private barsOf(
    symbol: string,
    { from, to, most }: { readonly from: number; readonly to: number; readonly most: number },
    query: URLSearchParams,
  ): readonly EmulatedBar[] {
    const kept = this.bars.get(symbol);
    if (kept !== undefined) return kept.filter(({ time }) => time >= from && time <= to);
    const { instruments, prices, tape } = this.book;
    const instrument = instruments.get(symbol);
    const lengthMs = LENGTHS_MS[query.get("timeframe") ?? ""];
    if (instrument === undefined || lengthMs === undefined || !prices.has(symbol)) return [];
    const bars: EmulatedBar[] = [];
    const tick = formatDecimal(instrument.tick);
    for (let time = Math.ceil(from / lengthMs) * lengthMs; time <= to && bars.length < most; time += lengthMs) {
      const candle = tape.candle({ symbol, tick }, { time, lengthMs, now: this.book.now() });
      const [o, h, l, c] = [candle.open, candle.high, candle.low, candle.close].map(Number);
      bars.push({ time, o, h, l, c, v: candle.volume });
    }
    return bars;
  }
}
