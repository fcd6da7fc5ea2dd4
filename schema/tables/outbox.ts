import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Letters that wait to be sent, and those that were, for as long as their retention says. */
export const mailOutbox = sqliteTable(
  "mail_outbox",
  {
    id: text("id").primaryKey(),
    userId: text("user_id"),
    recipient: text("recipient").notNull(),
    template: text("template").notNull(),
    subject: text("subject").notNull(),
    /** Emptied once sent: it may hold a link that works. */
    body: text("body").notNull(),
    createdAt: integer("created_at").notNull(),
    attempts: integer("attempts").notNull().default(0),
    nextAttemptAt: integer("next_attempt_at").notNull(),
    sentAt: integer("sent_at"),
    failedAt: integer("failed_at"),
    lastError: text("last_error"),
  },
  (table) => [index("mail_outbox_by_due").on(table.sentAt, table.nextAttemptAt)],
);

/** Entries of the audit trail that were written with the change they tell of and wait to join their owner's chain. */
export const auditOutbox = sqliteTable(
  "audit_outbox",
  {
    id: text("id").primaryKey(),
    ownerId: text("owner_id").notNull(),
    /** JSON of an `AuditRecord`. */
    record: text("record").notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [index("audit_outbox_by_owner").on(table.ownerId, table.createdAt)],
);

/**
 * The newest head of each owner's chain, as the drain saw it, and up to where it was anchored. A second witness beside
 * the chain itself, and the list of what the next anchors are for.
 */
export const auditHeads = sqliteTable(
  "audit_heads",
  {
    ownerId: text("owner_id").primaryKey(),
    seq: integer("seq").notNull(),
    hash: text("hash").notNull(),
    anchoredSeq: integer("anchored_seq").notNull().default(0),
    /** When the last anchor was written; 0 before the first. */
    anchoredAt: integer("anchored_at").notNull().default(0),
  },
  // Only of chains that moved: those that rest are looked at by nobody.
  (table) => [index("audit_heads_moved").on(table.anchoredAt).where(sql`${table.seq} > ${table.anchoredSeq}`)],
);
