/** Lengths of the steps that a price goes in: from 20 s, each four times the one before, to two months. */
const STEPS_MS = Array.from({ length: 10 }, (_, index) => 20_000 * 4 ** index);
/** How far a price goes in a minute, as a share of it; in longer times by the root of their length, as prices do. */
const MINUTE_SHARE = 0.0003;
const MINUTE_MS = 60_000;
/** Of a candle so many instants are looked at, at most: an hour's every minute, a day's every quarter of an hour. */
const LOOKS_MAX = 90;
const FIRST_STEP_MS = 20_000;

/** A share from 0 to 1 that follows from whole numbers and from nothing else. */
export function chance(seed: number, index: number): number {
  let mixed = Math.imul(seed ^ Math.imul(index, 0x9e3779b1), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 13)) >>> 0) / 2 ** 32;
}

/** A number that stands for a name. */
export function seedOf(name: string): number {
  let seed = 0x811c9dc5;
  for (let at = 0; at < name.length; at++) seed = Math.imul(seed ^ name.charCodeAt(at), 0x01000193);
  return seed;
}

/**
 * Where a market without an owner stands at an instant, as a multiple of its level: steps of many lengths, one on another, so
 * that it wanders and nothing of its past says where to. The same whenever it is asked for.
 */
export function pathAt(seed: number, time: number): number {
  let sum = 0;
  for (const [order, length] of STEPS_MS.entries()) {
    const place = time / length;
    const index = Math.floor(place);
    const [from, to] = [chance(seed + order, index), chance(seed + order, index + 1)];
    const value = from + (to - from) * (place - index);
    sum += (value - 0.5) * 2 * MINUTE_SHARE * Math.sqrt(length / MINUTE_MS);
  }
  return Math.exp(sum);
}

/** Instants of `[from, to]` at which a path is looked at for its extremes; between the shortest steps it goes straight. */
export function looksOf(from: number, to: number): number[] {
  const step = FIRST_STEP_MS * Math.max(1, Math.ceil((to - from) / FIRST_STEP_MS / LOOKS_MAX));
  const looks = [from];
  for (let time = (Math.floor(from / step) + 1) * step; time < to; time += step) looks.push(time);
  looks.push(to);
  return looks;
}

/** A price on a venue's grid, as text with the grid's decimals. */
export function onGrid(price: number, tick: string): string {
  const decimals = (tick.split(".")[1] ?? "").length;
  return (Math.round(price / Number(tick)) * Number(tick)).toFixed(decimals);
}
