import { type CandleColumns, emptyCandles, indexAtTime, sliceCandles } from "../../core/candle/candle.ts";
import { candleOpen, type Timeframe, timeframeMs } from "../../core/candle/timeframe.ts";
import { parsePrice } from "../../core/ledger/decimal-text.ts";
import type { VenueMark } from "../broker.ts";
import type { CandlePage, MarketData } from "../market-data.ts";
import { readShape, reliable } from "../request/read-reply.ts";
import { VenueRefusal, VenueSilence } from "../request/venue-reply.ts";
import type { VenueInstrument } from "../venue-client.ts";
import { CANDLES_MAX, STOCK_INTERVALS, TWELVEDATA_INTERVALS } from "./capabilities.ts";
import type { TwelveDataClient } from "./client.ts";
import {
  candlesOfRows,
  EarliestReply,
  instantText,
  instrumentOf,
  nativeSymbol,
  PairsReply,
  PriceReply,
  PricesReply,
  SeriesReply,
  StocksReply,
  TWELVEDATA,
} from "./parse.ts";

/** How often a price may change there, ms; a price that is asked for costs a credit, so that nobody asks as often. */
export const PRICE_INTERVAL_MS = 60_000;
/** Exchanges whose stocks are listed: those of the only calendar of stocks that the venue's sessions agree with. */
const EXCHANGES = ["NASDAQ", "NYSE"] as const;
/** Stocks trade for six and a half hours of a day: three times as long a stretch still fits into a reply. */
const SESSIONS_SPAN = 3;
/** Symbols whose prices are asked for at once. */
const PRICES_MAX = 100;

/** Twelve Data's prices: candles as they traded, without splits and dividends, in regular hours alone. */
export class TwelveDataMarket implements MarketData {
  readonly venue = TWELVEDATA;
  readonly timeframes = Object.keys(TWELVEDATA_INTERVALS) as Timeframe[];
  private readonly client: TwelveDataClient;

  constructor(client: TwelveDataClient) {
    this.client = client;
  }

  /** Pairs of currencies and coins, and the stocks of two exchanges: a credit for each list. */
  async instruments(): Promise<readonly VenueInstrument[]> {
    const found = new Map<string, VenueInstrument>();
    const add = (instrument: VenueInstrument | undefined) => {
      if (instrument !== undefined && !found.has(instrument.id)) found.set(instrument.id, instrument);
    };
    for (const [path, kind] of [["/forex_pairs", "fx"] as const, ["/cryptocurrencies", "crypto"] as const]) {
      const { data } = readShape(await this.client.ask(path, {}), PairsReply);
      for (const { symbol } of data) add(instrumentOf(symbol, kind, ""));
    }
    for (const exchange of EXCHANGES) {
      const { data } = readShape(await this.client.ask("/stocks", { exchange }), StocksReply);
      for (const { symbol, currency } of data) add(instrumentOf(symbol, "stock", currency));
    }
    return [...found.values()];
  }

  candles(asked: Parameters<MarketData["candles"]>[0]): Promise<CandlePage> {
    return reliable(this.page(asked));
  }

  /**
   * A stretch of no more candles than a reply may hold: of a longer one the venue would leave out the older part. Where
   * it has nothing it is asked once where its candles begin, so that years before that cost one question.
   */
  private async page({ instrument, timeframe, from, to }: Parameters<MarketData["candles"]>[0]): Promise<CandlePage> {
    const interval = intervalOf(instrument, timeframe);
    const length = timeframeMs(timeframe);
    const now = this.client.now();
    const begin = Math.ceil(from / length) * length;
    const end = Math.min(to, candleOpen(now, timeframe));
    if (begin >= end) return { candles: emptyCandles(0), next: undefined };
    const sessions = instrument.kind === "stock" && timeframe !== "1d" ? SESSIONS_SPAN : 1;
    const stretchEnd = Math.min(end, begin + sessions * CANDLES_MAX * length);
    const last = candleOpen(stretchEnd - 1, timeframe);
    const answer = await this.client.ask("/time_series", {
      ...{ symbol: instrument.nativeId, interval, timezone: "UTC", order: "asc", adjust: "none" },
      ...{ start_date: instantText(begin), end_date: instantText(last), outputsize: String(CANDLES_MAX) },
    });
    const goesOn = stretchEnd < end ? stretchEnd : undefined;
    if (answer === undefined) {
      const first = goesOn === undefined ? undefined : await this.earliest(instrument, interval);
      const skipped = first === undefined ? goesOn : Math.max(goesOn ?? 0, candleOpen(first, timeframe));
      return { candles: emptyCandles(0), next: skipped !== undefined && skipped < end ? skipped : undefined };
    }
    const rows = candlesOfRows(readShape(answer, SeriesReply).values);
    return { candles: within(rows, from, stretchEnd), next: goesOn };
  }

  private async earliest({ nativeId }: VenueInstrument, interval: string): Promise<number | undefined> {
    const answer = await this.client.ask("/earliest_timestamp", { symbol: nativeId, interval, timezone: "UTC" });
    return answer === undefined ? undefined : Number(readShape(answer, EarliestReply).unix_time) * 1_000;
  }

  /** The last prices, a credit each. */
  async prices(instruments: readonly VenueInstrument[]): Promise<readonly VenueMark[]> {
    const symbols = instruments.flatMap(({ id }) => nativeSymbol(id) ?? []).slice(0, PRICES_MAX);
    if (symbols.length === 0) return [];
    const answer = await this.client.ask("/price", { symbol: symbols.join(",") }, symbols.length);
    const prices =
      symbols.length === 1 ? { [symbols[0] ?? ""]: readShape(answer, PriceReply) } : readShape(answer, PricesReply);
    const at = this.client.now();
    return reliable(
      (async () =>
        symbols.flatMap((symbol): VenueMark[] => {
          const told = PriceReply.safeParse(prices[symbol]);
          if (!told.success) return [];
          const price = parsePrice(told.data.price, "price");
          return [{ instrument: `${TWELVEDATA}:${symbol}`, price, at, heardAt: at, intervalMs: PRICE_INTERVAL_MS }];
        }))(),
    );
  }

  async status(): Promise<{ readonly state: "open" | "maintenance"; readonly message: string }> {
    try {
      await this.client.facts();
      return { state: "open", message: "" };
    } catch (error) {
      if (error instanceof VenueSilence && error.isSent && !error.isRate) {
        return { state: "maintenance", message: error.message };
      }
      throw error;
    }
  }
}

/** The venue's name of a timeframe. Throws VenueRefusal where it has none of an instrument. */
function intervalOf({ id, kind }: VenueInstrument, timeframe: Timeframe): string {
  const interval = TWELVEDATA_INTERVALS[timeframe];
  if (nativeSymbol(id) === undefined) throw new VenueRefusal("INSTRUMENT", `instrument must be known, was ${id}`);
  if (interval === undefined || (kind === "stock" && !STOCK_INTERVALS.includes(timeframe))) {
    const known = kind === "stock" ? STOCK_INTERVALS : Object.keys(TWELVEDATA_INTERVALS);
    throw new VenueRefusal("TIMEFRAME", `timeframe of ${id} must be one of ${known.join(", ")}, was ${timeframe}`);
  }
  return interval;
}

function within(candles: CandleColumns, from: number, to: number): CandleColumns {
  return sliceCandles(candles, indexAtTime(candles, from), indexAtTime(candles, to));
}
