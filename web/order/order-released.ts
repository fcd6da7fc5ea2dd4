import type { OrderHistoryEntry } from "../../schema/wire/trading.ts";

type Told = Pick<OrderHistoryEntry, "sequence" | "event" | "state">;

/** Whether a person has released a lost order since the venue last spoke of it. The history is in any order. */
export function isReleased(history: readonly Told[]): boolean {
  for (const { event, state } of [...history].sort((left, right) => right.sequence - left.sequence)) {
    if (event === "release") return true;
    // Of our own asking the order stays lost; a word of the venue takes the release back.
    if (state !== "LOST" || event === "replace-rejected") return false;
  }
  return false;
}
