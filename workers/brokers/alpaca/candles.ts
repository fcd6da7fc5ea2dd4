import { type Candle, candlesOf } from "../../core/candle/candle.ts";
import { candleOpen, type Timeframe, timeframeMs } from "../../core/candle/timeframe.ts";
import { isOpen } from "../../core/candle/trading-calendar.ts";
import type { VenueMark } from "../broker.ts";
import type { CandlePage, MarketData } from "../market-data.ts";
import { reliable } from "../request/read-reply.ts";
import { VenueRefusal, VenueSilence } from "../request/venue-reply.ts";
import type { VenueInstrument } from "../venue-client.ts";
import { venueInstant, venueNumber } from "../venue-decimal.ts";
import type { AccountRequests } from "./account-requests.ts";
import { alpacaInstruments } from "./instruments.ts";
import { latestMarks } from "./latest.ts";
import { ALPACA, isCoin } from "./parse.ts";
import { type AlpacaBar, barsReply, clockReply } from "./payloads.ts";

/** Names of our timeframes at the venue. Its longer ones begin at midnight in New York, which is no fixed hour for us. */
export const ALPACA_TIMEFRAMES: Partial<Readonly<Record<Timeframe, string>>> = {
  "1m": "1Min",
  "3m": "3Min",
  "5m": "5Min",
  "15m": "15Min",
  "30m": "30Min",
  "1h": "1Hour",
  "1d": "1Day",
};

/** Bars that one reply brings at most. */
const BARS_MAX = 10_000;

export interface AlpacaDataParts {
  readonly account: AccountRequests;
  readonly data: AccountRequests;
  readonly feed: "iex" | "sip";
}

/** Alpaca's market data. Bars of stocks are as they traded, without splits and dividends, in regular hours alone. */
export class AlpacaMarketData implements MarketData {
  readonly venue = ALPACA;
  readonly timeframes = Object.keys(ALPACA_TIMEFRAMES) as Timeframe[];
  private readonly parts: AlpacaDataParts;

  constructor(parts: AlpacaDataParts) {
    this.parts = parts;
  }

  instruments(): Promise<readonly VenueInstrument[]> {
    return reliable(alpacaInstruments(this.parts.account));
  }

  candles(asked: Parameters<MarketData["candles"]>[0]): Promise<CandlePage> {
    return reliable(this.page(asked));
  }

  private async page({ instrument, timeframe, from, to }: Parameters<MarketData["candles"]>[0]): Promise<CandlePage> {
    const name = ALPACA_TIMEFRAMES[timeframe];
    if (name === undefined) throw new VenueRefusal("TIMEFRAME", `timeframe must be known, was ${timeframe}`);
    const { data, feed } = this.parts;
    const now = data.venueNow();
    if (from >= Math.min(to, now)) return { candles: candlesOf([]), next: undefined };
    const { nativeId } = instrument;
    // Its end is part of the stretch, ours is not.
    const stretch = `timeframe=${name}&start=${instant(from)}&end=${instant(to - 1)}&limit=${BARS_MAX}&sort=asc`;
    const path = isCoin(nativeId)
      ? `/v1beta3/crypto/us/bars?symbols=${encodeURIComponent(nativeId)}&${stretch}`
      : `/v2/stocks/bars?symbols=${encodeURIComponent(nativeId)}&${stretch}&adjustment=raw&feed=${feed}`;
    const reply = await data.ask(barsReply, path, { kind: "data" });
    if (reply === undefined) throw new VenueRefusal("INSTRUMENT", `instrument must be known, was ${instrument.id}`);
    const rows = (reply.bars?.[nativeId] ?? []).map((bar) => candleOf(bar, timeframe));
    checkOrder(rows);
    const length = timeframeMs(timeframe);
    const isWanted = ({ time }: Candle) =>
      time >= from && time < to && time + length <= now && isInSession(instrument, time, length);
    const last = rows.at(-1)?.time;
    const goesOn = typeof reply.next_page_token === "string" && last !== undefined && last + length < to;
    return { candles: candlesOf(rows.filter(isWanted)), next: goesOn ? last + length : undefined };
  }

  prices(instruments: readonly VenueInstrument[]): Promise<readonly VenueMark[]> {
    const { data, feed } = this.parts;
    return reliable(
      latestMarks(
        data,
        feed,
        instruments.map(({ id }) => id),
      ),
    );
  }

  async status(): Promise<{ readonly state: "open" | "maintenance"; readonly message: string }> {
    try {
      const clock = await this.parts.account.ask(clockReply, "/v2/clock", { kind: "data" });
      const message = clock === undefined || clock.is_open ? "" : `The stock market opens at ${clock.next_open}.`;
      return { state: "open", message };
    } catch (error) {
      // It answers its maintenance with a server error.
      if (error instanceof VenueSilence && error.isSent) return { state: "maintenance", message: error.message };
      throw error;
    }
  }
}

/** Bars of a day are stamped with its beginning in New York; here days are those of UTC. */
function candleOf({ t, o, h, l, c, v }: AlpacaBar, timeframe: Timeframe): Candle {
  return {
    time: candleOpen(venueInstant(t, "bar.t"), timeframe),
    ...{ open: exact(o, "open"), high: exact(h, "high"), low: exact(l, "low"), close: exact(c, "close") },
    volume: volumeOf(v),
  };
}

/** The double that the text stands for. Throws where it is no number. */
function exact(text: string, field: string): number {
  venueNumber(text, `bar.${field}`);
  return Number(text);
}

/** A sum that the venue makes of doubles, and may write with more decimals than any amount has. Throws where it is no number. */
function volumeOf(text: string): number {
  const volume = /^\d/.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(volume)) return volume;
  throw new RangeError(`bar.volume must be a number from 0 on, was ${text.slice(0, 40)}`);
}

function isInSession({ kind, calendar }: VenueInstrument, time: number, length: number): boolean {
  // A long bar belongs to the session that it overlaps.
  return kind !== "stock" || isOpen(calendar, time) || isOpen(calendar, time + length - 1) || length > 3_600_000;
}

function checkOrder(rows: readonly Candle[]): void {
  for (let index = 1; index < rows.length; index++) {
    if (rows[index].time <= rows[index - 1].time) throw new VenueSilence("bars must rise in time", { isSent: true });
  }
}

function instant(at: number): string {
  return encodeURIComponent(new Date(at).toISOString());
}
