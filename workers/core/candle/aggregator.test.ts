import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeSnapshot, encodeSnapshot } from "../engine/snapshot.ts";
import { aggregateCandles, CandleAggregator } from "./aggregator.ts";
import type { Candle, CandleColumns } from "./candle.ts";
import { candleAt, candlesOf, joinCandles, sliceCandles } from "./candle.ts";
import type { Timeframe } from "./timeframe.ts";
import { candleOpen, MINUTE_MS } from "./timeframe.ts";

const START_MS = Date.UTC(2024, 0, 5, 22, 47);

/** Minutes with holes; prices walk by whole cents. */
const minutes = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 1, max: 9_999 }), fc.nat(50)), { maxLength: 400 })
  .map((steps) => {
    let time = START_MS;
    return steps.map(([skip, price, spread]): Candle => {
      time += (skip > 30 ? skip : 1) * MINUTE_MS;
      return { time, open: price, high: price + spread, low: price - spread / 100, close: price, volume: spread };
    });
  });

function rowsOf(candles: CandleColumns): Candle[] {
  return Array.from({ length: candles.length }, (_, index) => candleAt(candles, index));
}

/** The definition, by grouping: independent of the streaming code. */
function grouped(rows: readonly Candle[], to: Timeframe): Candle[] {
  const groups = new Map<number, Candle[]>();
  for (const row of rows) {
    const open = candleOpen(row.time, to);
    groups.set(open, [...(groups.get(open) ?? []), row]);
  }
  return [...groups].map(([time, parts]) => ({
    time,
    open: parts[0].open,
    high: Math.max(...parts.map((part) => part.high)),
    low: Math.min(...parts.map((part) => part.low)),
    close: parts[parts.length - 1].close,
    volume: parts.reduce((sum, part) => sum + part.volume, 0),
  }));
}

describe("CandleAggregator", () => {
  test("gives the same candles however the input is cut, and over a stored snapshot", () => {
    const cuts = fc.array(fc.nat(400), { maxLength: 6 });
    fc.assert(
      fc.property(minutes, cuts, fc.constantFrom<Timeframe>("3m", "1h", "4h", "1d", "1w"), (rows, at, to) => {
        const whole = candlesOf(rows);
        const edges = [0, ...at.map((cut) => Math.min(cut, rows.length)).sort((a, b) => a - b), rows.length];
        let aggregator = new CandleAggregator({ from: "1m", to });
        const parts: CandleColumns[] = [];
        for (let i = 1; i < edges.length; i++) {
          parts.push(aggregator.push(sliceCandles(whole, edges[i - 1], edges[i])));
          const stored = encodeSnapshot(aggregator.snapshot());
          aggregator = new CandleAggregator({ from: "1m", to });
          aggregator.restore(decodeSnapshot(stored));
        }
        parts.push(aggregator.flush());
        expect(rowsOf(joinCandles(parts))).toEqual(grouped(rows, to));
        expect(rowsOf(aggregateCandles(whole, { from: "1m", to }))).toEqual(grouped(rows, to));
      }),
    );
  });

  test("releases a candle the moment its last part arrives, not one candle later", () => {
    const row = { open: 1, high: 1, low: 1, close: 1, volume: 1 };
    const aggregator = new CandleAggregator({ from: "1m", to: "5m" });
    const at = (minute: number) => candlesOf([{ ...row, time: minute * MINUTE_MS }]);
    for (const minute of [0, 1, 2, 3]) expect(aggregator.push(at(minute)).length).toBe(0);
    expect(aggregator.push(at(4)).length).toBe(1);
    expect(aggregator.flush().length).toBe(0);
  });

  test("refuses a timeframe that the small candles do not fill", () => {
    expect(() => new CandleAggregator({ from: "2h", to: "3m" })).toThrow("timeframe must be a multiple of 2h, was 3m");
  });
});
