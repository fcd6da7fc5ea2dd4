import { type Snapshot, snapshotList, snapshotNumber } from "../../engine/snapshot.ts";
import type { ParameterValues, ProgramContext, Signal, SteppedProgram, Strategy, StrategyView } from "../strategy.ts";

/** Buys step by step on the way down and sells each step one spacing higher. */
export const GRID: Strategy = {
  id: "grid",
  title: "Grid",
  summary: "Buys a share at each step down and sells it one step higher; earns in sideways markets.",
  parameters: [
    { name: "spacing", title: "Spacing (%)", kind: "number", default: 2, min: 0.1, max: 20, step: 0.5 },
    { name: "levels", title: "Levels", kind: "integer", default: 5, min: 1, max: 50, step: 1 },
  ],
  scope: "each",
  pathSensitive: true,
  shorts: false,
  warmup: () => 1,
  create: (values, context) => new Grid(values, context),
};

class Grid implements SteppedProgram {
  readonly form = "stepped";
  private readonly ratio: number;
  private readonly levels: number;
  private readonly symbol: string;
  /** Prices at which the open steps are sold, the highest first. */
  private targets: number[] = [];
  /** Candles since the last step was asked for; its fill comes with the candle after. */
  private age = 0;

  constructor({ spacing, levels }: ParameterValues, { symbol }: ProgramContext) {
    this.ratio = 1 + spacing / 100;
    this.levels = levels;
    this.symbol = symbol;
  }

  onCandle(view: StrategyView): readonly Signal[] {
    const index = view.instruments.findIndex((instrument) => instrument.symbol === this.symbol);
    const own = view.instruments[index];
    if (!own.fresh) return [];
    this.age++;
    if (own.position.quantity === 0 && this.age > 1) this.targets = [];
    this.targets = this.targets.filter((target) => own.high <= target);
    // The lowest open step was bought one spacing below its target, and the next stands one more below that.
    const lowest = Math.min(...this.targets) / this.ratio / this.ratio;
    if (this.targets.length >= this.levels || own.close > lowest) return [];
    const target = own.close * this.ratio;
    this.targets.push(target);
    this.age = 0;
    return [{ instrument: index, side: "buy", share: 1 / this.levels, target, add: true, tag: "grid" }];
  }

  readings() {
    return [];
  }

  snapshot(): Snapshot {
    return { targets: [...this.targets], age: this.age };
  }

  restore(snapshot: Snapshot): void {
    this.targets = [...(snapshotList(snapshot, "targets") as readonly number[])];
    this.age = snapshotNumber(snapshot, "age");
  }
}
