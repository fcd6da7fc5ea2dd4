import { expect, it } from "vitest";
import type { BotLogEntry } from "../../schema/wire/bot-log.ts";
import type { RaisedNotice } from "../notify/raised-notice.ts";
import { BotNotices } from "./bot-notices.ts";
import type { BotRecord } from "./bot-record.ts";
import type { BotStore } from "./bot-store.ts";

const RECORD = {
  ...{ ownerId: "usr_1", botId: "bot_1", name: "Grid", version: 1 },
  account: { id: "acc_1", market: { kind: "sim" } },
} as unknown as BotRecord;

/** A bot's log and the queue, held by the test. */
function newBot() {
  const log: BotLogEntry[] = [];
  const kept = new Map<string, unknown>();
  const sent: RaisedNotice[] = [];
  const woken: number[] = [];
  const queue = { refuses: false };
  const store = {
    get: (name: string) => kept.get(name),
    put: (name: string, value: unknown) => void kept.set(name, value),
    readLog: (_: undefined, limit: number) => log.slice(-limit).reverse(),
    logAfter: (sequence: number, limit: number) => log.filter((entry) => entry.sequence > sequence).slice(0, limit),
  } as unknown as BotStore;
  const open = () =>
    new BotNotices({
      ...{ store, now: () => 1_000, wakeBy: async (at: number) => void woken.push(at) },
      send: async (notices) => {
        if (queue.refuses) throw new Error("the queue is down");
        sent.push(...notices);
      },
    });
  const note = (kind: BotLogEntry["kind"], message = "why") =>
    void log.push({ sequence: log.length + 1, at: 500, kind, message });
  return { open, note, sent, woken, queue };
}

it("tells what became of a bot in the order of its log, and of its candles, fills and denials nothing", async () => {
  const { open, note, sent } = newBot();
  const notices = open();
  await notices.look(RECORD, "stopped");
  for (const kind of ["started", "signal", "fill", "denied", "paused", "shadow", "halted"] as const) note(kind);
  await notices.look(RECORD, "halted");
  expect(sent.map(({ event }) => event)).toEqual(["bot.started", "bot.paused", "shadow.behind", "bot.halted"]);
  expect(sent[0]).toMatchObject({ id: "bot_1:log:1", title: "Grid was started", accountId: "acc_1", botId: "bot_1" });
});

it("tells nothing of what happened before it was looked at first", async () => {
  const { open, note, sent } = newBot();
  note("started");
  await open().look(RECORD, "running");
  expect(sent).toEqual([]);
});

it("sends what a queue refused again under the same ids, also from another process, and is woken for it", async () => {
  const { open, note, sent, woken, queue } = newBot();
  await open().look(RECORD, "running");
  queue.refuses = true;
  note("halted");
  await expect(open().look(RECORD, "halted")).resolves.toBeUndefined();
  // Before the attempt, for what cuts it off, and behind it, for what woke the bot meanwhile.
  expect(woken).toEqual([16_000, 16_000]);
  queue.refuses = false;
  const notices = open();
  await notices.look(RECORD, "halted");
  await notices.look(RECORD, "halted");
  expect(sent.map(({ id }) => id)).toEqual(["bot_1:log:1"]);
});

it("says of an error whether the bot tries again or has given up", async () => {
  const { open, note, sent } = newBot();
  const notices = open();
  await notices.look(RECORD, "running");
  note("error", "no prices");
  await notices.look(RECORD, "running");
  note("error", "no prices");
  await notices.look(RECORD, "error");
  expect(sent.map(({ event, level }) => [event, level])).toEqual([
    ["bot.error", "warning"],
    ["bot.failed", "critical"],
  ]);
});
