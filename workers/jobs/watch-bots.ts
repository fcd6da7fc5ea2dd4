import { and, asc, inArray, lt } from "drizzle-orm";
import { bots } from "../../schema/tables/trading.ts";
import { openDatabase } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";
import { logEvent } from "../platform/log-event.ts";
import { objectName } from "../platform/object-name.ts";

/** A bot that did not wake for this long after its time has lost its alarm. */
export const BOT_LATE_MS = 90_000;
/** Bots woken in one tick; the rest have the next minute. */
const BOTS_A_TICK = 500;
const AT_ONCE = 25;

/**
 * Wakes bots that should have decided and did not: the platform gives an alarm up after six failures. Returns how many.
 */
export async function watchBots(env: Env, nowMs: number): Promise<number> {
  const late = and(inArray(bots.status, ["starting", "running", "paused"]), lt(bots.dueAt, nowMs - BOT_LATE_MS));
  const rows = await openDatabase(env.DB)
    .select({ id: bots.id, ownerId: bots.ownerId })
    .from(bots)
    .where(late)
    .orderBy(asc(bots.dueAt))
    .limit(BOTS_A_TICK);
  for (let at = 0; at < rows.length; at += AT_ONCE) {
    await Promise.all(
      rows.slice(at, at + AT_ONCE).map(async ({ id, ownerId }) => {
        try {
          await env.BOT.getByName(await objectName({ kind: "bot", ownerId, id })).wake({ ownerId });
        } catch (error) {
          logEvent("bot_not_woken", { id, error });
        }
      }),
    );
  }
  return rows.length;
}
