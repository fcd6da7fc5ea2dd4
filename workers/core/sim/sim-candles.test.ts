import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { aggregateCandles } from "../candle/aggregator.ts";
import type { CandleColumns } from "../candle/candle.ts";
import { CANDLE_FIELDS, joinCandles, sliceCandles } from "../candle/candle.ts";
import { CandleCheck } from "../candle/candle-check.ts";
import { CandleCoverage } from "../candle/candle-coverage.ts";
import { findGaps } from "../candle/candle-gap.ts";
import type { Timeframe } from "../candle/timeframe.ts";
import { candleOpen, MINUTE_MS, timeframeMs } from "../candle/timeframe.ts";
import { isOpen } from "../candle/trading-calendar.ts";
import { SIM_CANDLES_MAX, SIM_DEMO_SEED, simCandles, simMonths } from "./sim-candles.ts";
import { SIM_INSTRUMENTS, SIM_PROFILES } from "./sim-instrument.ts";

const SYMBOLS = SIM_INSTRUMENTS.map(({ symbol }) => symbol);
const seed = SIM_DEMO_SEED;

function plain(candles: CandleColumns): Record<string, number[]> {
  return Object.fromEntries(CANDLE_FIELDS.map((field) => [field, [...candles[field].subarray(0, candles.length)]]));
}

function returnsOf({ length, close }: CandleColumns): number[] {
  return Array.from({ length: length - 1 }, (_, i) => Math.log(close[i + 1] / close[i]));
}

function autocorrelation(values: readonly number[], lag: number): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let shared = 0;
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    total += (values[i] - mean) ** 2;
    if (i >= lag) shared += (values[i] - mean) * (values[i - lag] - mean);
  }
  return shared / total;
}

function excessKurtosis(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const moment = (power: number) => values.reduce((sum, value) => sum + (value - mean) ** power, 0) / values.length;
  return moment(4) / moment(2) ** 2 - 3;
}

describe("simulated candles", () => {
  test("any single minute, asked alone, is the one that a long span holds", () => {
    const from = Date.UTC(2015, 2, 1);
    for (const symbol of SYMBOLS) {
      const span = simCandles({ seed, symbol, timeframe: "1m", from, to: from + 20_000 * MINUTE_MS });
      fc.assert(
        fc.property(fc.nat(span.length - 1), (index) => {
          const time = span.time[index];
          const alone = simCandles({ seed, symbol, timeframe: "1m", from: time, to: time + MINUTE_MS });
          expect(plain(alone)).toEqual(plain(sliceCandles(span, index, index + 1)));
        }),
        { numRuns: 20 },
      );
    }
  });

  test.each(["5m", "1h", "4h", "1d", "1w"] as const)("%s candles are the aggregate of their minutes", (timeframe) => {
    for (const symbol of ["ETH-USD", "USD-JPY", "ACME"]) {
      const from = candleOpen(Date.UTC(2019, 9, 20), "1w");
      const to = from + 6 * timeframeMs("1w");
      const minutes = simCandles({ seed, symbol, timeframe: "1m", from, to });
      const larger = simCandles({ seed, symbol, timeframe, from, to });
      expect(plain(larger)).toEqual(plain(aggregateCandles(minutes, { from: "1m", to: timeframe })));
      const fives = aggregateCandles(minutes, { from: "1m", to: "5m" });
      expect(plain(larger)).toEqual(plain(aggregateCandles(fives, { from: "5m", to: timeframe })));
    }
  });

  test.each<Timeframe>(["1m", "4h", "1w"])("months of %s joined are the whole span, each candle once", (timeframe) => {
    const request = { seed, symbol: "EUR-USD", timeframe, from: Date.UTC(2020, 0, 10), to: Date.UTC(2020, 4, 20, 7) };
    const months = [...simMonths(request)];
    expect(months.map(({ month }) => month)).toEqual(["2020-01", "2020-02", "2020-03", "2020-04", "2020-05"]);
    expect(plain(joinCandles(months.map(({ candles }) => candles)))).toEqual(plain(simCandles(request)));
  });

  test("only closed candles of the span are given", () => {
    const to = Date.UTC(2024, 0, 3, 12, 30, 30);
    const hours = simCandles({ seed, symbol: "BTC-USD", timeframe: "1h", from: Date.UTC(2024, 0, 3, 9, 1), to });
    expect([...hours.time.subarray(0, hours.length)]).toEqual([Date.UTC(2024, 0, 3, 10), Date.UTC(2024, 0, 3, 11)]);
  });

  test("another seed is another world", () => {
    const span = { symbol: "BTC-USD", timeframe: "1h", from: Date.UTC(2021, 0, 1), to: Date.UTC(2021, 2, 1) } as const;
    const [one, other] = [1, 2].map((world) => returnsOf(simCandles({ seed: world, ...span })));
    const product = one.reduce((sum, value, i) => sum + value * other[i], 0);
    const scale = Math.sqrt(one.reduce((s, v) => s + v * v, 0) * other.reduce((s, v) => s + v * v, 0));
    expect(Math.abs(product / scale)).toBeLessThan(0.1);
  });

  test("a span too long for memory and an unknown symbol are refused with the rule", () => {
    const span = {
      seed,
      symbol: "BTC-USD",
      timeframe: "1m",
      from: Date.UTC(2010, 0, 1),
      to: Date.UTC(2020, 0, 1),
    } as const;
    expect(() => simCandles(span)).toThrow(`at most ${SIM_CANDLES_MAX} candles`);
    expect(() => simCandles({ ...span, symbol: "DOGE", timeframe: "1d" })).toThrow("was DOGE");
  });
});

describe("the simulated market looks like a market", () => {
  test.each(SIM_PROFILES.map((profile) => [profile.instrument.symbol, profile] as const))(
    "%s: 20 years pass every data check, inside sessions only, complete, at believable prices",
    (symbol, { calendar, priceStart, priceEnd, instrument }) => {
      const check = new CandleCheck({ timeframe: "30m" });
      const coverage = new CandleCoverage("30m");
      const [floor, ceiling] = [Math.min(priceStart, priceEnd) / 15, Math.max(priceStart, priceEnd) * 15];
      const request = { seed, symbol, from: Date.UTC(2008, 0, 1), to: Date.UTC(2028, 0, 1) };
      for (const { candles } of simMonths({ ...request, timeframe: "30m" })) {
        const kept = check.push(candles);
        coverage.push(kept);
        let bad = 0;
        for (let i = 0; i < kept.length; i++) {
          if (!(kept.low[i] > floor && kept.high[i] < ceiling && kept.volume[i] > 0)) bad++;
          if (!isOpen(calendar, kept.time[i])) bad++;
          if (Math.abs(Math.round(kept.close[i] / instrument.tick) * instrument.tick - kept.close[i]) > 1e-9) bad++;
        }
        expect(bad).toBe(0);
      }
      expect(check.broken).toEqual([]);
      expect(findGaps(coverage, calendar).gapCount).toBe(0);
    },
  );

  // Stylised facts of R. Cont, "Empirical properties of asset returns" (2001), over several worlds.
  test.each(SYMBOLS)("%s: fat tails, clustered volatility that fades slowly, no memory in returns", (symbol) => {
    for (const world of [seed, 1, 7]) {
      const from = Date.UTC(2020, 0, 1);
      const minutes = simCandles({ seed: world, symbol, timeframe: "1m", from, to: Date.UTC(2020, 8, 1) });
      const returns = returnsOf(minutes);
      const sizes = returns.map(Math.abs);
      expect(excessKurtosis(returns)).toBeGreaterThan(3);
      const [near, middle, far] = [1, 30, 240].map((lag) => autocorrelation(sizes, lag));
      expect(near).toBeGreaterThan(0.12);
      expect(middle).toBeLessThan(near);
      expect(far).toBeLessThan(middle);
      expect(far).toBeGreaterThan(0.02);
      for (const lag of [1, 2, 5, 30]) expect(Math.abs(autocorrelation(returns, lag))).toBeLessThan(0.05);
    }
  });

  test("volume rises with the size of the move", () => {
    const from = Date.UTC(2022, 0, 1);
    const { length, open, close, volume } = simCandles({
      seed,
      symbol: "SOL-USD",
      timeframe: "1m",
      from,
      to: Date.UTC(2022, 2, 1),
    });
    const rows = Array.from({ length }, (_, i) => ({ move: Math.abs(close[i] / open[i] - 1), volume: volume[i] }));
    rows.sort((a, b) => a.move - b.move);
    const mean = (part: typeof rows) => part.reduce((sum, row) => sum + row.volume, 0) / part.length;
    const fifth = Math.floor(length / 5);
    expect(mean(rows.slice(-fifth))).toBeGreaterThan(1.5 * mean(rows.slice(0, fifth)));
  });

  test("stocks and currencies open with a jump after a break, and nowhere else", () => {
    for (const symbol of ["ORBT", "EUR-USD"]) {
      const from = Date.UTC(2024, 0, 1);
      const minutes = simCandles({ seed, symbol, timeframe: "1m", from, to: Date.UTC(2024, 3, 1) });
      let jumps = 0;
      for (let i = 1; i < minutes.length; i++) {
        const jump = minutes.open[i] !== minutes.close[i - 1];
        if (minutes.time[i] - minutes.time[i - 1] === MINUTE_MS) expect(jump).toBe(false);
        else if (jump) jumps++;
      }
      expect(jumps).toBeGreaterThan(10);
    }
  });
});
