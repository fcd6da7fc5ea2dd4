import { type CandleColumns, joinCandles, sliceCandles } from "../workers/core/candle/candle.ts";
import { SIM_DEMO_SEED, simMonths } from "../workers/core/sim/sim-candles.ts";

/** The first `count` simulated minutes of BTC-USD from 2019 on. */
export function benchCandles(count: number): CandleColumns {
  const parts: CandleColumns[] = [];
  let length = 0;
  const request = {
    seed: SIM_DEMO_SEED,
    symbol: "BTC-USD",
    timeframe: "1m" as const,
    from: Date.UTC(2019, 0, 1),
    to: Date.UTC(2025, 0, 1),
  };
  for (const { candles } of simMonths(request)) {
    parts.push(candles);
    length += candles.length;
    if (length >= count) break;
  }
  return joinCandles([sliceCandles(joinCandles(parts), 0, count)]);
}
