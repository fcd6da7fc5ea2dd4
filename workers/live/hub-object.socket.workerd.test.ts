import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { sessions } from "../../schema/tables/identity.ts";
import { type DashboardAccount, DashboardState } from "../../schema/wire/bot.ts";
import { drainAudit } from "../audit/drain-audit.ts";
import { closeSocketsOf } from "../auth/open-sockets.ts";
import { renewSession } from "../auth/session.ts";
import { openDatabase } from "../platform/database.ts";
import { afterAlarm } from "../testing/after-alarm.ts";
import { botReport } from "../testing/bot-report.ts";
import { LiveWatcher } from "../testing/live-watcher.ts";
import { newClient, ORIGIN, request, START_MS, type TestClient } from "../testing/test-client.ts";
import { newKeyOf } from "../testing/test-key.ts";
import { dashboardOf } from "./dashboard.ts";
import { PUBLISH_EVERY_MS } from "./hub-object.ts";
import type { SocketProgress } from "./socket-credit.ts";

const account = (accountId: string, equity = "1000"): DashboardAccount => ({
  ...{
    accountId,
    name: "Paper",
    mode: "paper",
    currency: "USD",
    state: "ACTIVE",
    halt: null,
    equity,
    profitToday: "0",
  },
  ...{
    drawdown: "0",
    marketAt: null,
    connection: "connected",
    stream: null,
    openOrders: 0,
    orderChanges: null,
    positions: [],
  },
  ...{ venue: null, silentSince: null, differences: [], doubts: { count: 0, orders: [] } },
});

const alertOf = (id: string, accountId: string): DashboardState["alerts"][number] => ({
  ...{ id, at: START_MS, level: "warning", accountId, botId: null, code: "stale_price", message: "The price is old." },
});

async function watch(client: TestClient): Promise<LiveWatcher> {
  const { ticket } = await client.json<{ ticket: string }>("POST", "/api/v1/socket-tickets");
  const headers = { Upgrade: "websocket", Origin: ORIGIN, "Sec-WebSocket-Protocol": `apextrade.v1, ticket.${ticket}` };
  const watcher = new LiveWatcher(await request("/api/v1/dashboard/live", { headers }));
  await watcher.until(({ frames }) => frames.length > 0);
  return watcher;
}

async function newDashboard() {
  const client = await newClient();
  const { object } = await dashboardOf(env, client.userId);
  return { client, object, ownerId: client.userId };
}

describe("the dashboard's channel", () => {
  it("shows what accounts and bots report, to those who watch and to those who ask, also after an eviction", async () => {
    const { client, object, ownerId } = await newDashboard();
    expect(await client.json("GET", "/api/v1/dashboard")).toEqual({ accounts: {}, bots: {}, alerts: [] });
    const watcher = await watch(client);
    await object.reportAccount({ ownerId, account: account("acc_1") });
    await object.reportBot({ ownerId, ...botReport("bot_1", "acc_1") });
    await object.alert({ ownerId, alert: alertOf("al_1", "acc_1") });
    await object.alert({ ownerId, alert: alertOf("al_1", "acc_1") });
    const expected = {
      accounts: { acc_1: account("acc_1") },
      bots: { bot_1: botReport("bot_1", "acc_1").bot },
      alerts: [alertOf("al_1", "acc_1")],
    };
    await watcher.until((seen) => DashboardState.parse(seen.value()).alerts.length === 1);
    expect(watcher.value()).toEqual(expected);
    await evictDurableObject(object);
    expect(await client.json("GET", "/api/v1/dashboard")).toEqual(expected);
    await object.reportAccount({ ownerId, account: account("acc_1", "1001") });
    await watcher.until((seen) => DashboardState.parse(seen.value()).accounts.acc_1?.equity === "1001");
    expect(DashboardState.parse(watcher.value()).bots).toEqual(expected.bots);
  });

  it("marks what is over, and passes over what it has no more", async () => {
    const { client, object, ownerId } = await newDashboard();
    await object.alert({ ownerId, alert: alertOf("al_1", "acc_1") });
    await object.alert({ ownerId, alert: alertOf("al_2", "acc_1") });
    await object.settleAlerts({ ownerId, settled: { al_1: { settledAt: 7_000 }, al_gone: { settledAt: 7_000 } } });
    await evictDurableObject(object);
    expect((await client.json<DashboardState>("GET", "/api/v1/dashboard")).alerts).toEqual([
      alertOf("al_2", "acc_1"),
      { ...alertOf("al_1", "acc_1"), settledAt: 7_000 },
    ]);
  });

  it("makes one frame of many reports of one moment", async () => {
    const { client, object, ownerId } = await newDashboard();
    const watcher = await watch(client);
    const began = Date.now();
    for (let index = 0; index < 60; index++) await object.reportBot({ ownerId, ...botReport(`bot_${index}`, "acc_1") });
    await watcher.until((seen) => Object.keys(DashboardState.parse(seen.value()).bots).length === 60);
    // The snapshot, one for each pause between two, and the last: a slow machine has more pauses, and never sixty.
    const pauses = (Date.now() - began) / PUBLISH_EVERY_MS;
    expect(watcher.frames.length).toBeLessThanOrEqual(Math.min(50, 3 + Math.ceil(pauses)));
  });

  it("forgets bots, and accounts with everything of theirs", async () => {
    const { client, object, ownerId } = await newDashboard();
    for (const accountId of ["acc_1", "acc_2"]) {
      await object.reportAccount({ ownerId, account: account(accountId) });
      await object.reportBot({ ownerId, ...botReport(`bot_of_${accountId}`, accountId) });
      await object.alert({ ownerId, alert: alertOf(`al_of_${accountId}`, accountId) });
    }
    await object.forgetAccount({ ownerId, accountId: "acc_1" });
    await evictDurableObject(object);
    expect(await client.json("GET", "/api/v1/dashboard")).toEqual({
      accounts: { acc_2: account("acc_2") },
      bots: { bot_of_acc_2: botReport("bot_of_acc_2", "acc_2").bot },
      alerts: [alertOf("al_of_acc_2", "acc_2")],
    });
    await object.forgetBot({ ownerId, botId: "bot_of_acc_2" });
    expect((await object.state({ ownerId })).bots).toEqual({});
  });

  it("hangs up with its reason when the sessions end, and when the account is erased", async () => {
    const { client, object, ownerId } = await newDashboard();
    const signedOut = await watch(client);
    await evictDurableObject(object);
    await closeSocketsOf(env, client.userId);
    expect(await signedOut.closed).toBe(4401);
    const erased = await watch(client);
    await object.destroy(ownerId);
    expect(await erased.closed).toBe(4404);
    expect(await client.json("GET", "/api/v1/dashboard")).toEqual({ accounts: {}, bots: {}, alerts: [] });
  });

  it("S20 tells a watcher to come back when the session goes on under a new id, as after a proof", async () => {
    const { client } = await newDashboard();
    const watcher = await watch(client);
    const [row] = await openDatabase(env.DB).select().from(sessions).where(eq(sessions.userId, client.userId)).limit(1);
    await renewSession(env, row, { nowMs: START_MS });
    expect(await watcher.closed).toBe(4409);
    expect(watcher.frames.at(-1)).toEqual({ type: "bye", reason: "renewed" });
  });

  it("answers a snapshot that is asked for after a sleep", async () => {
    const { client, object, ownerId } = await newDashboard();
    await object.reportAccount({ ownerId, account: account("acc_1") });
    const watcher = await watch(client);
    await evictDurableObject(object);
    watcher.say({ type: "snapshot" });
    await watcher.until(() => watcher.count("snapshot") >= 2);
    expect(DashboardState.parse(watcher.value()).accounts.acc_1).toEqual(account("acc_1"));
    await runDurableObjectAlarm(object);
  });

  it("ends for somebody who gives support when their hour does", async () => {
    const { object, ownerId } = await newDashboard();
    const operator = await newClient({}, { role: "operator" });
    // The hub goes by the time of day, and this file may run minutes after the first of its runtime.
    const viewingUntil = Date.now() + 60_000;
    await openDatabase(env.DB)
      .update(sessions)
      .set({ viewingOwnerId: ownerId, viewingUntil })
      .where(eq(sessions.userId, operator.userId));
    const watcher = await watch(operator);
    const [ends] = await runInDurableObject(object, (_instance, ctx) =>
      ctx.getWebSockets().map((socket) => (socket.deserializeAttachment() as SocketProgress).endsAt),
    );
    expect(ends).toBe(viewingUntil);
    watcher.socket.close(1000);
    await watcher.closed;
  });

  it("S32 answers its owner only", async () => {
    const { object, ownerId } = await newDashboard();
    await object.reportAccount({ ownerId, account: account("acc_1") });
    await runInDurableObject(object, (hub) => {
      expect(() => hub.state({ ownerId: "usr_stranger" })).toThrow("another owner");
    });
  });

  it("F22: stops trading over the socket while the database does not answer, and tells the trail once it does", async () => {
    const client = await newClient();
    const { userId: ownerId } = client;
    const made = await client.json<{ id: string }>("POST", "/api/v1/accounts", { name: "Paper", cash: "50000" }, 201);
    const { object } = await dashboardOf(env, ownerId);
    const watcher = await watch(client);
    await runInDurableObject(object, (instance) => {
      Object.assign(instance, { env: { ...env, DB: brokenDatabase() } });
    });
    watcher.say({ type: "kill", id: "k1", scope: { kind: "user" }, flatten: false });
    await watcher.until(({ frames }) => frames.some((frame) => frame.type === "killed"));
    expect(watcher.frames.at(-1)).toMatchObject({
      type: "killed",
      id: "k1",
      accounts: [{ accountId: made.id }],
      unreached: [],
    });
    const state = () => client.json<{ state: string }>("GET", `/api/v1/accounts/${made.id}/state`);
    expect(await state()).toMatchObject({ state: "HALTED" });
    const entries = async () => {
      await drainAudit(env);
      const { rows } = await client.json<{ rows: { action: string }[] }>("GET", "/api/v1/audit?limit=50");
      return rows.filter(({ action }) => action === "trading.kill").length;
    };
    expect(await entries()).toBe(0);
    await runInDurableObject(object, (instance) => {
      Object.assign(instance, { env });
    });
    await expect.poll(afterAlarm(object, entries)).toBe(1);
  });

  it("stops nothing for somebody who may only look, and says so", async () => {
    const client = await newClient();
    await client.json("POST", "/api/v1/accounts", { name: "Paper", cash: "50000" }, 201);
    const key = await newKeyOf(client.userId, ["read"]);
    const reply = await request("/api/v1/socket-tickets", {
      method: "POST",
      headers: { Authorization: `Bearer ${key}`, Origin: ORIGIN },
    });
    const { ticket } = await reply.json<{ ticket: string }>();
    const headers = {
      Upgrade: "websocket",
      Origin: ORIGIN,
      "Sec-WebSocket-Protocol": `apextrade.v1, ticket.${ticket}`,
    };
    const watcher = new LiveWatcher(await request("/api/v1/dashboard/live", { headers }));
    watcher.say({ type: "kill", scope: { kind: "user" }, flatten: false });
    await watcher.until(({ frames }) => frames.some((frame) => frame.type === "error"));
    expect(watcher.frames.find((frame) => frame.type === "error")).toMatchObject({ code: "read_only" });
  });
});

/** A database that answers nothing, as while the platform has lost it. */
function brokenDatabase(): D1Database {
  const fail = () => {
    throw new Error("D1_ERROR: Network connection lost.");
  };
  return { prepare: fail, batch: fail, exec: fail, dump: fail, withSession: fail } as unknown as D1Database;
}
