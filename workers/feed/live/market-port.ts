/**
 * What a market tells those who trade on it. A slice is a stretch of prices in the order of time: a tick is one with equal
 * prices, a replayed minute a whole candle. Slices of an instrument never overlap.
 */
export interface MarketSlice {
  readonly instrument: string;
  /** When it began, the market's time, UTC ms, and how long it is; 0 for a tick. */
  readonly time: number;
  readonly spanMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** Slices of one moment, in the order of their instruments' names. `sequence` rises by one from call to call. */
export interface MarketCall {
  readonly sequence: number;
  readonly slices: readonly MarketSlice[];
  /** The market's time after them, UTC ms: every candle that closed by then can be asked for. */
  readonly marketAt: number;
  /** How often slices are expected, ms of real time. */
  readonly intervalMs: number;
}

/** Begin of the message of an error by which a listener says that it wants no more calls: it is unsubscribed. */
export const LISTENER_GONE = "listener_gone";

/** Whoever fills orders or decides on a market. A replay waits for each before it goes on; the same call may come twice. */
export interface MarketListener {
  onMarket(call: MarketCall): Promise<void>;
}

/** Closed minutes of one instrument, oldest first, as rows `[time, open, high, low, close, volume]`. */
export interface MarketMinutes {
  readonly instrument: string;
  readonly rows: readonly (readonly [number, number, number, number, number, number])[];
  /** The market's time when it was asked. */
  readonly marketAt: number;
}

/**
 * Who is told: the venue of an account before its bots, so that orders meet a slice before anybody decides on it.
 * `binding` and `name` lead to the object.
 */
export interface MarketSubscriber {
  readonly binding: "PAPER" | "BOT";
  readonly name: string;
  readonly instruments: readonly string[];
}

/** The calls of an object that feeds a market. Those of a replay hold the owner against the stored one. */
export interface MarketFeed {
  /** A listener that is subscribed keeps its place and the instruments that it named before. */
  subscribe(call: { ownerId: string; subscriber: MarketSubscriber }): Promise<void>;
  unsubscribe(call: { ownerId: string; name: string }): Promise<void>;
  /** Minutes that open at or after `from` and have closed, at most `limit` (5,000 at once). */
  minutes(call: { ownerId: string; instrument: string; from: number; limit: number }): Promise<MarketMinutes>;
  /** The last price; undefined before the first. `heardAt` is real time. */
  last(call: {
    ownerId: string;
    instrument: string;
  }): Promise<{ price: number; at: number; heardAt: number; intervalMs: number } | undefined>;
}
