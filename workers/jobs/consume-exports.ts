import { count } from "../metrics/meter.ts";
import { logEvent } from "../platform/log-event.ts";
import { type ExportWorker, workOnExport } from "../privacy/make-export.ts";
import { ExportMessage } from "./export-message.ts";
import { giveUpExport } from "./watch-exports.ts";

const RETRY_SECONDS = 10;
const RETRY_SECONDS_MAX = 300;

/** Works on the archives that messages name. Each message is settled by itself: done, or to be tried again later. */
export async function consumeExports(batch: MessageBatch<unknown>, worker: ExportWorker): Promise<void> {
  for (const message of batch.messages) {
    const parsed = ExportMessage.safeParse(message.body);
    if (!parsed.success) {
      logEvent("export_message_refused", { id: message.id });
      message.ack();
      continue;
    }
    try {
      // Where another worker holds it, that one or the watchdog sees to the rest.
      if ((await workOnExport(parsed.data, worker)) === "continue") await worker.env.EXPORTS.send(parsed.data);
      message.ack();
    } catch (error) {
      logEvent("export_attempt_failed", { id: parsed.data.exportId, attempts: message.attempts, error });
      message.retry({ delaySeconds: Math.min(RETRY_SECONDS_MAX, RETRY_SECONDS * 2 ** (message.attempts - 1)) });
    }
  }
}

/** Ends the archives whose messages failed every retry. */
export async function consumeDeadExports(
  batch: MessageBatch<unknown>,
  { env, now }: Pick<ExportWorker, "env" | "now">,
): Promise<void> {
  for (const message of batch.messages) {
    count("dead_letters_total", { queue: "exports" });
    const parsed = ExportMessage.safeParse(message.body);
    if (parsed.success) await giveUpExport(env, { ...parsed.data, nowMs: now() });
    message.ack();
  }
}
