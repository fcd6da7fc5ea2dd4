import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MINUTE_MS } from "../../core/candle/timeframe.ts";
import { simCandles } from "../../core/sim/sim-candles.ts";
import { TICK_MS } from "../../core/sim/sim-ticks.ts";
import type { MarketSlice } from "./market-port.ts";
import { SimTape } from "./sim-tape.ts";

const HOUR_MS = 60 * MINUTE_MS;
const MONDAY = Date.UTC(2026, 5, 1, 14);
const btc = new SimTape({ seed: 1, symbol: "BTC-USD" });
const acme = new SimTape({ seed: 1, symbol: "ACME" });

/** Slices as one candle, which is what any cut of the same stretch must come to. */
function total(slices: readonly MarketSlice[]) {
  const volume = slices.reduce((sum, slice) => sum + slice.volume, 0);
  const high = Math.max(...slices.map((slice) => slice.high));
  const low = Math.min(...slices.map((slice) => slice.low));
  return { open: slices[0]?.open, high, low, close: slices.at(-1)?.close, volume };
}

/** Everything in `[from, to)`, however many stretches that takes. */
function all(tape: SimTape, from: number, to: number, limit = 500): MarketSlice[] {
  const slices: MarketSlice[] = [];
  for (let at = from; at < to; ) {
    const stretch = tape.stretch({ from: at, to, limit });
    slices.push(...stretch.slices);
    expect(stretch.to).toBeGreaterThan(at);
    at = stretch.to;
  }
  return slices;
}

describe("the tape of a simulated instrument", () => {
  test("says the same however its time is cut, without overlap", () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 7_199 }), { maxLength: 12 });
    fc.assert(
      fc.property(cuts, fc.integer({ min: 2, max: 90 }), (seconds, limit) => {
        const to = MONDAY + 2 * HOUR_MS;
        const times = [MONDAY, ...[...new Set(seconds)].sort((a, b) => a - b).map((s) => MONDAY + s * TICK_MS), to];
        const slices = times.slice(1).flatMap((end, index) => all(btc, times[index], end, limit));
        for (let index = 1; index < slices.length; index++) {
          const before = slices[index - 1];
          expect(slices[index].time).toBeGreaterThanOrEqual(before.time + before.spanMs);
        }
        expect(total(slices)).toEqual(total(all(btc, MONDAY, to)));
      }),
      { numRuns: 60 },
    );
  });

  test("second by second it is its minutes", () => {
    const ticks = Array.from({ length: 120 }, (_, second) => {
      const from = MONDAY + second * TICK_MS;
      return btc.stretch({ from, to: from + TICK_MS, limit: 10 }).slices;
    }).flat();
    expect(ticks).toHaveLength(120);
    expect(ticks.every(({ spanMs }) => spanMs === 0)).toBe(true);
    const [one, two] = btc.closed({ from: MONDAY, atMs: MONDAY + 2 * MINUTE_MS, limit: 10 });
    expect(total(ticks.slice(0, 60))).toEqual(total([{ instrument: "", spanMs: 0, ...one }]));
    expect(total(ticks.slice(60))).toEqual(total([{ instrument: "", spanMs: 0, ...two }]));
  });

  test("its closed minutes are those of the market's candles, up to the moment and no further", () => {
    const atMs = MONDAY + HOUR_MS + 30_000;
    const minutes = acme.closed({ from: MONDAY - HOUR_MS, atMs, limit: 5_000 });
    const { length, time, close } = simCandles({
      ...{ seed: 1, symbol: "ACME", timeframe: "1m", from: MONDAY - HOUR_MS, to: atMs },
    });
    expect(minutes.map((minute) => [minute.time, minute.close])).toEqual(
      Array.from({ length }, (_, index) => [time[index], close[index]]),
    );
    expect(minutes.at(-1)?.time).toBe(MONDAY + HOUR_MS - MINUTE_MS);
    expect(acme.closed({ from: MONDAY, atMs, limit: 7 })).toHaveLength(7);
  });

  test("over a weekend it is silent, keeps the last price and goes on at the next open", () => {
    const saturday = Date.UTC(2026, 5, 6, 12);
    expect(acme.runningCandle(saturday)).toBeUndefined();
    expect(all(acme, saturday, saturday + 24 * HOUR_MS)).toEqual([]);
    const friday = acme.lastClosed(saturday);
    expect(friday?.time).toBe(Date.UTC(2026, 5, 5, 20) - MINUTE_MS);
    expect(acme.last(saturday)).toMatchObject({ price: friday?.close, time: Date.UTC(2026, 5, 5, 20) - TICK_MS });
    const monday = acme.closed({ from: saturday, atMs: saturday + 72 * HOUR_MS, limit: 1 });
    expect(monday[0]?.time).toBe(Date.UTC(2026, 5, 8, 13, 30));
  });

  test("the running minute holds what was traded so far", () => {
    const atMs = MONDAY + 20_500;
    const running = btc.runningCandle(atMs);
    expect(running).toMatchObject({ time: MONDAY, close: btc.last(atMs)?.price });
    const whole = btc.runningCandle(MONDAY + MINUTE_MS - 1);
    expect(whole).toEqual(btc.closed({ from: MONDAY, atMs: MONDAY + MINUTE_MS, limit: 1 })[0]);
  });
});
