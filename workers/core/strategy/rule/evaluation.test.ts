import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CandleColumns, candleAt, candlesOf, indexAtTime, sliceCandles } from "../../candle/candle.ts";
import { candleOpen } from "../../candle/timeframe.ts";
import { decodeSnapshot, encodeSnapshot } from "../../engine/snapshot.ts";
import { randomCandles } from "../../testing/random-candles.ts";
import { ruleTexts } from "../../testing/rule-arbitrary.ts";
import { definitionOf, runOn } from "../../testing/runs.ts";
import { HAND_DONCHIAN, HAND_RSI, HAND_SMA_CROSS } from "../../testing/test-strategies.ts";
import { findStrategy } from "../registry.ts";
import type { ColumnProgram, ProgramContext, SignalColumns } from "../strategy.ts";
import { compileRules } from "./rules.ts";

const CONTEXT: ProgramContext = { timeframe: "1m", symbols: ["ETH", "TEST"], symbol: "TEST" };
const COUNT = 240;
const PRICES = ["stop", "target", "trail", "limit", "entryStop", "scale"] as const;

function program(text: string): ColumnProgram {
  const made = compileRules(text).create({}, CONTEXT);
  if (made.form !== "columns") throw new Error("these rules must be columns");
  return made;
}

/** Two instruments, each with gaps of its own. */
function market(seed: number): { own: CandleColumns; other: CandleColumns } {
  const gaps = (candles: CandleColumns, keep: (index: number) => boolean) =>
    candlesOf(
      Array.from({ length: candles.length }, (_, i) => i)
        .filter(keep)
        .map((i) => candleAt(candles, i)),
    );
  const own = randomCandles(COUNT, { seed, swing: 0.02 });
  const other = randomCandles(COUNT, { seed: seed + 1, swing: 0.02 });
  return { own: gaps(own, (i) => (i * 7 + seed) % 11 !== 0), other: gaps(other, (i) => (i * 5 + seed) % 13 > 2) };
}

function chunkOf(
  { own, other }: { own: CandleColumns; other: CandleColumns },
  from = 0,
  to = Number.POSITIVE_INFINITY,
) {
  const cut = (candles: CandleColumns) => sliceCandles(candles, indexAtTime(candles, from), indexAtTime(candles, to));
  const candles = cut(own);
  return {
    candles,
    others: new Map([
      ["TEST", candles],
      ["ETH", cut(other)],
    ]),
  };
}

/** Signals as comparable rows: the flags and every price, NaN included. */
function rows(signals: SignalColumns, length: number): string[] {
  return Array.from({ length }, (_, i) =>
    [signals.flags[i], ...PRICES.map((name) => String(signals[name]?.[i]))].join(" "),
  );
}

const texts = ruleTexts({ symbols: ["ETH"] });
const seeds = fc.integer({ min: 1, max: 10_000 });

describe("rules", () => {
  it("give the same signals in one chunk, in any chunks, and candle by candle as a bot is fed, to the bit", () => {
    const cuts = fc.array(fc.integer({ min: 0, max: COUNT }), { maxLength: 6 });
    fc.assert(
      fc.property(texts, seeds, cuts, (text, seed, at) => {
        const data = market(seed);
        const start = Date.UTC(2024, 0, 1);
        const whole = chunkOf(data);
        const expected = rows(program(text).fill(whole), whole.candles.length);
        const walk = (edges: readonly number[]) => {
          const walked = program(text);
          return edges.flatMap((edge, index) => {
            const chunk = chunkOf(data, index === 0 ? 0 : start + edges[index - 1] * 60_000, start + edge * 60_000);
            return rows(walked.fill(chunk), chunk.candles.length);
          });
        };
        expect(walk([...at.sort((a, b) => a - b), COUNT])).toEqual(expected);
        expect(walk(Array.from({ length: COUNT }, (_, i) => i + 1))).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });

  it("decide the same whatever comes later", () => {
    fc.assert(
      fc.property(texts, seeds, fc.integer({ min: 1, max: COUNT }), (text, seed, minutes) => {
        const data = market(seed);
        const end = Date.UTC(2024, 0, 1) + minutes * 60_000;
        const cut = chunkOf(data, 0, end);
        const whole = rows(program(text).fill(chunkOf(data)), cut.candles.length);
        expect(rows(program(text).fill(cut), cut.candles.length)).toEqual(whole);
      }),
      { numRuns: 150 },
    );
  });

  it("go on from a stored snapshot of any candle as if they had never stopped, readings included", () => {
    fc.assert(
      fc.property(texts, seeds, fc.integer({ min: 0, max: COUNT }), (text, seed, minutes) => {
        const data = market(seed);
        const cut = Date.UTC(2024, 0, 1) + minutes * 60_000;
        const steady = program(text);
        steady.fill(chunkOf(data, 0, cut));
        const revived = program(text);
        revived.restore(decodeSnapshot(encodeSnapshot(steady.snapshot())));
        expect(revived.readings()).toEqual(steady.readings());
        const rest = chunkOf(data, cut);
        const expected = rows(steady.fill(rest), rest.candles.length);
        expect(rows(revived.fill(rest), rest.candles.length)).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  it("trade the same one candle at a time, with their position in view, as by columns", () => {
    const own = ruleTexts();
    fc.assert(
      fc.property(own, seeds, (text, seed) => {
        const candles = randomCandles(COUNT, { seed, swing: 0.02 });
        const stepped = compileRules(`${text}\nexit short when position() > 5`);
        const trades = [compileRules(text), stepped].map((strategy) => {
          const { main } = runOn(definitionOf(strategy, { checks: "bare" }), candles);
          return [...main.trades.rows()].map((row) => [
            row.entryTime,
            row.exitTime,
            row.quantity,
            row.profit,
            row.reason,
          ]);
        });
        expect(trades[1]).toEqual(trades[0]);
      }),
      { numRuns: 100 },
    );
  });

  it.each([HAND_SMA_CROSS, HAND_RSI, HAND_DONCHIAN])(
    "of the library equal the strategy written by hand: $id",
    (hand) => {
      const strategy = findStrategy(hand.id);
      if (strategy === undefined) throw new Error(`the library lacks ${hand.id}`);
      const values = Object.fromEntries(hand.parameters.map((spec) => [spec.name, spec.default]));
      fc.assert(
        fc.property(seeds, (seed) => {
          const candles = randomCandles(600, { seed, swing: 0.02 });
          const chunk = { candles, others: new Map([["TEST", candles]]) };
          const [made, oracle] = [strategy, hand].map((entry) => entry.create(values, CONTEXT) as ColumnProgram);
          expect([...made.fill(chunk).flags]).toEqual([...oracle.fill(chunk).flags.subarray(0, candles.length)]);
        }),
        { numRuns: 30 },
      );
    },
  );
});

describe("tf()", () => {
  it("shows the close of the last finished larger candle, never of one that is not over", () => {
    const { own } = market(3);
    const chunk = { candles: own, others: new Map([["TEST", own]]) };
    const { stop } = program('enter long when close > 0\nexit long when close < 0\nstop at tf("15m", close)').fill(
      chunk,
    );
    let checked = 0;
    for (let i = 0; i < own.length; i++) {
      const value = stop?.[i] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      const nowMs = own.time[i] + 60_000;
      // The last candle that opened before the newest quarter of an hour that is over.
      const finishedMs = candleOpen(nowMs, "15m");
      expect(value).toBe(own.close[indexAtTime(own, finishedMs) - 1]);
      checked++;
    }
    expect(checked).toBeGreaterThan(150);
  });

  it("must be a multiple of the run's candles", () => {
    const strategy = compileRules('enter long when tf("30m", close) > 1\nexit long when close < 1');
    expect(() => strategy.create({}, { ...CONTEXT, timeframe: "1h" })).toThrow(
      'tf("30m") must be a multiple of the run\'s candles (1h)',
    );
  });
});

describe("of()", () => {
  it("shows the other instrument's candle that opened no later than this one", () => {
    const data = market(5);
    const { stop } = program('enter long when close > 0\nexit long when close < 0\nstop at of("ETH", close)').fill(
      chunkOf(data),
    );
    const { own, other } = data;
    for (let i = 5; i < own.length; i++) expect(stop?.[i]).toBe(other.close[indexAtTime(other, own.time[i] + 1) - 1]);
  });

  it("must name an instrument of the run", () => {
    const strategy = compileRules('enter long when of("BTC", close) > 1\nexit long when close < 1');
    expect(() => strategy.create({}, CONTEXT)).toThrow(
      'of("BTC") must name an instrument of the run, which has ETH, TEST',
    );
  });
});

describe("a condition", () => {
  const candles = candlesOf(
    [5, 6, 7, 6, 6, 5, 8, 9, 4].map((close, i) => ({ time: i * 60_000, open: 5, high: 9, low: 4, close, volume: 0 })),
  );
  it.each([
    ["cross_above(close, 6)", "000000100"],
    ["cross_below(close, 6)", "000000001"],
    ["rising(close, 2)", "001000010"],
    ["falling(close)", "000101001"],
    ["prev(close, 2) == 6", "000101100"],
    ["since(close == 7) == 2", "000010000"],
    ["not (prev(since(close == 7)) > 0)", "000100000"],
    ["close / (close - 6) > 0", "001000110"],
    ["if(close > 6, 1, 0) == 1", "001000110"],
    ["minute() == 3 or hour() == 1", "000100000"],
    ["weekday() == 4 and close > 8", "000000010"],
    ["log(close - 6) >= 0", "001000110"],
    ["close > 5 and not (close > 7)", "011110000"],
    ["-close < -7", "000000110"],
    ["min(close, 6, hl2) == 6", "011110110"],
  ])("%s is true where it says so, and nowhere where a value is missing", (text, expected) => {
    const made = program(`enter long when ${text}\nexit long when close > 1000`);
    const { flags } = made.fill({ candles, others: new Map([["TEST", candles]]) });
    expect([...flags].join("")).toBe(expected);
  });
});
