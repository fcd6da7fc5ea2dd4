import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CandleColumns, joinCandles, sliceCandles } from "../candle/candle.ts";
import { MINUTE_MS } from "../candle/timeframe.ts";
import type { Protection } from "../risk/protection.ts";
import { findStrategy, STRATEGIES } from "../strategy/registry.ts";
import { compileRules } from "../strategy/rule/rules.ts";
import type { Sizing } from "../strategy/sizing.ts";
import type { Strategy } from "../strategy/strategy.ts";
import { BUSY } from "../testing/busy-strategy.ts";
import { BotDrive, runStory, type Story } from "../testing/parity.ts";
import { randomCandles, seededRandom } from "../testing/random-candles.ts";
import { freeInstrument } from "../testing/runs.ts";
import { DEFAULT_SETTINGS, type RunDefinition, type RunSettings } from "./settings.ts";

const START = Date.UTC(2024, 0, 1);

const BRACKETS = compileRules(
  `enter long when cross_above(ema(close, 3), ema(close, 8))
enter short when cross_below(ema(close, 3), ema(close, 8))
exit long when rsi(close, 5) > 85
exit short when rsi(close, 5) < 15
stop long at close * 0.992
stop short at close * 1.008
target long at close * 1.012
trail short by atr(5)
`,
  { id: "brackets" },
);

const LIMITS = compileRules(
  `enter long when rsi(close, 4) < 45
enter short when rsi(close, 4) > 60
limit long at prev(low)
limit short at close * 1.003
exit long when position() > 0 and close > sma(close, 9)
exit short when close < sma(close, 9)
stop long at close * 0.99
`,
  { id: "limits" },
);

/** Quick enough to trade within a day of minutes. */
const PARAMETERS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "sma-cross": { fast: 3, slow: 8 },
  "atr-channel": { period: 8, width: 0.5, distance: 1 },
  "momentum-rotation": { lookback: 5, hold: 4, top: 1 },
  grid: { spacing: 0.5, levels: 4 },
};

interface Case {
  readonly strategy: Strategy;
  readonly parameters: Readonly<Record<string, number>>;
  readonly settings: Partial<RunSettings>;
  readonly symbols: readonly string[];
  readonly timeframe: "1m" | "5m" | "1h";
  readonly gaps: number;
  readonly seed: number;
  readonly grid: { readonly tick: number; readonly lot: number; readonly notionalMin: number };
  readonly warmMinutes: number;
}

function definitionOf(given: Case): RunDefinition {
  const defaults = Object.fromEntries(given.strategy.parameters.map((spec) => [spec.name, spec.default]));
  return {
    instruments: given.symbols.map((symbol) => ({
      instrument: { ...freeInstrument(symbol), ...given.grid },
      timeframe: "1m",
    })),
    timeframe: given.timeframe,
    strategy: given.strategy,
    parameters: { ...defaults, ...given.parameters },
    settings: { ...DEFAULT_SETTINGS, sizeAt: "decision", end: "keep", ...given.settings },
    checks: "bare",
    from: START + given.warmMinutes * MINUTE_MS,
  };
}

/** Minutes of a market, some of them without a trade. */
function market({ symbols, seed, gaps }: Case, minutes: number): CandleColumns[] {
  return symbols.map((_, index) => {
    const price = index === 0 ? 100 : 0.0357;
    const candles = randomCandles(minutes, { seed: seed + index, start: START, price, swing: 0.006 });
    const random = seededRandom(seed + 100 + index);
    const kept: CandleColumns[] = [];
    for (let i = 0; i < minutes; i++)
      if (random() >= gaps || i === minutes - 1) kept.push(sliceCandles(candles, i, i + 1));
    return joinCandles(kept);
  });
}

function botStory(
  definition: RunDefinition,
  candles: readonly CandleColumns[],
  minutes: number,
  restarts: number[],
): Story {
  const drive = new BotDrive(definition);
  for (let i = 0; i < minutes; i++) {
    if (restarts.includes(i)) drive.restart();
    drive.minute(START + i * MINUTE_MS, candles);
  }
  return drive.story;
}

function compare(given: Case, minutes: number, restarts: number[]): Story {
  const definition = definitionOf(given);
  const candles = market(given, minutes);
  const run = runStory(
    definition,
    candles,
    restarts.map((minute) => START + minute * MINUTE_MS),
  );
  const bot = botStory(definition, candles, minutes, restarts);
  expect(bot.fills).toEqual(run.fills.slice(0, bot.fills.length));
  expect(bot.orders).toEqual(run.orders.slice(0, bot.orders.length));
  expect(bot.equity).toEqual(run.equity.slice(0, bot.equity.length));
  expect(bot.trades).toEqual(run.trades.slice(0, bot.trades.length));
  expect(run.trades.length).toBe(bot.trades.length);
  expect(run.fills.length).toBe(bot.fills.length);
  expect(run.orders.length).toBe(bot.orders.length);
  return bot;
}

const sizings: fc.Arbitrary<Sizing> = fc.constantFrom<Sizing[]>(
  { kind: "all" },
  { kind: "quantity", quantity: 7.3 },
  { kind: "quote", amount: 4_000 },
  { kind: "percent", percent: 35 },
  { kind: "risk", percent: 1 },
  { kind: "volatility", percent: 60, period: 10 },
);

const PROTECTIONS: readonly Protection[] = [
  { kind: "cooldown", after: "loss", pauseMs: 7 * MINUTE_MS },
  { kind: "low-profit", trades: 3, profitShareMin: 0, lookbackMs: 60 * MINUTE_MS, pauseMs: 10 * MINUTE_MS },
  { kind: "drawdown-guard", drawdown: 0.01, lookbackMs: 60 * MINUTE_MS, pauseMs: 10 * MINUTE_MS },
];

const cases: fc.Arbitrary<Case> = fc.record({
  strategy: fc.constantFrom(BUSY, BUSY, BUSY, BRACKETS, LIMITS),
  parameters: fc.constant({}),
  symbols: fc.constantFrom(["A"], ["A", "B"]),
  timeframe: fc.constantFrom("1m" as const, "5m" as const, "5m" as const),
  gaps: fc.constantFrom(0, 0, 0.2),
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  grid: fc.constantFrom(
    { tick: 0, lot: 0, notionalMin: 0 },
    { tick: 0.01, lot: 0.001, notionalMin: 5 },
    { tick: 0.00001, lot: 0.1, notionalMin: 10 },
  ),
  warmMinutes: fc.constantFrom(0, 10, 30),
  settings: fc.record({
    sizing: sizings,
    whenShort: fc.constantFrom("refuse" as const, "shrink" as const),
    fees: fc.constantFrom(
      { maker: 0.001, taker: 0.001, perUnit: 0, minimum: 0 },
      { maker: -0.0001, taker: 0.0004, perUnit: 0.0001, minimum: 0.5 },
    ),
    slippage: fc.constantFrom<RunSettings["slippage"][]>(
      { kind: "none" },
      { kind: "bps", bps: 3 },
      { kind: "ticks", ticks: 2 },
      { kind: "volume", coefficient: 0.2 },
    ),
    touch: fc.boolean(),
    remainder: fc.constantFrom("carry" as const, "cancel" as const),
    leverage: fc.constantFrom(1, 1, 3),
    path: fc.constantFrom("nearest" as const, "worst" as const),
    protections: fc.constantFrom<(readonly Protection[])[]>([], [], PROTECTIONS),
  }),
});

const restarts = fc
  .array(fc.integer({ min: 1, max: 199 }), { maxLength: 3 })
  .map((minutes) => [...new Set(minutes)].sort((a, b) => a - b));
const volumeLimits = fc.constantFrom(undefined, undefined, 0.0001, 0.05);

describe("a bot", () => {
  it("trades as its backtest, to the bit, with every kind of order and through restarts at any minute", () => {
    let fills = 0;
    fc.assert(
      fc.property(cases, volumeLimits, restarts, (given, volumeLimit, minutes) => {
        const settings = volumeLimit === undefined ? given.settings : { ...given.settings, volumeLimit };
        const busy = { seed: given.seed, eagerness: 40 };
        const parameters: Case["parameters"] = given.strategy === BUSY ? busy : {};
        fills += compare({ ...given, settings, parameters }, 200, minutes).fills.length;
      }),
      { numRuns: Number(process.env.PARITY_RUNS ?? 100) },
    );
    expect(fills).toBeGreaterThan(1_000);
  });

  it.each(STRATEGIES.map(({ strategy }) => strategy.id))(
    "trades the library's %s as its backtest, to the bit",
    (id) => {
      const strategy = findStrategy(id);
      if (strategy === undefined) throw new Error(`the library lacks ${id}`);
      const given: Case = {
        strategy,
        parameters: PARAMETERS[id] ?? {},
        settings: { slippage: { kind: "bps", bps: 2 }, sizing: { kind: "percent", percent: 40 } },
        symbols: ["A", "B"],
        timeframe: "5m",
        gaps: 0.05,
        seed: 11,
        grid: { tick: 0.00001, lot: 0.001, notionalMin: 5 },
        warmMinutes: 30,
      };
      expect(compare(given, 1_500, [301, 702]).fills.length).toBeGreaterThan(3);
    },
  );

  it("trades hours of minutes as its backtest, to the bit", () => {
    const given: Case = {
      strategy: BUSY,
      parameters: { seed: 5, eagerness: 60 },
      settings: { leverage: 3, sizing: { kind: "all" }, protections: PROTECTIONS },
      symbols: ["A", "B"],
      timeframe: "1h",
      gaps: 0.02,
      seed: 3,
      grid: { tick: 0.00001, lot: 0.001, notionalMin: 5 },
      warmMinutes: 0,
    };
    expect(compare(given, 6_000, [61, 2_999]).fills.length).toBeGreaterThan(20);
  });

  it("loses what its backtest loses where the venue takes its positions away", () => {
    const given: Case = {
      strategy: BUSY,
      parameters: { seed: 8, eagerness: 80 },
      settings: { leverage: 30, maintenance: 0.03, sizing: { kind: "all" } },
      symbols: ["A", "B"],
      timeframe: "5m",
      gaps: 0,
      seed: 21,
      grid: { tick: 0.00001, lot: 0.001, notionalMin: 0 },
      warmMinutes: 0,
    };
    const { fills } = compare(given, 1_000, [333]);
    expect(fills.filter((line) => line.startsWith("liquidation")).length).toBeGreaterThan(2);
  });
});
