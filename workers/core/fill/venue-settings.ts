import type { TradeKeep } from "../engine/trade-log.ts";
import type { Sizing } from "../strategy/sizing.ts";
import type { FeeRates } from "./fee.ts";
import type { PathChoice } from "./path.ts";
import type { Slippage } from "./slippage.ts";

/** What the simulated venue needs to know of a run. */
export interface VenueSettings {
  readonly cash: number;
  readonly fees: FeeRates;
  readonly slippage: Slippage;
  readonly sizing: Sizing;
  readonly whenShort: "refuse" | "shrink";
  readonly path: PathChoice;
  readonly touch: boolean;
  readonly volumeLimit?: number;
  readonly remainder: "carry" | "cancel";
  readonly leverage: number;
  readonly maintenance: number;
  /** Where entries get their size: at the fill when left out. */
  readonly sizeAt?: "fill" | "decision";
  /** An entry against a position reduces it first; otherwise it waits until the position is flat. */
  readonly nets?: boolean;
  /** What is kept of each trade; all of it when left out. */
  readonly keepTrades?: TradeKeep;
}
