import type { Env } from "../platform/env.ts";
import { logEvent } from "../platform/log-event.ts";
import { queueNotices } from "./queue-notices.ts";
import { OPERATORS, raised } from "./raised-notice.ts";

const MINUTE_MS = 60_000;

/** Tells the deployment's people that jobs of a minute failed. Never throws: the next minute tells again. */
export async function tellFailedJobs(env: Env, failed: readonly string[], nowMs: number): Promise<void> {
  if (failed.length === 0) return;
  const minute = Math.floor(nowMs / MINUTE_MS);
  await tell(env, {
    id: `job-failed:${minute}`,
    event: "platform.job-failed",
    at: nowMs,
    title: failed.length === 1 ? `The job ${failed[0]} failed` : `${failed.length} jobs of the minute failed`,
    text: `Failed: ${failed.join(", ")}. The log says why, under cron_job_failed; each is tried again in a minute.`,
    about: failed.join(),
  });
}

/** Tells the deployment's people that messages of a queue failed every retry. Never throws. */
export async function tellDeadLetters(env: Env, queue: string, batch: MessageBatch<unknown>): Promise<void> {
  const [first] = batch.messages;
  if (first === undefined) return;
  await tell(env, {
    id: `dead-letter:${queue}:${first.id}`,
    event: "platform.dead-letter",
    at: first.timestamp.getTime(),
    title: `Dead letters of the queue ${queue}`,
    text: `Messages that failed every retry: ${batch.messages.length}. What they asked for was ended, and says so where it was begun.`,
    about: queue,
  });
}

/** Tells the deployment's people that the database did not answer; the notice waits in the queue until it does. */
export async function tellDatabaseDown(env: Env, nowMs: number): Promise<void> {
  await tell(env, {
    // An outage is one thing, however many minutes it lasts; after a quarter of an hour it is told again.
    id: `database:${Math.floor(nowMs / (15 * MINUTE_MS))}`,
    event: "platform.database",
    at: nowMs,
    title: "The database did not answer",
    text: "The minute's look at the database failed. Desks trade on; lists, sign-in and this notice wait for it.",
    about: "d1",
  });
}

async function tell(env: Env, parts: Omit<Parameters<typeof raised>[0], "ownerId">): Promise<void> {
  try {
    await queueNotices(env, [raised({ ...parts, ownerId: OPERATORS })]);
  } catch (error) {
    logEvent("operators_not_told", { error });
  }
}
