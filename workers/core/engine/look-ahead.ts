import { type CandleColumns, indexAtTime, sliceCandles } from "../candle/candle.ts";
import type { ColumnProgram, SignalColumns, StrategyChunk } from "../strategy/strategy.ts";
import { type Snapshot, snapshotList, snapshotNumber } from "./snapshot.ts";

/** Cuts tried in the first block, where short runs have all their candles. */
const FIRST_BLOCK_CUTS = 6;
/** After the first blocks every eighth is cut: enough to see a strategy that peeks, at a sixteenth of the work. */
const BLOCKS_BETWEEN_CUTS = 8;
const DIFFERENCES_MAX = 20;

const PRICE_COLUMNS = ["limit", "entryStop", "stop", "target", "trail", "scale"] as const;

/** A signal that changed when the candles after the cut were taken away. Times are opens (UTC ms). */
export interface LookAheadDifference {
  readonly cut: number;
  readonly time: number;
  readonly before: string;
  readonly after: string;
}

/**
 * Runs the strategy again on candles that end at a decision, from the state it had at the start of the block, and
 * compares every signal up to the cut. A strategy that reads later candles cannot give the same ones.
 */
export class LookAheadCheck {
  readonly cuts: number[] = [];
  readonly differences: LookAheadDifference[] = [];
  compared = 0;
  private blocks = 0;

  /** Whether the block that comes next is to be cut; the program's state must then be saved before it fills. */
  due(): boolean {
    return this.blocks === 0 || this.blocks % BLOCKS_BETWEEN_CUTS === 0;
  }

  skip(): void {
    this.blocks++;
  }

  /** `again` is a fresh program restored to the state before the block. */
  compare(chunk: StrategyChunk, signals: SignalColumns, again: () => ColumnProgram): void {
    const wanted = this.blocks === 0 ? FIRST_BLOCK_CUTS : 1;
    this.blocks++;
    const whole = copySignals(signals, chunk.candles.length);
    for (const cut of decisions(whole.flags, wanted)) {
      const time = chunk.candles.time[cut];
      this.cuts.push(time);
      this.compareAt(chunk, whole, again().fill(truncated(chunk, cut + 1)), cut);
    }
  }

  private compareAt(chunk: StrategyChunk, whole: SignalColumns, cutSignals: SignalColumns, cut: number): void {
    for (let i = 0; i <= cut; i++) {
      this.compared++;
      if (this.differences.length >= DIFFERENCES_MAX) continue;
      const before = describe(whole, i);
      const after = describe(cutSignals, i);
      if (before === after) continue;
      const { time } = chunk.candles;
      this.differences.push({ cut: time[cut], time: time[i], before, after });
    }
  }

  snapshot(): Snapshot {
    return {
      blocks: this.blocks,
      compared: this.compared,
      cuts: [...this.cuts],
      differences: this.differences.map((row) => ({ ...row })),
    };
  }

  restore(snapshot: Snapshot): void {
    this.blocks = snapshotNumber(snapshot, "blocks");
    this.compared = snapshotNumber(snapshot, "compared");
    this.cuts.splice(0, this.cuts.length, ...(snapshotList(snapshot, "cuts") as readonly number[]));
    const rows = snapshotList(snapshot, "differences") as unknown as readonly LookAheadDifference[];
    this.differences.splice(0, this.differences.length, ...rows);
  }
}

/** Up to `wanted` candles with a signal, spread over the block; the middle where there is none. */
function decisions(flags: Uint8Array, wanted: number): number[] {
  const found: number[] = [];
  for (let i = 0; i < flags.length; i++) if (flags[i] !== 0) found.push(i);
  if (found.length === 0) return flags.length > 1 ? [flags.length >> 1] : [];
  const step = Math.max(1, Math.floor(found.length / wanted));
  return found.filter((_, index) => index % step === 0).slice(0, wanted);
}

function truncated(chunk: StrategyChunk, length: number): StrategyChunk {
  const last = chunk.candles.time[length - 1];
  const cut = (candles: CandleColumns) => sliceCandles(candles, 0, indexAtTime(candles, last + 1));
  return {
    candles: sliceCandles(chunk.candles, 0, length),
    others: new Map([...chunk.others].map(([symbol, candles]) => [symbol, cut(candles)])),
  };
}

function copySignals(signals: SignalColumns, length: number): SignalColumns {
  const prices = PRICE_COLUMNS.map((name) => [name, signals[name]?.slice(0, length)] as const);
  return { flags: signals.flags.slice(0, length), ...Object.fromEntries(prices.filter(([, column]) => column)) };
}

function describe(signals: SignalColumns, i: number): string {
  const flags = signals.flags[i];
  if (flags === 0) return "none";
  const prices = PRICE_COLUMNS.filter((name) => signals[name] !== undefined).map(
    (name) => `${name} ${signals[name]?.[i]}`,
  );
  return [`flags ${flags}`, ...prices].join(", ");
}
