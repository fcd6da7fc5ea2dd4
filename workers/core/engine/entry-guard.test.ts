import { describe, expect, it } from "vitest";
import { type CandleColumns, sliceCandles } from "../candle/candle.ts";
import type { EquityPoint, Protection } from "../risk/protection.ts";
import { entryPause } from "../risk/protection.ts";
import { findStrategy } from "../strategy/registry.ts";
import type { Strategy } from "../strategy/strategy.ts";
import { randomCandles } from "../testing/random-candles.ts";
import { definitionOf, runOn } from "../testing/runs.ts";
import { createRun, restoreRun } from "./run.ts";
import type { RunDefinition } from "./settings.ts";
import { decodeSnapshot, encodeSnapshot } from "./snapshot.ts";

const MINUTE = 60_000;
const PROTECTIONS: Record<string, readonly Protection[]> = {
  cooldown: [{ kind: "cooldown", after: "loss", pauseMs: 30 * MINUTE }],
  guard: [{ kind: "drawdown-guard", drawdown: 0.02, lookbackMs: 200 * MINUTE, pauseMs: 100 * MINUTE }],
  profit: [{ kind: "low-profit", trades: 3, profitShareMin: 0.001, lookbackMs: 300 * MINUTE, pauseMs: 90 * MINUTE }],
};
const ALL = Object.values(PROTECTIONS).flat();

function strategy(id: string): Strategy {
  const found = findStrategy(id);
  if (found === undefined) throw new Error(`no strategy ${id}`);
  return found;
}

function definition(id: string, protections: readonly Protection[] | undefined, symbols = ["TEST"]): RunDefinition {
  return definitionOf(strategy(id), { symbols, checks: "bare", settings: { protections, end: "keep", cash: 100_000 } });
}

/** Marked equity at every close, seen from outside: the candles are pushed one by one. */
function equityOf(run: RunDefinition, candles: CandleColumns): EquityPoint[] {
  const stepped = createRun(run);
  return Array.from({ length: candles.length }, (_, i) => {
    stepped.push([sliceCandles(candles, i, i + 1)]);
    return { at: candles.time[i] + MINUTE, equity: stepped.progress().equity };
  });
}

describe("protections in a backtest", () => {
  const candles = randomCandles(6_000, { seed: 7, swing: 0.02 });

  it.each(Object.entries(PROTECTIONS))("keep every entry out of a pause, seen from outside: %s", (_, protections) => {
    const run = definition("sma-cross", protections);
    const result = runOn(run, candles);
    const rows = [...result.main.trades.rows(), ...result.main.open];
    const trades = rows.map((row) => ({ ...row, instrument: "TEST", closedAt: row.exitTime }));
    const equity = equityOf(run, candles);
    const free = runOn(definition("sma-cross", undefined), candles).main.trades.length;
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.length).toBeLessThan(free);
    for (const { entryTime } of rows) {
      // Decided at the close before the open that it filled at.
      const pause = entryPause(protections, { trades, equity }, { instrument: "TEST", now: entryTime });
      expect([entryTime, pause]).toEqual([entryTime, undefined]);
    }
    const refused = result.main.refused.filter((row) => row.rule.startsWith("protection: "));
    expect(refused).toHaveLength(1);
  });

  it("change nothing where there are none", () => {
    const plain = runOn(definition("sma-cross", undefined), candles);
    const none = runOn(definition("sma-cross", []), candles);
    expect(none.main.trades.rows()).toEqual(plain.main.trades.rows());
    expect(none.main.finalEquity).toBe(plain.main.finalEquity);
  });

  it("pause the same after a restart at any moment, with one instrument and with several", () => {
    for (const [id, symbols] of [
      ["sma-cross", ["TEST"]],
      ["rsi-reversion", ["A", "B"]],
      ["grid", ["TEST"]],
    ] as const) {
      const run = definition(id, ALL, [...symbols]);
      const parts = symbols.map((_, index) => randomCandles(2_000, { seed: 11 + index, swing: 0.02 }));
      const whole = runOn(run, ...parts);
      let cut = createRun(run);
      for (let from = 0; from < 2_000; from += 170) {
        cut.push(parts.map((part) => sliceCandles(part, from, Math.min(2_000, from + 170))));
        cut = restoreRun(run, decodeSnapshot(encodeSnapshot(cut.snapshot())));
      }
      const resumed = cut.finish();
      expect(resumed.main.trades.rows()).toEqual(whole.main.trades.rows());
      expect(resumed.main.refused).toEqual(whole.main.refused);
      expect(whole.main.trades.length).toBeGreaterThan(0);
    }
  });

  it("are refused where a value means nothing, with field and value", () => {
    const broken = (protection: Protection) => () => createRun(definition("sma-cross", [protection]));
    expect(broken({ kind: "cooldown", after: "trade", pauseMs: 0 })).toThrow("cooldown.pauseMs must be above 0, was 0");
    const [guard] = PROTECTIONS.profit as readonly (Protection & { kind: "low-profit" })[];
    expect(broken({ ...guard, profitShareMin: Number.NaN })).toThrow(
      "low-profit.profitShareMin must be finite, was NaN",
    );
    expect(broken({ ...guard, profitShareMin: -0.5 })).not.toThrow();
  });
});
