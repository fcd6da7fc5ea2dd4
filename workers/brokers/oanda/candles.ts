import { type Candle, type CandleColumns, candlesOf } from "../../core/candle/candle.ts";
import { type Timeframe, timeframeMs } from "../../core/candle/timeframe.ts";
import type { VenueMark } from "../broker.ts";
import type { CandlePage, MarketData } from "../market-data.ts";
import { reliable } from "../request/read-reply.ts";
import { VenueRefusal, VenueSilence } from "../request/venue-reply.ts";
import type { VenueInstrument } from "../venue-client.ts";
import { venueInstant } from "../venue-decimal.ts";
import type { AccountRequests } from "./account-requests.ts";
import { PRICE_INTERVAL_MS } from "./client.ts";
import { markOf, OANDA } from "./parse.ts";
import { candlesReply, pricesReply, summaryReply } from "./payloads.ts";

/** Names of our timeframes at the venue. It has no candles of three minutes. */
export const GRANULARITY: Partial<Readonly<Record<Timeframe, string>>> = {
  "1m": "M1",
  "5m": "M5",
  "15m": "M15",
  "30m": "M30",
  "1h": "H1",
  "2h": "H2",
  "4h": "H4",
  "6h": "H6",
  "8h": "H8",
  "12h": "H12",
  "1d": "D",
  "1w": "W",
};

/** Candles that one reply brings at most. */
export const CANDLES_MAX = 5_000;

/** Without this the days of the venue begin at 17:00 in New York and its weeks on a Friday. */
const ALIGNMENT = "dailyAlignment=0&alignmentTimezone=UTC&weeklyAlignment=Monday";

/** OANDA's market data: prices between bid and ask; the volume of a candle is how often its price changed. */
export class OandaMarketData implements MarketData {
  readonly venue = OANDA;
  readonly timeframes = Object.keys(GRANULARITY) as Timeframe[];
  private readonly account: AccountRequests;

  constructor(account: AccountRequests) {
    this.account = account;
  }

  instruments(): Promise<readonly VenueInstrument[]> {
    return reliable(this.account.instruments());
  }

  candles(asked: Parameters<MarketData["candles"]>[0]): Promise<CandlePage> {
    return reliable(this.page(asked));
  }

  private async page({ instrument, timeframe, from, to }: Parameters<MarketData["candles"]>[0]): Promise<CandlePage> {
    const granularity = GRANULARITY[timeframe];
    if (granularity === undefined) throw new VenueRefusal("TIMEFRAME", `timeframe must be known, was ${timeframe}`);
    // A beginning in the future is an error there.
    if (from >= Math.min(to, this.account.venueNow())) return { candles: candlesOf([]), next: undefined };
    const start = encodeURIComponent(new Date(from).toISOString());
    const reply = await this.account.askVenue(
      candlesReply,
      `/instruments/${instrument.nativeId}/candles?price=M&granularity=${granularity}&from=${start}` +
        `&count=${CANDLES_MAX}&includeFirst=true&${ALIGNMENT}`,
      "data",
    );
    if (reply === undefined) throw new VenueRefusal("INSTRUMENT", `instrument must be known, was ${instrument.id}`);
    const rows = reply.candles.map((row) => ({ ...candleOf(row), complete: row.complete }));
    checkOrder(rows);
    const candles: CandleColumns = candlesOf(
      rows.filter(({ complete, time }) => complete && time >= from && time < to),
    );
    const last = rows.at(-1)?.time;
    const isFull = rows.length >= CANDLES_MAX && last !== undefined && last < to;
    const next = isFull ? last + timeframeMs(timeframe) : undefined;
    return { candles, next: next !== undefined && next < to ? next : undefined };
  }

  prices(instruments: readonly VenueInstrument[]): Promise<readonly VenueMark[]> {
    return reliable(this.marks(instruments));
  }

  private async marks(instruments: readonly VenueInstrument[]): Promise<readonly VenueMark[]> {
    if (instruments.length === 0) return [];
    const names = instruments.map(({ nativeId }) => nativeId).join(",");
    const reply = await this.account.ask(pricesReply, `/pricing?instruments=${names}`, "data");
    const heardAt = this.account.venueNow();
    const marks = (reply?.prices ?? []).map((price) => markOf(price, heardAt, PRICE_INTERVAL_MS));
    return marks.filter((mark) => mark !== undefined);
  }

  async status(): Promise<{ readonly state: "open" | "maintenance"; readonly message: string }> {
    try {
      await this.account.ask(summaryReply, "/summary", "data");
      return { state: "open", message: "" };
    } catch (error) {
      // It answers its maintenance with a server error and a page.
      if (error instanceof VenueSilence && error.isSent) return { state: "maintenance", message: error.message };
      throw error;
    }
  }
}

function candleOf({ time, volume, mid }: { time: string; volume: string; mid: Record<"o" | "h" | "l" | "c", string> }) {
  const candle: Candle = {
    time: venueInstant(time, "candle.time"),
    open: Number(mid.o),
    high: Number(mid.h),
    low: Number(mid.l),
    close: Number(mid.c),
    volume: Number(volume),
  };
  for (const [field, value] of Object.entries(candle)) {
    if (!Number.isFinite(value)) throw new VenueSilence(`candle.${field} must be a number`, { isSent: true });
  }
  return candle;
}

function checkOrder(rows: readonly Candle[]): void {
  for (let index = 1; index < rows.length; index++) {
    if (rows[index].time <= rows[index - 1].time) {
      throw new VenueSilence("candles must rise in time", { isSent: true });
    }
  }
}
