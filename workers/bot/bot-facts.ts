import { timeFact } from "../platform/object-facts.ts";
import type { BotRecord } from "./bot-record.ts";
import type { BotLife } from "./bot-view.ts";

/** What an operator needs to know of a bot's object: nothing of what it trades. `waiting` counts what is asked for and not sent. */
export function botFacts(
  { version }: BotRecord,
  life: BotLife,
  waiting: number,
): Record<string, string | number | null> {
  return {
    ...{ status: life.status, version, "passes in a row that failed": life.errors },
    "lateness of the last candle, ms": life.latenessMs,
    "last candle": timeFact(life.lastCandleAt),
    "next decision": timeFact(life.nextDueAt),
    "asked for and not sent": waiting,
  };
}
