import type { Candle } from "../candle/candle.ts";
import type { Instrument } from "../candle/instrument.ts";
import { MINUTE_MS } from "../candle/timeframe.ts";
import { volumeSteps } from "./sim-minutes.ts";
import { mix } from "./sim-path.ts";

/** Length of a tick of the simulated market. */
export const TICK_MS = 1_000;
/** Prices in a minute: one a second. */
export const TICKS_PER_MINUTE = MINUTE_MS / TICK_MS;

/** How far a price between two anchors may stray from the straight line, as a share of the minute's range. */
const STRAY = 0.4;

/** The price from `time` to the next tick, and what was traded then in base units. */
export interface SimTick {
  readonly time: number;
  readonly price: number;
  readonly volume: number;
}

/**
 * The ticks of one simulated minute, a pure function of seed, instrument and candle. Folded together they are exactly the
 * candle: the first is at its open, the last at its close, both extremes are touched and none is passed, and the volumes
 * add up without a rounding error. Which extreme comes first, and when each comes, is drawn from a hash of the minute.
 */
export function simTicks({
  seed,
  instrument,
  candle,
}: {
  readonly seed: number;
  readonly instrument: Instrument;
  readonly candle: Candle;
}): SimTick[] {
  const random = randomOf(mix(seed) ^ mix(Math.floor(candle.time / MINUTE_MS)) ^ mix(Math.round(1 / instrument.tick)));
  const prices = pricesOf(candle, instrument, random);
  const volumes = volumesOf(candle.volume, instrument, random);
  return prices.map((price, index) => ({ time: candle.time + index * TICK_MS, price, volume: volumes[index] }));
}

/** Between open, the two extremes and close the price goes straight, and strays from that in the middle. */
function pricesOf({ open, high, low, close }: Candle, { tick }: Instrument, random: () => number): number[] {
  const ticksPerUnit = Math.round(1 / tick);
  const last = TICKS_PER_MINUTE - 1;
  const one = 1 + Math.floor(random() * (last - 1));
  const other = 1 + ((one + Math.floor(random() * (last - 2))) % (last - 1));
  const [first, second] = random() < 0.5 ? [high, low] : [low, high];
  const anchors: readonly (readonly [number, number])[] = [
    [0, open],
    [Math.min(one, other), first],
    [Math.max(one, other), second],
    [last, close],
  ];
  const prices: number[] = [open];
  for (let leg = 1; leg < anchors.length; leg++) {
    const [from, start] = anchors[leg - 1];
    const [to, end] = anchors[leg];
    for (let at = from + 1; at < to; at++) {
      const share = (at - from) / (to - from);
      const stray = (random() - 0.5) * 2 * STRAY * (high - low) * Math.sqrt(share * (1 - share)) * 2;
      const price = Math.round((start + (end - start) * share + stray) * ticksPerUnit) / ticksPerUnit;
      prices.push(Math.min(high, Math.max(low, price)));
    }
    prices.push(end);
  }
  return prices;
}

/** Whole steps of volume are shared out by running totals, so that the shares add up to the whole. */
function volumesOf(volume: number, instrument: Instrument, random: () => number): number[] {
  const steps = volumeSteps(instrument);
  const whole = Math.round(volume * steps);
  const weights = Array.from({ length: TICKS_PER_MINUTE }, () => 0.25 + random());
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let weighed = 0;
  let given = 0;
  return weights.map((weight, index) => {
    weighed += weight;
    const upTo = index === TICKS_PER_MINUTE - 1 ? whole : Math.min(whole, Math.floor((whole * weighed) / total));
    const share = upTo - given;
    given = upTo;
    return share / steps;
  });
}

/** Numbers in [0, 1) from a chain of hashes. */
function randomOf(start: number): () => number {
  let state = start;
  return () => {
    state = mix(state + 0x9e3779b9);
    return (state >>> 0) / 2 ** 32;
  };
}
