import type { BotState, BotStatus } from "../../schema/wire/bot.ts";
import { formatCount, NONE } from "../format/format.ts";
import { formatDuration } from "../format/time.ts";

type Decides = Pick<BotState, "status" | "nextDueAt" | "latenessMs">;

/** Why a bot in this state decides nothing at the next candle. */
const IDLE: Partial<Record<BotStatus, string>> = {
  stopped: "it is stopped",
  starting: "it is starting",
  halted: "it is halted",
  error: "it could not go on",
};

/** When a bot decides next, counted from `marketAt` (UTC ms): "in 20 s", or a dash where it does not. */
export function dueWords(state: Decides | null, marketAt: number | null): string {
  if (state === null || IDLE[state.status] !== undefined) return NONE;
  if (state.nextDueAt === null || marketAt === null) return NONE;
  return state.nextDueAt <= marketAt ? "now" : `in ${formatDuration(state.nextDueAt - marketAt)}`;
}

/**
 * What stands beside the next decision: why there is none, what a pause leaves of it, or how late the last one was.
 * `realTime`: whether its market's time is everybody's; on another one nothing is late.
 */
export function decisionNote(state: Decides | null, realTime: boolean): string | undefined {
  if (state === null) return undefined;
  const { status, latenessMs } = state;
  if (IDLE[status] !== undefined) return IDLE[status];
  if (status === "paused") return "exits only";
  if (!realTime) return "of market time";
  return latenessMs === null ? undefined : `last ${formatCount(latenessMs)} ms late`;
}
