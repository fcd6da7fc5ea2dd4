import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CandleColumns, indexAtTime, sliceCandles } from "../candle/candle.ts";
import { HOUR_MS } from "../candle/timeframe.ts";
import { INDICATORS } from "../indicator/registry.ts";
import { findStrategy } from "../strategy/registry.ts";
import { compileRules } from "../strategy/rule/rules.ts";
import type { Strategy } from "../strategy/strategy.ts";
import { randomCandles } from "../testing/random-candles.ts";
import { definitionOf } from "../testing/runs.ts";
import { type IndicatorLine, indicatorLines } from "./indicator-lines.ts";

const CANDLES = randomCandles(400, { seed: 3, step: HOUR_MS });

function linesOf(strategy: Strategy, candles = [CANDLES], from = 0, symbols = ["TEST"]) {
  const definition = definitionOf(strategy, { timeframe: "1h", symbols });
  return indicatorLines({ definition, symbol: symbols[0], candles, from });
}

function rules(text: string): Strategy {
  return compileRules(`${text}\nexit long when close < 0`);
}

function lineOf(lines: readonly IndicatorLine[], name: string): IndicatorLine {
  const line = lines.find((entry) => entry.name === name);
  if (line === undefined) throw new Error(`no line ${name} among ${lines.map((entry) => entry.name).join("; ")}`);
  return line;
}

describe("a strategy's indicators on a window", () => {
  it("are what the indicator itself gives on each candle, null until it has a value", () => {
    const { time, lines } = linesOf(rules("enter long when close > sma(close, 5) and rsi(close, 3) < 30"));
    expect(time).toEqual([...CANDLES.time]);
    for (const [name, spec, setting] of [
      ["sma(close, 5)", "sma", 5],
      ["rsi(close, 3)", "rsi", 3],
    ] as const) {
      const indicator = INDICATORS.get(spec)?.create([setting]);
      const expected = [...CANDLES.close].map((close) => {
        const value = (indicator as { push(value: number): number }).push(close);
        return Number.isNaN(value) ? null : value;
      });
      expect(lineOf(lines, name).values).toEqual(expected);
    }
  });

  it("show a larger timeframe as it was known at each close, never earlier", () => {
    const { lines } = linesOf(rules('enter long when close > tf("4h", highest(close, 2))'));
    const [{ name, values }] = lines;
    expect(name).toBe("4h highest(close, 2)");
    // Four-hour candles close with the last of their hours; two of them must have closed before there is a value.
    const closes = [...CANDLES.close].filter((_, i) => (CANDLES.time[i] / HOUR_MS) % 4 === 3);
    values.forEach((value, i) => {
      const closed = [...CANDLES.time.subarray(0, i + 1)].filter((time) => (time / HOUR_MS) % 4 === 3).length;
      expect(value).toBe(closed < 2 ? null : Math.max(closes[closed - 1], closes[closed - 2]));
    });
  });

  it("show another instrument's as known at each close, gaps included, on an axis of their own", () => {
    const sparse = without(CANDLES, (i) => i % 3 === 1);
    const { time, lines } = linesOf(
      rules('enter long when close > of("WETH", highest(close, 1))'),
      [CANDLES, sparse],
      0,
      ["TEST", "WETH"],
    );
    const line = lineOf(lines, "WETH highest(close, 1)");
    expect(line.scale).toBe("own");
    expect(line.values).toEqual(time.map((at) => sparse.close[indexAtTime(sparse, at + 1) - 1]));
  });

  it("do not depend on where the window begins, once there is history enough", () => {
    const strategy = rules(
      "enter long when close > ema(close, 10) and adx(7) > 20 and prev(donchian(9).upper) < close",
    );
    const whole = linesOf(strategy);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 399 }), (start) => {
        const part = linesOf(strategy, [CANDLES], CANDLES.time[start]);
        expect(part.time).toEqual(whole.time.slice(start));
        part.lines.forEach((line, index) => {
          expect(line.values).toEqual(whole.lines[index].values.slice(start));
        });
      }),
      { numRuns: 20 },
    );
  });

  it("show what a breakout is measured against in the place of the channel that it looks back on", () => {
    const names = (strategy: Strategy) => linesOf(strategy).lines.map(({ name }) => name);
    const donchian = findStrategy("donchian");
    if (donchian === undefined) throw new Error("there is no breakout");
    expect(names(donchian)).toEqual(["prev(donchian(20).upper, 1)", "prev(donchian(10).lower, 1)"]);
    expect(names(rules("enter long when close > prev(sma(close, 5)) and close < sma(close, 5)"))).toEqual([
      "sma(close, 5)",
      "prev(sma(close, 5), 1)",
    ]);
  });

  it("of rules that look at their position are those of rules that do not", () => {
    const stepped = linesOf(rules("enter long when position() == 0 and close > wma(close, 6)"));
    expect(stepped).toEqual(linesOf(rules("enter long when close > wma(close, 6)")));
  });

  it("of a rotation are the momenta of all its instruments", () => {
    const rotation = findStrategy("momentum-rotation");
    if (rotation === undefined) throw new Error("there is no rotation");
    const other = randomCandles(400, { seed: 4, step: HOUR_MS });
    const { lines } = linesOf(rotation, [CANDLES, other], 0, ["AAA", "BBB"]);
    expect(lines.map(({ name, scale }) => [name, scale])).toEqual([
      ["momentum AAA", "own"],
      ["momentum BBB", "own"],
    ]);
    expect(lines[1].values[399]).toBeCloseTo(other.close[399] / other.close[309] - 1, 12);
    expect(lines[1].values[89]).toBe(null);
  });

  it("are none where there are no candles or no indicators", () => {
    expect(linesOf(rules("enter long when close > sma(9)"), [sliceCandles(CANDLES, 0, 0)])).toEqual({
      time: [],
      lines: [{ name: "sma(close, 9)", scale: "price", values: [] }],
    });
    expect(linesOf(rules("enter long when prev(close) < close and hour() > 3")).lines).toEqual([]);
  });
});

describe("the axis of a line", () => {
  it.each([
    ["sma(close, 5)", "price"],
    ["sma(volume, 5)", "own"],
    ["ema(rsi(close, 14), 5)", "own"],
    ["ema(hl2, 5)", "price"],
    ["bollinger(close, 20, 2).upper", "price"],
    ["bollinger(close - open, 20, 2).upper", "own"],
    ["highest((high + low) / 2, 5)", "price"],
    ["highest(high + low, 5)", "own"],
    ["lowest(close - 2 * atr(14), 5)", "price"],
    ["lowest(close / open, 5)", "own"],
    ["lowest(close * volume, 5)", "own"],
    ["lowest(max(open, close), 5)", "price"],
    ["lowest(if(close > open, close, volume), 5)", "own"],
    ["linreg(close, 14).value", "price"],
    ["linreg(close, 14).slope", "own"],
    ["supertrend(10, 3).line", "price"],
    ["supertrend(10, 3).direction", "own"],
    ["psar(0.02, 0.2)", "price"],
    ["vwap()", "price"],
    ["macd(close, 12, 26, 9).line", "own"],
    ["atr(14)", "own"],
    ["obv()", "own"],
    ['tf("4h", ema(close, 3))', "price"],
    ["prev(donchian(20).upper)", "price"],
  ])("of %s is %s", (expression, scale) => {
    const { lines } = linesOf(rules(`let line = ${expression}\nenter long when line > 1`), [
      sliceCandles(CANDLES, 0, 0),
    ]);
    // The outermost indicator is planned last.
    expect(lines.at(-1)?.scale).toBe(scale);
    expect(lines.at(-1)?.unit === undefined).toBe(scale === "price");
  });

  it.each([
    ["rsi(close, 14)", "rsi"],
    ["ema(rsi(close, 14), 5)", "rsi"],
    ["prev(atr(14))", "atr"],
    ["sma(volume, 5)", "volume"],
    ["ema(sma(volume, 5), 3)", "volume"],
    ["bollinger(close - open, 20, 2).upper", "(close - open)"],
    ["macd(close, 12, 26, 9).signal", "macd"],
    ['tf("4h", rsi(close, 3))', "rsi"],
    ['of("WETH", highest(close, 2))', "WETH price"],
    ['of("WETH", rsi(close, 2))', "WETH rsi"],
  ])("of its own, for %s, is shared with what else measures %s", (expression, unit) => {
    const none = sliceCandles(CANDLES, 0, 0);
    const { lines } = linesOf(rules(`enter long when ${expression} > 1`), [none, none], 0, ["TEST", "WETH"]);
    expect(lines.at(-1)?.unit).toBe(unit);
  });

  it("is known for every output of every indicator", () => {
    for (const spec of INDICATORS.values()) expect(spec.scales.length).toBe(spec.outputs.length);
  });

  it("agrees with where the values lie: price lines move with the price, others do not", () => {
    const lift = 10 * Math.max(...CANDLES.high);
    const lifted = { ...CANDLES };
    for (const field of ["open", "high", "low", "close"] as const) lifted[field] = CANDLES[field].map((x) => x + lift);
    for (const { name, outputs, input, scales } of INDICATORS.values()) {
      outputs.forEach((output, index) => {
        const call = `${name}(${input === "value" ? "close" : ""})${outputs.length > 1 ? `.${output}` : ""}`;
        const strategy = rules(`enter long when ${call} > 0`);
        const [before, after] = [CANDLES, lifted].map((candles) => linesOf(strategy, [candles]).lines[0].values.at(-1));
        const moved = ((after ?? 0) - (before ?? 0)) / lift;
        expect([name, output, moved > 0.5]).toEqual([name, output, scales[index] !== "own"]);
      });
    }
  });
});

function without(candles: CandleColumns, gone: (index: number) => boolean): CandleColumns {
  const keep = (column: Float64Array) => column.filter((_, i) => !gone(i));
  return {
    ...{ time: keep(candles.time), open: keep(candles.open), high: keep(candles.high), low: keep(candles.low) },
    ...{ close: keep(candles.close), volume: keep(candles.volume), length: keep(candles.time).length },
  };
}
