import type { CandleColumns } from "../core/candle/candle.ts";
import type { Timeframe } from "../core/candle/timeframe.ts";
import type { VenueMark } from "./broker.ts";
import type { VenueInstrument } from "./venue-client.ts";

/** Candles of a stretch, as far as one request brings them. */
export interface CandlePage {
  /** Closed candles in order of time, each once. */
  readonly candles: CandleColumns;
  /** Where the next request has to begin, UTC ms; undefined where there is nothing more before `to`. */
  readonly next: number | undefined;
}

/** The port to a source of market data. Calls throw `VenueSilence` and `VenueRefusal`. */
export interface MarketData {
  readonly venue: string;
  readonly timeframes: readonly Timeframe[];
  instruments(): Promise<readonly VenueInstrument[]>;
  /** Candles that open in `[from, to)` and have closed by now; whole pages first where a page is full. */
  candles(asked: {
    readonly instrument: VenueInstrument;
    readonly timeframe: Timeframe;
    readonly from: number;
    readonly to: number;
  }): Promise<CandlePage>;
  prices(instruments: readonly VenueInstrument[]): Promise<readonly VenueMark[]>;
  status(): Promise<{ readonly state: "open" | "maintenance"; readonly message: string }>;
}
