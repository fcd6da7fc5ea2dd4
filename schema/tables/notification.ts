import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { NoticeEventName, NoticeLevel, NoticeTopic } from "../wire/notice-event.ts";
import type { ChannelKind, Digest, RuleLevel } from "../wire/notification.ts";

// The owner of what the deployment's people are told is `operators`.

/** How an owner wants to be told. Its row is made with the owner's first channels and rules. */
export const noticeSettings = sqliteTable("notice_settings", {
  ownerId: text("owner_id").primaryKey(),
  timeZone: text("time_zone").notNull(),
  /** Minutes of the day; null where no hours are quiet. */
  quietFrom: integer("quiet_from"),
  quietTo: integer("quiet_to"),
  repeatMinutes: integer("repeat_minutes").notNull(),
  dailyAt: integer("daily_at").notNull(),
  /** Everything up to then was read, UTC ms. */
  readUntil: integer("read_until").notNull().default(0),
  updatedAt: integer("updated_at").notNull(),
});

/** A way out to people: what may be shown of it. What opens it is in the vault under `notice:` and the row's id. */
export const noticeChannels = sqliteTable(
  "notice_channels",
  {
    id: text("id").primaryKey(),
    ownerId: text("owner_id").notNull(),
    kind: text("kind").$type<ChannelKind>().notNull(),
    label: text("label").notNull(),
    target: text("target").notNull(),
    enabled: integer("enabled", { mode: "boolean" }).notNull().default(true),
    digest: text("digest").$type<Digest>().notNull().default("off"),
    verifiedAt: integer("verified_at"),
    createdAt: integer("created_at").notNull(),
    lastSentAt: integer("last_sent_at"),
    problem: text("problem"),
    /** Notices that were given up in a row. */
    failures: integer("failures").notNull().default(0),
  },
  (table) => [index("notice_channels_by_owner").on(table.ownerId)],
);

/** From which level on a topic is told on a channel, for everything, an account or a bot. */
export const noticeRules = sqliteTable(
  "notice_rules",
  {
    id: text("id").primaryKey(),
    ownerId: text("owner_id").notNull(),
    channelId: text("channel_id").notNull(),
    topic: text("topic").$type<NoticeTopic>().notNull(),
    scope: text("scope", { enum: ["all", "account", "bot"] }).notNull(),
    /** Account or bot; empty for all. */
    scopeId: text("scope_id").notNull(),
    level: text("level").$type<RuleLevel>().notNull(),
  },
  (table) => [
    uniqueIndex("notice_rules_by_place").on(table.ownerId, table.channelId, table.topic, table.scope, table.scopeId),
  ],
);

/** What people are told, once for all channels: the outbox of what was not yet routed, and the list that pages show. */
export const notices = sqliteTable(
  "notices",
  {
    id: text("id").primaryKey(),
    ownerId: text("owner_id").notNull(),
    event: text("event").$type<NoticeEventName>().notNull(),
    level: text("level").$type<NoticeLevel>().notNull(),
    at: integer("at").notNull(),
    title: text("title").notNull(),
    text: text("text").notNull(),
    subject: text("subject", { mode: "json" }).$type<Record<string, string>>().notNull(),
    /** Path of a page of ours; empty where there is none. */
    path: text("path").notNull().default(""),
    accountId: text("account_id"),
    botId: text("bot_id"),
    /** Equal for what says the same of the same; empty for what is told each time. */
    sameAs: text("same_as").notNull().default(""),
    /** How often the same came again and was held back. */
    repeats: integer("repeats").notNull().default(0),
    inApp: integer("in_app", { mode: "boolean" }).notNull().default(false),
    createdAt: integer("created_at").notNull(),
    /** When it was decided who is told of it; null while that waits. */
    routedAt: integer("routed_at"),
  },
  (table) => [
    index("notices_to_route").on(table.createdAt).where(sql`${table.routedAt} is null`),
    index("notices_in_app").on(table.ownerId, table.at).where(sql`${table.inApp} = 1`),
    index("notices_same").on(table.ownerId, table.sameAs, table.at),
    index("notices_by_age").on(table.at),
  ],
);

/** A notice on its way over a channel, and for as long as its retention says, what became of it. */
export const noticeDeliveries = sqliteTable(
  "notice_deliveries",
  {
    id: text("id").primaryKey(),
    ownerId: text("owner_id").notNull(),
    noticeId: text("notice_id").notNull(),
    channelId: text("channel_id").notNull(),
    status: text("status", { enum: ["waiting", "sent", "failed"] }).notNull(),
    /** Waits to go with others of its channel. */
    together: integer("together", { mode: "boolean" }).notNull(),
    /** Under which id it went with others, from their first attempt on; null for those that go by themselves. */
    digestId: text("digest_id"),
    attempts: integer("attempts").notNull().default(0),
    nextAttemptAt: integer("next_attempt_at").notNull(),
    reason: text("reason"),
    createdAt: integer("created_at").notNull(),
    sentAt: integer("sent_at"),
  },
  (table) => [
    uniqueIndex("notice_deliveries_once").on(table.noticeId, table.channelId),
    index("notice_deliveries_due").on(table.nextAttemptAt).where(sql`${table.status} = 'waiting'`),
    index("notice_deliveries_by_owner").on(table.ownerId, table.createdAt, table.id),
    index("notice_deliveries_by_age").on(table.createdAt),
  ],
);
