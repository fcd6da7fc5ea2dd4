import type { CandleColumns } from "../workers/core/candle/candle.ts";
import { Ema, Sma } from "../workers/core/indicator/moving-average.ts";
import { Macd, Rsi } from "../workers/core/indicator/oscillator.ts";
import { Atr, Bollinger } from "../workers/core/indicator/volatility.ts";
import { meanLoop, rsiLoop } from "./loops.ts";
import { printTimings, timeAll } from "./measure.ts";

/** Work D: indicator columns beside hand-written loops, outputs used again. */
export function benchIndicators(candles: CandleColumns): void {
  const { close, length } = candles;
  const outs = [new Float64Array(length), new Float64Array(length), new Float64Array(length)];
  const pairs: [string, () => void, () => void][] = [
    ["SMA(20)", () => meanLoop(close, 20, outs[0]), () => new Sma(20).fill(close, outs, length)],
    ["EMA(20)", () => emaLoop(close, 20, outs[0]), () => new Ema(20).fill(close, outs, length)],
    ["RSI(14)", () => rsiLoop(close, 14, outs[0]), () => new Rsi(14).fill(close, outs, length)],
    ["MACD", () => macdLoop(close, outs), () => new Macd(12, 26, 9).fill(close, outs, length)],
    ["Bollinger(20)", () => bollingerLoop(close, 20, outs), () => new Bollinger(20, 2).fill(close, outs, length)],
    ["ATR(14)", () => atrLoop(candles, 14, outs[0]), () => new Atr(14).fill(candles, outs, length)],
  ];
  for (const [name, loop, engine] of pairs) {
    const timings = timeAll([
      { name: "plain loop (the bound)", work: loop },
      { name: "engine", work: engine },
    ]);
    printTimings(`D: ${name}`, timings, { items: length, unit: "values", budget: 1.5 });
  }
}

function emaLoop(values: Float64Array, period: number, out: Float64Array, from = 0): void {
  const weight = 2 / (period + 1);
  let sum = 0;
  let average = Number.NaN;
  for (let i = from; i < values.length; i++) {
    const count = i - from + 1;
    if (count <= period) {
      sum += values[i];
      average = count === period ? sum / period : Number.NaN;
    } else average += weight * (values[i] - average);
    out[i] = average;
  }
}

function macdLoop(values: Float64Array, outs: readonly Float64Array[]): void {
  const [line, signal, histogram] = outs;
  emaLoop(values, 12, signal);
  emaLoop(values, 26, histogram);
  for (let i = 0; i < values.length; i++) line[i] = signal[i] - histogram[i];
  emaLoop(line, 9, signal, 25);
  for (let i = 0; i < values.length; i++) histogram[i] = line[i] - signal[i];
}

function bollingerLoop(values: Float64Array, period: number, outs: readonly Float64Array[]): void {
  const [middle, upper, lower] = outs;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    sum += values[i];
    squares += values[i] * values[i];
    if (i >= period) {
      sum -= values[i - period];
      squares -= values[i - period] * values[i - period];
    }
    const mean = i >= period - 1 ? sum / period : Number.NaN;
    const spread = 2 * Math.sqrt(Math.max(0, squares / period - mean * mean));
    middle[i] = mean;
    upper[i] = mean + spread;
    lower[i] = mean - spread;
  }
}

function atrLoop(candles: CandleColumns, period: number, out: Float64Array): void {
  const { high, low, close, length } = candles;
  let average = 0;
  out[0] = Number.NaN;
  for (let i = 1; i < length; i++) {
    const before = close[i - 1];
    const range = Math.max(high[i], before) - Math.min(low[i], before);
    average = i <= period ? average + range / period : (average * (period - 1) + range) / period;
    out[i] = i < period ? Number.NaN : average;
  }
}
