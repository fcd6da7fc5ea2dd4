import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { Bot, BotState } from "../../schema/wire/bot.ts";
import type { Fill } from "../../schema/wire/trading.ts";
import { replayFeed } from "../feed/live/market-feed.ts";
import { STRATEGY_CATALOGUE } from "../run/strategy-port.ts";
import { accountObject, botObject } from "../services/trading/account-object-of.ts";
import { openReplayAccount } from "../testing/replay-account.ts";
import { newClient } from "../testing/test-client.ts";

const FROM = Date.UTC(2024, 4, 13, 9, 0);
/** Far enough from the price that it stands for some minutes, and near enough to be met within hours. */
const RULES = "enter short when close > 0\nstop short at close * 1.002";
const MINUTES_MAX = 400;
const CAPS = { orderNotional: "60000", positionNotional: "60000", openOrders: "20", dailyLoss: "20000" };

async function tradingBot() {
  const client = await newClient({ strategies: STRATEGY_CATALOGUE });
  const { dataset, account } = await openReplayAccount(client, FROM);
  const definition = {
    ...{ strategy: { kind: "rules", document: RULES }, instruments: [dataset.instrument.id], timeframe: "1m" },
    ...{ direction: "both", capital: "50000", sizing: { kind: "percent", percent: 90 }, limits: { caps: CAPS } },
  };
  const made = { name: "Stopped", accountId: account.id, definition };
  const bot = await client.json<Bot>("POST", "/api/v1/bots", made, 201);
  const whose = { env, ownerId: client.userId };
  const { object } = await botObject(whose, bot.id);
  const { object: desk } = await accountObject(whose, account.id);
  const { object: replay } = await replayFeed(env, { ownerId: client.userId, accountId: account.id });
  const state = () => client.json<BotState>("GET", `/api/v1/bots/${bot.id}/state`);
  /** Lets the market go on, minute by minute, until the bot stands as it is wanted. */
  const until = async (isSo: (now: BotState) => boolean) => {
    for (let minute = 0; minute < MINUTES_MAX; minute++) {
      await runDurableObjectAlarm(replay);
      await runDurableObjectAlarm(desk);
      const now = await state();
      if (isSo(now)) return now;
    }
    throw new Error(`it did not come to that: ${JSON.stringify(await state())}`);
  };
  const start = async () => {
    await client.json("POST", `/api/v1/bots/${bot.id}/start`);
    await runDurableObjectAlarm(object);
  };
  return { client, bot, object, desk, state, until, start };
}

describe("a bot that was stopped and kept what it held", () => {
  it("says that its stop is gone once it is started again, and closes what it holds itself where a candle meets it", async () => {
    const { client, bot, object, desk, until, start } = await tradingBot();
    await start();
    const held = await until(({ positions, openOrders }) => positions.length > 0 && openOrders.length > 0);
    const stop = held.openOrders.find(({ role }) => role === "stop");
    expect([stop?.state, held.unprotected]).toEqual(["ACCEPTED", []]);
    await client.json("POST", `/api/v1/bots/${bot.id}/stop`, { positions: "keep" });
    await runDurableObjectAlarm(desk);
    await runDurableObjectAlarm(object);
    await start();
    const bare = await until(({ unprotected = [] }) => unprotected.length > 0);
    expect(bare.positions).toHaveLength(1);
    expect(bare.unprotected).toEqual([expect.stringContaining(`without its stop at ${stop?.stop}`)]);
    expect(bare.log.filter(({ kind }) => kind === "unprotected")).toHaveLength(1);

    const { rows: before } = await client.json<{ rows: Fill[] }>("GET", `/api/v1/fills?botId=${bot.id}`);
    await until(({ fills }) => fills.some(({ side }) => side === "buy"));
    const { rows: fills } = await client.json<{ rows: Fill[] }>("GET", `/api/v1/fills?botId=${bot.id}`);
    const bought = fills
      .filter(({ id }) => !before.some((known) => known.id === id))
      .filter(({ side }) => side === "buy");
    expect(bought.map(({ quantity }) => `-${quantity}`)).toEqual([bare.positions[0].quantity]);
    expect(Number(bought[0].price)).toBeGreaterThan(Number(stop?.stop) * 0.998);
    const after = await until(({ positions }) => positions.length > 0);
    expect(after.unprotected).toEqual([]);
    expect(after.openOrders.map(({ role }) => role)).toEqual(["stop"]);
  }, 120_000);
});
