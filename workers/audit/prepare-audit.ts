import { sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { auditOutbox } from "../../schema/tables/outbox.ts";
import type { AuditActor, AuditPlace, AuditRecord } from "../../schema/wire/audit-record.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import { newId } from "../platform/ids.ts";
import { withoutSecrets } from "./without-secrets.ts";

export interface AuditContext {
  readonly database: Database;
  /** Whose trail the entry joins. */
  readonly ownerId: string;
  readonly actor: AuditActor;
  readonly place: AuditPlace;
  readonly nowMs: number;
}

/** An entry of a context's actor, from its place and at its time, in an owner's trail. */
export function auditContext(
  ctx: { readonly database: Database; readonly place: AuditPlace; readonly now: Clock },
  by: { readonly ownerId: string; readonly actor: AuditActor },
): AuditContext {
  return { database: ctx.database, ownerId: by.ownerId, actor: by.actor, place: ctx.place, nowMs: ctx.now() };
}

/** The same for what a job of ours does, which comes from nowhere and nobody asked for. */
export function systemAuditContext(database: Database, ownerId: string, nowMs: number): AuditContext {
  const actor = { type: "system" as const, userId: "", grantId: "" };
  return { database, ownerId, actor, place: { address: "", userAgent: "", requestId: "" }, nowMs };
}

export interface AuditEvent {
  /** Noun and verb, such as `backtest.create`. */
  readonly action: string;
  readonly subject?: { readonly kind: string; readonly id: string };
  readonly before?: unknown;
  readonly after?: unknown;
}

// A record is for reading: what was changed, not a copy of a long rule text or of a file.
const RECORD_CHARACTERS_MAX = 16_000;

/** A statement that puts an entry into the trail, for the batch of the change that it tells of. */
export function prepareAudit(ctx: AuditContext, event: AuditEvent): BatchItem<"sqlite"> {
  return ctx.database.insert(auditOutbox).values(rowOf(ctx, event));
}

/**
 * The same for a conditional change: it must stand right behind that change in the batch, and writes nothing where the
 * change met no row, so that the trail tells of what happened and not of what was tried.
 */
export function prepareAuditOfChange(ctx: AuditContext, event: AuditEvent): BatchItem<"sqlite"> {
  const { id, ownerId, record, createdAt } = rowOf(ctx, event);
  // As a built insert: a batch cannot bind the parameters of raw SQL. The values are in the order of the table's columns.
  return ctx.database
    .insert(auditOutbox)
    .select(sql`select ${id}, ${ownerId}, ${record}, ${createdAt} where changes() > 0`);
}

function rowOf(ctx: AuditContext, event: AuditEvent) {
  const { ownerId, actor, place, nowMs } = ctx;
  const id = newId("aud");
  const record: AuditRecord = {
    id,
    at: nowMs,
    action: event.action,
    actor,
    place,
    subject: event.subject ?? null,
    before: withoutSecrets(event.before ?? null),
    after: withoutSecrets(event.after ?? null),
  };
  const text = JSON.stringify(record);
  const kept =
    text.length <= RECORD_CHARACTERS_MAX
      ? text
      : JSON.stringify({ ...record, before: { omitted: "too long" }, after: { omitted: "too long" } });
  return { id, ownerId, record: kept, createdAt: nowMs };
}
