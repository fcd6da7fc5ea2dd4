import { expect, test } from "vitest";
import type { IndicatorSeries } from "../../schema/wire/indicator.ts";
import { indicatorLines } from "./indicator-lines.ts";

const HOUR_MS = 3_600_000;
const hours = (count: number) => Array.from({ length: count }, (_, index) => index * HOUR_MS);

function indicatorsOf(lines: Readonly<Record<string, "price" | "own">>): IndicatorSeries {
  const series = Object.entries(lines).map(([name, scale]) => ({
    name,
    scale,
    values: [null, 1, 2, null, 4, 5, 6, 7],
  }));
  return { timeframe: "1h", time: hours(8), series, truncated: false };
}
const panes = { grid: { times: hours(8), lengthMs: HOUR_MS }, tick: 0.01, ownPane: 1 };

test("prices lie over the candles, everything else in the pane below, and only one kind of it on the axis", () => {
  const lines = indicatorLines(
    indicatorsOf({ "sma(close, 20)": "price", "rsi(close, 14)": "own", "rsi(close, 2)": "own", "atr(14)": "own" }),
    panes,
  );
  expect(lines.map(({ label, pane, scale }) => [label, pane, scale])).toEqual([
    ["sma(close, 20)", 0, undefined],
    ["rsi(close, 14)", 1, undefined],
    ["rsi(close, 2)", 1, undefined],
    ["atr(14)", 1, "atr"],
  ]);
});

test("each value stands on its candle and what is not known is a hole", () => {
  const [line] = indicatorLines(indicatorsOf({ "sma(close, 20)": "price" }), panes);
  expect(line.times).toEqual(hours(8));
  expect(line.values).toEqual([Number.NaN, 1, 2, Number.NaN, 4, 5, 6, 7]);
});

test("on coarser candles a line has the value that was known when they closed", () => {
  const grid = { times: [0, 4 * HOUR_MS], lengthMs: 4 * HOUR_MS };
  const [line] = indicatorLines(indicatorsOf({ "sma(close, 20)": "price" }), { ...panes, grid });
  expect(line.times).toEqual([0, 4 * HOUR_MS]);
  expect(line.values).toEqual([Number.NaN, 7]);
});

test("as many lines are drawn as can be told apart", () => {
  const many = Object.fromEntries(hours(12).map((_, index) => [`sma(close, ${index + 2})`, "price" as const]));
  const lines = indicatorLines(indicatorsOf(many), panes);
  expect(new Set(lines.map(({ colour, look }) => `${colour} ${look}`)).size).toBe(lines.length);
});
