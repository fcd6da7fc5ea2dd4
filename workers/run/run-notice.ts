import type { BatchItem } from "drizzle-orm/batch";
import type { backtests } from "../../schema/tables/backtest.ts";
import { notices } from "../../schema/tables/notification.ts";
import { raised } from "../notify/raised-notice.ts";
import type { OwnedDatabase } from "../platform/owned-database.ts";

/**
 * Statements that tell a run's owner of its end, for the batch of that end and right behind it: nothing is told where the run
 * had ended before.
 */
export function prepareRunNotice(
  owned: OwnedDatabase,
  run: Pick<typeof backtests.$inferSelect, "id"> & { readonly name?: string },
  end: { readonly status: "done" | "failed"; readonly text: string; readonly nowMs: number },
): [BatchItem<"sqlite">] {
  const name = run.name === undefined ? "A backtest" : `The backtest ${run.name}`;
  const notice = raised({
    id: `${run.id}:${end.status}`,
    ownerId: owned.ownerId,
    event: end.status === "done" ? "run.done" : "run.failed",
    at: end.nowMs,
    title: end.status === "done" ? `${name} is done` : `${name} failed`,
    text: end.text,
    subject: { runId: run.id },
    path: `/backtests/${run.id}`,
    about: run.id,
  });
  return [owned.prepareInsertOfChange(notices, { ...notice, createdAt: end.nowMs })];
}
