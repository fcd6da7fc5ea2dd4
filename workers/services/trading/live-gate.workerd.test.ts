import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { venueConnections } from "../../../schema/tables/connection.ts";
import { bots, tradingAccounts } from "../../../schema/tables/trading.ts";
import { BotDefinition, PAPER_DAYS_MIN } from "../../../schema/wire/bot.ts";
import type { AccountMarket, AccountMode } from "../../../schema/wire/trading.ts";
import { DAY_MS } from "../../core/candle/timeframe.ts";
import { openDatabase } from "../../platform/database.ts";
import { ownedDatabase } from "../../platform/owned-database.ts";
import { isLiveBot, isLiveChoice, requireLiveWords, requirePaperRun } from "./live-gate.ts";

const BEGAN = Date.UTC(2026, 5, 1);
const SIM: AccountMarket = { kind: "sim" };
let owners = 0;

const definition = (slow: number) =>
  BotDefinition.parse({
    strategy: { kind: "library", id: "ema-cross", parameters: { fast: 5, slow } },
    ...{ instruments: ["SIM:BTC-USD"], timeframe: "1h", capital: "1000", limits: { caps: {} } },
  });

/** A person with an account and a bot on it that ran for some days. */
async function traderWith(account: { mode: AccountMode; market: AccountMarket }, ranDays: number) {
  const owned = ownedDatabase(openDatabase(env.DB), `usr_gate_${owners++}`);
  const id = `acc_gate_${owners}`;
  await owned.insert(tradingAccounts, {
    ...{ id, name: "Paper", ...account, currency: "USD", method: "fifo", cash: "1000", latencyMs: 0, createdAt: BEGAN },
    ...{ fees: { maker: 0, taker: 0, perUnit: 0, minimum: 0 }, slippage: { kind: "bps", bps: 0 } },
  });
  await owned.insert(bots, {
    ...{
      id: `bot_gate_${owners}`,
      accountId: id,
      name: "Trend",
      strategyTitle: "Trend",
      version: 1,
      status: "running",
    },
    ...{ definition: definition(12), simulated: true, spark: [], createdAt: BEGAN, startedAt: BEGAN },
    lastCandleAt: BEGAN + ranDays * DAY_MS,
  });
  return { ctx: { owned }, accountId: id };
}

describe("what stands before real money", () => {
  it("is a week of the same version with play money, in real time", async () => {
    const { ctx } = await traderWith({ mode: "simulated", market: SIM }, PAPER_DAYS_MIN);
    await requirePaperRun(ctx, { definition: definition(12), document: null });
    const other = requirePaperRun(ctx, { definition: definition(13), document: null });
    await expect(other).rejects.toMatchObject({ status: 409, code: "paper_run_missing" });
  });

  it.each([
    ["an hour less than it", { mode: "simulated", market: SIM }, PAPER_DAYS_MIN - 1 / 24],
    ["a replay, however long", { mode: "simulated", market: { kind: "replay", datasetIds: ["d"], speed: 1_000 } }, 900],
    ["a run with real money itself", { mode: "live", market: SIM }, 30],
  ] as const)("is not met by %s", async (_, account, days) => {
    const { ctx } = await traderWith(account as Parameters<typeof traderWith>[0], days);
    const asked = requirePaperRun(ctx, { definition: definition(12), document: null });
    await expect(asked).rejects.toMatchObject({ code: "paper_run_missing" });
  });

  it("is what was typed, word by word", () => {
    for (const typed of [undefined, "", "yes", "trade money"]) {
      expect(() => requireLiveWords(typed)).toThrow("trade real money");
    }
    requireLiveWords("trade real money ");
  });

  it("is there for keys of live environments and for bots on their accounts, and for no others", async () => {
    const { ctx, accountId } = await traderWith({ mode: "live", market: SIM }, 0);
    expect(await isLiveBot(ctx, { accountId })).toBe(true);
    const facts = { accountNumber: "1", currency: "USD", canTrade: true, permissions: [], warnings: [] };
    for (const environment of ["live", "testnet"]) {
      await ctx.owned.insert(venueConnections, {
        ...{ id: `con_${environment}_${accountId}`, label: environment, venue: "BINANCE", environment, keyEnd: "abcd" },
        ...{ state: "working", facts: { ...facts, canWithdraw: null, addressBound: null } },
        ...{ checkedAt: BEGAN, createdAt: BEGAN, rotatedAt: BEGAN },
      });
      const market = { kind: "venue" as const, connectionId: `con_${environment}_${accountId}`, instruments: ["x"] };
      expect(await isLiveChoice(ctx, market)).toBe(environment === "live");
    }
    expect(await isLiveChoice(ctx, { kind: "sim" })).toBe(false);
  });
});
