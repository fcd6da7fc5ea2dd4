import { and, asc, eq, isNull, lte, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { mailOutbox } from "../../schema/tables/outbox.ts";
import { type Database, openDatabase } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";
import { newId } from "../platform/ids.ts";
import { logEvent } from "../platform/log-event.ts";
import { openText, sealText } from "../platform/sealed-text.ts";
import type { Letter } from "./letter.ts";
import { LETTER_FROM_DEFAULT, type MailOutcome, type MailSender } from "./mail-sender.ts";

const PURPOSE = "letter";
const MINUTE_MS = 60_000;
// Six tries over some ten hours: longer than most outages, shorter than most links in letters live.
const RETRY_DELAYS_MS = [1, 5, 30, 120, 480].map((minutes) => minutes * MINUTE_MS);
// What a cron tick sends at most: its requests run one after the other.
const DRAIN_LETTERS = 25;
// While one drain has a letter in hand, no other takes it; longer than any send may last.
const CLAIM_MS = 2 * MINUTE_MS;
const UNREADABLE = "the letter cannot be opened: it was sealed under another AUTH_SECRET, or changed";

/**
 * Statements that queue a letter, for the batch of the change that it tells of: a list, since a single one would run as
 * soon as it is awaited. With `ofChange` it must stand right behind a conditional change, or behind what was itself
 * conditional on that, and queues nothing where the change met no row.
 */
export async function prepareLetter(
  ctx: { env: Env; database: Database; nowMs: number },
  input: { userId: string | null; to: string; letter: Letter; ofChange?: boolean },
): Promise<[BatchItem<"sqlite">]> {
  const { env, database, nowMs } = ctx;
  const id = newId("mai");
  const { template, subject, body } = input.letter;
  const row = {
    id,
    userId: input.userId,
    recipient: input.to,
    template,
    subject,
    body: await sealText(env, { purpose: PURPOSE, id }, body),
    createdAt: nowMs,
    nextAttemptAt: nowMs,
  };
  if (input.ofChange !== true) return [database.insert(mailOutbox).values(row)];
  // The values are in the order of the table's columns.
  const values = sql`${id}, ${row.userId}, ${row.recipient}, ${template}, ${subject}, ${row.body}, ${nowMs}, 0, ${nowMs}`;
  return [database.insert(mailOutbox).select(sql`select ${values}, null, null, null where changes() > 0`)];
}

/**
 * Sends the letters that are due. A letter is claimed before it is sent, so that drains side by side send it once; one
 * whose drain was killed is due again after the claim. A sent letter loses its text.
 */
export async function drainMail(env: Env, input: { sender: MailSender; nowMs: number }): Promise<number> {
  const { sender, nowMs } = input;
  const database = openDatabase(env.DB);
  const waiting = and(isNull(mailOutbox.sentAt), isNull(mailOutbox.failedAt));
  const due = await database
    .select()
    .from(mailOutbox)
    .where(and(waiting, lte(mailOutbox.nextAttemptAt, nowMs)))
    .orderBy(asc(mailOutbox.nextAttemptAt), sql`rowid`)
    .limit(DRAIN_LETTERS);
  let sent = 0;
  for (const row of due) {
    const mine = and(eq(mailOutbox.id, row.id), waiting, eq(mailOutbox.attempts, row.attempts));
    const claim = { attempts: row.attempts + 1, nextAttemptAt: nowMs + CLAIM_MS };
    const claimed = await database.update(mailOutbox).set(claim).where(mine);
    if (claimed.meta.changes === 0) continue;
    const text = await textOf(env, row);
    const outcome: MailOutcome =
      text === undefined
        ? { type: "refused", reason: UNREADABLE }
        : await sender.send({
            id: row.id,
            from: env.MAIL_FROM ?? LETTER_FROM_DEFAULT,
            to: row.recipient,
            subject: row.subject,
            text,
          });
    await database
      .update(mailOutbox)
      .set(settled(row.attempts, outcome, nowMs))
      .where(eq(mailOutbox.id, row.id));
    if (outcome.type === "sent") sent += 1;
    else logEvent("letter_not_sent", { letter: row.id, reason: outcome.reason });
  }
  return sent;
}

/** The text of a letter, or undefined where it was sealed under another secret or changed: then no try will ever open it. */
async function textOf(env: Env, row: { id: string; body: string }): Promise<string | undefined> {
  try {
    return await openText(env, { purpose: PURPOSE, id: row.id }, row.body);
  } catch {
    return undefined;
  }
}

function settled(attemptsBefore: number, outcome: Awaited<ReturnType<MailSender["send"]>>, nowMs: number) {
  if (outcome.type === "sent") return { sentAt: nowMs, body: "", lastError: null };
  const delay = RETRY_DELAYS_MS[attemptsBefore];
  if (outcome.type === "refused" || delay === undefined)
    return { failedAt: nowMs, body: "", lastError: outcome.reason };
  return { nextAttemptAt: nowMs + delay, lastError: outcome.reason };
}
