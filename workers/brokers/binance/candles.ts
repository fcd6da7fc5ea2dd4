import { z } from "zod";
import { type CandleColumns, candlesOf } from "../../core/candle/candle.ts";
import { TIMEFRAMES, type Timeframe, timeframeMs } from "../../core/candle/timeframe.ts";
import { parseDecimal, parsePrice } from "../../core/ledger/decimal-text.ts";
import type { CandlePage, MarketData } from "../market-data.ts";
import { readReply, reliably } from "../request/read-reply.ts";
import type { VenueInstrument } from "../venue-client.ts";
import type { BinanceConnection } from "./connection.ts";
import { instrumentOf, SymbolName, Text, timeOf, VENUE } from "./parse.ts";
import type { Params } from "./sign.ts";
import type { SymbolBook } from "./symbol-book.ts";

/** Candles of one page: as many as the venue gives. */
const PAGE_MAX = 1_000;
/** Symbols that prices are asked for at once: what fits into one address. */
const PRICES_MAX = 500;

/** Open time, open, high, low, close, volume, close time; what follows says nothing that is needed. */
const Row = z.tuple([Text, Text, Text, Text, Text, Text, Text]).rest(z.unknown());
const Rows = z.array(Row).max(PAGE_MAX);
const Prices = z.array(z.object({ symbol: SymbolName, price: Text })).max(PRICES_MAX);
const SystemStatus = z.object({ status: z.enum(["0", "1"]), msg: Text });

/** Market data of Binance spot, from the host that needs no key. */
export class BinanceMarketData implements MarketData {
  readonly venue = VENUE;
  readonly timeframes: readonly Timeframe[] = TIMEFRAMES;
  private readonly connection: BinanceConnection;
  private readonly symbols: SymbolBook;

  constructor({ connection, symbols }: { connection: BinanceConnection; symbols: SymbolBook }) {
    this.connection = connection;
    this.symbols = symbols;
  }

  async instruments() {
    return (await this.symbols.all()).map(({ instrument }) => instrument);
  }

  async candles({ instrument, timeframe, from, to }: Parameters<MarketData["candles"]>[0]): Promise<CandlePage> {
    const params: Params = [
      ["symbol", instrument.nativeId],
      ["interval", timeframe],
      ["startTime", String(from)],
      ["endTime", String(to - 1)],
      ["limit", String(PAGE_MAX)],
    ];
    await this.connection.ready();
    const body = await this.open("/api/v3/klines", params, 2);
    const rows = readReply(body, Rows);
    const now = this.connection.requests.venueNow();
    const candles = reliably(() => closedCandles(rows, { timeframe, from, to, now }));
    const last = rows.at(-1);
    const isFull = rows.length === PAGE_MAX && last !== undefined;
    return { candles, next: isFull ? reliably(() => timeOf(last[0])) + timeframeMs(timeframe) : undefined };
  }

  async prices(instruments: readonly VenueInstrument[]) {
    const names = instruments.map(({ nativeId }) => nativeId).slice(0, PRICES_MAX);
    if (names.length === 0) return [];
    await this.connection.ready();
    const body = await this.open("/api/v3/ticker/price", [["symbols", JSON.stringify(names)]], 4);
    const at = this.connection.requests.venueNow();
    return reliably(() =>
      readReply(body, Prices).map(({ symbol, price }) => ({
        ...{ instrument: instrumentOf(symbol), price: parsePrice(price, "price"), at, heardAt: at, intervalMs: 1_000 },
      })),
    );
  }

  async status() {
    if (!this.connection.hosts.hasWallet) {
      await this.open("/api/v3/ping", [], 1);
      return { state: "open", message: "" } as const;
    }
    const call = { method: "GET", path: "/sapi/v1/system/status", params: [], kind: "data", weight: 1 } as const;
    const { reply } = await this.connection.open(call);
    const { status, msg } = readReply(reply.body, SystemStatus);
    return { state: status === "0" ? "open" : "maintenance", message: msg } as const;
  }

  private async open(path: string, params: Params, weight: number): Promise<string> {
    const call = { method: "GET", path, params, kind: "data", weight } as const;
    return (await this.connection.open(call, this.connection.hosts.data)).reply.body;
  }
}

/**
 * Candles that have closed, each once and in order. Throws RangeError for a reply that is none; a candle that breaks a rule
 * is for who reads: the venue tells it again each time.
 */
function closedCandles(
  rows: z.infer<typeof Rows>,
  { timeframe, from, to, now }: { timeframe: Timeframe; from: number; to: number; now: number },
): CandleColumns {
  const length = timeframeMs(timeframe);
  let before = Number.NEGATIVE_INFINITY;
  const candles = rows.flatMap((row) => {
    const time = timeOf(row[0]);
    if (time <= before) throw new RangeError(`candles must be in order, was ${time} after ${before}`);
    before = time;
    if (time < from || time >= to || time + length > now) return [];
    const [open, high, low, close, volume] = [row[1], row[2], row[3], row[4], row[5]].map(numberOf);
    return [{ time, open, high, low, close, volume }];
  });
  return candlesOf(candles);
}

/** A decimal as a double. Throws DecimalError where it is none. */
function numberOf(text: string): number {
  parseDecimal(text, "candle");
  return Number(text);
}
