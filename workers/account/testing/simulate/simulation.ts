import type { PlantedBug } from "./planted-bug.ts";

/** What came of one world. */
export interface SimulationResult {
  readonly seed: number;
  /** Invariants that did not hold, the first of each; empty for a sound run. */
  readonly violations: readonly string[];
  readonly brokerOrders: number;
  readonly fills: number;
  readonly crashes: number;
  readonly denied: number;
}

/** How one world differs from what its seed makes it. */
export interface SimulationOptions {
  /** A safety rule that is left out. */
  readonly bug?: PlantedBug | undefined;
  /** Prices stand still, whatever the seed says. */
  readonly still?: boolean;
  /** After each step all that is in memory is held against what is written. */
  readonly thorough?: boolean;
}
