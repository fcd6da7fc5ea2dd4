import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { deploymentFacts } from "../../schema/tables/identity.ts";
import { fills, journal, journalTags, orders, tradingAccounts } from "../../schema/tables/trading.ts";
import type { Bot, BotState } from "../../schema/wire/bot.ts";
import type { PlatformTrading } from "../../schema/wire/platform.ts";
import type { AccountState, OrderDetail, TradingAccount } from "../../schema/wire/trading.ts";
import { SqlDeskStore } from "../account/sql-desk-store.ts";
import { openDatabase } from "../platform/database.ts";
import { STRATEGY_CATALOGUE } from "../run/strategy-port.ts";
import { accountObject, botObject } from "../services/trading/account-object-of.ts";
import { spreadPlatformSwitch } from "../services/trading/platform-switch.ts";
import { afterAlarm } from "../testing/after-alarm.ts";
import { newClient, ORIGIN, request, START_MS, type TestClient } from "../testing/test-client.ts";

const REAL = { strategies: STRATEGY_CATALOGUE };
/** When the proof of the sign-in has grown old. */
const LATER = { strategies: STRATEGY_CATALOGUE, now: () => START_MS + 6 * 60_000 };
const BTC = "SIM:BTC-USD";
const BUY = { instrument: BTC, side: "buy", kind: "market", quantity: "0.01" } as const;
const HALT = { state: "HALTED", reason: "Prices of one venue are wrong." } as const;
const CAPS = { orderNotional: "20000", positionNotional: "20000", openOrders: "10", dailyLoss: "2000" };

function definition(parts: object = {}) {
  const strategy = { kind: "library", id: "ema-cross", parameters: { fast: 3, slow: 9 } };
  return { strategy, instruments: [BTC], timeframe: "1m", capital: "10000", limits: { caps: CAPS }, ...parts };
}

const newAccount = (client: TestClient, name = "Paper") =>
  client.json<TradingAccount>("POST", "/api/v1/accounts", { name, cash: "50000" }, 201);
const buy = (client: TestClient, accountId: string) =>
  client.json<OrderDetail>("POST", "/api/v1/orders", { accountId, ...BUY }, 201);

/** What a start that is refused answers. */
const refusalOf = async (client: TestClient, bot: string) =>
  (await client.send("POST", `/api/v1/bots/${bot}/start`)).json<{ status: number; code: string; detail: string }>();

describe("the switch of the whole deployment", () => {
  it("F40: stops every owner's desks, also one that is made while it holds, and lets them go on again", async () => {
    const [administrator, trader] = [await newClient(REAL, { role: "administrator" }), await newClient(REAL)];
    const account = await newAccount(trader);
    const halted = await administrator.json<PlatformTrading>("POST", "/api/v1/admin/trading", HALT);
    expect(halted).toMatchObject({ ...HALT, untold: 0 });
    expect((await buy(trader, account.id)).verdict).toMatchObject({ code: "HALTED", value: "platform" });
    const later = await newAccount(trader, "Later");
    expect((await buy(trader, later.id)).verdict).toMatchObject({ code: "HALTED", value: "platform" });
    await administrator.json("POST", "/api/v1/admin/trading", { state: "ACTIVE" });
    expect((await buy(trader, account.id)).order.state).toBe("ACCEPTED");
    expect((await buy(trader, later.id)).order.state).toBe("ACCEPTED");
  });

  it("has bots show that they are halted at once, and wait for a person once trading goes on", async () => {
    const [administrator, trader] = [await newClient(REAL, { role: "administrator" }), await newClient(REAL)];
    const account = await newAccount(trader);
    const made = { name: "Halted", accountId: account.id, definition: definition() };
    const bot = await trader.json<Bot>("POST", "/api/v1/bots", made, 201);
    const status = async () => (await trader.json<BotState>("GET", `/api/v1/bots/${bot.id}/state`)).status;
    await trader.json("POST", `/api/v1/bots/${bot.id}/start`);
    await expect.poll(status, { timeout: 10_000 }).toBe("running");
    await administrator.json("POST", "/api/v1/admin/trading", HALT);
    await expect.poll(status, { timeout: 10_000 }).toBe("halted");
    await administrator.json("POST", "/api/v1/admin/trading", { state: "ACTIVE" });
    expect(await status()).toBe("halted");
  });

  it("refuses to start a bot until it lets trading go on, and leaves the bot as it was", async () => {
    const [administrator, trader] = [await newClient(REAL, { role: "administrator" }), await newClient(REAL)];
    const account = await newAccount(trader);
    await administrator.json("POST", "/api/v1/admin/trading", HALT);
    const made = { name: "Waiting", accountId: account.id, definition: definition() };
    const { id } = await trader.json<Bot>("POST", "/api/v1/bots", made, 201);
    expect(await refusalOf(trader, id)).toMatchObject({
      ...{ status: 409, code: "trading_halted" },
      detail: "Trading is stopped on the whole platform: wait until its operator lets it go on, then start the bot.",
    });
    expect(await trader.json<BotState>("GET", `/api/v1/bots/${id}/state`)).toMatchObject({
      status: "stopped",
      log: [],
    });
    await administrator.json("POST", "/api/v1/admin/trading", { state: "ACTIVE" });
    expect((await trader.send("POST", `/api/v1/bots/${id}/start`)).status).toBe(200);
  });

  it("stops trading also without a word for why, shows one beside the switch, and reads a switch that was thrown without a word", async () => {
    const administrator = await newClient(REAL, { role: "administrator" });
    const path = "/api/v1/admin/trading";
    const issueOf = async (body: object) => {
      const reply = await administrator.send("POST", path, body);
      expect(reply.status).toBe(422);
      return (await reply.json<{ issues: object[] }>()).issues[0];
    };
    expect(await administrator.json<PlatformTrading>("POST", path, { state: "HALTED" })).toMatchObject({
      ...{ state: "HALTED", reason: null },
    });
    const short = { field: "reason", rule: "must be at least 4 characters long", value: "no" };
    expect(await issueOf({ state: "HALTED", reason: "no" })).toEqual(short);
    expect(await issueOf({ state: "HALTED", reason: "x".repeat(301) })).toMatchObject({
      ...{ field: "reason", rule: "must be at most 300 characters long" },
    });
    expect(await administrator.json<PlatformTrading>("POST", path, HALT)).toMatchObject(HALT);
    const armed = { state: "ACTIVE", reason: "They are right again." };
    expect(await administrator.json<PlatformTrading>("POST", path, armed)).toMatchObject(armed);
    await openDatabase(env.DB)
      .update(deploymentFacts)
      .set({ value: JSON.stringify({ state: "ACTIVE", flatten: false, version: 9_000 }) })
      .where(eq(deploymentFacts.name, "platform-trading"));
    expect(await administrator.json<PlatformTrading>("GET", path)).toMatchObject({ state: "ACTIVE", reason: null });
  });

  it("stops without a proof, and asks for one before trading goes on", async () => {
    const administrator = await newClient(LATER, { role: "administrator" });
    expect((await administrator.send("POST", "/api/v1/admin/trading", HALT)).status).toBe(200);
    const armed = await administrator.send("POST", "/api/v1/admin/trading", { state: "ACTIVE" });
    expect(await armed.json()).toMatchObject({ status: 403, code: "step_up" });
    await expect((await newClient(REAL)).send("POST", "/api/v1/admin/trading", HALT)).resolves.toMatchObject({
      status: 403,
    });
  });

  it("tells a desk that it could not reach in a later minute, and never an older switch after a newer one", async () => {
    const [administrator, trader] = [await newClient(REAL, { role: "administrator" }), await newClient(REAL)];
    await administrator.json("POST", "/api/v1/admin/trading", { state: "ACTIVE" });
    const account = await newAccount(trader);
    await administrator.json("POST", "/api/v1/admin/trading", HALT);
    const database = openDatabase(env.DB);
    const { object } = await accountObject({ env, ownerId: trader.userId }, account.id);
    const asked = { ownerId: trader.userId, flatten: false, version: 1 };
    await object.obeyPlatform({ ...asked, state: "ACTIVE" });
    expect((await buy(trader, account.id)).verdict).toMatchObject({ code: "HALTED" });
    // As if the desk had not been reached.
    await database.update(tradingAccounts).set({ platformVersion: 0 }).where(eq(tradingAccounts.id, account.id));
    expect(await administrator.json<PlatformTrading>("GET", "/api/v1/admin/trading")).toMatchObject({ untold: 1 });
    expect(await spreadPlatformSwitch(env, () => START_MS)).toBe(1);
    expect(await administrator.json<PlatformTrading>("GET", "/api/v1/admin/trading")).toMatchObject({ untold: 0 });
    await administrator.json("POST", "/api/v1/admin/trading", { state: "ACTIVE" });
  });
});

describe("what stopping and deleting leave behind", () => {
  it("begins an account stopped that is made after its owner stopped everything", async () => {
    const client = await newClient(REAL);
    await client.json("POST", "/api/v1/kill", { scope: { kind: "user" }, flatten: false });
    const account = await newAccount(client);
    expect((await buy(client, account.id)).verdict).toMatchObject({ code: "HALTED", value: "user" });
    await client.json("POST", `/api/v1/accounts/${account.id}/trading-state`, { state: "ACTIVE", scope: "user" });
    expect((await buy(client, account.id)).order.state).toBe("ACCEPTED");
    expect((await buy(client, (await newAccount(client, "Next")).id)).order.state).toBe("ACCEPTED");
  });

  it("tells of a bot that is stopped as no kill switch, and of one that is killed as that", async () => {
    const client = await newClient(REAL);
    const account = await newAccount(client);
    const made = { name: "Daily", accountId: account.id, definition: definition() };
    const { id } = await client.json<Bot>("POST", "/api/v1/bots", made, 201);
    const told = async () => {
      const { alerts } = await client.json<AccountState>("GET", `/api/v1/accounts/${account.id}/state`);
      return alerts.map(({ level, code, botId }) => [level, code, botId]);
    };
    await client.json("POST", `/api/v1/bots/${id}/stop`, { positions: "flatten" });
    expect(await told()).toEqual([["info", "BOT_STOPPED", id]]);
    await client.json("POST", "/api/v1/kill", { scope: { kind: "bot", botId: id }, flatten: false });
    expect((await told())[0]).toEqual(["critical", "KILL_SWITCH", id]);
  });

  it("refuses to start a halted bot until its account is armed, logs nothing of it, and arms the bot's own switch by its start", async () => {
    const client = await newClient(REAL);
    const account = await newAccount(client);
    const made = { name: "Stopped", accountId: account.id, definition: definition() };
    const { id } = await client.json<Bot>("POST", "/api/v1/bots", made, 201);
    const { object } = await botObject({ env, ownerId: client.userId }, id);
    const rung = afterAlarm(object, () => client.json<BotState>("GET", `/api/v1/bots/${id}/state`));
    await client.json("POST", `/api/v1/bots/${id}/start`);
    await expect.poll(rung).toMatchObject({ status: "running" });
    await client.json("POST", "/api/v1/kill", { scope: { kind: "user" }, flatten: false });
    await client.json("POST", "/api/v1/kill", { scope: { kind: "account", accountId: account.id }, flatten: false });
    await client.json("POST", "/api/v1/kill", { scope: { kind: "bot", botId: id }, flatten: false });
    await expect.poll(rung).toMatchObject({ status: "halted" });
    const before = await rung();
    const arming = `/api/v1/accounts/${account.id}/trading-state`;
    expect((await refusalOf(client, id)).detail).toBe(
      "Trading is stopped on all your accounts and on the bot's account: arm all accounts and arm the account on the Risk page, then start the bot.",
    );
    await client.json("POST", arming, { state: "ACTIVE", scope: "user" });
    expect((await refusalOf(client, id)).detail).toBe(
      "Trading is stopped on the bot's account: arm the account on the Risk page, then start the bot.",
    );
    expect(await rung()).toEqual(before);
    await client.json("POST", arming, { state: "ACTIVE" });
    await client.json("POST", `/api/v1/bots/${id}/start`);
    await expect.poll(rung).toMatchObject({ status: "running" });
  });

  it("makes no entry for a bot that was paused while it started", async () => {
    const client = await newClient(REAL);
    const account = await newAccount(client);
    const made = { name: "Paused", accountId: account.id, definition: definition() };
    const bot = await client.json<Bot>("POST", "/api/v1/bots", made, 201);
    await client.json("POST", `/api/v1/bots/${bot.id}/start`);
    await client.json("POST", `/api/v1/bots/${bot.id}/pause`);
    const { object } = await botObject({ env, ownerId: client.userId }, bot.id);
    const path = `/api/v1/bots/${bot.id}`;
    const rung = afterAlarm(object, () => client.json<BotState>("GET", `${path}/state`));
    await expect.poll(rung).toMatchObject({ status: "paused" });
    await client.json("POST", `${path}/resume`);
    await expect.poll(rung).toMatchObject({ status: "running" });
  });

  it("leaves nothing of an account that is deleted: no rows, no tags, no pictures, no archived bots", async () => {
    const client = await newClient(REAL);
    const { userId: ownerId } = client;
    const account = await newAccount(client);
    const made = { name: "Old", accountId: account.id, definition: definition() };
    const bot = await client.json<Bot>("POST", "/api/v1/bots", made, 201);
    await client.json("PATCH", `/api/v1/bots/${bot.id}`, { archived: true });
    await buy(client, account.id);
    const database = openDatabase(env.DB);
    const trade = { id: `trd_${account.id}`, accountId: account.id, ownerId, instrument: BTC, side: "long" as const };
    const prices = { quantity: "1", entryPrice: "1", exitPrice: "1", fees: "0", profit: "0", won: false };
    const pictureKey = `journal/${ownerId}/${trade.id}.png`;
    const times = { openedAt: START_MS, closedAt: START_MS, exitReason: "signal", pictureKey };
    await database.insert(journal).values({ ...trade, ...prices, ...times });
    await database.insert(journalTags).values({ ownerId, tradeId: trade.id, tag: "kept" });
    await env.BUCKET.put(pictureKey, "picture");
    expect((await client.send("DELETE", `/api/v1/accounts/${account.id}`)).status).toBe(204);
    for (const table of [orders, fills, journal] as const) {
      expect(await database.select().from(table).where(eq(table.accountId, account.id))).toEqual([]);
    }
    expect(await database.select().from(journalTags).where(eq(journalTags.ownerId, ownerId))).toEqual([]);
    expect(await env.BUCKET.head(pictureKey)).toBeNull();
    expect((await client.send("GET", `/api/v1/bots/${bot.id}`)).status).toBe(404);
  });

  it("releases a lost order only, and only for somebody who has just proven who they are", async () => {
    const client = await newClient(REAL);
    const account = await newAccount(client);
    const { order } = await buy(client, account.id);
    const refused = await client.send("POST", `/api/v1/orders/${order.id}/release`);
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({ code: "order_not_lost" });
    const stale = await request(
      `/api/v1/orders/${order.id}/release`,
      { method: "POST", headers: { Authorization: `Bearer ${client.token}`, Origin: ORIGIN } },
      LATER,
    );
    expect(await stale.json()).toMatchObject({ status: 403, code: "step_up" });
  });

  it("asks for a proof before what was halted may trade again in any way, and for none before less may", async () => {
    const client = await newClient(REAL);
    const account = await newAccount(client);
    const set = async (state: string) => {
      const headers = { Authorization: `Bearer ${client.token}`, Origin: ORIGIN, "Content-Type": "application/json" };
      const asked = { method: "POST", headers, body: JSON.stringify({ state }) };
      return (await request(`/api/v1/accounts/${account.id}/trading-state`, asked, LATER)).status;
    };
    expect([await set("REDUCING"), await set("HALTED"), await set("HALTED")]).toEqual([200, 200, 200]);
    expect([await set("REDUCING"), await set("ACTIVE")]).toEqual([403, 403]);
  });

  it("lists a lost order among the open ones until it is released", async () => {
    const client = await newClient(REAL);
    const account = await newAccount(client);
    const { order } = await buy(client, account.id);
    const database = openDatabase(env.DB);
    const listed = async () => {
      const path = `/api/v1/orders?open=true&accountId=${account.id}`;
      return (await client.json<{ rows: { id: string }[] }>("GET", path)).rows.map(({ id }) => id);
    };
    // What the desk tells of it by itself must have been written before.
    const row = () => database.select({ state: orders.state }).from(orders).where(eq(orders.id, order.id));
    await expect.poll(row).toEqual([{ state: "FILLED" }]);
    const become = (released: boolean) =>
      database.update(orders).set({ state: "LOST", released }).where(eq(orders.id, order.id));
    await become(false);
    expect(await listed()).toEqual([order.id]);
    await become(true);
    expect(await listed()).toEqual([]);
  });

  it("names the rule that a bad Idempotency-Key breaks", async () => {
    const client = await newClient(REAL);
    const reply = await client.send("POST", "/api/v1/accounts", { name: "Key" }, { "Idempotency-Key": "short" });
    expect(reply.status).toBe(422);
    const { issues } = await reply.json<{ issues: { field: string; rule: string; value: string }[] }>();
    expect(issues).toEqual([
      { field: "idempotency-key", rule: "must be 8 to 100 letters, digits or . _ : -", value: "short" },
    ]);
  });
});

describe("a desk's documents", () => {
  it("are kept whole when they are longer than a row may be, and shrink again", async () => {
    const { object } = await accountObject({ env, ownerId: "usr_documents" }, "acc_documents");
    await runInDurableObject(object, (_instance, state) => {
      const store = new SqlDeskStore(state.storage);
      const long = "é1".repeat(1_300_000);
      store.write("long", long);
      expect(store.read("long")).toBe(long);
      store.write("long", "short");
      expect(new SqlDeskStore(state.storage).read("long")).toBe("short");
    });
  });

  it("are taken over from objects that kept each in one row", async () => {
    const { object } = await accountObject({ env, ownerId: "usr_documents" }, "acc_before");
    await runInDurableObject(object, (_instance, state) => {
      state.storage.sql.exec(
        "create table documents (name text primary key, text text not null) strict, without rowid",
      );
      state.storage.sql.exec("insert into documents (name, text) values ('desk', 'as it was')");
      expect(new SqlDeskStore(state.storage).read("desk")).toBe("as it was");
      expect(new SqlDeskStore(state.storage).read("desk")).toBe("as it was");
    });
  });
});
