import { SIM_INSTRUMENTS } from "../../workers/core/sim/sim-instrument.ts";

export interface SimMarket {
  /** Such as `SIM:BTC-USD`. */
  readonly id: string;
  readonly symbol: string;
  readonly quote: string;
}

/** What an account on the simulated market can trade. */
export const SIM_MARKETS: readonly SimMarket[] = SIM_INSTRUMENTS.map(({ id, symbol, quote }) => ({
  id,
  symbol,
  quote,
}));
