import { describe, expect, it } from "vitest";
import { sliceCandles } from "../candle/candle.ts";
import { findStrategy } from "../strategy/registry.ts";
import { randomCandles } from "../testing/random-candles.ts";
import { definitionOf } from "../testing/runs.ts";
import type { Fill } from "./account.ts";
import { createRun } from "./run.ts";
import { encodeSnapshot } from "./snapshot.ts";

const HOUR_MS = 3_600_000;
const YEAR_HOURS = 365 * 24;
const strategy = findStrategy("sma-cross");
if (strategy === undefined) throw new Error("the strategy must be there");
const definition = definitionOf(strategy, { timeframe: "1h", checks: "bare", settings: { end: "keep" } });
const candles = randomCandles(YEAR_HOURS, { step: HOUR_MS, seed: 7 });

function tradesOf(isEndless: boolean) {
  const run = createRun({ ...definition, isEndless });
  const fills: Pick<Fill, "time" | "price" | "quantity">[] = [];
  run.observe({ filled: ({ time, price, quantity }) => fills.push({ time, price, quantity }) });
  const sizes: number[] = [];
  for (let from = 0; from < YEAR_HOURS; from += 24) {
    run.push([sliceCandles(candles, from, from + 24)]);
    run.forgetTrades();
    sizes.push(encodeSnapshot(run.snapshot()).length);
  }
  return { run, fills, sizes, equity: run.progress().equity };
}

describe("a run without an end", () => {
  const endless = tradesOf(true);

  it("trades as one that is finished for a report, to the bit", () => {
    const reported = tradesOf(false);
    expect(endless.fills.length).toBeGreaterThan(100);
    expect(endless.fills).toEqual(reported.fills);
    expect(endless.equity).toBe(reported.equity);
  });

  it("holds no more after a year than after a fortnight", () => {
    const [early, late] = [endless.sizes[14], endless.sizes.at(-1) ?? Number.NaN];
    expect(late).toBeLessThan(early * 1.1);
  });

  it("goes on from what is stored of a run that kept a report", () => {
    const half = createRun(definition);
    half.push([sliceCandles(candles, 0, YEAR_HOURS / 2)]);
    const on = createRun({ ...definition, isEndless: true });
    on.restore(half.snapshot());
    on.push([sliceCandles(candles, YEAR_HOURS / 2, YEAR_HOURS)]);
    expect(on.progress().equity).toBe(endless.equity);
    on.forgetTrades();
    const rest = encodeSnapshot(on.snapshot()).length - (endless.sizes.at(-1) ?? Number.NaN);
    expect(Math.abs(rest)).toBeLessThan(200);
  });

  it("is gone on with by a version that keeps a report, as after a rollback", () => {
    const half = createRun({ ...definition, isEndless: true });
    half.push([sliceCandles(candles, 0, YEAR_HOURS / 2)]);
    const back = createRun(definition);
    back.restore(half.snapshot());
    back.push([sliceCandles(candles, YEAR_HOURS / 2, YEAR_HOURS)]);
    expect(back.progress().equity).toBe(endless.equity);
    expect(back.finish().curve.time.length).toBeGreaterThan(100);
  });

  it("cannot be finished", () => {
    expect(() => endless.run.finish()).toThrow("the run must not be endless to be finished");
  });
});
