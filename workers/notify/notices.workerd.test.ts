import { env } from "cloudflare:workers";
import { and, eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { users } from "../../schema/tables/identity.ts";
import {
  noticeChannels,
  noticeDeliveries,
  noticeRules,
  noticeSettings,
  notices,
} from "../../schema/tables/notification.ts";
import { consumeNotices } from "../jobs/consume-notices.ts";
import type { NoticeMessage } from "../jobs/notice-message.ts";
import { openDatabase } from "../platform/database.ts";
import { newId } from "../platform/ids.ts";
import { ownedDatabase } from "../platform/owned-database.ts";
import { prepareSecret } from "../platform/vault.ts";
import { type Answers, noticeReceiver } from "../testing/notice-receiver.ts";
import { withTestQueue } from "../testing/test-queue.ts";
import { channelSecretId } from "./channel-sender.ts";
import { deliver, type RouteContext } from "./deliver-notices.ts";
import { drainNotices } from "./drain-notices.ts";
import { prepareDefaults } from "./notice-defaults.ts";
import { prepareNotice, runAll } from "./notice-rows.ts";
import { type NoticeParts, type RaisedNotice, raised } from "./raised-notice.ts";

const database = openDatabase(env.DB);
/** A Monday at noon. */
const NOON = Date.UTC(2026, 5, 1, 12);
const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;

type ChannelChange = Partial<typeof noticeChannels.$inferInsert>;

/** An owner with a webhook that is told everything, and a clock and a receiver that the test holds. */
async function newOwner(answers?: Answers, change: { channel?: ChannelChange; settings?: object } = {}) {
  const clock = { at: NOON };
  const now = () => clock.at;
  const ownerId = newId("usr");
  const row = { id: ownerId, email: `${ownerId}@example.org`, emailVerified: true, name: "Ada" };
  await database.insert(users).values({ ...row, createdAt: NOON, updatedAt: NOON });
  await runAll(database, await prepareDefaults(database, { ownerId, nowMs: NOON }));
  const channelId = newId("nch");
  const hook = { kind: "webhook", url: "https://hooks.trader.com/a", secret: "known to two" };
  const sealed = await prepareSecret(
    { env, owned: ownedDatabase(database, ownerId), nowMs: NOON },
    { id: channelSecretId(channelId), field: "notice channel", secret: JSON.stringify(hook), show: "nothing" },
  );
  const channel = { id: channelId, ownerId, kind: "webhook" as const, label: "Hook", target: "hooks.trader.com" };
  const topics = ["bot", "order", "halt", "delivery"] as const;
  await runAll(database, [
    ...sealed.statements,
    database.insert(noticeChannels).values({ ...channel, verifiedAt: NOON, createdAt: NOON, ...change.channel }),
    ...topics.map((topic) =>
      database
        .insert(noticeRules)
        .values({ ...{ id: newId("nru"), ownerId, channelId, topic, level: "info" }, scope: "all", scopeId: "" }),
    ),
    database
      .update(noticeSettings)
      .set({ repeatMinutes: 15, ...change.settings })
      .where(eq(noticeSettings.ownerId, ownerId)),
  ]);
  const receiver = noticeReceiver(now, answers);
  const { bindings, noticesSent } = withTestQueue();
  const work: Promise<unknown>[] = [];
  const sending = { env: bindings, database, ways: receiver.ways, now };
  const ctx: RouteContext = {
    ...{ env: bindings, database, now },
    post: async (_, parcels) => void work.push(...parcels.map((parcel) => deliver(sending, parcel))),
  };
  const consume = async (...bodies: NoticeMessage[]) => {
    expect(await consumed(bodies)).toEqual([]);
  };
  /** What was asked to come back of these. */
  const consumed = async (bodies: readonly unknown[]) => {
    const { batch, retried } = batchOf(bodies);
    await consumeNotices(batch, ctx);
    await Promise.all(work.splice(0));
    return retried;
  };
  return {
    ...{ ...receiver, clock, ownerId, channelId, noticesSent, consume, consumed },
    bring: (...brought: RaisedNotice[]) => consume({ kind: "raised", notices: brought }),
    /** The minute's round. */
    async round() {
      await drainNotices(ctx);
      await Promise.all(work.splice(0));
    },
    /** What the queue was asked to bring back, as if its time had come. */
    async bringBack(afterMs: number) {
      clock.at += afterMs;
      await consume(...noticesSent.splice(0));
    },
    deliveries: () => database.select().from(noticeDeliveries).where(eq(noticeDeliveries.ownerId, ownerId)),
  };
}

function batchOf(bodies: readonly unknown[]) {
  const retried: unknown[] = [];
  const messages = bodies.map((body, index) => ({
    ...{ id: String(index), timestamp: new Date(NOON), body, attempts: 1 },
    ack: () => undefined,
    retry: () => void retried.push(body),
  }));
  return { batch: { queue: "notices", messages } as unknown as MessageBatch<unknown>, retried };
}

function noticeOf(ownerId: string, parts: Partial<NoticeParts> = {}): RaisedNotice {
  const id = newId("not");
  return raised({
    ...{ id, ownerId, event: "bot.halted", at: NOON, title: `Bot ${id} was halted`, about: id },
    ...parts,
  });
}

const failing = () => new Response(null, { status: 500 });
const fine = () => new Response(null, { status: 204 });
const busy = () => new Response(null, { status: 429, headers: { "Retry-After": "30" } });
const silent = () => Promise.reject(new DOMException("The operation timed out", "TimeoutError"));

describe("a notice", () => {
  it("is told once on each channel that a rule asks for, however often and however many at once bring it", async () => {
    const owner = await newOwner();
    const notice = noticeOf(owner.ownerId);
    await Promise.all([owner.bring(notice), owner.bring(notice)]);
    await owner.bring(notice);
    await owner.round();
    expect(owner.taken.map(({ id }) => id)).toEqual([notice.id]);
    expect(await owner.deliveries()).toMatchObject([{ status: "sent", attempts: 1, channelId: owner.channelId }]);
    const [row] = await database.select().from(notices).where(eq(notices.id, notice.id));
    expect(row).toMatchObject({ inApp: true, repeats: 0 });
  });

  it("that is critical also goes to the account's own address by default, and nothing less does", async () => {
    const owner = await newOwner();
    await owner.bring(noticeOf(owner.ownerId), noticeOf(owner.ownerId, { event: "halt.kill", title: "Kill switch" }));
    expect(owner.letters).toMatchObject([{ to: `${owner.ownerId}@example.org`, subject: "CRITICAL: Kill switch" }]);
  });

  it("that was stored with its change is told by the minute's round, where the queue never brought it", async () => {
    const owner = await newOwner();
    const notice = noticeOf(owner.ownerId);
    await runAll(database, prepareNotice(database, notice, { nowMs: NOON }));
    await owner.round();
    expect(owner.taken.map(({ id }) => id)).toEqual([notice.id]);
  });

  it("that this version does not know comes back for one that does, and what is beside it is told once", async () => {
    const owner = await newOwner();
    const notice = noticeOf(owner.ownerId);
    const next = noticeOf(owner.ownerId);
    const body = { kind: "raised", notices: [{ ...next, event: "bot.of-a-later-version" }, notice] };
    expect(await owner.consumed([body])).toEqual([body]);
    expect(await owner.consumed([body])).toEqual([body]);
    expect(owner.taken.map(({ id }) => id)).toEqual([notice.id]);
    expect(await owner.consumed([{ ...body, notices: [next, notice] }])).toEqual([]);
    expect(owner.taken.map(({ id }) => id)).toEqual([notice.id, next.id]);
  });

  it("of nobody, or of somebody who was erased, is dropped", async () => {
    const owner = await newOwner();
    const stranger = newId("usr");
    await owner.bring(noticeOf(stranger));
    expect(owner.tried).toEqual([]);
    expect(await database.select().from(noticeSettings).where(eq(noticeSettings.ownerId, stranger))).toEqual([]);
  });
});

describe("a receiver that fails", () => {
  it.each([
    ["does not answer in time, twice", [silent, silent, fine], [2 * SECOND_MS, 15 * SECOND_MS], 3],
    ["answers 500 and then takes it", [failing, fine], [2 * SECOND_MS], 2],
    ["asks to wait half a minute", [busy, fine], [30 * SECOND_MS], 2],
  ] as const)("and %s has it once in the end, under one id", async (_, answers, waits, attempts) => {
    const owner = await newOwner(answers);
    const notice = noticeOf(owner.ownerId);
    await owner.bring(notice);
    for (const waitMs of waits) {
      // A repeat and a round that come too early change nothing.
      await owner.bring(notice);
      await owner.round();
      await owner.bringBack(waitMs);
    }
    expect(owner.taken.map(({ id }) => id)).toEqual([notice.id]);
    expect(new Set(owner.tried.map(({ id }) => id)).size).toBe(1);
    expect(await owner.deliveries()).toMatchObject([{ status: "sent", attempts, reason: null }]);
  });

  it("is served by the minute's round where the queue lost the message that was to come back", async () => {
    const owner = await newOwner([failing, fine]);
    await owner.bring(noticeOf(owner.ownerId));
    owner.noticesSent.splice(0);
    owner.clock.at += 60 * SECOND_MS;
    await owner.round();
    expect(owner.taken).toHaveLength(1);
  });

  it("for good is given up, and after three the owner hears of it elsewhere, not on that channel", async () => {
    const owner = await newOwner([() => new Response(null, { status: 404 })]);
    for (let count = 0; count < 3; count++) await owner.bring(noticeOf(owner.ownerId));
    const [told] = owner.noticesSent.splice(0);
    expect(told).toMatchObject({ kind: "raised", notices: [{ event: "channel.failing" }] });
    if (told === undefined) throw new Error("nothing was told");
    await owner.consume(told);
    expect(owner.tried).toHaveLength(3);
    const [channel] = await database.select().from(noticeChannels).where(eq(noticeChannels.id, owner.channelId));
    expect(channel).toMatchObject({ failures: 3, problem: "it answered 404" });
    const shown = await database.select().from(notices).where(eq(notices.ownerId, owner.ownerId));
    expect(shown.filter(({ event }) => event === "channel.failing")).toMatchObject([{ inApp: true }]);
  });

  it("holds up no other receiver's notices", async () => {
    let answer: (reply: Response) => void = () => undefined;
    const slow = await newOwner([() => new Promise<Response>((resolve) => (answer = resolve))]);
    const quick = await newOwner();
    const waiting = slow.bring(noticeOf(slow.ownerId));
    await quick.bring(noticeOf(quick.ownerId));
    expect(quick.taken).toHaveLength(1);
    // It is asked once the message was answered: there is nothing to wait for but itself.
    while (slow.tried.length === 0) await Promise.resolve();
    answer(fine());
    await waiting;
    expect(slow.taken).toHaveLength(1);
  });
});

describe("what comes again and again", () => {
  it("is told once within the time that repeats are held back, and counted", async () => {
    const owner = await newOwner();
    const same = { event: "order.denied", title: "Denied", about: "ORDER_NOTIONAL" } as const;
    const first = noticeOf(owner.ownerId, same);
    await owner.bring(first);
    await owner.bring(noticeOf(owner.ownerId, { ...same, at: NOON + SECOND_MS }));
    await owner.bring(noticeOf(owner.ownerId, { ...same, at: NOON + 2 * SECOND_MS, about: "LEVERAGE" }));
    expect(owner.taken).toHaveLength(2);
    const [row] = await database.select().from(notices).where(eq(notices.id, first.id));
    expect(row.repeats).toBe(1);
    await owner.bring(noticeOf(owner.ownerId, { ...same, at: NOON + HOUR_MS }));
    expect(owner.taken).toHaveLength(3);
  });

  it("is never held back where it is the kill switch", async () => {
    const owner = await newOwner();
    const kill = { event: "halt.kill", title: "The kill switch was thrown" } as const;
    await owner.bring(noticeOf(owner.ownerId, kill), noticeOf(owner.ownerId, kill));
    expect(owner.taken).toHaveLength(2);
  });
});

describe("what waits", () => {
  it("for the end of the quiet hours leaves as one notice then; what is critical passes them", async () => {
    const owner = await newOwner(undefined, { settings: { quietFrom: 11 * 60, quietTo: 13 * 60 } });
    await owner.bring(noticeOf(owner.ownerId), noticeOf(owner.ownerId));
    await owner.bring(noticeOf(owner.ownerId, { event: "halt.kill", title: "Kill" }));
    expect(owner.taken.map(({ body }) => JSON.parse(body).event)).toEqual(["halt.kill"]);
    owner.clock.at = NOON + HOUR_MS;
    await owner.round();
    await owner.round();
    expect(owner.taken).toHaveLength(2);
    expect(JSON.parse(owner.taken[1]?.body ?? "")).toMatchObject({ event: "digest", title: "2 notices" });
  });

  it("for the end of the quiet hours reaches who is told of stops alone, where it says that one was lifted", async () => {
    const owner = await newOwner(undefined, { settings: { quietFrom: 11 * 60, quietTo: 13 * 60 } });
    await database
      .update(noticeRules)
      .set({ level: "critical" })
      .where(and(eq(noticeRules.ownerId, owner.ownerId), eq(noticeRules.channelId, owner.channelId)));
    await owner.bring(noticeOf(owner.ownerId), noticeOf(owner.ownerId, { event: "halt.lifted", title: "Lifted" }));
    expect(owner.taken).toEqual([]);
    owner.clock.at = NOON + HOUR_MS;
    await owner.round();
    expect(owner.taken.map(({ body }) => JSON.parse(body).event)).toEqual(["halt.lifted"]);
  });

  it("for a digest goes under one id, however often its receiver fails", async () => {
    const owner = await newOwner([failing, fine], { channel: { digest: "hourly" } });
    await owner.bring(noticeOf(owner.ownerId), noticeOf(owner.ownerId), noticeOf(owner.ownerId));
    expect(owner.tried).toEqual([]);
    owner.clock.at = NOON + HOUR_MS;
    await owner.round();
    // One that comes meanwhile belongs to the next.
    await owner.bring(noticeOf(owner.ownerId, { at: NOON + HOUR_MS }));
    owner.clock.at += 60 * SECOND_MS;
    await owner.round();
    expect(new Set(owner.tried.map(({ id }) => id)).size).toBe(1);
    expect(owner.taken).toHaveLength(1);
    expect(JSON.parse(owner.taken[0]?.body ?? "")).toMatchObject({ event: "digest", title: "3 notices" });
    const states = (await owner.deliveries()).map(({ status }) => status).sort();
    expect(states).toEqual(["sent", "sent", "sent", "waiting"]);
  });

  it("is given up where its channel was turned off meanwhile", async () => {
    const owner = await newOwner(undefined, { channel: { digest: "hourly" } });
    await owner.bring(noticeOf(owner.ownerId));
    await database.update(noticeChannels).set({ enabled: false }).where(eq(noticeChannels.id, owner.channelId));
    owner.clock.at = NOON + HOUR_MS;
    await owner.round();
    expect(owner.tried).toEqual([]);
    expect(await owner.deliveries()).toMatchObject([{ status: "failed" }]);
  });
});

describe("the narrowest rule", () => {
  it("wins: a bot can be silenced where its account is not", async () => {
    const owner = await newOwner();
    const rule = { ownerId: owner.ownerId, channelId: owner.channelId, topic: "bot" as const };
    await runAll(database, [
      database.insert(noticeRules).values({ ...rule, id: newId("nru"), level: "off", scope: "bot", scopeId: "bot_1" }),
      database
        .insert(noticeRules)
        .values({ ...rule, id: newId("nru"), level: "critical", scope: "account", scopeId: "acc_2" }),
    ]);
    const at = (accountId: string, botId: string) => noticeOf(owner.ownerId, { accountId, botId });
    const told = at("acc_1", "bot_2");
    await owner.bring(at("acc_1", "bot_1"), told, at("acc_2", "bot_3"));
    expect(owner.taken.map(({ id }) => id)).toEqual([told.id]);
  });
});
