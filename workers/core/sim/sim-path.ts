import type { SimProfile } from "./sim-instrument.ts";
import type { SimTimeline } from "./sim-timeline.ts";

/**
 * The price of a simulated instrument as a random walk in deformed time, built from the top down, so that any stretch
 * can be had without what lies before it.
 *
 * Variance is a conserved quantity: the whole history's variance is split in two again and again down to single ticks
 * (a multiplicative cascade), each time with a share drawn from a hash of the node. Ticks that share ancestors share
 * their fortunes: variance clusters on every scale, and returns over short times have fat tails. Within it the log
 * price is a Brownian bridge: the middle of a stretch is the variance-weighted mean of its ends plus a normal number,
 * which leaves returns uncorrelated. The model is that of Mandelbrot, Fisher and Calvet, "A Multifractal Model of
 * Asset Returns" (1997); the bridge is Levy's midpoint construction.
 */
export class SimPath {
  readonly ticks: number;
  private readonly depth: number;
  private readonly logStart: number;
  private readonly logEnd: number;
  private readonly variance: number;
  private readonly seed: number;
  private middle = 0;
  private share = 0;

  constructor({
    seed,
    profile,
    timeline,
  }: {
    readonly seed: number;
    readonly profile: SimProfile;
    readonly timeline: SimTimeline;
  }) {
    this.ticks = timeline.ticks;
    this.depth = Math.log2(timeline.ticks);
    this.seed = (mix(seed ^ textHash(profile.instrument.id)) | 0) ^ Math.floor(seed / 2 ** 32);
    // Seeds move both ends too, by about a fifth, so that no two worlds meet at a known price.
    this.logStart = Math.log(profile.priceStart) + 0.2 * normal(mix(this.seed ^ 0x51ab), mix(this.seed ^ 0x6e2d));
    this.logEnd = Math.log(profile.priceEnd) + 0.2 * normal(mix(this.seed ^ 0x17c3), mix(this.seed ^ 0x7f09));
    this.variance = profile.volatility ** 2 * (timeline.ticks / timeline.ticksPerYear);
  }

  /** Mean variance of one tick. */
  get tickVariance(): number {
    return this.variance / this.ticks;
  }

  /**
   * Fills `log` (length `BLOCK_TICKS + 1`) with the log price at the edges of the block's ticks, and `variance` (length
   * `BLOCK_TICKS`) with the variance that each tick holds.
   */
  fillBlock(block: number, log: Float64Array, variance: Float64Array): void {
    let left = this.logStart;
    let right = this.logEnd;
    let held = this.variance;
    const levels = this.depth - BLOCK_LEVELS;
    for (let level = 0; level < levels; level++) {
      const node = Math.floor(block / 2 ** (levels - level));
      this.split(level, node, left, right, held);
      if (Math.floor(block / 2 ** (levels - level - 1)) % 2 === 0) {
        right = this.middle;
        held *= this.share;
      } else {
        left = this.middle;
        held *= 1 - this.share;
      }
    }
    log[0] = left;
    log[BLOCK_TICKS] = right;
    variance[0] = held;
    for (let level = levels, size = BLOCK_TICKS; size > 1; level++, size >>= 1) {
      const half = size >> 1;
      const firstNode = (block * BLOCK_TICKS) / size;
      for (let at = 0, node = firstNode; at < BLOCK_TICKS; at += size, node++) {
        this.split(level, node, log[at], log[at + size], variance[at]);
        log[at + half] = this.middle;
        variance[at + half] = variance[at] * (1 - this.share);
        variance[at] *= this.share;
      }
    }
  }

  /** Sets `share`, the part of `held` that goes to the left half of the node, and `middle`, the log price between. */
  private split(level: number, node: number, left: number, right: number, held: number): void {
    const first = mix(this.seed + Math.imul(level + 1, 0x9e3779b1) + Math.imul(node, 0x85ebca6b));
    const second = mix(first ^ 0x5bd1e995);
    const third = mix(second + 0x2c1b3c6d);
    const long = this.ticks / 2 ** level > LONG_TICKS;
    const share = 0.5 + (long ? LONG_SHARE_SPREAD : SHARE_SPREAD) * ((first >>> 0) / 2 ** 32 - 0.5);
    const step = Math.sqrt(held * share * (1 - share)) * normal(second, third);
    this.share = share;
    this.middle = left + (right - left) * share + (long ? LONG_DAMPING * step : step);
  }
}

/** Ticks that are made together: the cost of reaching them from the top is shared. */
export const BLOCK_LEVELS = 10;
export const BLOCK_TICKS = 2 ** BLOCK_LEVELS;

/** Width of the interval around one half from which a split's share is drawn; wider means fatter tails. */
const SHARE_SPREAD = 0.5;

/**
 * Above this many ticks (about half a year of minutes) the bridge is damped and variance is shared out more evenly: prices
 * and yearly volatilities keep within a believable range over 25 years, and no shorter return is touched.
 */
const LONG_TICKS = 2 ** 18;
const LONG_DAMPING = 0.5;
const LONG_SHARE_SPREAD = 0.3;

/** A 32-bit integer with every bit depending on every bit of `value` (the finaliser of MurmurHash3). */
export function mix(value: number): number {
  let hash = value | 0;
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** Nearly normal, mean 0 and variance 1: the sum of four uniform 16-bit numbers, scaled. Never beyond 3.47. */
function normal(a: number, b: number): number {
  const sum = (a & 0xffff) + (a >>> 16) + (b & 0xffff) + (b >>> 16);
  return (sum / 65_536 - 2 + 2 / 65_536) * Math.sqrt(3);
}

function textHash(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = mix(hash ^ Math.imul(text.charCodeAt(i) + 1, 0x9e3779b1));
  return hash;
}
