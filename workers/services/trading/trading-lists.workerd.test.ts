import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { fills, journal, journalTags, tradingAccounts } from "../../../schema/tables/trading.ts";
import type { JournalStatistics } from "../../../schema/wire/journal.ts";
import type { Fill, TradingAccount } from "../../../schema/wire/trading.ts";
import { openDatabase } from "../../platform/database.ts";
import { newClient, START_MS, type TestClient } from "../../testing/test-client.ts";

const newAccount = (client: TestClient, name: string) =>
  client.json<TradingAccount>("POST", "/api/v1/accounts", { name, cash: "50000" }, 201);

describe("lists of trading", () => {
  it("the journal's statistics are by the currency of the trade's account", async () => {
    const client = await newClient();
    const database = openDatabase(env.DB);
    const [dollars, bitcoin] = [await newAccount(client, "Dollars"), await newAccount(client, "Bitcoin")];
    await database.update(tradingAccounts).set({ currency: "BTC" }).where(eq(tradingAccounts.id, bitcoin.id));
    for (const { accountId, profit } of [
      { accountId: dollars.id, profit: "-73" },
      { accountId: bitcoin.id, profit: "-373.59" },
    ]) {
      const row = { id: `trd_${accountId}`, ownerId: client.userId, accountId, instrument: "SIM:BTC-USD", profit };
      const facts = { side: "long" as const, quantity: "1", entryPrice: "1", exitPrice: "1", fees: "0", won: false };
      const times = { openedAt: START_MS, closedAt: START_MS, exitReason: "signal" };
      await database.insert(journal).values({ ...row, ...facts, ...times });
      await database.insert(journalTags).values({ ownerId: client.userId, tradeId: row.id, tag: "early" });
    }
    const { all, currencies } = await client.json<JournalStatistics>("GET", "/api/v1/journal/statistics");
    expect(all).toMatchObject({ trades: 2, currency: null, profit: null, averageProfit: null });
    expect(currencies).toMatchObject([
      { currency: "BTC", all: { profit: "-373.59" }, tags: [{ tag: "early", profit: "-373.59" }] },
      { currency: "USD", all: { profit: "-73" }, tags: [{ tag: "early", profit: "-73" }] },
    ]);
  });

  it("fills are found by a part of their market's name in capitals or not, by the whole id, and so in the file", async () => {
    const client = await newClient();
    const { id: accountId } = await newAccount(client, "Paper");
    for (const instrument of ["SIM:ETH-USD", "SIM:BTC-USD"]) {
      const facts = { side: "buy" as const, quantity: "1", price: "10", fee: "0", feeCurrency: "USD" };
      const id = `fill ${accountId} ${instrument}`;
      const row = { id, tradeId: "1", ownerId: client.userId, accountId, orderId: "o", instrument };
      await openDatabase(env.DB)
        .insert(fills)
        .values({ ...row, ...facts, liquidity: "taker", at: START_MS });
    }
    const found = async (search: string) =>
      (await client.json<{ rows: Fill[] }>("GET", `/api/v1/fills?search=${encodeURIComponent(search)}`)).rows.map(
        ({ instrument }) => instrument,
      );
    for (const search of ["eth", "ETH-USD", "eth-usd", "SIM:ETH-USD"])
      expect(await found(search)).toEqual(["SIM:ETH-USD"]);
    expect((await found("usd")).sort()).toEqual(["SIM:BTC-USD", "SIM:ETH-USD"]);
    expect(await found("doge")).toEqual([]);
    // A percent sign stands for itself.
    expect(await found("%")).toEqual([]);
    const file = await (await client.send("GET", "/api/v1/fills.csv?search=eth")).text();
    expect(file).toContain("SIM:ETH-USD");
    expect(file).not.toContain("SIM:BTC-USD");
  });
});
