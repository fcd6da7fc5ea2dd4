import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Half of the key under which an owner's secrets are wrapped; the other half is the master key. Gone, all is gone. */
export const ownerKeys = sqliteTable("owner_keys", {
  ownerId: text("owner_id").primaryKey(),
  /** 256 random bits, base64url. */
  salt: text("salt").notNull(),
  createdAt: integer("created_at").notNull(),
});

/** A secret at rest; `workers/platform/vault.ts` alone opens it. */
export const vaultSecrets = sqliteTable(
  "vault_secrets",
  {
    id: text("id").notNull(),
    ownerId: text("owner_id").notNull(),
    field: text("field").notNull(),
    /** Master key that wraps the secret's own key. */
    keyId: text("key_id").notNull(),
    sealed: text("sealed").notNull(),
    /** First 16 hexadecimal digits of an HMAC of the secret: tells equal from different, and nothing else. */
    fingerprint: text("fingerprint").notNull(),
    /** The last four characters, where showing them gives nothing away; else empty. */
    lastFour: text("last_four").notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.ownerId, table.id] }), index("vault_secrets_by_key").on(table.keyId)],
);
