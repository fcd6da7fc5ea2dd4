import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { expect, it } from "vitest";
import { tradingAccounts } from "../../schema/tables/trading.ts";
import type { AuditPage } from "../../schema/wire/audit.ts";
import type { AccountState, TradingAccount } from "../../schema/wire/trading.ts";
import type { OpenAccount } from "../account/account-outbox.ts";
import { EXTERNAL_BOT } from "../account/desk-account.ts";
import { parseMoney } from "../core/ledger/decimal-text.ts";
import { openDatabase } from "../platform/database.ts";
import { accountObject } from "../services/trading/account-object-of.ts";
import { newClient, ORIGIN, request, START_MS, type TestClient } from "../testing/test-client.ts";

/** An account whose books have 25 less than its venue. */
async function differingAccount(client: TestClient): Promise<string> {
  const body = { name: "Paper", cash: "50000" };
  const { id } = await client.json<TradingAccount>("POST", "/api/v1/accounts", body, 201);
  const where = eq(tradingAccounts.id, id);
  const [row] = await openDatabase(env.DB).select().from(tradingAccounts).where(where);
  const { object } = await accountObject({ env, ownerId: row?.ownerId ?? "" }, id);
  await runInDurableObject(object, async (instance) => {
    await instance.compare({ ownerId: row?.ownerId ?? "" });
    const { opened } = instance as unknown as { readonly opened: OpenAccount };
    const { books } = opened.desk;
    const amount = parseMoney("25", "amount");
    books.write(() =>
      books.book({ type: "fee", id: "fee:wrong", at: START_MS, currency: "USD", amount }, EXTERNAL_BOT),
    );
    await instance.compare({ ownerId: row?.ownerId ?? "" });
    await instance.compare({ ownerId: row?.ownerId ?? "" });
  });
  return id;
}

const stateOf = (client: TestClient, id: string) => client.json<AccountState>("GET", `/api/v1/accounts/${id}/state`);
const ASKED = { code: "BALANCE_DIFFERS", unit: "USD", difference: "25", reason: "a fee was booked twice" } as const;

it("a difference is shown with both sides, settled as it was seen, written into the trail, and armed by itself alone", async () => {
  const client = await newClient();
  const id = await differingAccount(client);
  const before = await stateOf(client, id);
  const figures = { unit: "USD", ours: "49975", theirs: "50000", difference: "25" };
  expect(before).toMatchObject({ state: "HALTED", halts: [{ code: "BALANCE_DIFFERS", instrument: null, figures }] });
  const settled = await client.json<AccountState>("POST", `/api/v1/accounts/${id}/differences/settle`, ASKED);
  expect(settled).toMatchObject({ state: "HALTED", halts: [], cash: "50000" });
  const { rows } = await client.json<AuditPage>("GET", "/api/v1/audit?limit=20");
  const entry = rows.find(({ action }) => action === "account.difference");
  expect(entry).toMatchObject({ before: { USD: "49975" }, after: { USD: "50000", reason: ASKED.reason } });
  await client.json("POST", `/api/v1/accounts/${id}/trading-state`, { state: "ACTIVE" });
  expect(await stateOf(client, id)).toMatchObject({ state: "ACTIVE", halts: [] });
});

it("a difference is not settled where it is another one, where there is none, or without a fresh proof", async () => {
  const client = await newClient();
  const id = await differingAccount(client);
  const path = `/api/v1/accounts/${id}/differences/settle`;
  const codeOf = async (body: object) =>
    (await client.send("POST", path, body)).json<{ status: number; code: string }>();
  expect(await codeOf({ ...ASKED, difference: "24" })).toMatchObject({ status: 409, code: "difference_moved" });
  expect(await codeOf({ ...ASKED, unit: "EUR" })).toMatchObject({ status: 404 });
  expect(await codeOf({ ...ASKED, reason: "" })).toMatchObject({ status: 422 });
  expect(await codeOf({ ...ASKED, difference: "025" })).toMatchObject({ status: 422 });
  const headers = { Authorization: `Bearer ${client.token}`, Origin: ORIGIN, "Content-Type": "application/json" };
  const asked = { method: "POST", headers, body: JSON.stringify(ASKED) };
  const stale = await request(path, asked, { now: () => START_MS + 6 * 60_000 });
  expect(await stale.json()).toMatchObject({ status: 403, code: "step_up" });
  expect((await stateOf(client, id)).halts).toHaveLength(1);
  const { rows } = await client.json<AuditPage>("GET", "/api/v1/audit?limit=20");
  expect(rows.filter(({ action }) => action === "account.difference")).toEqual([]);
});

it("a difference that is settled twice at once is booked once", async () => {
  const client = await newClient();
  const id = await differingAccount(client);
  const settle = () => client.send("POST", `/api/v1/accounts/${id}/differences/settle`, ASKED);
  const statuses = (await Promise.all([settle(), settle(), settle()])).map(({ status }) => status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  expect(await stateOf(client, id)).toMatchObject({ cash: "50000", halts: [] });
});
