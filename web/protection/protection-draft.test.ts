import { describe, expect, test } from "vitest";
import { Protection } from "../../schema/wire/backtest.ts";
import {
  FIRST_PROTECTIONS,
  protectionOfRow,
  protectionProblems,
  protectionsOfRows,
  protectionWords,
  rowOfProtection,
} from "./protection-draft.ts";

const HOUR_MS = 3_600_000;

describe("the form of pauses after losses", () => {
  test("every kind is taken by the API as it is begun with, and none is sent where none was added", () => {
    const rows = Object.values(FIRST_PROTECTIONS);
    expect(protectionProblems(rows).size).toBe(0);
    expect(Protection.array().safeParse(protectionsOfRows(rows).protections).success).toBe(true);
    expect(protectionsOfRows([])).toEqual({});
  });

  test("what was set comes back from the form unchanged, half hours and tenths of percents too", () => {
    const all: Protection[] = [
      { kind: "cooldown", after: "trade", pauseMs: HOUR_MS / 2 },
      { kind: "stop-loss-guard", scope: "instrument", trades: 3, lookbackMs: 7 * HOUR_MS, pauseMs: HOUR_MS },
      { kind: "low-profit", trades: 5, profitShareMin: -0.001, lookbackMs: 48 * HOUR_MS, pauseMs: 2 * HOUR_MS },
      { kind: "drawdown-guard", drawdown: 0.075, lookbackMs: 720 * HOUR_MS, pauseMs: 90_000 },
    ];
    expect(all.map(rowOfProtection).map(protectionOfRow)).toEqual(all);
  });

  test("a number that is none, out of its range or of no length is told at its field", () => {
    const rows = [
      { ...FIRST_PROTECTIONS.cooldown, pause: "0" },
      { ...FIRST_PROTECTIONS["stop-loss-guard"], trades: "many", lookback: "9000" },
      { ...FIRST_PROTECTIONS["drawdown-guard"], drawdown: "101" },
    ];
    expect(Object.fromEntries(protectionProblems(rows))).toEqual({
      "protections.0.pause": "must be more than 0 and at most 8,784 hours, was 0",
      "protections.1.trades": "must be a number, was “many”",
      "protections.1.lookback": "must be more than 0 and at most 8,784 hours, was 9000",
      "protections.2.drawdown": "must be at most 100, was 101",
    });
  });

  test("each kind says in words what pauses, for how long and after what", () => {
    expect(protectionWords(protectionOfRow(FIRST_PROTECTIONS.cooldown))).toBe(
      "no entries for 4 h in a market after a trade in it that lost",
    );
    expect(protectionWords(protectionOfRow(FIRST_PROTECTIONS["drawdown-guard"]))).toMatch(/fell 10\.00\s% within 7 d$/);
  });
});
