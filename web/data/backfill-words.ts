import type { Backfill } from "../../schema/wire/backfill.ts";
import { formatCount } from "../format/format.ts";
import { formatDate, formatDuration } from "../format/time.ts";

/** What a backfill does now, in a sentence. */
export function backfillWords(backfill: Backfill): string {
  const { status, phase, candles, missing, repaired } = backfill;
  const brought = `${formatCount(candles)} candles`;
  const gaps = missing === 0 ? "none missing" : `${formatCount(missing)} that the venue does not have`;
  switch (status) {
    case "queued":
      return "About to begin.";
    case "running":
      if (phase === "candles") return `${brought} so far, up to ${formatDate(reachedOf(backfill), "UTC")}.`;
      return `${brought}. What is missing is asked for again: ${formatCount(repaired)} came.`;
    case "done":
      return `${brought}, ${gaps}.`;
    case "cancelled":
      return `Stopped at ${formatDate(reachedOf(backfill), "UTC")} with ${brought}. They are kept for a month.`;
    default:
      return `Ended at ${formatDate(reachedOf(backfill), "UTC")} with ${brought}. They are kept for a month.`;
  }
}

/** Share of the whole that is done, 0 to 1: the second look at what is missing is a tenth of it. */
export function doneShare({ share, checkedShare }: Pick<Backfill, "share" | "checkedShare">): number {
  return 0.9 * share + 0.1 * (share < 1 ? 0 : checkedShare);
}

/** Two looks at how far a backfill is, with their times in ms. */
export interface Pace {
  readonly since: number;
  readonly share: number;
}

/** How long the rest takes at the pace since `first`, in words; undefined before there is one. */
export function timeLeft(first: Pace, now: Pace): string | undefined {
  const [share, elapsed] = [now.share - first.share, now.since - first.since];
  if (share < 0.005 || elapsed < 3_000) return undefined;
  return `About ${formatDuration(((1 - now.share) / share) * elapsed)} left`;
}

function reachedOf({ from, to, share }: Backfill): number {
  return from + (to - from) * share;
}
