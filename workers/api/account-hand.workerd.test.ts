import { beforeAll, describe, expect, it, vi } from "vitest";
import type { DashboardState } from "../../schema/wire/bot.ts";
import type { RiskView } from "../../schema/wire/risk.ts";
import type { AccountState, OrderDetail, OrderPreview, TradingAccount } from "../../schema/wire/trading.ts";
import { STRATEGY_CATALOGUE } from "../run/strategy-port.ts";
import { newClient, type TestClient } from "../testing/test-client.ts";

const BTC = "SIM:BTC-USD";
const BUY = { instrument: BTC, side: "buy", kind: "market" } as const;

describe("an account in its owner's hand", () => {
  let client: TestClient;
  let account: TradingAccount;
  let other: TradingAccount;
  beforeAll(async () => {
    client = await newClient({ strategies: STRATEGY_CATALOGUE });
    account = await client.json<TradingAccount>("POST", "/api/v1/accounts", { name: "Paper", cash: "50000" }, 201);
    other = await client.json<TradingAccount>("POST", "/api/v1/accounts", { name: "Other" }, 201);
  });
  const preview = (body: object) =>
    client.json<OrderPreview>("POST", "/api/v1/orders/preview", { accountId: account.id, ...body });
  const place = (body: object) =>
    client.json<OrderDetail>("POST", "/api/v1/orders", { accountId: account.id, ...body }, 201);
  const stateOf = ({ id }: TradingAccount) => client.json<AccountState>("GET", `/api/v1/accounts/${id}/state`);
  const dashboard = () => client.json<DashboardState>("GET", "/api/v1/dashboard");

  it("says what an order is worth, what it costs and that it would pass, and keeps nothing of it", async () => {
    const seen = await preview({ ...BUY, quantity: "0.01" });
    expect(seen.verdict).toMatchObject({ verdict: "pass" });
    expect(Number(seen.worth)).toBeCloseTo(0.01 * Number(seen.price), 6);
    expect(Number(seen.fee)).toBeCloseTo(0.001 * Number(seen.worth), 6);
    expect((await client.json<{ rows: unknown[] }>("GET", "/api/v1/orders")).rows).toEqual([]);
    expect((await stateOf(account)).openOrders).toEqual([]);
  });

  it("finds the most that passes: that much is let through when it is sent, and one lot more is denied", async () => {
    const limit = { ...BUY, kind: "limit", limit: "100.00" } as const;
    const { room } = await preview(limit);
    expect(room.denial).toMatchObject({ verdict: "denied", limit: "50000", level: "account" });
    expect(Number(room.worth)).toBeLessThanOrEqual(50_000);
    const more = String(Number((Number(room.quantity) + 0.0001).toFixed(8)));
    expect((await place({ ...limit, quantity: more })).order.state).toBe("DENIED");
    expect((await place({ ...limit, quantity: room.quantity })).verdict).toMatchObject({ verdict: "pass" });
  });

  it("estimates the maker's fee for a limit that would wait and the taker's for one that would not", async () => {
    const cheap = { fees: { maker: 0, taker: 0.002, perUnit: 0, minimum: 0 }, name: "Cheap" };
    const { id } = await client.json<TradingAccount>("POST", "/api/v1/accounts", cheap, 201);
    const far = { ...BUY, accountId: id, kind: "limit", quantity: "1" } as const;
    expect((await preview({ ...far, limit: "1.00" })).fee).toBe("0");
    expect((await preview({ ...far, limit: "900000.00" })).fee).toBe("1800");
  });

  it("names what would deny an order before it is sent", async () => {
    const seen = await preview({ ...BUY, quantity: "100" });
    expect(seen.verdict).toMatchObject({ code: "ORDER_NOTIONAL", limit: "50000", level: "account" });
    expect(seen.verdict?.value).toBe(seen.worth);
    expect((await preview({ ...BUY, quantity: "0.01", reduceOnly: true })).verdict).toMatchObject({
      code: "REDUCE_ONLY",
    });
  });

  it.each([
    ["a quantity past every amount", { quantity: "999999999999999999" }, null],
    [
      "the smallest price there is",
      { kind: "limit", limit: "0.000000000000000001", quantity: "1" },
      "0.000000000000000001",
    ],
    ["a worth past every amount", { kind: "limit", limit: "999999999999999999", quantity: "2" }, null],
  ])("answers for %s as for any other order that is denied", async (_, part, worth) => {
    const seen = await preview({ ...BUY, ...part } as never);
    expect(seen.verdict?.verdict).toBe("denied");
    expect(seen.worth).toBe(worth);
  });

  it("tells the dashboard who stopped what and since when, and takes only that back", async () => {
    await client.json("POST", `/api/v1/accounts/${other.id}/trading-state`, { state: "REDUCING" });
    await client.json("POST", "/api/v1/kill", { scope: { kind: "user" } });
    await vi.waitFor(async () => {
      const { accounts } = await dashboard();
      expect(accounts[account.id].halt).toMatchObject({ scope: "user", state: "HALTED", by: "person", until: null });
      expect(accounts[account.id].halt?.since).toBeGreaterThan(0);
    });
    const path = `/api/v1/accounts/${account.id}/trading-state`;
    expect((await client.send("POST", path, { state: "HALTED", scope: "user" })).status).toBe(422);
    await client.json("POST", path, { state: "ACTIVE", scope: "user" });
    expect((await stateOf(account)).state).toBe("ACTIVE");
    expect((await stateOf(other)).state).toBe("REDUCING");
    await vi.waitFor(async () => {
      const { accounts } = await dashboard();
      expect(accounts[account.id].halt).toBeNull();
      expect(accounts[other.id].halt).toMatchObject({ scope: "account", state: "REDUCING", by: "person" });
    });
  });

  it("takes another name, on its lists and on the dashboard, and the trail says so", async () => {
    const path = `/api/v1/accounts/${account.id}`;
    expect(await client.json<TradingAccount>("PATCH", path, { name: " Savings " })).toMatchObject({ name: "Savings" });
    expect(await client.json<TradingAccount>("GET", path)).toMatchObject({ name: "Savings" });
    await vi.waitFor(async () => expect((await dashboard()).accounts[account.id].name).toBe("Savings"));
    expect((await client.send("PATCH", path, { name: " " })).status).toBe(422);
  });

  it("says what holds where nothing is set, and has no replay where it plays none", async () => {
    const { defaults } = await client.json<RiskView>("GET", `/api/v1/accounts/${account.id}/risk`);
    expect(defaults.bot.caps).toMatchObject({ priceCollar: "0.05", executions: "20" });
    expect((await client.send("GET", `/api/v1/accounts/${account.id}/replay`)).status).toBe(404);
  });
});
