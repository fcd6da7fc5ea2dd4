import { CandleAggregator } from "../../candle/aggregator.ts";
import { type CandleColumns, emptyCandles } from "../../candle/candle.ts";
import { type Timeframe, timeframeMs } from "../../candle/timeframe.ts";
import { type Snapshot, snapshotField, snapshotFloats, snapshotList } from "../../engine/snapshot.ts";
import type { ColumnCache } from "../../indicator/column-cache.ts";
import type { IndicatorReading, ScaleName } from "../strategy.ts";
import { Node } from "./node.ts";

const NO_CANDLES = emptyCandles(0);
/** Not within the chunk. */
const NOT_YET = Number.POSITIVE_INFINITY;

/** A node whose first value the decisions wait for. */
export interface Watch {
  readonly node: Node;
  readonly name: string;
  /** Where charts show it; undefined for what they leave out. */
  scale: ScaleName | undefined;
  /** What it measures, where that is not the price of the run's own candles. */
  unit?: string;
}

/**
 * A stream of candles with the nodes computed on it, and the streams that hang on it: larger candles made of its own
 * (`tf`) and other instruments beside it (`of`).
 */
export class Series {
  candles: CandleColumns = NO_CANDLES;
  /** Indicator columns shared with others that see the same candles; undefined for streams of our own making. */
  cache: ColumnCache | undefined;
  /** In the order in which they must be filled. */
  readonly nodes: Node[] = [];
  readonly links: Link[] = [];
  readonly watches: Watch[] = [];
  /**
   * Index in the chunk of the candle on which the last watched node got its first value: -1 where that was in an
   * earlier chunk, infinite where it is still to come.
   */
  readyAt = NOT_YET;
  private ready = false;
  private seen = new Float64Array(0);
  private last = new Float64Array(0);

  /** Computes every node for the next candles of this stream and of the other instruments. */
  evaluate(candles: CandleColumns, others: ReadonlyMap<string, CandleColumns>): void {
    const { length } = candles;
    this.candles = candles;
    for (const link of this.links) link.evaluate(candles, others);
    for (let k = 0; k < this.nodes.length; k++) this.nodes[k].fill(length);
    this.note(length);
  }

  /** The last value of each watched node, those of the streams below included. */
  readings(): IndicatorReading[] {
    const own = this.watches.map(({ name, scale, unit }, index) => ({
      ...{ name, value: this.last[index] ?? Number.NaN, scale },
      ...(unit === undefined ? {} : { unit }),
    }));
    return [...own, ...this.links.flatMap((link) => link.child.readings())];
  }

  private note(length: number): void {
    const { watches } = this;
    if (this.seen.length !== watches.length) {
      this.seen = new Float64Array(watches.length);
      this.last = new Float64Array(watches.length).fill(Number.NaN);
    }
    if (length > 0) for (let k = 0; k < watches.length; k++) this.last[k] = watches[k].node.column[length - 1];
    if (this.ready) {
      this.readyAt = -1;
      return;
    }
    let at = -1;
    for (let k = 0; k < watches.length; k++) {
      if (this.seen[k] === 1) continue;
      const first = firstValue(watches[k].node.column, length);
      if (first !== NOT_YET) this.seen[k] = 1;
      at = Math.max(at, first);
    }
    for (const link of this.links) at = Math.max(at, link.readyAt(length));
    this.readyAt = at;
    this.ready = at !== NOT_YET;
  }

  snapshot(): Snapshot {
    return {
      nodes: this.nodes.map((node) => node.snapshot()),
      links: this.links.map((link) => link.snapshot()),
      ready: this.ready,
      seen: this.seen.slice(),
      last: this.last.slice(),
    };
  }

  restore(snapshot: Snapshot): void {
    const each = (field: string, targets: readonly { restore(saved: Snapshot): void }[]) => {
      const saved = snapshotList(snapshot, field);
      if (saved.length !== targets.length)
        throw new TypeError(`snapshot has ${saved.length} ${field}, not ${targets.length}`);
      targets.forEach((target, index) => {
        target.restore(saved[index]);
      });
    };
    each("nodes", this.nodes);
    each("links", this.links);
    this.ready = snapshotField(snapshot, "ready") === true;
    this.seen = snapshotFloats(snapshot, "seen").slice();
    this.last = snapshotFloats(snapshot, "last").slice();
  }
}

function firstValue(column: Float64Array, length: number): number {
  for (let i = 0; i < length; i++) if (!Number.isNaN(column[i])) return i;
  return NOT_YET;
}

/** How a stream hangs on another: which candles it gets, and from when the other may see each of them. */
export abstract class Link {
  readonly child = new Series();
  /** For each candle of the parent the child's newest candle that it may see; -1 for the last of an earlier chunk. */
  visible = new Int32Array(0);
  private readonly parentLagMs: number;
  private readonly childLagMs: number;
  private shown = false;

  /** Candle k of the child is seen at candle i of the parent from `time[k] + childLagMs <= time[i] + parentLagMs` on. */
  constructor({ parentLagMs, childLagMs }: { parentLagMs: number; childLagMs: number }) {
    this.parentLagMs = parentLagMs;
    this.childLagMs = childLagMs;
  }

  protected abstract candlesFor(parent: CandleColumns, others: ReadonlyMap<string, CandleColumns>): CandleColumns;

  evaluate(parent: CandleColumns, others: ReadonlyMap<string, CandleColumns>): void {
    const candles = this.candlesFor(parent, others);
    this.child.evaluate(candles, others);
    if (this.visible.length < parent.length) this.visible = new Int32Array(parent.length);
    const { visible, childLagMs, parentLagMs } = this;
    let next = 0;
    for (let i = 0; i < parent.length; i++) {
      const knownMs = parent.time[i] + parentLagMs - childLagMs;
      while (next < candles.length && candles.time[next] <= knownMs) next++;
      visible[i] = next - 1;
    }
  }

  /** The parent's candle on which the child is first seen ready. */
  readyAt(length: number): number {
    if (this.shown) return -1;
    const { readyAt } = this.child;
    if (readyAt === NOT_YET) return NOT_YET;
    for (let i = 0; i < length; i++) {
      if (this.visible[i] < readyAt) continue;
      this.shown = true;
      return i;
    }
    return NOT_YET;
  }

  snapshot(): Snapshot {
    return { child: this.child.snapshot(), shown: this.shown, made: this.saveMaker() };
  }

  restore(snapshot: Snapshot): void {
    this.child.restore(snapshotField(snapshot, "child"));
    this.shown = snapshotField(snapshot, "shown") === true;
    this.restoreMaker(snapshotField(snapshot, "made"));
  }

  protected saveMaker(): Snapshot {
    return null;
  }

  protected restoreMaker(_snapshot: Snapshot): void {}
}

/** Larger candles made of the parent's, seen at their own close. */
export class FrameLink extends Link {
  private readonly aggregator: CandleAggregator;

  constructor({ from, to }: { from: Timeframe; to: Timeframe }) {
    super({ parentLagMs: timeframeMs(from), childLagMs: timeframeMs(to) });
    this.aggregator = new CandleAggregator({ from, to });
  }

  protected override candlesFor(parent: CandleColumns): CandleColumns {
    return this.aggregator.push(parent);
  }

  protected override saveMaker(): Snapshot {
    return this.aggregator.snapshot();
  }

  protected override restoreMaker(snapshot: Snapshot): void {
    this.aggregator.restore(snapshot);
  }
}

/** Another instrument's candles of the same timeframe: those that opened no later are closed by the parent's close. */
export class OtherLink extends Link {
  private readonly symbol: string;

  constructor(symbol: string) {
    super({ parentLagMs: 0, childLagMs: 0 });
    this.symbol = symbol;
  }

  protected override candlesFor(_parent: CandleColumns, others: ReadonlyMap<string, CandleColumns>): CandleColumns {
    return others.get(this.symbol) ?? NO_CANDLES;
  }
}

/** A node of the stream below, as the candles of the stream above see it. */
export class LinkedNode extends Node {
  private readonly inner: Node;
  private readonly link: Link;
  private carried = Number.NaN;

  constructor(inner: Node, link: Link) {
    super();
    this.inner = inner;
    this.link = link;
  }

  override fill(length: number): void {
    const out = this.reserve(length);
    const { carried } = this;
    const { visible, child } = this.link;
    const { column } = this.inner;
    for (let i = 0; i < length; i++) out[i] = visible[i] < 0 ? carried : column[visible[i]];
    if (child.candles.length > 0) this.carried = column[child.candles.length - 1];
  }

  override snapshot(): Snapshot {
    return this.carried;
  }

  override restore(snapshot: Snapshot): void {
    this.carried = snapshot as number;
  }
}
