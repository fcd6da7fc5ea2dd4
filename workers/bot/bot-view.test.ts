import { expect, it } from "vitest";
import type { BotStatus } from "../../schema/wire/bot.ts";
import { dueInList } from "./bot-due.ts";
import type { BotMachine } from "./bot-machine.ts";
import { lifeAfterCandles } from "./bot-progress.ts";
import type { BotRecord } from "./bot-record.ts";
import { type BotLife, botState, idleState, startingLife } from "./bot-view.ts";

const MINUTE_MS = 60_000;
const DUE_AT = 1_700_000_040_000;
const RECORD = {
  ...{ botId: "bot_1", version: 1, instruments: [] },
  account: { market: { kind: "sim" } },
  definition: { timeframe: "1m", delayMs: 1_000, capital: "1000" },
} as unknown as BotRecord;

/** The state that is shown of a bot whose decision was due at `DUE_AT` when it became `status`. */
function shown(status: BotStatus) {
  const life: BotLife = { ...idleState(), status, nextDueAt: DUE_AT, latenessMs: 120 };
  return botState(RECORD, { life, machine: undefined, log: [], desk: undefined, signals: null, missing: [] });
}

/** Its life after a pass at `now` in which one candle closed. */
function afterOneCandle(life: BotLife, now: number): BotLife {
  const machine = {
    takeCloses: () => [{ time: now - 2 * MINUTE_MS, equity: 1_000 }],
    trader: { equity: () => 1_000 },
    shadow: undefined,
  } as unknown as BotMachine;
  return lifeAfterCandles(life, { record: RECORD, machine, marketAt: now, trades: 0, now });
}

it("only a bot that decides has a next decision, however it came to an end", () => {
  for (const status of ["running", "paused", "starting"] as const) expect(shown(status).nextDueAt).toBe(DUE_AT);
  for (const status of ["stopped", "halted", "error"] as const) expect(shown(status).nextDueAt).toBeNull();
});

it("the time that a bot was halted is not counted as lateness once it is started again; later decisions are", () => {
  const halted: BotLife = { ...idleState(), status: "halted", nextDueAt: DUE_AT, latenessMs: 120 };
  const startedAt = DUE_AT + 30 * MINUTE_MS;
  const first = afterOneCandle({ ...halted, ...startingLife(startedAt), status: "running" }, startedAt + 500);
  expect(first.latenessMs).toBeNull();
  const second = afterOneCandle(first, (first.nextDueAt ?? 0) + 70);
  expect(second.latenessMs).toBe(70);
});

it("one that is started and never decides is due in the list of bots since its start", () => {
  const life: BotLife = { ...idleState(), ...startingLife(DUE_AT) };
  expect(dueInList(life, life.startedAt)).toBe(DUE_AT);
  expect(dueInList({ ...life, status: "running" }, life.startedAt)).toBeNull();
  expect(dueInList({ ...life, status: "halted", nextDueAt: DUE_AT }, life.startedAt)).toBeNull();
});
