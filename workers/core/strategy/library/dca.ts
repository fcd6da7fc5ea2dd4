import { type Snapshot, snapshotNumber } from "../../engine/snapshot.ts";
import type { ParameterValues, ProgramContext, Signal, SteppedProgram, Strategy, StrategyView } from "../strategy.ts";

/** Buys a fixed share of equity every so many candles and never sells. */
export const DCA: Strategy = {
  id: "dca",
  title: "Regular buying (DCA)",
  summary: "Buys a small share every so many candles, whatever the price, and keeps it.",
  parameters: [
    { name: "every", title: "Candles between purchases", kind: "integer", default: 30, min: 1, max: 5_000, step: 5 },
    { name: "share", title: "Share of equity (%)", kind: "number", default: 5, min: 0.1, max: 100, step: 1 },
  ],
  scope: "each",
  pathSensitive: false,
  shorts: false,
  warmup: () => 1,
  create: (values, context) => new RegularBuying(values, context),
};

class RegularBuying implements SteppedProgram {
  readonly form = "stepped";
  private readonly every: number;
  private readonly share: number;
  private readonly symbol: string;
  private candles = 0;

  constructor({ every, share }: ParameterValues, { symbol }: ProgramContext) {
    this.every = every;
    this.share = share / 100;
    this.symbol = symbol;
  }

  onCandle(view: StrategyView): readonly Signal[] {
    const instrument = view.instruments.findIndex(({ symbol }) => symbol === this.symbol);
    if (!view.instruments[instrument].fresh) return [];
    if (this.candles++ % this.every !== 0) return [];
    return [{ instrument, side: "buy", share: this.share, add: true, tag: "dca" }];
  }

  readings() {
    return [];
  }

  snapshot(): Snapshot {
    return { candles: this.candles };
  }

  restore(snapshot: Snapshot): void {
    this.candles = snapshotNumber(snapshot, "candles");
  }
}
