import type { CandleColumns } from "../candle/candle.ts";
import { emptyCandles } from "../candle/candle.ts";
import type { Instrument } from "../candle/instrument.ts";
import { DAY_MS, MINUTE_MS } from "../candle/timeframe.ts";
import type { SimProfile } from "./sim-instrument.ts";
import { simProfile } from "./sim-instrument.ts";
import { BLOCK_TICKS, mix, SimPath } from "./sim-path.ts";
import type { SimSession, SimTimeline } from "./sim-timeline.ts";
import { sessionIndexAt, simTimeline } from "./sim-timeline.ts";

const MINUTES_PER_DAY = DAY_MS / MINUTE_MS;

/** Smallest number a hash may stand for where its logarithm is taken. */
const UNIT = 2 ** -32;

/**
 * The minute candles of one simulated instrument. A minute depends on the seed, the instrument and its own time, and on
 * nothing that was asked before; asking in order is only faster, since minutes are made in blocks.
 */
export class SimMinutes {
  private readonly profile: SimProfile;
  private readonly timeline: SimTimeline;
  private readonly path: SimPath;
  private readonly seed: number;
  private readonly shape: Float64Array;
  private readonly log = new Float64Array(BLOCK_TICKS + 1);
  private readonly variance = new Float64Array(BLOCK_TICKS);
  private block = -1;

  /** Throws RangeError where the market has no such symbol. */
  constructor({ seed, symbol }: { readonly seed: number; readonly symbol: string }) {
    this.profile = simProfile(symbol);
    this.timeline = simTimeline(this.profile.calendar);
    this.path = new SimPath({ seed, profile: this.profile, timeline: this.timeline });
    this.seed = mix(mix(seed) ^ 0x3c6ef372) ^ mix(this.profile.priceStart * 1000);
    this.shape = volumeShape(this.profile);
  }

  /** The minutes that open in `[from, to)`, in order. Columns may be longer than `length`. */
  candles(from: number, to: number): CandleColumns {
    const { sessions } = this.timeline;
    const out = emptyCandles(Math.max(0, Math.ceil((to - from) / MINUTE_MS)));
    let made = 0;
    for (let at = sessionIndexAt(this.timeline, from); at < sessions.length && sessions[at].open < to; at++) {
      made = this.fillSession(out, { made, session: sessions[at], from, to });
    }
    return { ...out, length: made };
  }

  private fillSession(
    out: CandleColumns,
    span: { readonly made: number; readonly session: SimSession; readonly from: number; readonly to: number },
  ): number {
    const { session } = span;
    const first = Math.max(0, Math.ceil((span.from - session.open) / MINUTE_MS));
    const end = Math.ceil((Math.min(span.to, session.close) - session.open) / MINUTE_MS);
    let made = span.made;
    for (let minute = first; minute < end; ) {
      const tick = session.openTick + minute;
      const block = Math.floor(tick / BLOCK_TICKS);
      if (block !== this.block) {
        this.path.fillBlock(block, this.log, this.variance);
        this.block = block;
      }
      const run = Math.min(end - minute, (block + 1) * BLOCK_TICKS - tick);
      this.fillRun(out, { made, session, minute, run });
      made += run;
      minute += run;
    }
    return made;
  }

  /** Writes `run` minutes that lie in the current block. */
  private fillRun(
    out: CandleColumns,
    {
      made,
      session,
      minute,
      run,
    }: { readonly made: number; readonly session: SimSession; readonly minute: number; readonly run: number },
  ): void {
    const { log, variance, shape, seed } = this;
    const { tick } = this.profile.instrument;
    // Multiplying and dividing by the whole number of steps lands on the nearest double of the decimal price.
    const ticksPerUnit = Math.round(1 / tick);
    const steps = volumeSteps(this.profile.instrument);
    const volumeScale = this.profile.minuteVolume * steps;
    const varianceScale = 1 / this.path.tickVariance;
    const firstTick = session.openTick + minute;
    const offset = firstTick - this.block * BLOCK_TICKS;
    let left = log[offset];
    let open = Math.max(1, Math.round(Math.exp(left) * ticksPerUnit)) / ticksPerUnit;
    for (let i = 0; i < run; i++) {
      const right = log[offset + i + 1];
      const held = variance[offset + i];
      const hash = mix(seed + Math.imul(firstTick + i, 0x9e3779b1));
      const other = mix(hash ^ 0x2545f491);
      // Highest and lowest point of a Brownian bridge with these ends and this variance, by their exact distributions.
      const step = right - left;
      const up = Math.sqrt(step * step - 2 * held * Math.log(((hash >>> 0) + 1) * UNIT));
      const down = Math.sqrt(step * step - 2 * held * Math.log(((other >>> 0) + 1) * UNIT));
      const middle = left + right;
      const close = Math.max(1, Math.round(Math.exp(right) * ticksPerUnit)) / ticksPerUnit;
      const high = Math.max(1, Math.round(Math.exp((middle + up) / 2) * ticksPerUnit)) / ticksPerUnit;
      const low = Math.max(1, Math.round(Math.exp((middle - down) / 2) * ticksPerUnit)) / ticksPerUnit;
      const busy = Math.sqrt(held * varianceScale) * shape[(minute + i) % MINUTES_PER_DAY];
      const noise = 0.35 + 1.3 * ((mix(hash + other) >>> 0) * UNIT);
      const at = made + i;
      out.time[at] = session.open + (minute + i) * MINUTE_MS;
      out.open[at] = open;
      out.high[at] = Math.max(high, open, close);
      out.low[at] = Math.min(low, open, close);
      out.close[at] = close;
      out.volume[at] = Math.max(1, Math.round(volumeScale * busy * noise)) / steps;
      open = close;
      left = right;
    }
  }
}

/**
 * Steps of volume in one base unit. Volumes are whole multiples of a power of two (which is a multiple of the lot as
 * well), so that sums of them are exact and larger candles have the same volume whichever smaller ones they are made from.
 */
export function volumeSteps({ lot }: Instrument): number {
  return 2 ** Math.round(-Math.log10(lot));
}

/** Share of the mean volume by minute of the session: busy at both ends for stocks, one broad daily wave elsewhere. */
function volumeShape({ calendar }: SimProfile): Float64Array {
  const shape = new Float64Array(MINUTES_PER_DAY);
  const [sessionMinutes, minutesToPeak] = calendar.id === "us-stock" ? [390, 0] : [MINUTES_PER_DAY, PEAK[calendar.id]];
  for (let minute = 0; minute < shape.length; minute++) {
    if (calendar.id === "us-stock") {
      const fromMiddle = Math.min(1, Math.abs(minute / sessionMinutes - 0.5) * 2);
      shape[minute] = 0.65 + 1.25 * fromMiddle ** 3;
    } else {
      shape[minute] = 1 + 0.55 * Math.cos(((minute - minutesToPeak) / MINUTES_PER_DAY) * 2 * Math.PI);
    }
  }
  return shape;
}

/** Busiest minute after the session's open: 15:00 UTC for crypto, the London and New York overlap for currencies. */
const PEAK = { always: 15 * 60, "fx-week": 17 * 60, "india-stock": 6 * 60 } as const;
