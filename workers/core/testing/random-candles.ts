import { type CandleColumns, emptyCandles } from "../candle/candle.ts";

/** A small seeded generator (mulberry32) for tests: values in [0, 1). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Valid candles of a random walk with gaps between close and open, `step` apart from `start` on. */
export function randomCandles(
  count: number,
  { seed = 1, step = 60_000, start = Date.UTC(2024, 0, 1), price = 100, swing = 0.01 } = {},
): CandleColumns {
  const random = seededRandom(seed);
  const candles = emptyCandles(count);
  let last = price;
  for (let i = 0; i < count; i++) {
    const open = last * (1 + (random() - 0.5) * swing * 0.3);
    const close = open * (1 + (random() - 0.5) * swing * 2);
    candles.time[i] = start + i * step;
    candles.open[i] = open;
    candles.close[i] = close;
    candles.high[i] = Math.max(open, close) * (1 + random() * swing * 0.7);
    candles.low[i] = Math.min(open, close) * (1 - random() * swing * 0.7);
    candles.volume[i] = 10 + random() * 1_000;
    last = close;
  }
  return candles;
}
