import { asc, inArray, sql } from "drizzle-orm";
import { auditHeads, auditOutbox } from "../../schema/tables/outbox.ts";
import { AuditRecord } from "../../schema/wire/audit-record.ts";
import { noticeOfAudit } from "../notify/audit-notice.ts";
import { prepareNotice } from "../notify/notice-rows.ts";
import { queueNotices } from "../notify/queue-notices.ts";
import type { RaisedNotice } from "../notify/raised-notice.ts";
import { openDatabase } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";
import { logEvent } from "../platform/log-event.ts";
import { objectName } from "../platform/object-name.ts";
import { erasedOwners } from "../privacy/erased-owners.ts";
import type { AuditObject } from "./audit-object.ts";

// D1 takes 100 parameters a statement, and the rows are deleted by their ids.
const BATCH_ROWS = 90;
// Of one round; what is left is moved by the next change or the next minute. Rows that cannot be read do not count.
const MOVED_ROWS_MAX = 900;

/** The object that holds an owner's trail. */
export async function auditObject(env: Env, ownerId: string): Promise<DurableObjectStub<AuditObject>> {
  return env.AUDIT.getByName(await objectName({ kind: "audit", ownerId, id: "trail" }));
}

/**
 * Moves what waits in the outbox into its owners' trails, the oldest first, and then forgets it. A row leaves the
 * outbox only after its trail has it, and a trail takes each record once: a kill at any point, or two drains side by
 * side, lose and double nothing. A row that is no record stays where it is, is logged, and holds up no other. Returns how
 * many rows were moved.
 */
export async function drainAudit(env: Env): Promise<number> {
  const database = openDatabase(env.DB);
  let moved = 0;
  let last: { createdAt: number; place: number } | undefined;
  while (moved < MOVED_ROWS_MAX) {
    const { id, ownerId, record, createdAt } = auditOutbox;
    const rows = await database
      .select({ id, ownerId, record, createdAt, place: sql<number>`rowid` })
      .from(auditOutbox)
      .where(last && sql`(${createdAt}, rowid) > (${last.createdAt}, ${last.place})`)
      .orderBy(asc(createdAt), sql`rowid`)
      .limit(BATCH_ROWS);
    const readable = rows.flatMap((row) => readRow(row) ?? []);
    const byOwner = Map.groupBy(readable, (row) => row.ownerId);
    const erased = await erasedOwners(database, [...byOwner.keys()]);
    for (const [owner, mine] of byOwner) {
      const ids = mine.map((row) => row.id);
      const forgotten = database.delete(auditOutbox).where(inArray(auditOutbox.id, ids));
      moved += mine.length;
      // A trail that went with its owner's account must not begin anew.
      if (erased.has(owner)) {
        await forgotten;
        continue;
      }
      const told = mine.flatMap(({ record }) => noticeOfAudit(owner, record) ?? []);
      const object = await auditObject(env, owner);
      const { seq, hash } = await object.append({ ownerId: owner, records: mine.map((row) => row.record) });
      await database.batch([
        database
          .insert(auditHeads)
          .values({ ownerId: owner, seq, hash })
          // Never back: of two drains side by side the slower one knows less, and a chain that lost entries must show.
          .onConflictDoUpdate({
            target: auditHeads.ownerId,
            set: { seq, hash },
            setWhere: sql`${auditHeads.seq} < ${seq}`,
          }),
        ...told.flatMap((notice) => prepareNotice(database, notice, { nowMs: notice.at })),
        forgotten,
      ]);
      await nudge(env, told);
    }
    last = rows.at(-1);
    if (rows.length < BATCH_ROWS) break;
  }
  return moved;
}

/** What was kept with the trail is told at once where the queue takes it, and by the minute's round where it does not. */
async function nudge(env: Env, told: readonly RaisedNotice[]): Promise<void> {
  try {
    await queueNotices(env, told);
  } catch (error) {
    logEvent("notices_not_queued", { error });
  }
}

/** A row with its record opened, or undefined for one that somebody must look at. */
function readRow({ id, ownerId, record }: { id: string; ownerId: string; record: string }) {
  try {
    return { id, ownerId, record: AuditRecord.parse(JSON.parse(record)) };
  } catch (error) {
    logEvent("audit_row_unreadable", { id, ownerId, error });
    return undefined;
  }
}
