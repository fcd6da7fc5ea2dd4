import type { Block } from "./block.ts";
import { BuyHold } from "./buy-hold.ts";
import { DrawdownTracker } from "./drawdown.ts";
import { EquityCurve } from "./equity-curve.ts";
import type { RunLanes } from "./lanes.ts";
import type { RunDefinition } from "./settings.ts";
import { type Snapshot, snapshotField } from "./snapshot.ts";

/** What a report tells of a run from its first traded candle on: its curve of equity, draw-downs, and buying and holding beside it. */
export class RunRecord {
  readonly curve = new EquityCurve();
  private readonly definition: RunDefinition;
  private begun: { readonly drawdown: DrawdownTracker; readonly buyHold: BuyHold } | undefined;

  /** `from`: since when the run trades, UTC ms; NaN, or left out, where it has not begun. */
  constructor(definition: RunDefinition, from = Number.NaN) {
    this.definition = definition;
    if (!Number.isNaN(from)) this.begun = this.begin(from);
  }

  get drawdown(): DrawdownTracker {
    return this.begun?.drawdown ?? this.begin(0).drawdown;
  }

  get buyHold(): BuyHold {
    return this.begun?.buyHold ?? this.begin(0).buyHold;
  }

  /** Takes in what the lanes made of a block of a run that trades since `from`, UTC ms. */
  add(block: Block, { main, worst, best }: RunLanes, { from, stepMs }: { from: number; stepMs: number }): void {
    this.begun ??= this.begin(from);
    const { drawdown, buyHold } = this.begun;
    buyHold.step(block, stepMs);
    const equities = { equity: main.equity, worst: worst?.equity, best: best?.equity, buyHold: buyHold.equity };
    this.curve.add({ time: block.time, ...equities, length: block.length }, stepMs, drawdown);
  }

  /** Replaces the last equity by what closing what is open made of it at `time`, UTC ms. */
  amend(equity: number, time: number): void {
    this.curve.amend(equity, this.drawdown.push(equity, time));
  }

  private begin(from: number) {
    const { instruments, settings } = this.definition;
    const buyHold = { cash: settings.cash, fee: settings.fees.taker, instruments: instruments.length, time: from };
    return { drawdown: new DrawdownTracker(settings.cash, from), buyHold: new BuyHold(buyHold) };
  }

  snapshot(): { readonly [key: string]: Snapshot } {
    const { drawdown, buyHold } = this.begun ?? {};
    return {
      curve: this.curve.snapshot(),
      drawdown: drawdown?.snapshot() ?? null,
      buyHold: buyHold?.snapshot() ?? null,
    };
  }

  /** `from`: since when the run trades, UTC ms; NaN where it has not begun. */
  restore(snapshot: Snapshot, from: number): void {
    this.curve.restore(snapshotField(snapshot, "curve"));
    if (Number.isNaN(from)) return;
    this.begun = this.begin(from);
    this.begun.drawdown.restore(snapshotField(snapshot, "drawdown"));
    this.begun.buyHold.restore(snapshotField(snapshot, "buyHold"));
  }
}
