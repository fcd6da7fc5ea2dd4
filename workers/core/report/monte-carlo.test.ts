import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Candle, candlesOf } from "../candle/candle.ts";
import { DAY_MS } from "../candle/timeframe.ts";
import type { RunSettings } from "../engine/settings.ts";
import { findStrategy } from "../strategy/registry.ts";
import type { Strategy } from "../strategy/strategy.ts";
import { randomCandles } from "../testing/random-candles.ts";
import { definitionOf, runOn } from "../testing/runs.ts";
import { HAND_SMA_CROSS } from "../testing/test-strategies.ts";
import { drawBlocks } from "./block-bootstrap.ts";
import { checksOf } from "./checks.ts";
import { BLOCK_DAYS_MEAN, monteCarlo } from "./monte-carlo.ts";
import { Random } from "./random.ts";
import { robustnessOf } from "./robustness.ts";
import { statisticsOf } from "./statistics.ts";

const FREE = { maker: 0, taker: 0, perUnit: 0, minimum: 0 };

function library(id: string): Strategy {
  const strategy = findStrategy(id);
  if (strategy === undefined) throw new Error(`no strategy ${id}`);
  return strategy;
}

/** Buys a twentieth of its equity every other day: lots that all run at the same time. */
function buying(closes: readonly number[], settings: Partial<RunSettings> = {}) {
  const rows = closes.map((close, i): Candle => {
    const open = closes[Math.max(0, i - 1)];
    const [high, low] = [Math.max(open, close), Math.min(open, close)];
    return { time: i * DAY_MS, open, high, low, close, volume: 1e9 };
  });
  const parameters = { every: 2, share: 5 };
  const definition = definitionOf(library("dca"), {
    timeframe: "1d",
    parameters,
    settings: { fees: FREE, ...settings },
  });
  return runOn(definition, candlesOf(rows));
}

/** Closes that fall for ten days in a row and rise for thirty, over and over. */
function waves(days: number): number[] {
  const closes = [100];
  for (let i = 1; i < days; i++) closes.push(closes[i - 1] * (i % 40 < 10 ? 0.97 : 1.012));
  return closes;
}

describe("values drawn in blocks", () => {
  const values = Float64Array.from({ length: 97 }, (_, index) => index);
  const draws = (count: number, meanLength: number, seed: number) => {
    const draw = drawBlocks(values, meanLength, new Random(seed));
    return Array.from({ length: count }, draw);
  };
  const follows = (a: number, b: number) => b === (a + 1) % 97;

  it("follow one another as they did, but for one in as many as a block is long on average", () => {
    for (const meanLength of [2, 10, 40]) {
      const drawn = draws(40_000, meanLength, 7);
      const breaks = drawn.slice(1).filter((value, index) => !follows(drawn[index], value)).length;
      // A new block begins right behind the last one once in 97 times.
      const expected = (40_000 / meanLength) * (96 / 97);
      expect(Math.abs(breaks - expected)).toBeLessThan(5 * Math.sqrt(expected));
    }
  });

  it("are each as likely as any other, the first and the last of them too", () => {
    const counts = new Float64Array(97);
    for (const value of draws(97_000, 5, 3)) counts[value]++;
    // Neighbours come together, so that counts spread more than independent draws' would: by up to twice the block.
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(5 * Math.sqrt(2 * 5 * 1_000));
  });

  it("of blocks of one follow nothing, and of endless blocks are the values themselves, around and around", () => {
    const single = draws(20_000, 1, 5);
    expect(single.slice(1).filter((value, index) => follows(single[index], value)).length).toBeLessThan(320);
    const endless = draws(500, Number.POSITIVE_INFINITY, 5);
    endless.slice(1).forEach((value, index) => {
      expect(follows(endless[index], value)).toBe(true);
    });
  });

  it("are the same from the same seed", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), (seed) => {
        expect(draws(50, 10, seed)).toEqual(draws(50, 10, seed));
      }),
    );
  });
});

describe("resampling a run", () => {
  it("whose trades follow one another draws its trades", () => {
    const fan = monteCarlo(runOn(definitionOf(HAND_SMA_CROSS), randomCandles(3_000)));
    expect(fan).toMatchObject({ unit: "trades", requested: 1_000, paths: 1_000 });
    expect(fan?.method).toContain("trades");
  });

  it("whose trades run at the same time draws blocks of its days, lots still open counted", () => {
    for (const end of ["close", "keep"] as const) {
      const result = buying(waves(400), { end });
      const fan = monteCarlo(result);
      expect(fan).toMatchObject({ unit: "days", requested: 1_000, paths: 1_000 });
      expect(fan?.trade.at(-1)).toBe(400);
      expect(fan?.method).toContain(`${BLOCK_DAYS_MEAN} days`);
    }
  });

  it("by days has the median near the run's own result and draw-downs near its own, which single days would tear apart", () => {
    const result = buying(waves(1_200));
    const fan = monteCarlo(result);
    const own = result.main.finalEquity / result.definition.settings.cash;
    expect(Math.abs(Math.log(fan?.finalP50 ?? 0) - Math.log(own))).toBeLessThan(0.35 * Math.abs(Math.log(own)));
    expect(fan?.drawdownP50).toBeGreaterThan(0.8 * result.drawdown.maxDepth);
  });

  it("by days of a market that never moves ends where it began, on every path", () => {
    const fan = monteCarlo(buying(new Array<number>(120).fill(50)));
    expect(fan).toMatchObject({ finalP05: 1, finalP95: 1, drawdownP95: 0, lossProbability: 0 });
  });

  it("walks fewer paths than asked where they are long, and says how many were asked for", () => {
    const fan = monteCarlo(buying(waves(4_000), { monteCarloPaths: 5_000 }));
    expect(fan).toMatchObject({ requested: 5_000, paths: 750 });
  });

  it.each([
    ["no paths are asked for", buying(waves(400), { monteCarloPaths: 0 }), "No paths were asked for."],
    ["there are few trades", buying(waves(8)), "Too few trades to resample."],
    ["the days of overlapping trades are few", buying(waves(40)), "the days are too few"],
  ])("is left out where %s, with the reason", (_, result, finding) => {
    expect(monteCarlo(result)).toBe(undefined);
    const statistics = statisticsOf(result, result.main.trades.rows(), { count: 1 });
    const check = checksOf(robustnessOf(result), statistics, result.definition.settings).find(
      ({ id }) => id === "monte-carlo",
    );
    expect(check?.passed).toBe(null);
    expect(check?.finding).toContain(finding);
  });

  it("tells in its finding what was drawn", () => {
    const result = buying(waves(400));
    const statistics = statisticsOf(result, result.main.trades.rows(), { count: 1 });
    const checks = checksOf(robustnessOf(result), statistics, result.definition.settings);
    expect(checks.find(({ id }) => id === "monte-carlo")?.finding).toContain("1,000 resampled paths of blocks of days");
  });
});
