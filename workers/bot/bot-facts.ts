import { timeFact } from "../platform/object-facts.ts";
import { isActive } from "./bot-due.ts";
import type { BotRecord } from "./bot-record.ts";
import type { BotLife } from "./bot-view.ts";

/** A decision that is so much past has been missed, ms: a pass takes seconds where many bots decide at once. */
const LATE_MS = 90_000;

/**
 * What an operator needs to know of a bot's object: nothing of what it trades. `waiting` counts what is asked for and not
 * sent; `now` is UTC ms.
 */
export function botFacts(
  { version, account }: BotRecord,
  life: BotLife,
  waiting: number,
  now: number,
): Record<string, string | number | null> {
  return {
    ...{ status: life.status, version, "passes in a row that failed": life.errors },
    "lateness of the last candle, ms": life.latenessMs,
    "last candle": timeFact(life.lastCandleAt),
    // What was due when it ended is not to come any more.
    "next decision": isActive(life.status)
      ? dueFact(life.nextDueAt, account.market.kind === "replay" ? null : now)
      : null,
    "asked for and not sent": waiting,
  };
}

/** When a decision is due, and how late it is; a replay's time, where `now` is null, is not ours. */
function dueFact(dueAt: number | null, now: number | null): string | null {
  const lateMs = dueAt === null || now === null ? 0 : now - dueAt;
  return lateMs > LATE_MS ? `${timeFact(dueAt)}, ${Math.floor(lateMs / 60_000)} min late` : timeFact(dueAt);
}
