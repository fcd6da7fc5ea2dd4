import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

// Instants are UTC milliseconds. Nothing in these tables lets their reader act as a user: tokens are kept as hashes or
// made from secrets that are not here, seeds of one-time codes are sealed by the vault.

/** A person. `role` is what the person may do beyond their own things: see `workers/auth/access-matrix.ts`. */
export const users = sqliteTable("users", {
  id: text("id").primaryKey(),
  /** Lower case. */
  email: text("email").notNull().unique(),
  emailVerified: integer("email_verified", { mode: "boolean" }).notNull().default(false),
  name: text("name").notNull(),
  /** Argon2id in PHC form. */
  passwordHash: text("password_hash"),
  role: text("role", { enum: ["trader", "operator", "administrator"] })
    .notNull()
    .default("trader"),
  disabledAt: integer("disabled_at"),
  /** When everything of the person is erased, where they asked for it. */
  deletionDueAt: integer("deletion_due_at"),
  createdAt: integer("created_at").notNull(),
  updatedAt: integer("updated_at").notNull(),
});

/** A browser that is signed in: one family of refresh tokens, of which only generation `generation` is good. */
export const sessions = sqliteTable(
  "sessions",
  {
    id: text("id").primaryKey(),
    userId: text("user_id").notNull(),
    /** 256 random bits in hexadecimal; tokens are made from them and from a secret of the environment. */
    seed: text("seed").notNull(),
    generation: integer("generation").notNull(),
    rotatedAt: integer("rotated_at").notNull(),
    usedAt: integer("used_at").notNull(),
    idleMs: integer("idle_ms").notNull(),
    address: text("address").notNull(),
    userAgent: text("user_agent").notNull(),
    /** When a second factor was shown in this session, where one was. */
    secondFactorAt: integer("second_factor_at"),
    /** When the person last proved again who they are. */
    steppedUpAt: integer("stepped_up_at"),
    /** Whose things the session shows instead of the user's own, read only. */
    viewingOwnerId: text("viewing_owner_id"),
    /** Until when that holds where the owner did not invite the user. */
    viewingUntil: integer("viewing_until"),
    createdAt: integer("created_at").notNull(),
    endedAt: integer("ended_at"),
    endReason: text("end_reason"),
  },
  (table) => [index("sessions_by_user").on(table.userId)],
);

/** Secret text that works once: links in mail, the step between password and second factor, tickets of sockets. */
export const oneTimeTokens = sqliteTable(
  "one_time_tokens",
  {
    /** SHA-256 of the token. */
    hash: text("hash").primaryKey(),
    kind: text("kind").notNull(),
    userId: text("user_id"),
    /** JSON, in the shape that its kind names. */
    payload: text("payload").notNull(),
    attempts: integer("attempts").notNull().default(0),
    createdAt: integer("created_at").notNull(),
    expiresAt: integer("expires_at").notNull(),
  },
  (table) => [
    index("one_time_tokens_by_user").on(table.userId, table.kind),
    index("one_time_tokens_by_end").on(table.expiresAt),
  ],
);

/** The seed of an authenticator app. Unconfirmed until the first code was right. */
export const totpSecrets = sqliteTable("totp_secrets", {
  userId: text("user_id").primaryKey(),
  /** Entry of the vault that holds the seed. */
  secretId: text("secret_id").notNull(),
  /** Number of the latest 30-second step whose code was taken; no earlier one is taken again. */
  lastStep: integer("last_step").notNull().default(0),
  confirmedAt: integer("confirmed_at"),
  createdAt: integer("created_at").notNull(),
});

export const recoveryCodes = sqliteTable(
  "recovery_codes",
  {
    userId: text("user_id").notNull(),
    /** HMAC-SHA-256 under the pepper. */
    hash: text("hash").notNull(),
    usedAt: integer("used_at"),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.hash] })],
);

export const passkeys = sqliteTable(
  "passkeys",
  {
    /** The credential's own id, base64url. */
    id: text("id").primaryKey(),
    userId: text("user_id").notNull(),
    name: text("name").notNull(),
    /** COSE key, base64url. */
    publicKey: text("public_key").notNull(),
    counter: integer("counter").notNull(),
    transports: text("transports", { mode: "json" }).$type<string[]>().notNull(),
    createdAt: integer("created_at").notNull(),
    lastUsedAt: integer("last_used_at"),
  },
  (table) => [index("passkeys_by_user").on(table.userId)],
);

/** A key of a program. */
export const apiKeys = sqliteTable(
  "api_keys",
  {
    id: text("id").primaryKey(),
    ownerId: text("owner_id").notNull(),
    name: text("name").notNull(),
    /** The key's first characters, by which its owner tells it from others. */
    start: text("start").notNull(),
    /** SHA-256 of the whole key. */
    hash: text("hash").notNull().unique(),
    scopes: text("scopes", { mode: "json" }).$type<("read" | "trade" | "admin")[]>().notNull(),
    /** Addresses and networks the key may be used from; null for any. */
    allowedAddresses: text("allowed_addresses", { mode: "json" }).$type<string[]>(),
    createdAt: integer("created_at").notNull(),
    expiresAt: integer("expires_at"),
    lastUsedAt: integer("last_used_at"),
    lastUsedAddress: text("last_used_address"),
    revokedAt: integer("revoked_at"),
  },
  (table) => [index("api_keys_by_owner").on(table.ownerId)],
);

/** Leave to see one owner's things. */
export const viewers = sqliteTable(
  "viewers",
  {
    ownerId: text("owner_id").notNull(),
    viewerId: text("viewer_id").notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.ownerId, table.viewerId] }), index("viewers_by_viewer").on(table.viewerId)],
);

export const invitations = sqliteTable(
  "invitations",
  {
    id: text("id").primaryKey(),
    ownerId: text("owner_id").notNull(),
    email: text("email").notNull(),
    createdAt: integer("created_at").notNull(),
    expiresAt: integer("expires_at").notNull(),
    acceptedAt: integer("accepted_at"),
  },
  (table) => [index("invitations_by_owner").on(table.ownerId)],
);

/** Sockets that were opened for a session or a key, so that its end can close them. */
export const openSockets = sqliteTable(
  "open_sockets",
  {
    /** Session or API key. */
    grantId: text("grant_id").notNull(),
    userId: text("user_id").notNull(),
    kind: text("kind", {
      enum: ["run", "market", "relay", "replay", "venue", "account", "bot", "dashboard"],
    }).notNull(),
    /** Name of the object that holds the socket. */
    objectName: text("object_name").notNull(),
    openedAt: integer("opened_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.grantId, table.kind, table.objectName] }),
    index("open_sockets_by_user").on(table.userId),
  ],
);

/** Things that happen once in the life of a deployment, such as the making of its first administrator. */
export const deploymentFacts = sqliteTable("deployment_facts", {
  name: text("name").primaryKey(),
  value: text("value").notNull(),
  createdAt: integer("created_at").notNull(),
});
