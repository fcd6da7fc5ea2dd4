import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { Bot, BotPreview, BotState } from "../../schema/wire/bot.ts";
import type { BotLogEntry } from "../../schema/wire/bot-log.ts";
import type { RiskView, VerdictLogEntry } from "../../schema/wire/risk.ts";
import type { AccountState, KillResult, Order, OrderDetail, TradingAccount } from "../../schema/wire/trading.ts";
import { STRATEGY_CATALOGUE } from "../run/strategy-port.ts";
import { botObject } from "../services/trading/account-object-of.ts";
import { afterAlarm } from "../testing/after-alarm.ts";
import { newClient, ORIGIN, request, START_MS, type TestClient } from "../testing/test-client.ts";

const BTC = "SIM:BTC-USD";
const CAPS = { orderNotional: "20000", positionNotional: "20000", openOrders: "10", dailyLoss: "2000" };
// A proof of who one is counts for five minutes from the sign-in.
const REAL = { strategies: STRATEGY_CATALOGUE, now: () => START_MS + 6 * 60_000 };
const BUY = { instrument: BTC, side: "buy", kind: "market", quantity: "0.01" } as const;

function definition(parts: object = {}) {
  const strategy = { kind: "library", id: "ema-cross", parameters: { fast: 3, slow: 9 } };
  return { strategy, instruments: [BTC], timeframe: "1m", capital: "10000", limits: { caps: CAPS }, ...parts };
}

describe("trading over the API", () => {
  let client: TestClient;
  let account: TradingAccount;
  beforeAll(async () => {
    client = await newClient(REAL);
    account = await client.json<TradingAccount>("POST", "/api/v1/accounts", { name: "Paper", cash: "50000" }, 201);
  });
  const state = () => client.json<AccountState>("GET", `/api/v1/accounts/${account.id}/state`);
  const order = (body: object, expected = 201) =>
    client.json<OrderDetail>("POST", "/api/v1/orders", { accountId: account.id, ...body }, expected);

  it("begins an account with its money, adopted from the venue, and limits of its own", async () => {
    expect(await state()).toMatchObject({
      equity: "50000",
      cash: "50000",
      netDeposits: "50000",
      state: "ACTIVE",
      halts: [],
    });
    const { limits } = await client.json<RiskView>("GET", `/api/v1/accounts/${account.id}/risk`);
    expect(limits.find((entry) => entry.level === "account")?.limits.caps).toMatchObject({
      dailyLoss: "5000",
      drawdown: "0.3",
    });
  });

  it("makes one account of a request that comes twice with one key", async () => {
    const twice = { name: "Twice" };
    const headers = { "Idempotency-Key": "account-once" };
    const [first, second] = [
      await (await client.send("POST", "/api/v1/accounts", twice, headers)).json<TradingAccount>(),
      await (await client.send("POST", "/api/v1/accounts", twice, headers)).json<TradingAccount>(),
    ];
    expect(second.id).toBe(first.id);
  });

  it("sends a person's order through the desk, with a verdict and its history", async () => {
    const placed = await order(BUY);
    expect(placed.verdict).toMatchObject({ verdict: "pass", limitsVersion: expect.stringMatching(/^p1\.a1\.b1$/) });
    expect(placed.history.map((entry) => entry.event)).toEqual(["submit", "accepted"]);
    expect(placed.order).toMatchObject({ state: "ACCEPTED", role: "entry", botId: null });
  });

  it("answers a denial as an order, with cap, value and limit", async () => {
    const denied = await order({ ...BUY, quantity: "100" });
    expect(denied.order).toMatchObject({ state: "DENIED", reason: "ORDER_NOTIONAL" });
    expect(denied.verdict).toMatchObject({ code: "ORDER_NOTIONAL", limit: "50000" });
    const { rows } = await client.json<{ rows: VerdictLogEntry[] }>(
      "GET",
      `/api/v1/accounts/${account.id}/verdicts?denied=true`,
    );
    expect(rows.map((entry) => entry.orderId)).toEqual([denied.order.id]);
  });

  it("makes one order of a request that comes twice with one key", async () => {
    const headers = { "Idempotency-Key": "order-once" };
    const body = { accountId: account.id, ...BUY, kind: "limit", limit: "100.00", quantity: "0.2" };
    const first = await (await client.send("POST", "/api/v1/orders", body, headers)).json<OrderDetail>();
    const second = await (await client.send("POST", "/api/v1/orders", body, headers)).json<OrderDetail>();
    expect(second.order.id).toBe(first.order.id);
    const { openOrders } = await state();
    expect(openOrders.filter((open) => open.kind === "limit")).toHaveLength(1);
  });

  it("cancels an order, which then counts against nothing", async () => {
    const [open] = (await state()).openOrders.filter((candidate) => candidate.kind === "limit");
    await client.json("POST", `/api/v1/orders/${open.id}/cancel`);
    const after = await client.json<OrderDetail>("GET", `/api/v1/orders/${open.id}`);
    expect(["PENDING_CANCEL", "CANCELED"]).toContain(after.order.state);
  });

  it("refuses a market that the account has not, naming those that it has", async () => {
    const reply = await client.send("POST", "/api/v1/orders", {
      accountId: account.id,
      ...BUY,
      instrument: "SIM:NONE",
    });
    expect(reply.status).toBe(422);
    expect(await reply.text()).toContain("SIM:BTC-USD");
  });

  it("lowers a limit at once and asks for a proof before it raises one", async () => {
    const path = `/api/v1/accounts/${account.id}/limits`;
    const view = await client.json<RiskView>("GET", `/api/v1/accounts/${account.id}/risk`);
    const caps = view.limits.find((entry) => entry.level === "account")?.limits.caps ?? {};
    const lowered = await client.json<RiskView>("PUT", path, { caps: { ...caps, orderNotional: "30000" } });
    expect(lowered.limits.find((entry) => entry.level === "account")?.limits.caps.orderNotional).toBe("30000");
    const raised = await client.send("PUT", path, { caps: { ...caps, orderNotional: "40000" } });
    expect(raised.status).toBe(403);
    expect(await raised.json()).toMatchObject({ code: "step_up" });
    const { orderNotional: _left, ...without } = caps;
    expect((await client.send("PUT", path, { caps: without })).status).toBe(403);
  });

  it("makes no bot without the caps that it must have", async () => {
    const { dailyLoss: _left, ...caps } = CAPS;
    const body = { name: "No caps", accountId: account.id, definition: definition({ limits: { caps } }) };
    const reply = await client.send("POST", "/api/v1/bots", body);
    expect(reply.status).toBe(422);
    expect(await reply.text()).toContain("definition.limits.caps.dailyLoss");
  });

  it("gives bots no more than the account has", async () => {
    const body = { name: "Rich", accountId: account.id, definition: definition({ capital: "50001" }) };
    const reply = await client.send("POST", "/api/v1/bots", body);
    expect(reply.status).toBe(422);
    expect(await reply.text()).toContain("definition.capital");
  });

  it("says what a bot would have done over the last month, by the engine that would run it", async () => {
    const body = { accountId: account.id, definition: definition({ timeframe: "1h" }) };
    const preview = await client.json<BotPreview>("POST", "/api/v1/bots/preview", body);
    expect(preview.trades).toBeGreaterThan(5);
    expect(preview.entries).toBeGreaterThanOrEqual(preview.trades);
    expect(Number(preview.largestOrder)).toBeLessThanOrEqual(10_000);
    expect(preview.equity.at(-1)?.equity).toBeCloseTo(10_000 * (1 + (preview.totalReturn ?? Number.NaN)), 4);
  });

  it("counts what was bought over the last month and is held still, where no trade was closed", async () => {
    const strategy = { kind: "library", id: "dca", parameters: { every: 24, share: 1 } };
    const body = { accountId: account.id, definition: definition({ timeframe: "1h", strategy }) };
    const preview = await client.json<BotPreview>("POST", "/api/v1/bots/preview", body);
    expect(preview).toMatchObject({ trades: 0, holding: 1 });
    expect(preview.entries).toBeGreaterThan(20);
  });

  it("starts a bot, runs it, and lets it do nothing more once all trading is killed", async () => {
    const made = { name: "Runner", accountId: account.id, definition: definition() };
    const bot = await client.json<Bot>("POST", "/api/v1/bots", made, 201);
    expect(bot).toMatchObject({ status: "stopped", version: 1, simulated: true });
    expect(await client.json<Bot>("POST", `/api/v1/bots/${bot.id}/start`)).toMatchObject({ status: "starting" });
    const { object } = await botObject({ env, ownerId: client.userId }, bot.id);
    const path = `/api/v1/bots/${bot.id}`;
    const rung = afterAlarm(object, () => client.json<BotState>("GET", `${path}/state`));
    await expect.poll(rung).toMatchObject({ status: "running", version: 1 });
    const killed = await client.json<KillResult>("POST", "/api/v1/kill", { scope: { kind: "user" }, flatten: false });
    expect(killed.accounts.map((entry) => entry.accountId)).toContain(account.id);
    expect(killed.unreached).toEqual([]);
    expect(await state()).toMatchObject({ state: "HALTED", stateReason: "KILL_SWITCH" });
    await expect.poll(rung).toMatchObject({ status: "halted", reason: "KILL_SWITCH" });
    expect((await order(BUY)).verdict).toMatchObject({ code: "HALTED" });
    const { rows } = await client.json<{ rows: BotLogEntry[] }>("GET", `${path}/log`);
    expect(rows.map((entry) => entry.kind)).toEqual(["halted", "started"]);
    const arming = `/api/v1/accounts/${account.id}/trading-state`;
    for (const state of ["ACTIVE", "REDUCING"]) {
      expect((await client.send("POST", arming, { state, scope: "user" })).status).toBe(state === "ACTIVE" ? 403 : 422);
    }
    const headers = { Authorization: `Bearer ${client.token}`, Origin: ORIGIN, "Content-Type": "application/json" };
    const proven = { method: "POST", headers, body: JSON.stringify({ state: "ACTIVE", scope: "user" }) };
    expect((await request(arming, proven, { strategies: STRATEGY_CATALOGUE })).status).toBe(200);
    expect(await state()).toMatchObject({ state: "ACTIVE", stateReason: null });
  });

  it("asks for a proof before a bot's caps are raised, and keeps its versions", async () => {
    const [bot] = (await client.json<{ rows: Bot[] }>("GET", "/api/v1/bots?search=runner")).rows;
    const path = `/api/v1/bots/${bot.id}`;
    await client.json("POST", `${path}/stop`, { positions: "keep" });
    const raised = definition({ limits: { caps: { ...CAPS, orderNotional: "25000" } } });
    const refused = await client.send("PATCH", path, { definition: raised });
    expect(refused.status).toBe(403);
    const lowered = definition({ limits: { caps: { ...CAPS, orderNotional: "15000" } } });
    expect(await client.json<Bot>("PATCH", path, { definition: lowered })).toMatchObject({ version: 2 });
    const copy = await client.json<Bot>("POST", `${path}/clone`, undefined, 201);
    expect(copy).toMatchObject({ name: "Runner (copy)", status: "stopped", version: 1 });
    expect(await client.json<Bot>("PATCH", path, { archived: true })).toMatchObject({ archived: true });
    const { rows } = await client.json<{ rows: Bot[] }>("GET", "/api/v1/bots");
    expect(rows.map((row) => row.id)).toEqual([copy.id]);
  });

  it("lists what was ordered, newest first, page by page and as a file", async () => {
    const first = await client.json<{ rows: Order[]; next: string }>("GET", "/api/v1/orders?limit=2");
    const second = await client.json<{ rows: Order[] }>("GET", `/api/v1/orders?limit=2&cursor=${first.next}`);
    expect(first.rows.length + second.rows.length).toBe(4);
    expect(new Set([...first.rows, ...second.rows].map((row) => row.id)).size).toBe(4);
    const csv = await (await client.send("GET", "/api/v1/orders.csv")).text();
    expect(csv.split("\r\n")[0]).toContain("id,accountId,botId,instrument,side");
    expect(csv.split("\r\n").length).toBeGreaterThan(5);
  });
});
