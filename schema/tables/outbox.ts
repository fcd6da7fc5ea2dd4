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
