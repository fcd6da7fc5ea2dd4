import type { CandleColumns } from "../workers/core/candle/candle.ts";

/** What a loop and the engine must agree on. */
export interface LoopResult {
  readonly equity: number;
  readonly trades: number;
  readonly maxDrawdown: number;
}

/**
 * Running mean as one would write it by hand, NaN until it is full. One rounding a step, as in the engine: prices lie on
 * a grid, so averages do tie, and another rounding would decide a tie the other way.
 */
export function meanLoop(values: Float64Array, period: number, out: Float64Array): void {
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    sum += i >= period ? values[i] - values[i - period] : values[i];
    out[i] = i >= period - 1 ? sum / period : Number.NaN;
  }
}

/** Work A with no engine: two averages, their cross, all-in at the next open, equity and draw-down at every close. */
export function crossLoop(candles: CandleColumns, fast: Float64Array, slow: Float64Array, fee: number): LoopResult {
  const { open, close, length } = candles;
  const equity = new Float64Array(length);
  let cash = 10_000;
  let quantity = 0;
  let trades = 0;
  let pending = 0;
  let peak = cash;
  let deepest = 0;
  for (let i = 0; i < length; i++) {
    if (pending === 1) {
      quantity = cash / (open[i] * (1 + fee));
      cash = 0;
    } else if (pending === -1) {
      cash = quantity * open[i] * (1 - fee);
      quantity = 0;
      trades++;
    }
    pending = 0;
    const value = cash + quantity * close[i];
    equity[i] = value;
    if (value > peak) peak = value;
    else if (1 - value / peak > deepest) deepest = 1 - value / peak;
    const before = fast[i - 1] - slow[i - 1];
    const now = fast[i] - slow[i];
    if (before < 0 && now > 0 && quantity === 0) pending = 1;
    else if (before > 0 && now < 0 && quantity > 0) pending = -1;
  }
  return { equity: equity[length - 1], trades, maxDrawdown: deepest };
}

/** Relative strength as one would write it by hand. */
export function rsiLoop(values: Float64Array, period: number, out: Float64Array): void {
  let gain = 0;
  let loss = 0;
  out[0] = Number.NaN;
  for (let i = 1; i < values.length; i++) {
    const change = values[i] - values[i - 1];
    const up = Math.max(change, 0);
    const down = up - change;
    if (i <= period) {
      gain += up / period;
      loss += down / period;
    } else {
      gain += (up - gain) / period;
      loss += (down - loss) / period;
    }
    out[i] = i < period ? Number.NaN : (100 * gain) / (gain + loss);
  }
}

/** Work B with no engine: RSI reversion with a stop 2 % below and a target 4 % above the close of the decision. */
export function reversionLoop(candles: CandleColumns, rsi: Float64Array, fee: number, first: number): LoopResult {
  const { open, high, low, close, length } = candles;
  const equity = new Float64Array(length);
  let cash = 10_000;
  let quantity = 0;
  let trades = 0;
  let pending = 0;
  let stop = 0;
  let target = 0;
  let peak = cash;
  let deepest = 0;
  for (let i = 0; i < length; i++) {
    if (pending === 1) {
      quantity = cash / (open[i] * (1 + fee));
      cash = 0;
    } else if (pending === -1 && quantity > 0) {
      cash = quantity * open[i] * (1 - fee);
      quantity = 0;
      trades++;
    }
    pending = 0;
    if (quantity > 0) {
      const exit = exitOnPath(open[i], high[i], low[i], stop, target);
      if (exit > 0) {
        cash = quantity * exit * (1 - fee);
        quantity = 0;
        trades++;
      }
    }
    const value = cash + quantity * close[i];
    equity[i] = value;
    if (value > peak) peak = value;
    else if (1 - value / peak > deepest) deepest = 1 - value / peak;
    if (i < first) continue;
    if (rsi[i] < 30 && quantity === 0) {
      pending = 1;
      stop = close[i] * 0.98;
      target = close[i] * 1.04;
    } else if (rsi[i] > 70 && quantity > 0) pending = -1;
  }
  return { equity: equity[length - 1], trades, maxDrawdown: deepest };
}

/** Price at which a long leaves on the path open, nearer extreme, other extreme; 0 where it stays. */
function exitOnPath(open: number, high: number, low: number, stop: number, target: number): number {
  if (open <= stop || open >= target) return open;
  const stopped = low <= stop;
  const reached = high > target;
  if (stopped && reached) return high - open < open - low ? target : stop;
  return stopped ? stop : reached ? target : 0;
}
