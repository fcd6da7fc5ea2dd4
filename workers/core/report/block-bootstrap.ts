import type { Random } from "./random.ts";

/**
 * Draws values one after another in blocks: each block begins anywhere and goes on as the values do, from the last to the
 * first again, and after each value ends with the chance 1 / `meanLength`, so that lengths are geometric and every value
 * is equally likely at every place (the stationary bootstrap of Politis and Romano 1994). What follows what is kept
 * within the blocks: falls that come together stay together.
 */
export function drawBlocks(values: Float64Array, meanLength: number, random: Random): () => number {
  const ending = 1 / meanLength;
  let at = random.below(values.length);
  let fresh = true;
  return () => {
    if (fresh) fresh = false;
    else if (random.next() < ending) at = random.below(values.length);
    else at = at + 1 === values.length ? 0 : at + 1;
    return values[at];
  };
}
