import { type Snapshot, snapshotNumber } from "../engine/snapshot.ts";
import type { Signal, SteppedProgram, Strategy, StrategyView } from "../strategy/strategy.ts";
import { seededRandom } from "./random-candles.ts";

/** Asks at random for every kind of order there is, with legs, ages, additions and second thoughts. */
export const BUSY: Strategy = {
  id: "busy",
  title: "Busy",
  summary: "Orders of every kind at random.",
  parameters: [
    { name: "seed", title: "Seed", kind: "integer", default: 1, min: 0, max: 1_000_000, step: 1 },
    { name: "eagerness", title: "Eagerness (%)", kind: "integer", default: 30, min: 0, max: 100, step: 1 },
  ],
  scope: "all",
  pathSensitive: true,
  shorts: true,
  warmup: () => 1,
  create: ({ seed, eagerness }) => new Busy(seed, eagerness / 100),
};

class Busy implements SteppedProgram {
  readonly form = "stepped";
  private readonly seed: number;
  private readonly eagerness: number;
  private asked = 0;

  constructor(seed: number, eagerness: number) {
    this.seed = seed;
    this.eagerness = eagerness;
  }

  onCandle(view: StrategyView): readonly Signal[] {
    // All that it can see moves the dice, so that a difference anywhere shows in its orders.
    const seen = view.instruments.flatMap(({ close, position, workingOrders }) => [
      close,
      position.quantity,
      position.candlesHeld,
      position.entryPrice,
      position.entryTime,
      workingOrders,
    ]);
    const known = [view.equity, view.cash, ...seen].filter((value) => !Number.isNaN(value));
    const mixed = known.reduce((sum, value) => (sum * 31 + Math.floor(value * 1_000)) % 1_000_003, this.seed);
    const random = seededRandom(mixed + this.asked++ * 7_919);
    return view.instruments.flatMap((_, instrument) =>
      random() < this.eagerness ? [signal(view, instrument, random)] : [],
    );
  }

  readings() {
    return [];
  }

  snapshot(): Snapshot {
    return { asked: this.asked };
  }

  restore(snapshot: Snapshot): void {
    this.asked = snapshotNumber(snapshot, "asked");
  }
}

function signal(view: StrategyView, instrument: number, random: () => number): Signal {
  const { close } = view.instruments[instrument];
  const choice = random();
  if (choice < 0.15) return { instrument, side: "close" };
  if (choice < 0.2) return { instrument, side: "cancel" };
  const buys = random() < 0.6;
  const away = (share: number) => close * (1 + (random() - 0.5) * share);
  const sign = buys ? 1 : -1;
  const maybe = <T extends object>(odds: number, part: () => T) => (random() < odds ? part() : {});
  return {
    instrument,
    side: buys ? "buy" : "sell",
    ...maybe(0.5, () => ({ limit: away(0.02) })),
    ...maybe(0.3, () => ({ entryStop: away(0.02) })),
    ...maybe(0.5, () => ({ stop: close * (1 - sign * random() * 0.02) })),
    ...maybe(0.4, () => ({ target: close * (1 + sign * random() * 0.02) })),
    ...maybe(0.3, () => ({ trail: close * random() * 0.02 })),
    ...maybe(0.6, () => ({ expiresAfter: 1 + Math.floor(random() * 4) })),
    ...maybe(0.5, () => ({ add: true })),
    ...maybe(0.3, () => ({ share: random() })),
    ...maybe(0.2, () => ({ quantity: random() * 40 })),
    ...maybe(0.3, () => ({ scale: random() })),
    tag: `t${Math.floor(random() * 3)}`,
  };
}
