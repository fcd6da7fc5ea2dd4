import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import type { Bot, BotState } from "../../schema/wire/bot.ts";
import type { OrderDetail, TradingAccount } from "../../schema/wire/trading.ts";
import { type DeskIntent, MANUAL_BOT } from "../account/desk-calls.ts";
import { masterKeys } from "../platform/master-keys.ts";
import { STRATEGY_CATALOGUE } from "../run/strategy-port.ts";
import { accountObject, botObject } from "../services/trading/account-object-of.ts";
import { newClient } from "../testing/test-client.ts";
import type { BackedUpObject } from "./backed-up-object.ts";
import { backupStoreOf } from "./backup-store-of.ts";
import type { ManifestEntry } from "./manifest.ts";
import { openNamedUnit } from "./open-named-unit.ts";

const REAL = { strategies: STRATEGY_CATALOGUE };
const AS_OF = Date.UTC(2026, 2, 1);

type Stub = DurableObjectStub<BackedUpObject>;

/** Fills an empty object with the backup of another, as it is now or was made before. */
async function bring(from: Stub, to: Stub, made?: ManifestEntry): Promise<void> {
  const entry = made ?? (await from.backUp());
  const store = backupStoreOf(env);
  if (entry === undefined || store === undefined) throw new Error("there must be a backup");
  for (const [at, { key }] of entry.units.entries()) {
    const { lines } = await openNamedUnit({ store, keys: masterKeys(env) }, { key, source: entry.source });
    await to.restoreUnit({ lines, first: at === 0 });
  }
  expect(await to.checkRestored({ auditHead: undefined })).toMatchObject({ faults: [] });
  expect(await to.endRestore({ at: AS_OF, asOf: AS_OF })).toEqual(entry.totals);
}

it("F42: begins a restored account halted, with its books and orders, and sends nothing until a person arms it", async () => {
  const client = await newClient(REAL);
  const { userId: ownerId } = client;
  const account = await client.json<TradingAccount>("POST", "/api/v1/accounts", { name: "Restored" }, 201);
  const wanted = { instrument: "SIM:BTC-USD", side: "buy", kind: "limit", quantity: "1", limit: "100.00" };
  const { order } = await client.json<OrderDetail>("POST", "/api/v1/orders", { accountId: account.id, ...wanted }, 201);
  const { object } = await accountObject({ env, ownerId }, account.id);
  const restored = env.ACCOUNT.getByName("restored-account");
  await bring(object as unknown as Stub, restored as unknown as Stub);

  const state = await restored.state({ ownerId });
  expect(state).toMatchObject({ state: "HALTED", stateReason: "RESTORED" });
  expect(await restored.order({ ownerId, orderId: order.id })).toMatchObject({ order: { state: "ACCEPTED" } });
  expect(await restored.reconcileRestored()).toEqual([]);
  const intent: DeskIntent = {
    ...{ candleTime: 1, leg: "manual", ordinal: 1, role: "entry", reduceOnly: false, signal: "" },
    ...{ instrument: "SIM:BTC-USD", side: "buy", kind: "limit", quantity: "1", limit: "100.00" },
  };
  const [asked] = await restored.submit({ ownerId, botId: MANUAL_BOT, intents: [intent] });
  expect(asked.order.state).toBe("DENIED");
  // What is numbered from now on stands behind what anybody may have heard before the loss.
  const before = await object.eventsOf({ ownerId, botId: MANUAL_BOT, since: 0 });
  const after = await restored.eventsOf({ ownerId, botId: MANUAL_BOT, since: 0 });
  expect(after.events.at(-1)?.sequence).toBeGreaterThan(1_000_000);
  expect(after.events.slice(0, before.events.length)).toEqual(before.events);
});

it("F42: takes over what its venue did since, and says which orders it knows nothing of", async () => {
  const client = await newClient(REAL);
  const { userId: ownerId } = client;
  const account = await client.json<TradingAccount>("POST", "/api/v1/accounts", { name: "Behind" }, 201);
  const buy = { accountId: account.id, instrument: "SIM:BTC-USD", side: "buy", kind: "market", quantity: "0.01" };
  await client.json<OrderDetail>("POST", "/api/v1/orders", buy, 201);
  const { object } = await accountObject({ env, ownerId }, account.id);
  const position = async (desk: typeof object) => (await desk.state({ ownerId })).positions[0]?.quantity;
  await expect.poll(() => position(object)).toBe("0.01");
  const before = structuredClone(await object.backUp()) as ManifestEntry | undefined;
  await client.json<OrderDetail>("POST", "/api/v1/orders", { ...buy, quantity: "0.02" }, 201);
  await expect.poll(() => position(object)).toBe("0.03");

  const restored = env.ACCOUNT.getByName(`restored-behind-${account.id}`);
  await bring(object as unknown as Stub, restored as unknown as Stub, before);
  expect(await position(restored)).toBe("0.01");
  // No feed knows any more that it has to be told of prices.
  const followed = await runInDurableObject(restored, (_desk, { storage }) => storage.kv.get("followed"));
  expect(followed).toEqual({ "SIM:BTC-USD": 0 });
  expect(await restored.reconcileRestored()).toEqual(["ORDER_UNKNOWN of SIM:BTC-USD"]);
  expect(await position(restored)).toBe("0.03");
  // Once a person has looked at it, nothing of it comes back.
  const instrument = { kind: "instrument", instrument: "SIM:BTC-USD" } as const;
  for (const scope of [{ kind: "account" } as const, instrument])
    await restored.setSwitch({ ownerId, scope, state: "ACTIVE", reason: "by hand" });
  expect(await restored.reconcileRestored()).toEqual([]);
});

it("begins a restored bot halted, with what it was about to ask taken back", async () => {
  const client = await newClient(REAL);
  const { userId: ownerId } = client;
  const account = await client.json<TradingAccount>("POST", "/api/v1/accounts", { name: "Restored bot" }, 201);
  const caps = { orderNotional: "1000", positionNotional: "1000", openOrders: "5", dailyLoss: "100" };
  const definition = {
    ...{
      strategy: { kind: "library", id: "ema-cross", parameters: {} },
      instruments: ["SIM:BTC-USD"],
      timeframe: "1m",
    },
    ...{ capital: "1000", direction: "long", limits: { caps } },
  };
  const made = await client.json<Bot>("POST", "/api/v1/bots", { name: "B", accountId: account.id, definition }, 201);
  await client.json("POST", `/api/v1/bots/${made.id}/start`, undefined, 200);
  const { object } = await botObject({ env, ownerId }, made.id);
  await runInDurableObject(object, (_bot, { storage }) => {
    storage.sql.exec("insert into effects (body) values (?)", JSON.stringify({ kind: "cancel", ref: "r1" }));
  });
  const restored = env.BOT.getByName("restored-bot");
  await bring(object as unknown as Stub, restored as unknown as Stub);
  const state: BotState = await restored.state({ ownerId });
  expect(state).toMatchObject({ status: "halted", nextDueAt: null });
  await runInDurableObject(restored, async (_bot, { storage }) => {
    expect(storage.sql.exec("select * from effects").toArray()).toEqual([]);
    expect(await storage.getAlarm()).toBeNull();
  });
});
