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

/** Market data over HTTP: bars, last trades, last quotes. Its numbers are numbers. */
export class AlpacaData {
  /** Bars of a minute by symbol, in order. */
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
    const all = (this.bars.get(symbol) ?? []).filter(
      ({ time }) => time >= begin && time <= Math.min(to, this.book.now()),
    );
    const rows = all.slice(0, limit);
    const next = all[limit]?.time;
    const bars = rows.map(({ time, o, h, l, c, v }) => ({ t: timeOf(time), o, h, l, c, v, n: 1, vw: c }));
    return {
      bars: rows.length === 0 ? {} : { [symbol]: bars },
      next_page_token: next === undefined ? null : Buffer.from(String(next)).toString("base64"),
    };
  }
}
