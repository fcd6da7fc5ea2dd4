import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import type { DashboardAccount } from "../../schema/wire/bot.ts";
import type { Order, OrderDetail, TradingAccount } from "../../schema/wire/trading.ts";
import { asClientOrderId, type ClientOrderId } from "../core/order/order-id.ts";
import type { Env } from "../platform/env.ts";
import { STRATEGY_CATALOGUE } from "../run/strategy-port.ts";
import { accountObject } from "../services/trading/account-object-of.ts";
import { newClient } from "../testing/test-client.ts";
import { AccountRecord } from "./account-record.ts";
import { openVenue } from "./account-venue.ts";
import { accountView } from "./account-view.ts";
import { openAccount } from "./open-account.ts";

it("brings to the lists also what changed while it was writing them", async () => {
  const client = await newClient({ strategies: STRATEGY_CATALOGUE });
  const account = await client.json<TradingAccount>("POST", "/api/v1/accounts", { name: "Lists" }, 201);
  const wanted = { instrument: "SIM:BTC-USD", side: "buy", kind: "limit", quantity: "1", limit: "100.00" };
  const { order } = await client.json<OrderDetail>("POST", "/api/v1/orders", { accountId: account.id, ...wanted }, 201);
  const { object } = await accountObject({ env, ownerId: client.userId }, account.id);
  await runInDurableObject(object, async (_instance, { storage }) => {
    const writing = Promise.withResolvers<void>();
    const mayWrite = Promise.withResolvers<void>();
    const batch: D1Database["batch"] = async (statements) => {
      writing.resolve();
      await mayWrite.promise;
      return env.DB.batch(statements);
    };
    const DB = { prepare: (text: string) => env.DB.prepare(text), batch } as D1Database;
    const work: Promise<unknown>[] = [];
    const ctx = { storage, waitUntil: (promise: Promise<unknown>) => work.push(promise) } as unknown;
    const record = AccountRecord.parse(storage.kv.get("account"));
    const parts = { ctx: ctx as DurableObjectState, env: { ...env, DB } };
    const { desk, outbox } = openAccount(parts, { record, venue: openVenue(env, record), line: () => undefined });
    const id = asClientOrderId(order.id) as ClientOrderId;
    desk.books.write(() => desk.books.hear(id, { type: "cancel-requested" }));
    outbox.project();
    await writing.promise;
    desk.books.write(() => desk.books.hear(id, { type: "cancel-rejected" }));
    outbox.project();
    mayWrite.resolve();
    await Promise.all(work);
  });
  const { rows } = await client.json<{ rows: Order[] }>("GET", `/api/v1/orders?accountId=${account.id}`);
  expect(rows).toMatchObject([{ id: order.id, state: "ACCEPTED" }]);
});

it("tells the dashboard that the lists have more once they have it, and nothing where nothing changed", async () => {
  const client = await newClient({ strategies: STRATEGY_CATALOGUE });
  const account = await client.json<TradingAccount>("POST", "/api/v1/accounts", { name: "Told" }, 201);
  const wanted = { instrument: "SIM:BTC-USD", side: "buy", kind: "limit", quantity: "1", limit: "100.00" };
  const { order } = await client.json<OrderDetail>("POST", "/api/v1/orders", { accountId: account.id, ...wanted }, 201);
  const { object } = await accountObject({ env, ownerId: client.userId }, account.id);
  await runInDurableObject(object, async (_instance, { storage }) => {
    const log: (string | DashboardAccount["orderChanges"])[] = [];
    const batch: D1Database["batch"] = async (statements) => {
      const written = await env.DB.batch<never>(statements);
      log.push("listed");
      return written;
    };
    const reportAccount = async (report: { account: DashboardAccount }) => log.push(report.account.orderChanges);
    const HUB = {
      getByName: () => ({ reportAccount, alert: async () => {}, settleAlerts: async () => {} }),
    } as unknown;
    const DB = { prepare: (text: string) => env.DB.prepare(text), batch } as D1Database;
    let work: Promise<unknown>[] = [];
    const ctx = { storage, waitUntil: (promise: Promise<unknown>) => work.push(promise) } as unknown;
    const settled = async () => {
      for (let some = work; some.length > 0; some = work) {
        work = [];
        await Promise.all(some);
      }
    };
    const record = AccountRecord.parse(storage.kv.get("account"));
    const parts = { ctx: ctx as DurableObjectState, env: { ...env, DB, HUB: HUB as Env["HUB"] } };
    const opened = openAccount(parts, { record, venue: openVenue(env, record), line: () => undefined });
    opened.outbox.project();
    opened.outbox.tellDashboard(accountView(opened));
    await settled();
    const before = log.at(-1) as NonNullable<DashboardAccount["orderChanges"]>;
    log.length = 0;
    const id = asClientOrderId(order.id) as ClientOrderId;
    opened.desk.books.write(() => opened.desk.books.hear(id, { type: "cancel-requested" }));
    opened.outbox.project();
    await settled();
    expect(log).toEqual(["listed", { desk: expect.any(Number), lists: expect.any(Number) }]);
    const after = log[1] as typeof before;
    expect(after.desk).toBeGreaterThan(before.desk);
    expect(after.lists).toBeGreaterThan(before.lists);
    opened.outbox.project();
    await settled();
    expect(log).toHaveLength(2);
  });
});
