import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CandleColumns, candleAt, candlesOf, sliceCandles } from "../candle/candle.ts";
import { ENTER_LONG, ENTER_SHORT, EXIT_LONG, EXIT_SHORT } from "../strategy/strategy.ts";
import { randomCandles } from "../testing/random-candles.ts";
import { definitionOf, runOn } from "../testing/runs.ts";
import { HAND_SMA_CROSS, handStrategy } from "../testing/test-strategies.ts";
import type { RunResult } from "./result.ts";
import { createRun, restoreRun } from "./run.ts";
import type { RunSettings } from "./settings.ts";
import { decodeSnapshot, encodeSnapshot } from "./snapshot.ts";

/** A strategy whose flags are a fixed function of the candle's time, so that nothing about it can remember. */
function scattered(flagsOf: (time: number) => number, prices?: Parameters<typeof handStrategy>[3]) {
  return handStrategy("scattered", [], () => ({ state: [], step: (candles, i) => flagsOf(candles.time[i]) }), prices);
}

function hash(value: number): number {
  let mixed = Math.imul((value / 60_000) | 0, 0x9e3779b1);
  mixed ^= mixed >>> 15;
  return Math.imul(mixed, 0x85ebca6b) >>> 0;
}

const BOTH_SIDES = scattered(
  (time) => [0, 0, ENTER_LONG, 0, EXIT_LONG, 0, ENTER_SHORT, EXIT_SHORT, 0, 0][hash(time) % 10],
);
const BRACKETED = scattered(
  (time) => [0, ENTER_LONG, 0, 0, 0][hash(time) % 5],
  (candles, i) => ({ stop: candles.close[i] * 0.985, target: candles.close[i] * 1.02 }),
);
const LIMITED = scattered(
  (time) => [0, ENTER_LONG, ENTER_SHORT, 0, EXIT_LONG | EXIT_SHORT][hash(time) % 5],
  (candles, i) => {
    const close = candles.close[i];
    const long = hash(candles.time[i]) % 5 === 1;
    return { limit: close * (long ? 0.997 : 1.003), stop: close * (long ? 0.98 : 1.02), trail: close * 0.01 };
  },
);
const STRATEGIES = { BOTH_SIDES, BRACKETED, LIMITED, HAND_SMA_CROSS };

const settingsArbitrary: fc.Arbitrary<Partial<RunSettings>> = fc.record({
  fees: fc.constantFrom(
    { maker: 0, taker: 0, perUnit: 0, minimum: 0 },
    { maker: 0.001, taker: 0.002, perUnit: 0, minimum: 0 },
    { maker: 0.0005, taker: 0.001, perUnit: 0.01, minimum: 1 },
  ),
  slippage: fc.constantFrom(
    { kind: "none" as const },
    { kind: "bps" as const, bps: 5 },
    { kind: "volume" as const, coefficient: 0.1 },
  ),
  sizing: fc.constantFrom(
    { kind: "all" as const },
    { kind: "percent" as const, percent: 30 },
    { kind: "quantity" as const, quantity: 7 },
    { kind: "risk" as const, percent: 1 },
    { kind: "volatility" as const, percent: 20, period: 30 },
  ),
  fill: fc.constantFrom("open" as const, "close" as const),
  path: fc.constantFrom("nearest" as const, "worst" as const, "best" as const),
  volumeLimit: fc.constantFrom(undefined, 0.05),
  leverage: fc.constantFrom(1, 5),
  fundingRate: fc.constantFrom(0, 0.0001),
  end: fc.constantFrom("close" as const, "keep" as const),
});
const strategyArbitrary = fc.constantFrom(...(Object.keys(STRATEGIES) as (keyof typeof STRATEGIES)[]));
const seedArbitrary = fc.integer({ min: 1, max: 1_000_000 });

function onlyWhere(candles: CandleColumns, keep: (time: number) => boolean): CandleColumns {
  const kept = Array.from({ length: candles.length }, (_, i) => i).filter((i) => keep(candles.time[i]));
  return candlesOf(kept.map((i) => candleAt(candles, i)));
}

/** All that a result says, as comparable values. */
function essence(result: RunResult) {
  const lanes = [result.main, result.worst, result.best, ...result.stressed].map((lane) =>
    lane === undefined
      ? undefined
      : {
          equity: lane.finalEquity,
          trades: lane.variant.keepTrades === "all" ? lane.trades.rows() : lane.trades.length,
          open: lane.open,
          daily: [...lane.daily.equity],
          fees: lane.feesPaid,
          refused: lane.refused,
        },
  );
  return {
    lanes,
    curve: result.curve,
    fall: [result.drawdown.maxDepth, result.drawdown.ulcer, result.drawdown.longest],
    buyHold: [...result.buyHold.daily.equity],
    lookAhead: result.lookAhead?.differences,
    warmUp: result.warmUp,
    hashes: result.candleHashes,
    span: [result.candles, result.from, result.to],
  };
}

describe("a run", () => {
  it("stopped, stored and gone on with at random candles equals one run, to the bit", () => {
    fc.assert(
      fc.property(
        strategyArbitrary,
        settingsArbitrary,
        seedArbitrary,
        fc.uniqueArray(fc.integer({ min: 1, max: 599 }), { maxLength: 4 }),
        fc.constantFrom("1m" as const, "5m" as const, "1h" as const),
        (name, settings, seed, cuts, timeframe) => {
          const candles = randomCandles(600, { seed });
          const definition = definitionOf(STRATEGIES[name], { settings, timeframe, base: "1m" });
          const whole = runOn(definition, candles);
          const ends = [...cuts.sort((a, b) => a - b), 600];
          let run = createRun(definition);
          let from = 0;
          for (const to of ends) {
            run.push([sliceCandles(candles, from, to)]);
            run = restoreRun(definition, decodeSnapshot(encodeSnapshot(run.snapshot())));
            from = to;
          }
          const parts = essence(run.finish());
          // Checks that look at blocks see other blocks; everything traded must be the same.
          expect({ ...parts, lookAhead: [] }).toEqual({ ...essence(whole), lookAhead: [] });
        },
      ),
      { numRuns: 60 },
    );
  });

  it("decides nothing differently in the past when the future is cut off", () => {
    fc.assert(
      fc.property(
        strategyArbitrary,
        settingsArbitrary,
        seedArbitrary,
        fc.integer({ min: 50, max: 399 }),
        (name, settings, seed, cut) => {
          const candles = randomCandles(400, { seed });
          const definition = definitionOf(STRATEGIES[name], { settings: { ...settings, end: "keep" }, checks: "bare" });
          const whole = runOn(definition, candles);
          const short = runOn(definition, sliceCandles(candles, 0, cut));
          const tradesBefore = (result: RunResult) =>
            result.main.trades.rows().filter((trade) => trade.exitTime < candles.time[cut - 1]);
          expect(tradesBefore(short)).toEqual(tradesBefore(whole));
        },
      ),
      { numRuns: 60 },
    );
  });

  it("keeps cash plus the value of positions equal to equity, and profits equal to the change of equity", () => {
    fc.assert(
      fc.property(strategyArbitrary, settingsArbitrary, seedArbitrary, (name, settings, seed) => {
        const candles = randomCandles(500, { seed, swing: 0.004 });
        const result = runOn(definitionOf(STRATEGIES[name], { settings, checks: "bare" }), candles);
        const rows = [...result.main.trades.rows(), ...result.main.open];
        const profit = rows.reduce((sum, trade) => sum + trade.profit, 0);
        expect(Math.abs(result.main.finalEquity - 10_000 - profit)).toBeLessThan(1e-6);
        const fees = rows.reduce((sum, trade) => sum + trade.fees, 0);
        expect(Math.abs(result.main.feesPaid - fees)).toBeLessThan(1e-6);
      }),
      { numRuns: 80 },
    );
  });

  it("never does better on the worst path than on the nearest, nor better there than on the best", () => {
    fc.assert(
      fc.property(seedArbitrary, fc.constantFrom("all", "percent"), (seed, kind) => {
        const sizing = kind === "all" ? ({ kind } as const) : ({ kind: "percent", percent: 40 } as const);
        const result = runOn(
          definitionOf(BRACKETED, { settings: { sizing } }),
          randomCandles(800, { seed, swing: 0.02 }),
        );
        const [worst, best] = [result.worst?.finalEquity ?? Number.NaN, result.best?.finalEquity ?? Number.NaN];
        expect(worst).toBeLessThanOrEqual(result.main.finalEquity);
        expect(result.main.finalEquity).toBeLessThanOrEqual(best);
      }),
      { numRuns: 40 },
    );
  });

  it("shows the bounds apart where a candle holds both the stop and the target", () => {
    const candles = randomCandles(800, { seed: 5, swing: 0.03 });
    const result = runOn(definitionOf(BRACKETED), candles);
    expect(result.best?.finalEquity).toBeGreaterThan(result.worst?.finalEquity ?? Number.NaN);
  });

  it("earns no more when fees are higher", () => {
    fc.assert(
      fc.property(
        strategyArbitrary,
        seedArbitrary,
        fc.double({ min: 0, max: 0.01, noNaN: true }),
        (name, seed, fee) => {
          const at = (taker: number) =>
            runOn(
              definitionOf(STRATEGIES[name], {
                checks: "bare",
                settings: {
                  sizing: { kind: "quantity", quantity: 1 },
                  fees: { maker: taker, taker, perUnit: 0, minimum: 0 },
                },
              }),
              randomCandles(300, { seed }),
            ).main.finalEquity;
          expect(at(fee * 1.5)).toBeLessThanOrEqual(at(fee));
        },
      ),
      { numRuns: 40 },
    );
  });

  it("fills nothing outside a candle's range nor beyond its volume limit", () => {
    fc.assert(
      fc.property(strategyArbitrary, settingsArbitrary, seedArbitrary, (name, settings, seed) => {
        const candles = randomCandles(400, { seed, swing: 0.01 });
        const free = {
          ...settings,
          slippage: { kind: "none" } as const,
          volumeLimit: 0.02,
          leverage: 1,
          fill: "open" as const,
        };
        const result = runOn(definitionOf(STRATEGIES[name], { settings: free, checks: "bare" }), candles);
        const index = new Map(Array.from(candles.time, (time, i) => [time, i]));
        const entered = new Map<number, number>();
        for (const trade of result.main.trades.rows()) {
          for (const [time, price] of [
            [trade.exitTime, trade.exitPrice],
            [trade.entryTime, trade.entryPrice],
          ]) {
            const i = index.get(time);
            if (i === undefined || trade.reason === "end") continue;
            if (time === trade.exitTime) expect(price).toBeGreaterThanOrEqual(candles.low[i] * (1 - 1e-12));
            if (time === trade.exitTime) expect(price).toBeLessThanOrEqual(candles.high[i] * (1 + 1e-12));
          }
          if (trade.reason !== "end" && trade.reason !== "liquidation") {
            entered.set(trade.exitTime, (entered.get(trade.exitTime) ?? 0) + Math.abs(trade.quantity));
          }
        }
        for (const [time, quantity] of entered) {
          const i = index.get(time) ?? 0;
          expect(quantity).toBeLessThanOrEqual(candles.volume[i] * 0.02 * (1 + 1e-9));
        }
      }),
      { numRuns: 60 },
    );
  });

  it("trades several instruments from one cash account in the order of their names, however the data is cut", () => {
    fc.assert(
      fc.property(settingsArbitrary, seedArbitrary, fc.integer({ min: 1, max: 399 }), (settings, seed, cut) => {
        const one = randomCandles(400, { seed });
        const other = randomCandles(400, { seed: seed + 1, price: 20 });
        const definition = definitionOf(BOTH_SIDES, { settings, symbols: ["A", "B"] });
        const whole = runOn(definition, one, other);
        const run = createRun(definition);
        run.push([sliceCandles(one, 0, cut), sliceCandles(other, 0, cut)]);
        const resumed = restoreRun(definition, decodeSnapshot(encodeSnapshot(run.snapshot())));
        resumed.push([sliceCandles(one, cut, 400), sliceCandles(other, cut, 400)]);
        expect({ ...essence(resumed.finish()), lookAhead: [] }).toEqual({ ...essence(whole), lookAhead: [] });
        const profit = [...whole.main.trades.rows(), ...whole.main.open].reduce((sum, trade) => sum + trade.profit, 0);
        expect(Math.abs(whole.main.finalEquity - 10_000 - profit)).toBeLessThan(1e-6);
      }),
      { numRuns: 25 },
    );
  });

  it("keeps instruments with other sessions and candles in step, however the span is cut", () => {
    const always = randomCandles(4_000, { seed: 31 });
    const session = onlyWhere(randomCandles(4_000, { seed: 32, price: 30 }), (time) => (time / 3_600_000) % 24 > 9.5);
    const hourly = randomCandles(66, { seed: 33, step: 3_600_000 });
    const definition = {
      ...definitionOf(BOTH_SIDES, { timeframe: "2h", base: "1m", symbols: ["A", "B", "C"] }),
    };
    const instruments = definition.instruments.map((entry, index) =>
      index === 2 ? { ...entry, timeframe: "1h" as const } : entry,
    );
    const mixed = { ...definition, instruments };
    const whole = runOn(mixed, always, session, hourly);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3_999 }), (minute) => {
        const cut = always.time[0] + minute * 60_000;
        const run = createRun(mixed);
        for (const [from, to] of [
          [0, cut],
          [cut, Number.POSITIVE_INFINITY],
        ]) {
          run.push([always, session, hourly].map((candles) => onlyWhere(candles, (time) => time >= from && time < to)));
        }
        expect({ ...essence(run.finish()), lookAhead: [] }).toEqual({ ...essence(whole), lookAhead: [] });
      }),
      { numRuns: 30 },
    );
    expect(whole.main.trades.length).toBeGreaterThan(3);
  });

  it("pays funding at its times: longs at the open for the whole position, three times a day", () => {
    const candles = randomCandles(48, { seed: 3, step: 3_600_000 });
    const hold = handStrategy("hold", [], () => ({ state: [], step: (_, i) => (i === 0 ? ENTER_LONG : 0) }));
    const at = (fundingRate: number) =>
      runOn(definitionOf(hold, { timeframe: "1h", checks: "bare", settings: { fundingRate, end: "keep" } }), candles);
    const paid = at(0.001);
    const [lot] = at(0).main.open;
    const due = [8, 16, 24, 32, 40].reduce((sum, hour) => sum + lot.quantity * candles.open[hour] * 0.001, 0);
    expect(paid.main.fundingPaid).toBeCloseTo(due, 8);
    expect(at(0).main.finalEquity - paid.main.finalEquity).toBeCloseTo(due, 8);
  });

  it("finds a strategy that looks at the candle after the one it decides on", () => {
    const peeking = handStrategy("peeking", [], () => ({
      state: [],
      step: (candles: CandleColumns, i: number) =>
        i + 1 < candles.length && candles.close[i + 1] > candles.close[i] ? ENTER_LONG : EXIT_LONG,
    }));
    const candles = randomCandles(500, { seed: 9 });
    expect(runOn(definitionOf(peeking), candles).lookAhead?.differences.length).toBeGreaterThan(0);
    expect(runOn(definitionOf(BOTH_SIDES), candles).lookAhead?.differences).toEqual([]);
  });

  it("walks the finer candles inside where the data has them", () => {
    const candles = randomCandles(3_000, { seed: 21, swing: 0.01 });
    const at = (magnifier: boolean) =>
      runOn(definitionOf(BRACKETED, { timeframe: "1h", base: "1m", settings: { magnifier } }), candles);
    const [fine, coarse] = [at(true), at(false)];
    const spread = (result: RunResult) => (result.best?.finalEquity ?? 0) - (result.worst?.finalEquity ?? 0);
    expect(spread(fine)).toBeLessThan(spread(coarse));
  });

  it("trades nothing before `from` and nothing from `to` on", () => {
    const candles = randomCandles(500, { seed: 2 });
    const [from, to] = [candles.time[100], candles.time[300]];
    const result = runOn(definitionOf(BOTH_SIDES, { from, to, settings: { end: "keep" } }), candles);
    expect(result.candles).toBe(200);
    expect([result.from, result.to]).toEqual([from, to]);
    for (const trade of result.main.trades.rows()) {
      expect(trade.entryTime).toBeGreaterThan(from);
      expect(trade.exitTime).toBeLessThan(to);
    }
  });

  it.each([
    [{ settings: { cash: 0 } }, "cash must be greater than 0, was 0"],
    [{ settings: { fees: { maker: 0, taker: 2, perUnit: 0, minimum: 0 } } }, "fees.taker must be at most 0.1, was 2"],
    [{ settings: { sizing: { kind: "quote" as const, amount: -5 } } }, "sizing.amount must be greater than 0, was -5"],
    [
      { settings: { sizing: { kind: "quantity" as const, quantity: 0 } } },
      "sizing.quantity must be greater than 0, was 0",
    ],
    [{ settings: { leverage: 100, maintenance: 0.5 } }, "maintenance must be less than 1 / leverage (0.01), was 0.5"],
    [{ from: 5, to: 5 }, "from must be before to, was 5 with to 5"],
    [
      { timeframe: "1m" as const, base: "5m" as const },
      "timeframe must be a multiple of the candles of TEST (5m), was 1m",
    ],
    [{ parameters: { fast: 0 } }, "parameter fast must be from 1 to 1000, was 0"],
    [{ parameters: { fast: 2.5 } }, "parameter fast must be a whole number, was 2.5"],
    [{ parameters: { quick: 3 } }, "parameter quick is not known: the strategy has fast, slow"],
  ])("refuses a definition that breaks a rule: %j", (change, message) => {
    expect(() => createRun(definitionOf(HAND_SMA_CROSS, change))).toThrow(message);
  });

  it("refuses instruments whose amounts cannot be added up", () => {
    const definition = definitionOf(HAND_SMA_CROSS, { symbols: ["AAA", "BBB"] });
    const [first, { instrument, timeframe }] = definition.instruments;
    const instruments = [first, { instrument: { ...instrument, quote: "JPY" }, timeframe }];
    expect(() => createRun({ ...definition, instruments })).toThrow("quote of BBB must be that of AAA (USD), was JPY");
  });

  it("refuses candles that do not rise in time", () => {
    const candles = randomCandles(10);
    const run = createRun(definitionOf(BOTH_SIDES));
    run.push([candles]);
    expect(() => run.push([candles])).toThrow("TEST: time must rise from candle to candle");
    const backwards = randomCandles(40_000);
    backwards.time.reverse();
    expect(() => createRun(definitionOf(BOTH_SIDES)).push([backwards])).toThrow("TEST: time must rise");
  });

  it("reports a period without candles as such", () => {
    const result = runOn(definitionOf(BOTH_SIDES), randomCandles(0));
    expect(result.candles).toBe(0);
    expect(result.main.finalEquity).toBe(10_000);
  });
});
