import { asc, inArray, sql } from "drizzle-orm";
import { auditOutbox } from "../../schema/tables/outbox.ts";
import { openDatabase } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";
import { objectName } from "../platform/object-name.ts";
import type { AuditObject } from "./audit-object.ts";
import { AuditRecord } from "./audit-record.ts";

// D1 takes 100 parameters a statement, and the rows are deleted by their ids.
const BATCH_ROWS = 90;
// Nine hundred entries a round; what is left is moved by the next change or the next minute.
const BATCHES_MAX = 10;

/** The object that holds an owner's trail. */
export async function auditObject(env: Env, ownerId: string): Promise<DurableObjectStub<AuditObject>> {
  return env.AUDIT.getByName(await objectName({ kind: "audit", ownerId, id: "trail" }));
}

/**
 * Moves what waits in the outbox into its owners' trails, the oldest first, and then forgets it. A row leaves the
 * outbox only after its trail has it, and a trail takes each record once: a kill at any point, or two drains side by
 * side, lose and double nothing. Returns how many rows were moved.
 */
export async function drainAudit(env: Env): Promise<number> {
  const database = openDatabase(env.DB);
  let moved = 0;
  for (let batch = 0; batch < BATCHES_MAX; batch++) {
    const rows = await database
      .select()
      .from(auditOutbox)
      .orderBy(asc(auditOutbox.createdAt), sql`rowid`)
      .limit(BATCH_ROWS);
    const byOwner = Map.groupBy(rows, (row) => row.ownerId);
    for (const [ownerId, mine] of byOwner) {
      const object = await auditObject(env, ownerId);
      const records = mine.map((row) => AuditRecord.parse(JSON.parse(row.record)));
      await object.append({ ownerId, records });
      const ids = mine.map((row) => row.id);
      await database.delete(auditOutbox).where(inArray(auditOutbox.id, ids));
      moved += mine.length;
    }
    if (rows.length < BATCH_ROWS) break;
  }
  return moved;
}
