import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { candleAt } from "../candle/candle.ts";
import { MINUTE_MS } from "../candle/timeframe.ts";
import { SIM_PROFILES } from "./sim-instrument.ts";
import { SimMinutes } from "./sim-minutes.ts";
import { simTicks, TICK_MS, TICKS_PER_MINUTE } from "./sim-ticks.ts";

const FROM = Date.UTC(2026, 5, 1);
const MINUTES = 14 * 24 * 60;

const worlds = SIM_PROFILES.map(({ instrument }) => {
  const seed = 1;
  const candles = new SimMinutes({ seed, symbol: instrument.symbol }).candles(FROM, FROM + MINUTES * MINUTE_MS);
  return { instrument, seed, candles };
});

const minutes = fc
  .tuple(fc.constantFrom(...worlds), fc.nat())
  .map(([{ instrument, seed, candles }, at]) => ({ instrument, seed, candle: candleAt(candles, at % candles.length) }));

describe("the ticks of a simulated minute", () => {
  test("begin at its open, touch both extremes, pass neither, end at its close and trade its volume, to the bit", () => {
    fc.assert(
      fc.property(minutes, ({ instrument, seed, candle }) => {
        const ticks = simTicks({ seed, instrument, candle });
        const prices = ticks.map(({ price }) => price);
        expect(ticks.map(({ time }) => time)).toEqual(
          Array.from({ length: TICKS_PER_MINUTE }, (_, index) => candle.time + index * TICK_MS),
        );
        expect({
          time: ticks[0].time,
          open: prices[0],
          high: Math.max(...prices),
          low: Math.min(...prices),
          close: prices.at(-1),
          volume: ticks.reduce((sum, { volume }) => sum + volume, 0),
        }).toEqual(candle);
      }),
      { numRuns: 2_000 },
    );
  });

  test("lie on the instrument's grid, and none trades less than nothing", () => {
    fc.assert(
      fc.property(minutes, ({ instrument, seed, candle }) => {
        const perUnit = Math.round(1 / instrument.tick);
        for (const { price, volume } of simTicks({ seed, instrument, candle })) {
          expect(Math.round(price * perUnit) / perUnit).toBe(price);
          expect(volume).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });

  test("are the same whenever they are asked for, and other ones in another world", () => {
    const [{ instrument, candles }] = worlds;
    const candle = candleAt(candles, 100);
    const ask = (seed: number) => simTicks({ seed, instrument, candle }).map(({ price }) => price);
    expect(ask(1)).toEqual(ask(1));
    expect(ask(1)).not.toEqual(ask(2));
  });

  test("meet the high first about as often as the low, at any second", () => {
    const [{ instrument, seed, candles }] = worlds;
    let highFirst = 0;
    let wide = 0;
    const seconds = new Set<number>();
    for (let index = 0; index < 2_000; index++) {
      const candle = candleAt(candles, index);
      if (candle.high === candle.open || candle.low === candle.open) continue;
      const prices = simTicks({ seed, instrument, candle }).map(({ price }) => price);
      const [high, low] = [prices.indexOf(candle.high), prices.indexOf(candle.low)];
      seconds.add(high);
      wide++;
      if (high < low) highFirst++;
    }
    expect(highFirst / wide).toBeGreaterThan(0.45);
    expect(highFirst / wide).toBeLessThan(0.55);
    expect(seconds.size).toBeGreaterThan(55);
  });
});
