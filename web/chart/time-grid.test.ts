import fc from "fast-check";
import { expect, test } from "vitest";
import { nextWindow } from "./candle-window.ts";
import { indexOfTime, snapToGrid, timeOfIndex } from "./time-grid.ts";

const HOUR_MS = 3_600_000;
const grid = { times: [0, 1, 2, 6, 7].map((hour) => hour * HOUR_MS), lengthMs: HOUR_MS };

test("a time stands inside its candle, and beyond the ends the axis goes on at the same pace", () => {
  expect(indexOfTime(grid, 0)).toBe(0);
  expect(indexOfTime(grid, 1.5 * HOUR_MS)).toBe(1.5);
  expect(indexOfTime(grid, 6 * HOUR_MS)).toBe(3);
  expect(indexOfTime(grid, 9 * HOUR_MS)).toBe(6);
  expect(indexOfTime(grid, -2 * HOUR_MS)).toBe(-2);
});

test("a time in a gap of the market stays before the next candle", () => {
  expect(indexOfTime(grid, 4 * HOUR_MS)).toBeLessThan(3);
  expect(indexOfTime(grid, 4 * HOUR_MS)).toBeGreaterThan(2.9);
});

test("positions and times are inverse wherever there is a candle, and never go backwards", () => {
  fc.assert(
    fc.property(
      fc.double({ min: -5, max: 10, noNaN: true }),
      fc.double({ min: 0, max: 5, noNaN: true }),
      (index, step) => {
        expect(indexOfTime(grid, timeOfIndex(grid, index))).toBeCloseTo(index, 2);
        expect(timeOfIndex(grid, index + step)).toBeGreaterThanOrEqual(timeOfIndex(grid, index));
      },
    ),
  );
});

test("a value marked at a close is put on the candle that closed then", () => {
  const column = { times: [1, 2, 7, 8].map((hour) => hour * HOUR_MS), values: [10, 20, 30, 40] };
  expect(snapToGrid(grid, column)).toEqual({
    times: [0, 1, 6, 7].map((hour) => hour * HOUR_MS),
    values: [10, 20, 30, 40],
  });
});

test("of several values in one candle the last stands, or the lowest where falls are drawn", () => {
  const day = { times: [0, 24 * HOUR_MS], lengthMs: 24 * HOUR_MS };
  const column = { times: [6, 12, 24, 30].map((hour) => hour * HOUR_MS), values: [-0.1, -0.4, -0.2, 0] };
  expect(snapToGrid(day, column).values).toEqual([-0.2, 0]);
  expect(snapToGrid(day, column, "lowest").values).toEqual([-0.4, 0]);
});

test("a narrow look asks for a narrower stretch, a small move for nothing, and all stays in the whole", () => {
  const whole = { fromMs: 0, toMs: 1_000_000 };
  expect(nextWindow({ visible: { fromMs: 100_000, toMs: 900_000 }, loaded: null, whole })).toBeUndefined();
  const narrow = nextWindow({ visible: { fromMs: 500_000, toMs: 550_000 }, loaded: null, whole });
  expect(narrow).toBeDefined();
  if (narrow === undefined) return;
  expect(narrow.fromMs).toBeLessThanOrEqual(500_000);
  expect(narrow.toMs).toBeGreaterThanOrEqual(550_000);
  expect(narrow.toMs - narrow.fromMs).toBeLessThan(300_000);
  expect(nextWindow({ visible: { fromMs: 505_000, toMs: 555_000 }, loaded: narrow, whole })).toBeUndefined();
  const wide = nextWindow({ visible: { fromMs: -100_000, toMs: 1_100_000 }, loaded: narrow, whole });
  expect(wide).toEqual(whole);
});
