import { count } from "../metrics/meter.ts";
import { postDue, type RouteContext } from "../notify/deliver-notices.ts";
import { deliverAgain } from "../notify/drain-notices.ts";
import { RaisedNotice } from "../notify/raised-notice.ts";
import { takeNotices } from "../notify/take-notices.ts";
import { logEvent } from "../platform/log-event.ts";
import { NoticeEnvelope } from "./notice-message.ts";

const RETRY_SECONDS = 5;
const RETRY_SECONDS_MAX = 300;

/**
 * Tells people what messages bring. A message is answered once the database has what it brought and what leaves was handed to
 * who sends it: a receiver that does not answer holds up nobody else's notices. What is lost behind that is sent by the
 * minute's round. A notice that is not understood, as one of a newer version is, holds up none beside it: its message comes
 * back until a version that understands it takes it, or it is a dead letter; what was told of it is known by its id.
 */
export async function consumeNotices(batch: MessageBatch<unknown>, ctx: RouteContext): Promise<void> {
  await Promise.all(batch.messages.map((message) => consumeOne(message, ctx)));
}

async function consumeOne(message: Message<unknown>, ctx: RouteContext): Promise<void> {
  const parsed = NoticeEnvelope.safeParse(message.body);
  if (!parsed.success) {
    logEvent("notice_message_refused", { id: message.id });
    message.ack();
    return;
  }
  try {
    if (await take(parsed.data, ctx)) message.ack();
    else retryLater(message);
  } catch (error) {
    logEvent("notice_attempt_failed", { attempts: message.attempts, error });
    retryLater(message);
  }
}

function retryLater(message: Message<unknown>): void {
  const delaySeconds = Math.min(RETRY_SECONDS_MAX, RETRY_SECONDS * 2 ** (message.attempts - 1));
  message.retry({ delaySeconds });
}

/** Whether all of it was understood. */
async function take(message: NoticeEnvelope, ctx: RouteContext): Promise<boolean> {
  const { database, now } = ctx;
  if (message.kind === "again") {
    await deliverAgain(ctx, message.deliveryIds);
    return true;
  }
  const parsed = message.notices.map((notice) => RaisedNotice.safeParse(notice));
  const notices = parsed.flatMap(({ data }) => data ?? []);
  for (const [ownerId, brought] of Map.groupBy(notices, (notice) => notice.ownerId)) {
    await postDue(ctx, await takeNotices(database, { ownerId, brought, nowMs: now() }));
  }
  for (const { error } of parsed) if (error !== undefined) logEvent("notice_refused", { error });
  return notices.length === parsed.length;
}

/** Notices that failed every retry have one more life of retries here, days after the event; then they are gone. */
export async function consumeDeadNotices(batch: MessageBatch<unknown>, ctx: RouteContext): Promise<void> {
  for (const { attempts } of batch.messages) if (attempts === 1) count("dead_letters_total", { queue: "notices" });
  await consumeNotices(batch, ctx);
}
