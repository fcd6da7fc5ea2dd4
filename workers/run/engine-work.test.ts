import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEFAULT_SETTINGS, type RunDefinition } from "../core/engine/settings.ts";
import { SIM_INSTRUMENTS } from "../core/sim/sim-instrument.ts";
import { ENTER_LONG, EXIT_LONG, type Strategy } from "../core/strategy/strategy.ts";
import { simSource } from "../feed/sim-source.ts";
import { testReport } from "../testing/test-report.ts";
import { type EngineInput, engineWork } from "./engine-work.ts";
import { RunFailure } from "./run-work.ts";

/** Long for the first half of every day, whatever the price: a result that shows any candle that is lost or doubled. */
const HALF_DAYS: Strategy = {
  ...{
    id: "half-days",
    title: "Half days",
    summary: "",
    parameters: [],
    scope: "each",
    pathSensitive: false,
    shorts: false,
  },
  warmup: () => 0,
  create: () => ({
    form: "columns",
    fill: ({ candles }) => ({
      flags: Uint8Array.from({ length: candles.length }, (_, at) => {
        const hour = (candles.time[at] / 3_600_000) % 24;
        return hour === 0 ? ENTER_LONG : hour === 12 ? EXIT_LONG : 0;
      }),
    }),
    readings: () => [],
    snapshot: () => null,
    restore: () => {},
  }),
};

const RANGE = { from: Date.UTC(2023, 10, 20), to: Date.UTC(2024, 2, 10) };

function input(changed: Partial<RunDefinition> = {}, symbols = ["BTC-USD", "ETH-USD"]): EngineInput {
  const instruments = SIM_INSTRUMENTS.filter(({ symbol }) => symbols.includes(symbol));
  const definition: RunDefinition = {
    instruments: instruments.map((instrument) => ({ instrument, timeframe: "15m" })),
    ...{ timeframe: "1h", strategy: HALF_DAYS, parameters: {}, settings: DEFAULT_SETTINGS, checks: "bare" },
    ...changed,
  };
  const sources = instruments.map(({ symbol }) => simSource({ seed: 1, symbol, timeframe: "15m", ...RANGE }));
  return { definition, sources, range: RANGE, buildReport: (result) => testReport(result.main.finalEquity) };
}

async function resultOf(made: EngineInput, stops: readonly number[]): Promise<number> {
  let work = engineWork(made, undefined);
  for (let step = 0; await work.step(); step++) {
    if (stops.includes(step)) work = engineWork(made, work.save());
  }
  return (await work.report(0)).overview.statistics.finalEquity;
}

describe("the engine's work", () => {
  it("comes to the same result, to the bit, wherever it was saved and opened again", async () => {
    const whole = await resultOf(input(), []);
    expect(whole).not.toBe(DEFAULT_SETTINGS.cash);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 3 })), async (stops) => {
        expect(await resultOf(input(), stops)).toBe(whole);
      }),
      { numRuns: 8 },
    );
  });

  it("counts every base candle once, and knows about how many there are before it begins", async () => {
    const work = engineWork(input(), undefined);
    const expected = (2 * (RANGE.to - RANGE.from)) / 900_000;
    expect(work.progress()).toMatchObject({ candles: 0, phase: "trading" });
    expect(work.progress().candlesTotal / expected).toBeCloseTo(1, 2);
    while (await work.step()) expect(work.progress().candles).toBeLessThanOrEqual(expected);
    expect(work.progress()).toMatchObject({ candles: expected, candlesTotal: expected, phase: "writing" });
  });

  it("cuts dear candles into turns and steps that each last about as long, with the same result however stopped", async () => {
    const lengths: number[] = [];
    const dear: Strategy = {
      ...HALF_DAYS,
      cost: () => ({ form: "columns", candleNs: 1_000_000 }),
      create: (values, context) => {
        const program = HALF_DAYS.create(values, context);
        if (program.form !== "columns") throw new Error("half days are columns");
        return {
          ...program,
          fill: (chunk) => {
            lengths.push(chunk.candles.length);
            return program.fill(chunk);
          },
        };
      },
    };
    const made = input({ strategy: dear, timeframe: "15m" }, ["BTC-USD"]);
    const work = engineWork(made, undefined);
    const stepsNs: number[] = [];
    for (let [more, done] = [true, 0]; more; done = work.progress().candles) {
      more = await work.step();
      stepsNs.push((work.progress().candles - done) * work.candleNs);
    }
    expect(work.progress().candles).toBe((RANGE.to - RANGE.from) / 900_000);
    expect(Math.max(...stepsNs)).toBeLessThan(1.1e9);
    expect(Math.max(...lengths) * work.candleNs).toBeLessThan(60e6);
    const stops = Array.from({ length: 9 }, (_, at) => at * 2);
    expect(await resultOf(made, stops)).toBe(await resultOf(made, []));
  });

  it("fails for good where the engine refuses the definition", () => {
    expect(() => engineWork(input({ settings: { ...DEFAULT_SETTINGS, cash: 0 } }), undefined)).toThrow(RunFailure);
  });
});
