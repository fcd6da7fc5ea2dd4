import type { RunState } from "../../schema/wire/backtest.ts";

/** The state of a run that waits for a worker. */
export function initialState(id: string): RunState {
  return {
    ...{ id, status: "queued", phase: "waiting", candles: 0, candlesTotal: 0 },
    ...{ rate: null, leftMs: null, equity: null, trades: 0, error: null },
  };
}
