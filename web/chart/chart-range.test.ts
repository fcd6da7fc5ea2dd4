import { expect, test } from "vitest";
import { followed, holdsAll, rangeShown, rangeSpan, rangesWithin } from "./chart-range.ts";

const DAY_MS = 86_400_000;
const whole = { fromMs: 0, toMs: 800 * DAY_MS };

test("the button of a stretch is pressed while the chart shows that stretch, to about a candle", () => {
  for (const { value } of rangesWithin(whole)) {
    const { fromMs, toMs } = rangeSpan(value, whole);
    const candle = (toMs - fromMs) / 100;
    expect(rangeShown({ fromMs: fromMs - candle, toMs: toMs + candle }, whole)).toBe(value);
  }
});

test("no button is pressed once somebody moved or zoomed", () => {
  const { fromMs, toMs } = rangeSpan("1m", whole);
  expect(rangeShown({ fromMs: fromMs - 5 * DAY_MS, toMs: toMs - 5 * DAY_MS }, whole)).toBeUndefined();
  expect(rangeShown({ fromMs: 0, toMs: 400 * DAY_MS }, whole)).toBeUndefined();
});

test.each([
  ["all of it", 0, 9, true],
  ["all of it, but for how the library counts", 3e-14, 9 - 3e-14, true],
  ["room on both sides", -4, 14, true],
  ["not the first", 1, 9, false],
  ["not the last", 0, 8, false],
])("a chart of ten values that shows %s is told by its borders", (_what, from, to, whole) => {
  expect(holdsAll({ from, to }, 10)).toBe(whole);
});

test("candles that go on are followed where their end was on screen, and nowhere else", () => {
  const grid = (count: number, lengthMs = 10) => ({
    times: Array.from({ length: count }, (_, at) => at * lengthMs),
    lengthMs,
  });
  const atEnd = { fromMs: 40, toMs: 120 };
  expect(followed(atEnd, grid(11), grid(31))).toEqual({ fromMs: 240, toMs: 320 });
  const earlier = { fromMs: 10, toMs: 80 };
  expect(followed(earlier, grid(11), grid(31))).toBe(earlier);
  // More before them, or the same in larger candles, moves nothing.
  expect(followed(atEnd, grid(12), grid(12))).toBe(atEnd);
  expect(followed(atEnd, grid(12), grid(4, 30))).toBe(atEnd);
  expect(followed(atEnd, grid(12), grid(5, 30))).toEqual({ fromMs: 70, toMs: 150 });
});
