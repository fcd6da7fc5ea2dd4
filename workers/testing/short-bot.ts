import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { Bot, BotState } from "../../schema/wire/bot.ts";
import { replayFeed } from "../feed/live/market-feed.ts";
import { STRATEGY_CATALOGUE } from "../run/strategy-port.ts";
import { accountObject, botObject } from "../services/trading/account-object-of.ts";
import { openReplayAccount } from "./replay-account.ts";
import { newClient } from "./test-client.ts";

const FROM = Date.UTC(2024, 4, 13, 9, 0);
/** Far enough from the price that it stands for some minutes, and near enough to be met within hours. */
const RULES = "enter short when close > 0\nstop short at close * 1.002";
const MINUTES_MAX = 400;
const CAPS = { orderNotional: "60000", positionNotional: "60000", openOrders: "20", dailyLoss: "20000" };

/** A bot on a replay that is short with a stop nearly all the time, and its market, which goes on when asked to. */
export async function shortBot() {
  const client = await newClient({ strategies: STRATEGY_CATALOGUE });
  const { dataset, account } = await openReplayAccount(client, FROM);
  const definition = {
    ...{ strategy: { kind: "rules", document: RULES }, instruments: [dataset.instrument.id], timeframe: "1m" },
    ...{ direction: "both", capital: "50000", sizing: { kind: "percent", percent: 90 }, limits: { caps: CAPS } },
  };
  const made = { name: "Short", accountId: account.id, definition };
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
  return { client, account, definition, bot, object, desk, state, until, start };
}
