import type { ReplayState } from "../../schema/wire/market.ts";
import { formatDuration } from "../format/time.ts";

/** How much of a replay is over, 0 to 1; `marketAt` may be later than the state, which is asked for less often. */
export function replayShare({ from, to }: ReplayState, marketAt: number): number {
  return to <= from ? 1 : Math.min(1, Math.max(0, (marketAt - from) / (to - from)));
}

/** What the replay does now, in a word or two. */
export function replayStatusWords({ status, waitingFor }: ReplayState): string {
  if (status === "ended") return "Finished";
  if (status === "paused") return "Not playing yet: it begins with the first bot";
  return waitingFor > 0 ? "Waiting for a bot that has not answered" : "Playing";
}

/** How long it still takes at its speed, in our time; undefined where it does not play. */
export function replayLeft(state: ReplayState, marketAt: number): string | undefined {
  if (state.status !== "playing") return undefined;
  const leftMs = Math.max(0, state.to - marketAt) / state.speed;
  return `${formatDuration(leftMs)} left`;
}

/** What becomes of bots where the data end. */
export function replayEndWords({ status }: ReplayState): string {
  return status === "ended"
    ? "The data have ended. Bots on it keep what they hold and decide nothing more: stop them, or copy them to a new replay."
    : "Where the data end the market stands still: bots keep what they hold and decide nothing more, and nothing is closed.";
}
