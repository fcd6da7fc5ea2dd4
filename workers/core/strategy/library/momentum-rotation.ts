import { type Snapshot, snapshotField, snapshotFloats, snapshotList, snapshotNumber } from "../../engine/snapshot.ts";
import { Ring } from "../../indicator/window.ts";
import type { ParameterValues, Signal, SteppedProgram, Strategy, StrategyView } from "../strategy.ts";

const parameter = { kind: "integer", step: 1 } as const;

/** Holds the instruments that rose most over a look-back, looked at anew every so often. */
export const MOMENTUM_ROTATION: Strategy = {
  id: "momentum-rotation",
  title: "Momentum rotation",
  summary: "Holds the instruments that rose most, in equal shares, and looks again every so often.",
  parameters: [
    { ...parameter, name: "lookback", title: "Look-back in candles", default: 90, min: 2, max: 1_000, step: 10 },
    { ...parameter, name: "hold", title: "Candles between changes", default: 30, min: 1, max: 500, step: 5 },
    { ...parameter, name: "top", title: "Instruments held", default: 2, min: 1, max: 20 },
  ],
  scope: "all",
  pathSensitive: false,
  shorts: false,
  warmup: ({ lookback }) => lookback + 1,
  create: (values, { symbols }) => new MomentumRotation(values, symbols),
};

class MomentumRotation implements SteppedProgram {
  readonly form = "stepped";
  private readonly hold: number;
  private readonly top: number;
  private readonly symbols: readonly string[];
  /** Closes of each instrument, back to the one that its momentum is measured from. */
  private readonly closes: readonly Ring[];
  private readonly momenta: Float64Array;
  private readonly wanted: Float64Array;
  private age = 0;
  private entering = false;

  constructor({ lookback, hold, top }: ParameterValues, symbols: readonly string[]) {
    this.hold = hold;
    this.top = top;
    this.symbols = symbols;
    this.closes = symbols.map(() => new Ring(lookback + 1));
    this.momenta = new Float64Array(symbols.length).fill(Number.NaN);
    this.wanted = new Float64Array(symbols.length);
  }

  warm(view: StrategyView): void {
    view.instruments.forEach((instrument, index) => {
      if (!instrument.fresh) return;
      const ring = this.closes[index];
      ring.push(instrument.close);
      if (ring.full) this.momenta[index] = instrument.close / ring.back(ring.count - 1) - 1;
    });
  }

  onCandle(view: StrategyView): readonly Signal[] {
    this.warm(view);
    // What is sold pays for what is bought, so buying waits one candle for the sales to fill.
    if (this.entering) return this.enter(view);
    if (this.momenta.every(Number.isNaN)) return [];
    const due = this.age % this.hold === 0;
    this.age++;
    return due ? this.choose(view) : [];
  }

  private choose(view: StrategyView): Signal[] {
    const ranked = [...this.momenta.keys()]
      .filter((index) => this.momenta[index] > 0)
      .sort((left, right) => this.momenta[right] - this.momenta[left] || left - right)
      .slice(0, this.top);
    this.wanted.fill(0);
    for (const index of ranked) this.wanted[index] = 1;
    this.entering = true;
    const leaving = [...this.wanted.keys()].filter(
      (index) => this.wanted[index] === 0 && view.instruments[index].position.quantity !== 0,
    );
    return leaving.map((instrument) => ({ instrument, side: "close", tag: "rotation" }));
  }

  private enter(view: StrategyView): Signal[] {
    this.entering = false;
    this.age++;
    const entering = [...this.wanted.keys()].filter(
      (index) => this.wanted[index] === 1 && view.instruments[index].position.quantity === 0,
    );
    return entering.map((instrument) => ({ instrument, side: "buy", share: 1 / this.top, tag: "rotation" }));
  }

  readings() {
    return this.symbols.map((symbol, index) => ({
      name: `momentum ${symbol}`,
      value: this.momenta[index],
      scale: "own" as const,
      unit: "momentum",
    }));
  }

  snapshot(): Snapshot {
    return {
      closes: this.closes.map((ring) => ring.snapshot()),
      momenta: this.momenta.slice(),
      wanted: this.wanted.slice(),
      age: this.age,
      entering: this.entering,
    };
  }

  restore(snapshot: Snapshot): void {
    snapshotList(snapshot, "closes").forEach((saved, index) => {
      this.closes[index].restore(saved);
    });
    this.momenta.set(snapshotFloats(snapshot, "momenta"));
    this.wanted.set(snapshotFloats(snapshot, "wanted"));
    this.age = snapshotNumber(snapshot, "age");
    this.entering = snapshotField(snapshot, "entering") === true;
  }
}
