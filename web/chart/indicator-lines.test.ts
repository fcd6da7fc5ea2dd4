import { expect, test } from "vitest";
import type { IndicatorSeries } from "../../schema/wire/indicator.ts";
import { indicatorLines, ownPaneShares } from "./indicator-lines.ts";

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

test("prices lie over the candles, and below them each unit has a pane and an axis of its own", () => {
  const lines = indicatorLines(
    indicatorsOf({ "sma(close, 20)": "price", "rsi(close, 14)": "own", "rsi(close, 2)": "own", "atr(14)": "own" }),
    panes,
  );
  expect(lines.map(({ label, pane, scale }) => [label, pane, scale])).toEqual([
    ["sma(close, 20)", 0, undefined],
    ["rsi(close, 14)", 1, undefined],
    ["rsi(close, 2)", 1, undefined],
    ["atr(14)", 2, undefined],
  ]);
  expect(ownPaneShares(indicatorsOf({ "rsi(close, 14)": "own", "atr(14)": "own" }))).toHaveLength(2);
  expect(ownPaneShares(indicatorsOf({ "sma(close, 20)": "price" }))).toEqual([]);
});

test("what a line measures decides on its pane, not what it is called", () => {
  const { series, ...rest } = indicatorsOf({ "sma(volume, 5)": "own", "sma(close - open, 5)": "own" });
  const units = ["volume", "close - open"];
  const lines = indicatorLines({ ...rest, series: series.map((line, at) => ({ ...line, unit: units[at] })) }, panes);
  expect(lines.map(({ pane }) => pane)).toEqual([1, 2]);
});

test("units for which there is no pane left share the last one, each on a scale of its own", () => {
  const many = indicatorsOf({ "rsi(2)": "own", "atr(2)": "own", "obv()": "own", "cci(2)": "own", "mfi(2)": "own" });
  expect(indicatorLines(many, panes).map(({ pane, scale }) => [pane, scale])).toEqual([
    [1, undefined],
    [2, undefined],
    [3, undefined],
    [3, "cci"],
    [3, "mfi"],
  ]);
  expect(ownPaneShares(many)).toHaveLength(3);
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
