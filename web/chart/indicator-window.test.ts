import { expect, test } from "vitest";
import { nextIndicatorWindow } from "./indicator-window.ts";

const whole = { fromMs: 0, toMs: 10_000 };

test("what is loaded is kept while it holds all that is on screen", () => {
  const visible = { fromMs: 2_000, toMs: 3_000 };
  expect(nextIndicatorWindow({ visible, loaded: whole, whole, truncated: false })).toBeUndefined();
});

test("a part that is not loaded is asked for with some room at each side, within the run", () => {
  const loaded = { fromMs: 0, toMs: 2_000 };
  expect(nextIndicatorWindow({ visible: { fromMs: 4_000, toMs: 6_000 }, loaded, whole, truncated: false })).toEqual({
    fromMs: 3_500,
    toMs: 6_500,
  });
  expect(nextIndicatorWindow({ visible: { fromMs: 8_000, toMs: 12_000 }, loaded, whole, truncated: false })).toEqual({
    fromMs: 7_500,
    toMs: 10_000,
  });
});

test("a reply that was cut is asked for again for less, and never again for the same", () => {
  const visible = { fromMs: 1_000, toMs: 3_000 };
  const wanted = nextIndicatorWindow({ visible, loaded: whole, whole, truncated: true });
  expect(wanted).toEqual({ fromMs: 500, toMs: 3_500 });
  if (wanted === undefined) return;
  expect(nextIndicatorWindow({ visible, loaded: wanted, whole, truncated: true })).toBeUndefined();
  expect(nextIndicatorWindow({ visible: whole, loaded: whole, whole, truncated: true })).toBeUndefined();
});
