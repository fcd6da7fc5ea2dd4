import { type BackfillWorker, workOnBackfill } from "../backfill/work-on-backfill.ts";
import { logEvent } from "../platform/log-event.ts";
import { BackfillMessage } from "./backfill-message.ts";

const RETRY_SECONDS = 10;
const RETRY_SECONDS_MAX = 300;

/** Works on the backfills that messages name. Each message is settled by itself: done, or to be tried again later. */
export async function consumeBackfills(batch: MessageBatch<unknown>, worker: BackfillWorker): Promise<void> {
  for (const message of batch.messages) {
    const parsed = BackfillMessage.safeParse(message.body);
    if (!parsed.success) {
      logEvent("backfill_message_refused", { id: message.id });
      message.ack();
      continue;
    }
    try {
      const outcome = await workOnBackfill(parsed.data, worker);
      if (outcome.kind === "early") {
        // Clocks of two machines differ; the message itself comes again, so that there is never a second one of it.
        message.retry({ delaySeconds: secondsOf(outcome.waitMs) });
        continue;
      }
      if (outcome.kind === "continue") {
        const { generation, delayMs } = outcome;
        const rest = { ...parsed.data, generation };
        await worker.env.BACKFILLS.send(rest, { delaySeconds: secondsOf(delayMs) });
      }
      message.ack();
    } catch (error) {
      const { backfillId: id } = parsed.data;
      logEvent("backfill_attempt_failed", { id, attempts: message.attempts, error });
      message.retry({ delaySeconds: Math.min(RETRY_SECONDS_MAX, RETRY_SECONDS * 2 ** (message.attempts - 1)) });
    }
  }
}

function secondsOf(delayMs: number): number {
  return Math.max(0, Math.ceil(delayMs / 1_000));
}
