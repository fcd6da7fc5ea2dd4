import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { beforeAll, describe, expect, it } from "vitest";
import { columnsOf, specOf } from "../testing/indicator-columns.ts";
import { randomCandles } from "../testing/random-candles.ts";

type Outputs = Record<string, ArrayLike<number>>;
type Library = Record<string, (input: Record<string, unknown>) => Outputs> & { init(path: string): Promise<unknown> };

const require = createRequire(import.meta.url);
const talib = require("talib-web") as Library;
/**
 * Few enough for this build's memory, which hands out its buffers more than once: deviations, bands, the slow stochastic,
 * doji and hammer come out overwritten at any length and are held against their definitions instead.
 */
const CANDLES = 700;
const candles = randomCandles(CANDLES, { seed: 7 });
const series = {
  open: [...candles.open],
  high: [...candles.high],
  low: [...candles.low],
  close: [...candles.close],
  volume: [...candles.volume],
  inReal: [...candles.close],
};

interface Case {
  name: string;
  values: number[];
  call: string;
  input?: Record<string, unknown>;
  outputs?: (string | null)[];
  scale?: number;
  /** Values after the first that the seeds of the two conventions need to fade. */
  fade?: number;
  /** Index of TA-Lib's first value where it differs from ours. */
  first?: number;
}

const CASES: Case[] = [
  { name: "sma", values: [20], call: "SMA", input: { timePeriod: 20 } },
  { name: "ema", values: [20], call: "EMA", input: { timePeriod: 20 } },
  { name: "wma", values: [20], call: "WMA", input: { timePeriod: 20 } },
  { name: "dema", values: [20], call: "DEMA", input: { timePeriod: 20 } },
  { name: "tema", values: [20], call: "TEMA", input: { timePeriod: 20 } },
  { name: "kama", values: [10], call: "KAMA", input: { timePeriod: 10 } },
  { name: "rsi", values: [14], call: "RSI", input: { timePeriod: 14 } },
  {
    name: "stoch_rsi",
    values: [14, 14, 3],
    call: "STOCHRSI",
    input: { timePeriod: 14, fastK_Period: 14, fastD_Period: 3, fastD_MAType: 0 },
    outputs: ["fastK", "fastD"],
  },
  {
    name: "macd",
    values: [12, 26, 9],
    call: "MACD",
    input: { fastPeriod: 12, slowPeriod: 26, signalPeriod: 9 },
    outputs: ["MACD", "MACDSignal", "MACDHist"],
    fade: 400,
  },
  { name: "atr", values: [14], call: "ATR", input: { timePeriod: 14 } },
  { name: "true_range", values: [], call: "TRANGE" },
  { name: "adx", values: [14], call: "ADX", input: { timePeriod: 14 }, outputs: ["output", null, null] },
  { name: "adx", values: [14], call: "PLUS_DI", input: { timePeriod: 14 }, outputs: [null, "output", null], first: 14 },
  {
    name: "adx",
    values: [14],
    call: "MINUS_DI",
    input: { timePeriod: 14 },
    outputs: [null, null, "output"],
    first: 14,
  },
  { name: "cci", values: [20], call: "CCI", input: { timePeriod: 20 } },
  { name: "williams_r", values: [14], call: "WILLR", input: { timePeriod: 14 } },
  { name: "mfi", values: [14], call: "MFI", input: { timePeriod: 14 } },
  { name: "obv", values: [], call: "OBV" },
  { name: "roc", values: [10], call: "ROC", input: { timePeriod: 10 } },
  { name: "momentum", values: [10], call: "MOM", input: { timePeriod: 10 } },
  { name: "linreg", values: [14], call: "LINEARREG", input: { timePeriod: 14 }, outputs: ["output", null] },
  { name: "linreg", values: [14], call: "LINEARREG_SLOPE", input: { timePeriod: 14 }, outputs: [null, "output"] },
  { name: "psar", values: [0.02, 0.2], call: "SAR", input: { acceleration: 0.02, maximum: 0.2 } },
  {
    name: "aroon",
    values: [14],
    call: "AROON",
    input: { timePeriod: 14 },
    outputs: [null, "aroonUp", "aroonDown"],
  },
  { name: "aroon", values: [14], call: "AROONOSC", input: { timePeriod: 14 }, outputs: ["output", null, null] },
  { name: "highest", values: [20], call: "MAX", input: { timePeriod: 20 } },
  { name: "lowest", values: [20], call: "MIN", input: { timePeriod: 20 } },
  { name: "engulfing", values: [], call: "CDLENGULFING", scale: 100, first: 2 },
];

describe("indicators against TA-Lib compiled to WebAssembly", () => {
  beforeAll(async () => {
    const wasm = readFileSync(require.resolve("talib-web/lib/talib.wasm"));
    await talib.init(`data:application/wasm;base64,${wasm.toString("base64")}`);
  });

  it.each(CASES)("$name equals $call within 1e-9 of its scale once warm", (row) => {
    const ours = columnsOf(row.name, row.values, candles);
    const theirs = talib[row.call]({ ...series, ...row.input });
    (row.outputs ?? ["output"]).forEach((output, index) => {
      if (output === null) return;
      expectSame(ours[index], theirs[output], row, row.first ?? specOf(row.name).first(row.values));
    });
  });
});

/** This build returns buffers of the input's length: results from the first valid one on, then unset memory. */
function expectSame(ours: Float64Array, theirs: ArrayLike<number>, row: Case, first: number): void {
  // Candle patterns come as 32-bit integers that the wrapper reads as doubles.
  const values = row.call.startsWith("CDL") ? new Int32Array(Float64Array.from(theirs).buffer) : theirs;
  const start = first + (row.fade ?? 0);
  // Its last value is not to be trusted: the wrapper frees the memory it has yet to copy.
  const end = ours.length - 1;
  let size = 0;
  // Differences count against the size that the series has, so that a value near zero asks for no more than its digits.
  for (let i = start; i < end; i++) size = Math.max(size, Math.abs(values[i - first]));
  expect(size).toBeGreaterThan(0);
  let worst = 0;
  for (let i = start; i < end; i++) {
    const difference = Math.abs(ours[i] * (row.scale ?? 1) - values[i - first]);
    expect(Number.isNaN(difference), `value ${i} of ${row.name}`).toBe(false);
    worst = Math.max(worst, difference / size);
  }
  expect(worst).toBeLessThan(1e-9);
}
