import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sliceCandles } from "../candle/candle.ts";
import { decodeSnapshot, encodeSnapshot } from "../engine/snapshot.ts";
import { columnsOf, streamOf } from "../testing/indicator-columns.ts";
import { randomCandles } from "../testing/random-candles.ts";
import { CandleIndicator } from "./indicator.ts";
import { INDICATORS } from "./registry.ts";

const ALL = [...INDICATORS.values()];

describe.each(ALL.map((spec) => [spec.name, spec] as const))("%s", (name, spec) => {
  const values = spec.parameters.map((parameter) => parameter.default);

  it("gives the same numbers pushed one at a time and mapped over columns, to the bit", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (seed) => {
        const candles = randomCandles(300, { seed, step: 3_600_000 });
        expect(streamOf(spec.create(values), spec, candles)).toEqual(columnsOf(name, values, candles));
      }),
      { numRuns: 5 },
    );
  });

  it("fills columns the same however they are cut into chunks, to the bit", () => {
    const candles = randomCandles(300, { seed: 6, step: 3_600_000 });
    const whole = columnsOf(name, values, candles);
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 299 }), { maxLength: 5 }), (cuts) => {
        const indicator = spec.create(values);
        const ends = [...cuts.sort((a, b) => a - b), 300];
        let from = 0;
        for (const to of ends) {
          const part = sliceCandles(candles, from, to);
          const outs = whole.map(() => new Float64Array(part.length));
          if (indicator instanceof CandleIndicator) indicator.fill(part, outs, part.length);
          else indicator.fill(part.close, outs, part.length);
          outs.forEach((out, k) => {
            expect(out).toEqual(whole[k].slice(from, to));
          });
          from = to;
        }
      }),
      { numRuns: 10 },
    );
  });

  it("goes on after save and restore at any candle as if nothing had happened, to the bit", () => {
    const candles = randomCandles(300, { seed: 3, step: 3_600_000 });
    const whole = columnsOf(name, values, candles);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 299 }), (cut) => {
        const before = spec.create(values);
        for (let i = 0; i < cut; i++) {
          if (before instanceof CandleIndicator) before.push(candles, i);
          else before.push(candles.close[i]);
        }
        const after = spec.create(values);
        after.restore(decodeSnapshot(encodeSnapshot(before.snapshot())));
        const resumed = streamOf(after, spec, candles, cut);
        for (let k = 0; k < whole.length; k++) expect(resumed[k].slice(cut)).toEqual(whole[k].slice(cut));
      }),
      { numRuns: 10 },
    );
  });

  it("has its first value of every output where it says, and none missing after", () => {
    if (name === "pivot") return;
    const candles = randomCandles(400, { seed: 5 });
    const first = spec.first(values);
    const columns = columnsOf(name, values, candles);
    for (const column of columns) expect(column.slice(first).some(Number.isNaN)).toBe(false);
    if (first > 0) expect(columns.some((column) => Number.isNaN(column[first - 1]))).toBe(true);
  });
});
