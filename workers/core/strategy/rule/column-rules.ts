import type { Snapshot } from "../../engine/snapshot.ts";
import type { ColumnProgram, IndicatorReading, SignalColumns, StrategyChunk } from "../strategy.ts";
import type { SignalMaker } from "./signal-maker.ts";

/** Rules that look at candles only, computed a column at a time. */
export class ColumnRules implements ColumnProgram {
  readonly form = "columns";
  private readonly maker: SignalMaker;

  constructor(maker: SignalMaker) {
    this.maker = maker;
  }

  fill({ candles, others, cache }: StrategyChunk): SignalColumns {
    return this.maker.next(candles, others, cache);
  }

  readings(): readonly IndicatorReading[] {
    return this.maker.readings();
  }

  snapshot(): Snapshot {
    return this.maker.snapshot();
  }

  restore(snapshot: Snapshot): void {
    this.maker.restore(snapshot);
  }
}
