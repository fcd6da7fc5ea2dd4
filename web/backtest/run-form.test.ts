import fc from "fast-check";
import { expect, test } from "vitest";
import { BacktestSettings } from "../../schema/wire/backtest.ts";
import type { ParameterSpec } from "../../schema/wire/strategy.ts";
import { draftOfSettings, FIRST_DRAFT, type RunDraft, settingsOfDraft } from "./run-draft.ts";
import { fieldOf, findRunProblems } from "./run-problems.ts";

const SOUND: RunDraft = { ...FIRST_DRAFT, datasetIds: ["d1"] };
const FAST: ParameterSpec = { name: "fast", title: "Fast", kind: "integer", default: 20, min: 2, max: 200, step: 1 };

test("the form as it first opens asks for the API's own defaults", () => {
  const defaults = BacktestSettings.parse({
    datasetIds: ["d1"],
    timeframe: "1h",
    strategy: { kind: "library", id: "sma-cross" },
  });
  expect(BacktestSettings.parse(settingsOfDraft(SOUND))).toEqual(defaults);
  expect(findRunProblems(SOUND, [FAST]).size).toBe(0);
});

test("settings survive the way into the form and back, whatever they are", () => {
  const rate = fc.integer({ min: 0, max: 5_000 }).map((value) => value / 100_000);
  const sizing = fc.oneof(
    fc.constant({ kind: "all" as const }),
    fc.record({ kind: fc.constant("risk" as const), percent: fc.integer({ min: 1, max: 100 }) }),
    fc.record({ kind: fc.constant("quote" as const), amount: fc.constant("250.5") }),
    fc.record({ kind: fc.constant("volatility" as const), percent: fc.constant(20), period: fc.constant(90) }),
  );
  const settings = fc.record({
    datasetIds: fc.constant(["d1", "d2"]),
    timeframe: fc.constantFrom("1m" as const, "4h" as const, "1d" as const),
    from: fc.integer({ min: 10_000, max: 18_000 }).map((day) => day * 86_400_000),
    to: fc.integer({ min: 18_001, max: 20_000 }).map((day) => day * 86_400_000),
    strategy: fc.constantFrom(
      { kind: "library" as const, id: "donchian", parameters: { entry: 20, exit: 10.5 } },
      { kind: "saved" as const, id: "s1", version: 3, parameters: {} },
      { kind: "rules" as const, document: "enter long when close > 1", parameters: {} },
    ),
    sizing,
    fees: fc.record({ maker: rate, taker: rate, perUnit: fc.constant(0.01), minimum: fc.constant(1) }),
    volumeLimit: rate.filter((value) => value > 0),
    leverage: fc.integer({ min: 1, max: 20 }),
    riskFree: rate,
  });
  fc.assert(
    fc.property(settings, (input) => {
      const whole = BacktestSettings.parse(input);
      expect(BacktestSettings.parse(settingsOfDraft(draftOfSettings(whole, "name")))).toEqual(whole);
    }),
  );
});

test("what is wrong is said at its field, in the unit of the form, with the value that was typed", () => {
  const cases: readonly (readonly [Partial<RunDraft>, string, RegExp])[] = [
    [{ taker: "20000" }, "taker", /at most 10, was 20000/],
    [{ cash: "0" }, "cash", /greater than 0/],
    [{ cash: "many" }, "cash", /decimal number/],
    [{ leverage: "" }, "leverage", /must be a number, was empty/],
    [{ leverage: "x" }, "leverage", /must be a number, was “x”/],
    [{ datasetIds: [] }, "datasetIds", /choose at least one/],
    [{ from: "2024-05-01", to: "2024-01-01" }, "from", /before to/],
    [{ sizing: "risk", size: "400" }, "size", /at most 100, was 400/],
    [{ parameters: { fast: "1" } }, "parameters.fast", /2 to 200, was 1/],
    [{ parameters: { fast: "2.5" } }, "parameters.fast", /must be whole, was 2.5/],
  ];
  for (const [change, field, rule] of cases) {
    expect(findRunProblems({ ...SOUND, ...change }, [FAST]).get(field), field).toMatch(rule);
  }
});

test("every field that the API can name leads to a field of the form", () => {
  for (const path of ["settings.fees.taker", "settings.datasetIds.0", "settings.strategy.parameters.fast", "name"]) {
    expect(fieldOf(path).field).not.toBe("whole");
  }
  expect(fieldOf("settings.something.new").field).toBe("whole");
});
