import { describe, expect, it } from "vitest";
import type { BotStatus } from "../../schema/wire/bot.ts";
import type { BotReport } from "../live/bot-report.ts";
import type { BotRecord } from "./bot-record.ts";
import { BotReporter, type Standing } from "./bot-reporter.ts";

const RECORD = { ownerId: "usr_1", botId: "bot_1", name: "Cross", account: { id: "acc_1" } } as BotRecord;

const STANDS = { status: "running", reason: null } as const;

/** What is told of a bot that stands so. */
function standing(equity: string, status: BotStatus = "running", reason: string | null = null) {
  const state = { status, reason, equity, profit: "0", profitToday: "0", trades: 0, spark: [], lastCandleAt: null };
  const whole: Standing = { state: state as unknown as Standing["state"], dueAt: null, startedAt: null };
  return [{ status, reason }, () => whole] as const;
}

/** A reporter whose dashboard and clock the test holds. */
function newReporter() {
  const told: string[] = [];
  const timers: { act: () => void; ms: number }[] = [];
  const dashboard = { answer: async (): Promise<void> => undefined };
  const reporter = new BotReporter({
    send: async (_record, { row }: BotReport) => {
      await dashboard.answer();
      told.push(`${row.status} ${row.equity}`);
    },
    later: (act, ms) => void timers.push({ act, ms }),
  });
  return { reporter, told, timers, dashboard };
}

const settled = () => new Promise<void>((done) => setImmediate(done));

describe("what a bot tells its owner's dashboard", () => {
  it("is a change of its state at once, and new figures a moment later, the newest only", async () => {
    const { reporter, told, timers } = newReporter();
    await reporter.tell(RECORD, ...standing("100"));
    for (const equity of ["101", "102", "103"]) await reporter.tell(RECORD, ...standing(equity));
    expect(told).toEqual(["running 100"]);
    expect(timers).toHaveLength(1);
    timers[0].act();
    await settled();
    expect(told).toEqual(["running 100", "running 103"]);
    await reporter.tell(RECORD, ...standing("103", "paused", "Paused by hand."));
    await reporter.tell(RECORD, ...standing("103", "paused", "It is behind its backtest."));
    expect(told.slice(2)).toEqual(["paused 103", "paused 103"]);
  });

  it("comes in the order in which it happened, however slow the dashboard answers", async () => {
    const { reporter, told, dashboard } = newReporter();
    let answer: () => void = () => undefined;
    dashboard.answer = () =>
      new Promise((done) => {
        answer = done;
      });
    const first = reporter.tell(RECORD, ...standing("100"));
    void reporter.tell(RECORD, ...standing("100", "paused", "a"));
    void reporter.tell(RECORD, ...standing("100", "stopped"));
    answer();
    await settled();
    expect(told).toEqual(["running 100"]);
    answer();
    await first;
    expect(told).toEqual(["running 100", "stopped 100"]);
  });

  it("is told again where the dashboard was not reached, unless something newer is", async () => {
    const { reporter, told, timers, dashboard } = newReporter();
    dashboard.answer = () => Promise.reject(new Error("no answer"));
    await reporter.tell(RECORD, ...standing("100", "halted", "Kill switch."));
    expect(told).toEqual([]);
    expect(timers.map(({ ms }) => ms)).toEqual([15_000]);
    dashboard.answer = async () => undefined;
    timers[0].act();
    await settled();
    expect(told).toEqual(["halted 100"]);
  });

  it("ends with what is on its way once it is stopped: nothing comes after the bot was taken from there", async () => {
    const { reporter, told, timers } = newReporter();
    await reporter.tell(RECORD, ...standing("100"));
    await reporter.tell(RECORD, ...standing("101"));
    await reporter.stop(STANDS);
    for (const { act } of timers) act();
    await settled();
    expect(told).toEqual(["running 100"]);
  });

  it("is told again once its state changes after that, and not for a pass that changes none", async () => {
    const { reporter, told, timers } = newReporter();
    await reporter.stop({ status: "stopped", reason: null });
    await reporter.tell(RECORD, ...standing("100", "stopped"));
    expect([told, timers]).toEqual([[], []]);
    await reporter.tell(RECORD, ...standing("100", "starting"));
    expect(told).toEqual(["starting 100"]);
  });

  it("is looked at as it is sent, and not sent where nothing is other than what arrived", async () => {
    const { reporter, told, timers } = newReporter();
    await reporter.tell(RECORD, ...standing("100"));
    for (const equity of ["101", "100"]) await reporter.tell(RECORD, ...standing(equity));
    timers[0].act();
    await settled();
    expect(told).toEqual(["running 100"]);
    await reporter.tell(RECORD, ...standing("102"));
    timers[1].act();
    await settled();
    expect(told).toEqual(["running 100", "running 102"]);
  });

  it("is nothing more once it is stopped, also where what was on its way then did not get there", async () => {
    const { reporter, told, timers, dashboard } = newReporter();
    let refuse: () => void = () => undefined;
    dashboard.answer = () =>
      new Promise((_done, fail) => {
        refuse = () => fail(new Error("no answer"));
      });
    void reporter.tell(RECORD, ...standing("100"));
    const stopped = reporter.stop(STANDS);
    refuse();
    await stopped;
    dashboard.answer = async () => undefined;
    for (const { act } of timers) act();
    await settled();
    expect(told).toEqual([]);
  });
});
