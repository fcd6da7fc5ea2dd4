import { type CandleColumns, indexAtTime, sliceCandles } from "../candle/candle.ts";
import { BLOCK_CANDLES_MAX } from "./block.ts";

/**
 * Cuts candles of several instruments over one span into spans of at most `BLOCK_CANDLES_MAX` candles an instrument, each
 * ending at the same instant for all of them. `faulty` is asked to throw where their times do not rise, since only then a
 * span ends before it began.
 */
export function* spansOf(
  chunks: readonly CandleColumns[],
  faulty: (index: number, candles: CandleColumns) => void,
): Generator<CandleColumns[]> {
  let at = chunks.map(() => 0);
  while (chunks.some((chunk, index) => at[index] < chunk.length)) {
    const ends = spanEnds(chunks, at);
    if (ends.every((end, index) => end <= at[index]))
      chunks.forEach((candles, index) => {
        faulty(index, candles);
      });
    yield chunks.map((chunk, index) => sliceCandles(chunk, at[index], ends[index]));
    at = ends;
  }
}

function spanEnds(chunks: readonly CandleColumns[], at: readonly number[]): number[] {
  let end = Number.POSITIVE_INFINITY;
  chunks.forEach((chunk, index) => {
    const limit = at[index] + BLOCK_CANDLES_MAX;
    if (limit < chunk.length) end = Math.min(end, chunk.time[limit]);
  });
  return chunks.map((chunk, index) => Math.max(at[index], indexAtTime(chunk, end)));
}
