import { describe, expect, it } from "vitest";
import type { BotMachine } from "./bot-machine.ts";
import type { BotRecord } from "./bot-record.ts";
import { type BotLife, botState, idleState } from "./bot-view.ts";
import { withVersion } from "./earlier-versions.ts";

const CAPITAL = 10_000;
const RECORD = {
  ...{ botId: "bot_1", version: 3, instruments: [], definition: { capital: String(CAPITAL) } },
} as unknown as BotRecord;

function shown(life: BotLife, equity: number) {
  const machine = { trader: { equity: () => equity, positions: () => [] } } as unknown as BotMachine;
  const { profit, profitToday, trades, ...state } = botState(RECORD, {
    ...{ life, machine, log: [], desk: undefined, signals: null, missing: [] },
  });
  return { equity: state.equity, profit, profitToday, trades };
}

describe("a bot whose version changes", () => {
  const first: BotLife = { ...idleState(), trades: 2, dayStart: { day: 7, equity: CAPITAL + 5 } };
  const ended = { ...withVersion(first, { capital: CAPITAL, equity: CAPITAL - 20, trades: 2 }) };
  const second: BotLife = { ...idleState(), earlier: ended };

  it("keeps what it made and lost, and how often it traded", () => {
    const before = shown(first, CAPITAL - 20);
    expect(shown(second, CAPITAL)).toEqual(before);
    expect(before).toEqual({ equity: "9980", profit: "-20", profitToday: "-25", trades: 2 });
  });

  it("adds what the new version makes, of the same day and of the next", () => {
    const later: BotLife = { ...second, trades: 1, dayStart: { day: 7, equity: CAPITAL } };
    expect(shown(later, CAPITAL + 8)).toEqual({ equity: "9988", profit: "-12", profitToday: "-17", trades: 3 });
    const nextDay: BotLife = { ...later, dayStart: { day: 8, equity: CAPITAL + 6 } };
    expect(shown(nextDay, CAPITAL + 8)).toEqual({ equity: "9988", profit: "-12", profitToday: "2", trades: 3 });
  });

  it("keeps them over one more version, with another capital", () => {
    const later: BotLife = { ...second, trades: 1, dayStart: { day: 7, equity: CAPITAL } };
    const both = withVersion(later, { capital: CAPITAL, equity: CAPITAL + 8, trades: 1 });
    expect(both).toEqual({ profit: -12, trades: 3, today: { day: 7, profit: -17 } });
    expect(withVersion({ earlier: both, dayStart: null }, { capital: 500, equity: 500, trades: 0 })).toEqual(both);
  });
});
