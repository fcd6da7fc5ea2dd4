import type { BatchItem } from "drizzle-orm/batch";
import { notices } from "../../schema/tables/notification.ts";
import { raised } from "../notify/raised-notice.ts";
import type { OwnedDatabase } from "../platform/owned-database.ts";
import type { BackfillRow } from "./backfill-store.ts";

/**
 * Statements that tell a backfill's owner that it failed, for the batch of that end and right behind it: nothing is told
 * where somebody else had ended it.
 */
export function prepareFailedNotice(
  owned: OwnedDatabase,
  { id, generation }: Pick<BackfillRow, "id" | "generation">,
  { text, nowMs }: { readonly text: string; readonly nowMs: number },
): [BatchItem<"sqlite">] {
  const notice = raised({
    // It may be told to go on, and fail again.
    id: `${id}:${generation}:failed`,
    ownerId: owned.ownerId,
    event: "backfill.failed",
    at: nowMs,
    title: "A venue's candles could not be brought",
    text,
    subject: { backfillId: id },
    path: "/data",
    about: id,
  });
  return [owned.prepareInsertOfChange(notices, { ...notice, createdAt: nowMs })];
}
