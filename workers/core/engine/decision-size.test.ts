import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { candlesOf } from "../candle/candle.ts";
import type { Instrument } from "../candle/instrument.ts";
import { MINUTE_MS } from "../candle/timeframe.ts";
import { MARKET, type Order } from "../fill/order.ts";
import { exactDecimal, gridStep, toDouble } from "../ledger/decimal-double.ts";
import type { Signal, SteppedProgram, Strategy } from "../strategy/strategy.ts";
import { BUSY } from "../testing/busy-strategy.ts";
import { randomCandles } from "../testing/random-candles.ts";
import { freeInstrument } from "../testing/runs.ts";
import type { Fill } from "./account.ts";
import { createRun } from "./run.ts";
import { DEFAULT_SETTINGS, type RunDefinition, type RunSettings } from "./settings.ts";

/** Asks at the close of candle i for the i-th entry of the list. */
function scripted(script: readonly (Omit<Signal, "instrument"> | undefined)[]): Strategy {
  return {
    ...BUSY,
    parameters: [],
    create: () => {
      let at = 0;
      const program: SteppedProgram = {
        form: "stepped",
        onCandle: () => {
          const signal = script[at++];
          return signal === undefined ? [] : [{ instrument: 0, ...signal }];
        },
        readings: () => [],
        snapshot: () => null,
        restore: () => undefined,
      };
      return program;
    },
  };
}

/** Candles that open where the last closed, but for `opens` by index. */
function candlesAt(closes: readonly number[], opens: Readonly<Record<number, number>> = {}) {
  return candlesOf(
    closes.map((close, i) => {
      const open = opens[i] ?? closes[i - 1] ?? close;
      const [high, low] = [Math.max(open, close), Math.min(open, close)];
      return { time: i * MINUTE_MS, open, high, low, close, volume: 1_000 };
    }),
  );
}

interface Given {
  readonly script: readonly (Omit<Signal, "instrument"> | undefined)[];
  readonly closes: readonly number[];
  readonly opens?: Readonly<Record<number, number>>;
  readonly settings?: Partial<RunSettings>;
  readonly grid?: Partial<Instrument>;
}

function definitionOf({ script, settings, grid }: Given): RunDefinition {
  return {
    instruments: [{ instrument: { ...freeInstrument("A"), ...grid }, timeframe: "1m" }],
    timeframe: "1m",
    strategy: scripted(script),
    parameters: {},
    settings: { ...DEFAULT_SETTINGS, sizeAt: "decision", end: "keep", ...settings },
    checks: "bare",
  };
}

function trade(given: Given) {
  const run = createRun(definitionOf(given));
  const orders: Order[] = [];
  const fills: Fill[] = [];
  // Orders are kept as they were placed: the venue goes on to fill them.
  run.observe({ placed: (_, order) => orders.push({ ...order }), filled: (fill) => fills.push(fill) });
  run.push([candlesAt(given.closes, given.opens)]);
  const { main } = run.finish();
  return { orders, fills, refused: main.refused.map(({ rule }) => rule) };
}

const buy = (terms: Partial<Signal> = {}) => ({ side: "buy", ...terms }) as const;

describe("a size that is fixed at the decision", () => {
  it.each<[string, Partial<Signal>, Partial<RunSettings>, Partial<Instrument>, number]>([
    ["all the cash at the close, with the taker's fee", {}, {}, {}, 10_000 / (100 * 1.001)],
    ["all the cash at its limit, with the maker's", { limit: 95 }, {}, {}, 10_000 / (95 * 1.002)],
    ["the taker's fee for a limit that trades at once", { limit: 105 }, {}, {}, 10_000 / (105 * 1.001)],
    ["all the cash at its entry stop", { entryStop: 105 }, {}, {}, 10_000 / (105 * 1.001)],
    ["its limit before its stop", { entryStop: 105, limit: 106 }, {}, {}, 10_000 / (106 * 1.001)],
    ["slippage on top of the close", {}, { slippage: { kind: "bps", bps: 100 } }, {}, 10_000 / (101 * 1.001)],
    ["a percentage of equity", {}, { sizing: { kind: "percent", percent: 50 } }, {}, 50],
    ["a share of equity", { share: 0.25 }, {}, {}, 25],
    ["an amount", {}, { sizing: { kind: "quote", amount: 1_234 } }, {}, 12.34],
    ["a loss at its stop", { stop: 98 }, { sizing: { kind: "risk", percent: 1 } }, {}, 100 / (2 + 0.198)],
    ["a share of the rule", { scale: 0.5 }, { sizing: { kind: "percent", percent: 50 } }, {}, 25],
    ["whole lots", {}, {}, { lot: 0.25 }, 99.75],
  ])("is %s", (_, terms, settings, grid, expected) => {
    const fees = { maker: 0.002, taker: 0.001, perUnit: 0, minimum: 0 };
    const { orders } = trade({ script: [buy(terms)], closes: [100, 100], settings: { fees, ...settings }, grid });
    expect(orders[0].quantity).toBeCloseTo(expected, 7);
    expect(orders[0].quantity).toBeLessThanOrEqual(expected);
  });

  it("stays as it is where the open is better, and shrinks to what the cash covers where it is worse", () => {
    const better = trade({ script: [buy()], closes: [100, 90], opens: { 1: 90 } });
    expect(better.fills[0].quantity).toBe(better.orders[0].quantity);
    const worse = trade({ script: [buy()], closes: [100, 110], opens: { 1: 110 } });
    expect(worse.fills[0].quantity).toBeCloseTo(10_000 / (110 * 1.001), 7);
    expect(worse.orders[0].quantity).toBeCloseTo(10_000 / (100 * 1.001), 7);
  });

  it("is refused at the fill where the cash does not cover it and the run refuses", () => {
    const settings = { whenShort: "refuse" } as const;
    const { fills, refused } = trade({ script: [buy()], closes: [100, 110], opens: { 1: 110 }, settings });
    expect([fills, refused]).toEqual([[], ["cash"]]);
  });

  it("is refused at the close below the least value, and nothing is placed", () => {
    const settings = { sizing: { kind: "quote", amount: 9 } } as const;
    const { orders, refused } = trade({ script: [buy()], closes: [100, 100], settings, grid: { notionalMin: 10 } });
    expect([orders, refused]).toEqual([[], ["notionalMin"]]);
  });

  it("is that of a turn as if the position were already closed at the close, with slippage and fee", () => {
    const script = [buy(), undefined, { side: "sell" } as const];
    const sizing = { kind: "percent", percent: 50 } as const;
    const slippage = { kind: "bps", bps: 10 } as const;
    const { orders, fills } = trade({ script, closes: [100, 100, 120, 120], settings: { sizing, slippage } });
    const [, exit, turn] = orders;
    const bought = fills[0];
    const cash = 10_000 - bought.quantity * bought.price - bought.fee;
    const price = 120 * 0.999;
    const closed = cash + bought.quantity * price * 0.999;
    expect(exit).toMatchObject({ role: "exit", kind: MARKET, quantity: bought.quantity });
    expect(turn.quantity).toBeCloseTo((closed * 0.5) / price, 7);
  });

  it("lets an exit sell what was held at the close, not what an entry adds before it fills", () => {
    const script = [buy({ quantity: 10 }), buy({ quantity: 5, add: true, limit: 90 }), { side: "close" } as const];
    const { fills } = trade({ script, closes: [100, 100, 100, 80, 80], opens: { 3: 80 } });
    expect(fills.map(({ side, quantity }) => side * quantity)).toEqual([10, -10, 5]);
  });

  it("cannot meet the close that it is decided at", () => {
    const given = { script: [], closes: [], settings: { fill: "close" } } as const;
    expect(() => createRun(definitionOf(given))).toThrow("fill must be open where sizeAt is decision, was close");
  });

  it("is on the grid with all prices, each the double that its decimal text reads back as, and never overfilled", () => {
    const grids = fc.constantFrom(
      { tick: 0.01, lot: 0.001 },
      { tick: 0.0005, lot: 3 },
      { tick: 0.1, lot: 0.1 },
      { tick: 0, lot: 0 },
    );
    const limits = fc.constantFrom(undefined, 0.001, 0.1);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), grids, limits, (seed, grid, volumeLimit) => {
        const base = definitionOf({ script: [], closes: [], grid });
        const settings = volumeLimit === undefined ? base.settings : { ...base.settings, volumeLimit };
        const run = createRun({ ...base, settings, strategy: BUSY, parameters: { seed, eagerness: 60 } });
        const left = new Map<number, number>();
        const exact = (value: number, step: number) => {
          if (Number.isNaN(value)) return;
          const decimal = exactDecimal(value, "value");
          expect(toDouble(decimal)).toBe(value);
          if (step > 0) expect(decimal % gridStep(step, "step")).toBe(0n);
        };
        run.observe({
          placed: (_, { id, quantity, limit, stop, legStop, legTarget, legTrail }) => {
            exact(quantity, grid.lot);
            for (const price of [limit, stop, legStop, legTarget, legTrail]) exact(price, grid.tick);
            left.set(id, quantity);
          },
          filled: ({ order, group, quantity, price, fee }) => {
            exact(quantity, grid.lot);
            exact(price, 0);
            exact(fee, 0);
            if (group > 0) return;
            left.set(order, (left.get(order) ?? 0) - quantity);
            expect(left.get(order)).toBeGreaterThan(-1e-9);
          },
        });
        run.push([randomCandles(120, { seed, swing: 0.01 })]);
        run.finish();
      }),
      { numRuns: 60 },
    );
  });
});
