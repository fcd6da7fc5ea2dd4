import { z } from "zod";
import {
  NOTICE_EVENT_NAMES,
  NOTICE_LEVELS,
  NOTICE_TOPIC_NAMES,
  type NoticeEventName,
  type NoticeTopic,
} from "./notice-event.ts";
import { Page, PageQuery, TimeMs } from "./primitive.ts";

/** Channels that one person, or the deployment, may have. */
export const CHANNELS_MAX = 20;
/** Rules of one owner: a few for each channel and topic, and exceptions for accounts and bots. */
export const RULES_MAX = 500;
/** Longest time for which repeats are held back, minutes. */
export const REPEAT_MINUTES_MAX = 1_440;

export const NoticeTopicName = z.enum(NOTICE_TOPIC_NAMES as [NoticeTopic, ...NoticeTopic[]]);
export const NoticeEvent = z.enum(NOTICE_EVENT_NAMES as [NoticeEventName, ...NoticeEventName[]]);
export const NoticeLevelName = z.enum(NOTICE_LEVELS);
export const ChannelKind = z.enum(["in-app", "email", "slack", "telegram", "webhook"]);
export type ChannelKind = z.infer<typeof ChannelKind>;

const Label = z.string().trim().min(1).max(60);
const Address = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .regex(/^[^\s@<>()",;:\\[\]]{1,64}@[a-z\d](?:[a-z\d.-]*[a-z\d])?\.[a-z]{2,63}$/, "must be such as ada@example.org");

/** `off`: each notice by itself; otherwise together, but for what is critical. */
export const Digest = z.enum(["off", "hourly", "daily"]);
export type Digest = z.infer<typeof Digest>;

/** A way out to people. What opens it (addresses of hooks, tokens) is sealed and never shown again. */
export const NoticeChannel = z.object({
  id: z.string(),
  kind: ChannelKind,
  label: z.string(),
  /** Where it leads, as far as it may be shown: an address, a host, a chat. */
  target: z.string(),
  enabled: z.boolean(),
  digest: Digest,
  /** Null until its address was confirmed: nothing is sent there before. */
  verifiedAt: TimeMs.nullable(),
  createdAt: TimeMs,
  lastSentAt: TimeMs.nullable(),
  /** Why the last notice was given up; null where the last one arrived. */
  problem: z.string().nullable(),
});
export type NoticeChannel = z.infer<typeof NoticeChannel>;

export const NoticeChannels = z.object({ rows: z.array(NoticeChannel) });
export type NoticeChannels = z.infer<typeof NoticeChannels>;

/** From which level on a topic is told on a channel; `off` for never. */
export const RuleLevel = z.enum(["off", ...NOTICE_LEVELS]);
export type RuleLevel = z.infer<typeof RuleLevel>;

/** From which level on everything but fills is told on a new channel, until its rules say otherwise. */
const tell = RuleLevel.default("critical");

export const CreateNoticeChannel = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("email"), label: Label, tell, address: Address }),
  z.strictObject({ kind: z.literal("slack"), label: Label, tell, hook: z.string().trim().max(300) }),
  z.strictObject({
    kind: z.literal("telegram"),
    label: Label,
    tell,
    token: z.string().trim().max(100),
    chat: z.string().trim().max(60),
  }),
  z.strictObject({ kind: z.literal("webhook"), label: Label, tell, url: z.string().trim().max(500) }),
]);
export type CreateNoticeChannel = z.infer<typeof CreateNoticeChannel>;

/** A channel with the secret that its webhooks are signed by, which nobody can show again; null for other kinds. */
export const NewNoticeChannel = z.object({ channel: NoticeChannel, secret: z.string().nullable() });
export type NewNoticeChannel = z.infer<typeof NewNoticeChannel>;

export const ChangeNoticeChannel = z
  .strictObject({ label: Label.optional(), enabled: z.boolean().optional(), digest: Digest.optional() })
  .refine((change) => Object.keys(change).length > 0, "must change something");
export type ChangeNoticeChannel = z.infer<typeof ChangeNoticeChannel>;

export const VerifyNoticeChannel = z.strictObject({
  /** As the letter has it. */
  code: z
    .string()
    .trim()
    .regex(/^[\w-]{43}$/, "must be the code of the letter"),
});
export type VerifyNoticeChannel = z.infer<typeof VerifyNoticeChannel>;

/** What became of a test: what the other side answered is never shown but for its status. */
export const ChannelTest = z.object({
  outcome: z.enum(["sent", "refused", "again"]),
  /** Why it did not arrive; null where it did. */
  reason: z.string().nullable(),
  elapsedMs: z.number().int(),
});
export type ChannelTest = z.infer<typeof ChannelTest>;

/** What a rule holds for: everything, one account with its bots, or one bot. The narrowest that fits wins. */
export const RuleScope = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("all") }),
  z.strictObject({ kind: z.literal("account"), id: z.string().min(1).max(60) }),
  z.strictObject({ kind: z.literal("bot"), id: z.string().min(1).max(60) }),
]);
export type RuleScope = z.infer<typeof RuleScope>;

export const NoticeRule = z.object({
  id: z.string(),
  channelId: z.string(),
  topic: NoticeTopicName,
  scope: RuleScope,
  level: RuleLevel,
});
export type NoticeRule = z.infer<typeof NoticeRule>;
export const NoticeRules = z.object({ rows: z.array(NoticeRule) });
export type NoticeRules = z.infer<typeof NoticeRules>;

/** Sets the rule of a channel, a topic and a scope, in place of an earlier one. */
export const PutNoticeRule = z.strictObject({
  channelId: z.string().max(60),
  topic: NoticeTopicName,
  scope: RuleScope.default({ kind: "all" }),
  level: RuleLevel,
});
export type PutNoticeRule = z.infer<typeof PutNoticeRule>;

const Minute = z.number().int().min(0).max(1_439);
export const TimeZoneName = z.string().max(60).refine(isTimeZone, "must be a time zone such as Europe/Berlin");

/** Hours in which only what is critical is told: minutes of the day in the time zone; `to` may be the next day's. */
export const QuietHours = z
  .strictObject({ from: Minute, to: Minute })
  .refine(({ from, to }) => from !== to, { path: ["to"], message: "must differ from from" });

export const NoticeSettings = z.object({
  timeZone: TimeZoneName,
  quiet: QuietHours.nullable(),
  /** For how long the same about the same is told once; 0 for each time. */
  repeatMinutes: z.number().int().min(0).max(REPEAT_MINUTES_MAX),
  /** When daily digests leave: minute of the day in the time zone. */
  dailyAt: Minute,
});
export type NoticeSettings = z.infer<typeof NoticeSettings>;
export const PutNoticeSettings = z.strictObject(NoticeSettings.shape);

export const DeliveryStatus = z.enum(["waiting", "sent", "failed"]);
/** One notice on its way over one channel. */
export const NoticeDelivery = z.object({
  id: z.string(),
  noticeId: z.string(),
  channelId: z.string(),
  channel: z.string(),
  kind: ChannelKind,
  event: z.string(),
  level: NoticeLevelName,
  title: z.string(),
  status: DeliveryStatus,
  attempts: z.number().int(),
  /** Why the last attempt failed, or what it waits for; null where nothing did. */
  reason: z.string().nullable(),
  createdAt: TimeMs,
  /** When it is tried next; null once it was sent or given up. */
  nextAttemptAt: TimeMs.nullable(),
  sentAt: TimeMs.nullable(),
});
export type NoticeDelivery = z.infer<typeof NoticeDelivery>;
export const ListDeliveries = PageQuery.extend({
  status: DeliveryStatus.optional(),
  channelId: z.string().max(60).optional(),
});
export type ListDeliveries = z.infer<typeof ListDeliveries>;
export const DeliveryPage = Page(NoticeDelivery);
export type DeliveryPage = z.infer<typeof DeliveryPage>;

/** A notice as the page shows it. */
export const InboxNotice = z.object({
  id: z.string(),
  event: z.string(),
  level: NoticeLevelName,
  title: z.string(),
  text: z.string(),
  at: TimeMs,
  accountId: z.string().nullable(),
  botId: z.string().nullable(),
  /** Path of the page that shows more; null where there is none. */
  path: z.string().nullable(),
  /** How often the same came again within the time that repeats are held back. */
  repeats: z.number().int(),
  read: z.boolean(),
});
export type InboxNotice = z.infer<typeof InboxNotice>;
export const InboxPage = Page(InboxNotice).extend({ unread: z.number().int() });
export type InboxPage = z.infer<typeof InboxPage>;
/** Everything up to a moment was read. */
export const ReadInbox = z.strictObject({ until: TimeMs });

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
