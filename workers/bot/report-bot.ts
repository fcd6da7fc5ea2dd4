import { and, eq } from "drizzle-orm";
import { bots } from "../../schema/tables/trading.ts";
import type { BotState } from "../../schema/wire/bot.ts";
import { openDatabase } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";
import { logEvent } from "../platform/log-event.ts";
import { objectName } from "../platform/object-name.ts";
import type { BotRecord } from "./bot-record.ts";

/** Tells the owner's dashboard and the list of bots how one stands. Neither holds up the bot when it cannot be reached. */
export async function reportBot(
  env: Env,
  { ownerId, botId, account, name }: BotRecord,
  { state, dueAt, startedAt }: { state: BotState; dueAt: number | null; startedAt: number | null },
): Promise<void> {
  const { status, reason, equity, profit, profitToday, trades, spark, lastCandleAt } = state;
  const bot = { botId, accountId: account.id, name, status, reason, equity, profit, profitToday, spark };
  const row = { status, reason, equity, profit, profitToday, trades, spark, lastCandleAt, dueAt, startedAt };
  const told = await Promise.allSettled([
    (async () => {
      const hub = env.HUB.getByName(await objectName({ kind: "hub", ownerId, id: "dashboard" }));
      await hub.reportBot({ ownerId, bot });
    })(),
    openDatabase(env.DB)
      .update(bots)
      .set(row)
      .where(and(eq(bots.ownerId, ownerId), eq(bots.id, botId))),
  ]);
  for (const result of told) {
    if (result.status === "rejected") logEvent("bot_not_reported", { id: botId, error: result.reason });
  }
}
