import type { Instrument } from "../candle/instrument.ts";
import type { Timeframe } from "../candle/timeframe.ts";
import type { FeeRates } from "../fill/fee.ts";
import type { PathChoice } from "../fill/path.ts";
import type { Slippage } from "../fill/slippage.ts";
import type { Protection } from "../risk/protection.ts";
import type { Sizing } from "../strategy/sizing.ts";
import type { ParameterValues, Strategy } from "../strategy/strategy.ts";

/** How a run trades. Amounts are in quote currency, rates are shares (0.001 = 0.1 %). */
export interface RunSettings {
  readonly cash: number;
  readonly sizing: Sizing;
  /**
   * Where an entry gets its size: at the fill (when left out), so that all-in means all the cash at the price that is
   * paid; or at the close that decides on it, as an order has to have that is sent to a venue. The fill then only takes
   * away what the cash does not cover, exits carry the quantity that was held, and all numbers are on the exact grid.
   */
  readonly sizeAt?: "fill" | "decision";
  /** What happens to an order that the free cash does not cover. */
  readonly whenShort: "refuse" | "shrink";
  readonly direction: "long" | "short" | "both";
  readonly fees: FeeRates;
  readonly slippage: Slippage;
  /** Where market orders fill: at the open of the next candle, or at the close of the deciding one. */
  readonly fill: "open" | "close";
  readonly path: PathChoice;
  /** Whether a limit fills when the price only touches it. */
  readonly touch: boolean;
  readonly magnifier: boolean;
  /** Share of a candle's volume that fills may take; undefined for no limit. */
  readonly volumeLimit?: number;
  readonly remainder: "carry" | "cancel";
  readonly leverage: number;
  /** Share of the positions' value below which equity is liquidated. */
  readonly maintenance: number;
  /** Share of the position's value that longs pay shorts at 00:00, 08:00 and 16:00 UTC. */
  readonly fundingRate: number;
  /** Pauses of entries after losses; none when left out. */
  readonly protections?: readonly Protection[];
  readonly end: "close" | "keep";
  /** Risk-free rate a year. */
  readonly riskFree: number;
  readonly seed: number;
  readonly monteCarloPaths: number;
}

export interface RunInstrument {
  readonly instrument: Instrument;
  /** Timeframe of the candles that are pushed. */
  readonly timeframe: Timeframe;
}

/** All that a run depends on; equal definitions on equal candles give equal bytes. */
export interface RunDefinition {
  /** In the order of their symbols. */
  readonly instruments: readonly RunInstrument[];
  readonly timeframe: Timeframe;
  /** First instant traded (UTC ms); candles before it only warm the strategy up. */
  readonly from?: number;
  /** Candles that open at or after this instant are left out. */
  readonly to?: number;
  readonly strategy: Strategy;
  readonly parameters: ParameterValues;
  readonly settings: RunSettings;
  /**
   * `full` (default) also runs the path bounds, cost stress, look-ahead and warm-up checks and hashes the candles for the
   * receipt; `bare` trades only, as a search over parameters wants it.
   */
  readonly checks?: "bare" | "full";
  /**
   * Keeps none of what a report is made of and grows with the run, such as its curve and days: for what goes on beside a bot
   * for years and is asked for its orders and its equity alone. Such a run cannot be finished.
   */
  readonly isEndless?: boolean;
}

/** Settings of a plain run, for callers that change only some. */
export const DEFAULT_SETTINGS: RunSettings = {
  cash: 10_000,
  sizing: { kind: "all" },
  whenShort: "shrink",
  direction: "both",
  fees: { maker: 0.001, taker: 0.001, perUnit: 0, minimum: 0 },
  slippage: { kind: "none" },
  fill: "open",
  path: "nearest",
  touch: false,
  magnifier: true,
  remainder: "carry",
  leverage: 1,
  maintenance: 0.005,
  fundingRate: 0,
  end: "close",
  riskFree: 0,
  seed: 1,
  monteCarloPaths: 1_000,
};
