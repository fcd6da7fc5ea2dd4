import { abortAllDurableObjects, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it, vi } from "vitest";
import type { AuditPage } from "../../schema/wire/audit.ts";
import type { BotLogEntry } from "../../schema/wire/bot-log.ts";
import type { AccountState } from "../../schema/wire/trading.ts";
import { parsePrice, parseQuantity } from "../core/ledger/decimal-text.ts";
import { accountObject, botObject } from "../services/trading/account-object-of.ts";
import {
  BTC,
  type Driven,
  newDriven,
  ordersAtDesk,
  priceOf,
  ringUntilSettled,
  stateOf,
} from "../testing/driven-bot.ts";
import { START_MS } from "../testing/test-client.ts";
import type { OpenAccount } from "./account-outbox.ts";
import { settleDifference } from "./settle-difference.ts";

/** Rings the alarms of an account and its bot until something holds. */
function ringUntil(ring: () => Promise<void>, holds: () => Promise<boolean>): Promise<boolean> {
  const look = async () => {
    await ring();
    return holds();
  };
  return vi.waitUntil(look, { timeout: 60_000 });
}

/** A running bot that holds a position, with protective orders, of which its venue has 0.01 less than its books. */
async function cutDriven() {
  const driven = await newDriven();
  const { client, bot } = driven;
  const { mark } = await priceOf(driven);
  const stop = String(Math.round(mark * 0.8));
  await driven.send({ action: "buy", position: "long", price: String(mark), stop, time: START_MS });
  await ringUntilSettled(driven);
  const ownerId = client.userId;
  const account = (await accountObject({ env, ownerId }, bot.accountId)).object;
  const bots = (await botObject({ env, ownerId }, bot.id)).object;
  const ring = async () => {
    for (const object of [account, bots]) await runDurableObjectAlarm(object).catch(() => false);
  };
  const accountNow = () => client.json<AccountState>("GET", `/api/v1/accounts/${bot.accountId}/state`);
  await ringUntil(ring, async () => (await stateOf(driven)).positions.length > 0);
  await runInDurableObject(account, async (instance) => {
    const { opened } = instance as unknown as { readonly opened: OpenAccount };
    const { books } = opened.desk;
    const terms = { instrument: BTC, quote: "USD", side: "buy", quantity: parseQuantity("0.01", "quantity") } as const;
    const price = parsePrice(String(mark), "price");
    const entry = { type: "position-adjustment", id: "wrong", at: START_MS, reason: "wrong", price, ...terms } as const;
    books.write(() => books.book(entry, bot.id));
    await instance.compare({ ownerId });
    await instance.compare({ ownerId });
  });
  const log = async () =>
    (await client.json<{ rows: BotLogEntry[] }>("GET", `/api/v1/bots/${bot.id}/log?limit=50`)).rows;
  return { driven, account, ring, accountNow, log, ownerId };
}

const openLegs = async (driven: Driven) =>
  (await ordersAtDesk(driven)).filter(({ state }) => ["ACCEPTED", "PENDING_CANCEL"].includes(state));
const ASKED = { code: "POSITION_DIFFERS", unit: BTC, difference: "-0.01", reason: "sold by hand" } as const;

it("a bot whose share is cut is halted, without orders, and its page and the trail say by how much", async () => {
  const { driven, accountNow, log, ring } = await cutDriven();
  const { client, bot } = driven;
  const held = (await stateOf(driven)).positions[0]?.quantity ?? "";
  expect(await openLegs(driven)).toHaveLength(1);
  const shares = (await accountNow()).halts[0]?.figures?.shares;
  expect(shares).toEqual([{ botId: bot.id, before: expect.any(String), after: held }]);
  await client.json("POST", `/api/v1/accounts/${bot.accountId}/differences/settle`, ASKED);
  await ringUntil(ring, async () => (await stateOf(driven)).status === "halted");
  expect(await openLegs(driven)).toEqual([]);
  expect(await stateOf(driven)).toMatchObject({ reason: "SHARE_CUT" });
  expect((await log()).filter(({ message }) => message.includes("shrank by 0.01"))).toHaveLength(1);
  const { rows } = await client.json<AuditPage>("GET", "/api/v1/audit?limit=20");
  const entry = rows.find(({ action }) => action === "account.difference");
  expect(entry?.after).toMatchObject({ shares: `${bot.id}: ${shares?.[0]?.before} to ${held}` });
});

it("a process that ends as a share was cut goes on: orders go, and the bot hears of it once", async () => {
  const { driven, account, ring, log } = await cutDriven();
  await runInDurableObject(account, async (instance) => {
    const { desk } = (instance as unknown as { readonly opened: OpenAccount }).opened;
    expect(settleDifference(desk, { ...ASKED, entryId: "adj_1" })).toBe("settled");
    await desk.books.sync();
  });
  await abortAllDurableObjects();
  await ringUntil(ring, async () => (await stateOf(driven)).status === "halted");
  await ringUntil(ring, async () => (await openLegs(driven)).length === 0);
  await abortAllDurableObjects();
  await ring();
  expect((await log()).filter(({ message }) => message.includes("shrank by 0.01"))).toHaveLength(1);
});

it("a write that fails leaves neither side of an account changed: books and journal are stored as one", async () => {
  const { account } = await cutDriven();
  await runInDurableObject(account, async (instance, { storage }) => {
    const { desk } = (instance as unknown as { readonly opened: OpenAccount }).opened;
    const { books, cancels } = desk;
    const before = JSON.stringify(books.record);
    const changeShares = () => {
      storage.transactionSync(() => storage.sql.exec("create table written (a integer)"));
      throw new Error("the journal is full");
    };
    expect(() => settleDifference({ books, cancels, changeShares }, { ...ASKED, entryId: "adj_1" })).toThrow("full");
    expect(JSON.stringify(books.record)).toBe(before);
    expect(books.isBooked(`adj_1`)).toBe(false);
    const tables = storage.sql.exec("select name from sqlite_master where name = 'written'").toArray();
    expect(tables).toEqual([]);
    expect(books.openOrders().some(({ order }) => order.cancelRequested)).toBe(false);
  });
});
