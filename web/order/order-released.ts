import type { OrderHistoryEntry } from "../../schema/wire/trading.ts";

/** Whether a person has released a lost order since the venue last spoke of it. The history is in any order. */
export function isReleased(history: readonly Pick<OrderHistoryEntry, "sequence" | "event">[]): boolean {
  const [latest] = [...history].sort((left, right) => right.sequence - left.sequence);
  return latest?.event === "release";
}
