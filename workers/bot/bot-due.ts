import type { BotStatus } from "../../schema/wire/bot.ts";
import type { TradingAccount } from "../../schema/wire/trading.ts";
import { MINUTE_MS } from "../core/candle/timeframe.ts";
import type { BotLife } from "./bot-view.ts";

/** After an error, how long until the bot tries to go on, doubling from the first to the last. */
export const RETRY_MS_MIN = 2_000;
const RETRY_MS_MAX = 60_000;
/** A candle is never looked for more often. */
const LOOK_MS_MIN = 250;

export function isActive(status: BotStatus): boolean {
  return status === "running" || status === "paused" || status === "starting";
}

/**
 * When the watchdog expects a decision of a bot, UTC ms; null of one that is to make none. Of one that has made none since it was
 * started it is the start: its first alarm may be lost, too.
 */
export function dueInList({ status, nextDueAt }: Pick<BotLife, "status" | "nextDueAt">, startedAt: number | null) {
  if (!isActive(status)) return null;
  return status === "starting" ? (nextDueAt ?? startedAt) : nextDueAt;
}

/** When a bot has to look at its market or desk again, UTC ms; undefined where nothing can come any more. */
export function botDueAt(
  { status, nextDueAt, errors }: BotLife,
  { now, market, isFlat }: { now: number; market: TradingAccount["market"]; isFlat: () => boolean },
): number | undefined {
  // Fills of what closes its positions may still come.
  if (!isActive(status)) return isFlat() ? undefined : now + MINUTE_MS;
  if (errors > 0) return now + Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** Math.max(0, errors - 1));
  if (market.kind === "replay") return now + MINUTE_MS;
  return Math.max(now + LOOK_MS_MIN, nextDueAt ?? now + 1_000);
}
