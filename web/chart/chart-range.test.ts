import { expect, test } from "vitest";
import { rangeShown, rangeSpan, rangesWithin } from "./chart-range.ts";

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
