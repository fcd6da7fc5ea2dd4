import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import type { TradingAccount } from "../../schema/wire/trading.ts";
import type { NoticeMessage } from "../jobs/notice-message.ts";
import type { RaisedNotice } from "../notify/raised-notice.ts";
import type { Env } from "../platform/env.ts";
import { STRATEGY_CATALOGUE } from "../run/strategy-port.ts";
import { accountObject } from "../services/trading/account-object-of.ts";
import { newClient } from "../testing/test-client.ts";
import { AccountNotices, STREAM_AWAY_MS } from "./account-notices.ts";
import { AccountRecord } from "./account-record.ts";
import { openVenue } from "./account-venue.ts";
import { accountView } from "./account-view.ts";
import { openAccount } from "./open-account.ts";

/** An account's notices over a queue, a database and a clock that the test holds, as often opened as it likes. */
async function inAccount(act: (parts: Awaited<ReturnType<typeof partsOf>>) => Promise<void>): Promise<void> {
  const client = await newClient({ strategies: STRATEGY_CATALOGUE });
  const account = await client.json<TradingAccount>("POST", "/api/v1/accounts", { name: "Alerts" }, 201);
  const { object } = await accountObject({ env, ownerId: client.userId }, account.id);
  await runInDurableObject(object, async (_instance, { storage }) => act(await partsOf(storage)));
}

async function partsOf(storage: DurableObjectStorage) {
  const work: Promise<unknown>[] = [];
  const later = (promise: Promise<unknown>) => void work.push(promise);
  const record = AccountRecord.parse(storage.kv.get("account"));
  const ctx = { storage, waitUntil: later } as unknown as DurableObjectState;
  const opened = openAccount({ ctx, env }, { record, venue: openVenue(env, record), line: () => undefined });
  const clock = { at: Date.now() };
  const queue = { refuses: false, sent: [] as RaisedNotice[] };
  const NOTICES = {
    send: async (message: NoticeMessage) => {
      if (queue.refuses) throw new Error("the queue is down");
      if (message.kind === "raised") queue.sent.push(...message.notices);
    },
  } as unknown as Env["NOTICES"];
  // What is on the way of an order must not need the database.
  const DB = new Proxy({} as D1Database, {
    get: () => () => {
      throw new Error("the database is down");
    },
  });
  const open = () => {
    const { store, desk } = opened;
    return new AccountNotices({ env: { NOTICES, DB }, storage, record, store, desk, now: () => clock.at, later });
  };
  const look = async (notices: AccountNotices, change: object = {}) => {
    notices.look({ ...accountView(opened), ...change });
    await Promise.all(work.splice(0));
  };
  const kill = () => {
    const { switches } = opened.desk;
    switches.kill({ kind: "account" }, { flatten: false, at: clock.at });
  };
  return { open, look, kill, clock, queue, desk: opened.desk, accountId: record.account.id };
}

it("keeps what a queue does not take, through the end of its process, and sends it once it does", () =>
  inAccount(async ({ open, look, kill, clock, queue }) => {
    const before = open();
    await look(before);
    queue.refuses = true;
    kill();
    await look(before);
    expect(before.nextLookAt()).toBeGreaterThan(clock.at);
    const after = open();
    queue.refuses = false;
    clock.at += 60_000;
    await look(after);
    await look(after);
    expect(queue.sent).toMatchObject([{ event: "halt.kill", level: "critical" }]);
    expect(after.nextLookAt()).toBeUndefined();
  }));

it("tells whoever heard of a stop that it was lifted, once, and marks what was told of it as over", () =>
  inAccount(async ({ open, look, kill, desk, queue }) => {
    const notices = open();
    await look(notices);
    const arm = (kind: "account" | "platform") => desk.switches.set({ kind }, "ACTIVE", "by hand");
    arm("account");
    kill();
    desk.switches.kill({ kind: "platform" }, { flatten: false, at: 0 });
    await look(notices);
    arm("platform");
    await look(notices);
    const codes = () => desk.books.record.alerts.map(({ code, settledAt }) => [code, settledAt !== undefined]);
    expect(codes()).toEqual([
      ["STOP_LIFTED", false],
      ["KILL_SWITCH", true],
      ["KILL_SWITCH", false],
    ]);
    arm("platform");
    arm("account");
    await look(notices);
    expect(queue.sent.map(({ event, level, text }) => [event, level, text])).toEqual([
      ["halt.kill", "critical", expect.stringContaining("the account")],
      ["halt.kill", "critical", expect.stringContaining("the platform")],
      ["halt.lifted", "info", "The stop of the platform was lifted."],
      ["halt.lifted", "info", "The stop of the account was lifted."],
    ]);
    desk.switches.set({ kind: "account" }, "HALTED", "by hand");
    arm("account");
    await look(notices);
    expect(queue.sent).toHaveLength(4);
  }));

it("tells nobody of a bot that a person stopped, which tells of that itself, and of a bot that is killed each time", () =>
  inAccount(async ({ open, look, desk, queue }) => {
    const notices = open();
    await look(notices);
    const bot = { kind: "bot", bot: "bot_1" } as const;
    desk.switches.kill(bot, { flatten: false, at: 0, told: "bot-stop" });
    await look(notices);
    expect(queue.sent).toEqual([]);
    desk.switches.kill(bot, { flatten: false, at: 0 });
    await look(notices);
    expect(queue.sent).toMatchObject([{ event: "halt.kill", level: "critical", botId: "bot_1" }]);
  }));

it("tells the same under the same id where its process ended before it knew that the queue had it", () =>
  inAccount(async ({ open, look, kill, queue }) => {
    const notices = open();
    await look(notices);
    kill();
    await look(notices);
    const [first] = queue.sent;
    expect(first?.id).toMatch(/:alert:\d+$/);
    kill();
    await look(notices);
    expect(queue.sent.map(({ id }) => id)).toEqual([first?.id, expect.not.stringMatching(`^${first?.id}$`)]);
  }));

it("never throws on the way of an order, whatever the queue and the database do", () =>
  inAccount(async ({ open, look, kill, queue }) => {
    const notices = open();
    queue.refuses = true;
    kill();
    await expect(look(notices)).resolves.toBeUndefined();
    await expect(look(notices, { alerts: null })).resolves.toBeUndefined();
  }));

it("tells of a venue that is away once it has been for a while, and that it is back", () =>
  inAccount(async ({ open, look, clock, queue }) => {
    const notices = open();
    const away = { connection: { state: "disconnected", since: clock.at, reconciledAt: null } };
    await look(notices, away);
    expect(notices.nextLookAt()).toBe(clock.at + STREAM_AWAY_MS);
    expect(queue.sent).toEqual([]);
    clock.at += STREAM_AWAY_MS;
    await look(notices, away);
    await look(notices, away);
    await look(notices);
    expect(queue.sent.map(({ event }) => event)).toEqual(["stream.down", "stream.back"]);
    // One that is back sooner is nothing to tell of.
    await look(notices, away);
    clock.at += STREAM_AWAY_MS - 1;
    await look(notices);
    expect(queue.sent).toHaveLength(2);
  }));
