import { and, asc, eq } from "drizzle-orm";
import { users } from "../../../schema/tables/identity.ts";
import { noticeChannels, noticeRules, noticeSettings } from "../../../schema/tables/notification.ts";
import { vaultSecrets } from "../../../schema/tables/vault.ts";
import { OPERATOR_TOPICS, PERSON_TOPICS } from "../../../schema/wire/notice-event.ts";
import {
  CHANNELS_MAX,
  type ChangeNoticeChannel,
  type ChannelTest,
  type CreateNoticeChannel,
  type NewNoticeChannel,
  type NoticeChannel,
  type NoticeChannels,
  type RuleLevel,
} from "../../../schema/wire/notification.ts";
import { type ChannelRow, type ChannelSecret, channelSecretId, senderOf } from "../../notify/channel-sender.ts";
import { outgoing } from "../../notify/deliver-notices.ts";
import { checkHookAddress } from "../../notify/hook-address.ts";
import { defaultsOf, OWN_ADDRESS, prepareDefaults } from "../../notify/notice-defaults.ts";
import { runAll } from "../../notify/notice-rows.ts";
import { OPERATORS, raised } from "../../notify/raised-notice.ts";
import { isSlackHook } from "../../notify/slack-sender.ts";
import { isTelegramChat } from "../../notify/telegram-sender.ts";
import { base64Url, randomBytes } from "../../platform/digest.ts";
import { newId } from "../../platform/ids.ts";
import { logEvent } from "../../platform/log-event.ts";
import { conflict, invalid, notFound } from "../../platform/problem-error.ts";
import { prepareSecret } from "../../platform/vault.ts";
import { askForCode } from "./confirm-address.ts";
import { type NoticeContext, noticeAudit, noticeAuditOfChange } from "./notice-context.ts";

/** Bytes of the key that webhooks are signed by: as many as the hash has. */
const SIGNING_BYTES = 32;

/** The owner's channels, the oldest first. */
export async function listChannels({ ctx }: { ctx: NoticeContext }): Promise<NoticeChannels> {
  const orderBy = [asc(noticeChannels.createdAt), asc(noticeChannels.id)];
  const stored = await ctx.owned.list(noticeChannels, { orderBy, limit: CHANNELS_MAX });
  const rows = (await isBegun(ctx)) ? stored : (await defaultsOf(ctx.ownerId, ctx.now())).channels;
  const own = await ownAddress(ctx);
  return { rows: rows.map((row) => channelOf(row, own)) };
}

/** Whether an owner's settings are stored; before that what holds are the defaults, and reading stores nothing. */
export async function isBegun({ owned }: NoticeContext): Promise<boolean> {
  return (await owned.count(noticeSettings)) > 0;
}

/** Stores an owner's settings and first channels, once, before anything of them is changed. */
export async function ensureDefaults(ctx: NoticeContext): Promise<void> {
  if (await isBegun(ctx)) return;
  await runAll(ctx.database, await prepareDefaults(ctx.database, { ownerId: ctx.ownerId, nowMs: ctx.now() }));
}

/**
 * Adds a way out. Throws 422 for an address that cannot be one, or that leads inwards; 409 beyond the most. An address of
 * mail that is not the account's own is sent a code, and nothing else until that was entered.
 */
export async function createChannel(call: {
  ctx: NoticeContext;
  input: CreateNoticeChannel;
}): Promise<NewNoticeChannel> {
  const { ctx, input } = call;
  await ensureDefaults(ctx);
  if ((await ctx.owned.count(noticeChannels)) >= CHANNELS_MAX) {
    throw conflict("too_many", `There may be at most ${CHANNELS_MAX} channels. Remove one first.`);
  }
  const made = await secretOf(ctx, input);
  const own = await ownAddress(ctx);
  const isOwn = input.kind === "email" && input.address === own;
  const needsCode = input.kind === "email" && !isOwn;
  const now = ctx.now();
  const row: Omit<ChannelRow, "ownerId"> = {
    ...{ id: newId("nch"), kind: input.kind, label: input.label, enabled: true, digest: "off", createdAt: now },
    target: isOwn ? OWN_ADDRESS : targetOf(input),
    verifiedAt: needsCode ? null : now,
    ...{ lastSentAt: null, problem: null, failures: 0 },
  };
  const { env, owned } = ctx;
  const kept = { id: channelSecretId(row.id), field: "notice channel", show: "nothing" } as const;
  const sealed =
    made === undefined
      ? []
      : (await prepareSecret({ env, owned, nowMs: now }, { ...kept, secret: JSON.stringify(made) })).statements;
  const letter = needsCode ? await askForCode(ctx, { channelId: row.id, address: input.address }) : [];
  await ctx.owned.batch([
    ...sealed,
    ctx.owned.prepareInsert(noticeChannels, row),
    ...firstRules(ctx, row.id, input.tell),
    ...letter,
    noticeAudit(ctx, { action: "notice-channel.create", subject: subjectOf(row.id), after: trailEntry(row) }),
  ]);
  const secret = made?.kind === "webhook" ? made.secret : null;
  return { channel: channelOf({ ...row, ownerId: ctx.ownerId }, own), secret };
}

/** What is told on a new channel: everything from a level on but fills, of which there may be very many. */
function firstRules({ owned, ownerId }: NoticeContext, channelId: string, level: RuleLevel) {
  if (level === "off") return [];
  const topics = ownerId === OPERATORS ? OPERATOR_TOPICS : PERSON_TOPICS;
  return topics
    .filter((topic) => topic !== "fill")
    .map((topic) =>
      owned.prepareInsert(noticeRules, { id: newId("nru"), channelId, topic, scope: "all", scopeId: "", level }),
    );
}

/** Renames a channel, turns it on or off, or changes whether notices go together. */
export async function changeChannel(call: {
  ctx: NoticeContext;
  input: { readonly id: string; readonly change: ChangeNoticeChannel };
}): Promise<NoticeChannel> {
  const { ctx, input } = call;
  const row = await findChannel(ctx, input.id);
  const { label = row.label, enabled = row.enabled, digest = row.digest } = input.change;
  const change = { label, enabled, digest };
  await ctx.owned.batch([
    ctx.owned.prepareUpdate(noticeChannels, change, eq(noticeChannels.id, row.id)),
    noticeAuditOfChange(ctx, {
      action: "notice-channel.change",
      subject: subjectOf(row.id),
      before: { label: row.label, enabled: row.enabled, digest: row.digest },
      after: change,
    }),
  ]);
  return channelOf({ ...row, ...change }, await ownAddress(ctx));
}

/** Takes a channel away, with its rules and its secret. Throws 409 for the pages' own list, which may be turned off. */
export async function removeChannel(call: { ctx: NoticeContext; input: { readonly id: string } }): Promise<void> {
  const { ctx, input } = call;
  const row = await findChannel(ctx, input.id);
  if (row.kind === "in-app") throw conflict("in_app", "The list in the app stays; turn it off where it is not wanted.");
  await ctx.owned.batch([
    ctx.owned.prepareRemove(vaultSecrets, eq(vaultSecrets.id, channelSecretId(row.id))),
    ctx.owned.prepareRemove(noticeRules, eq(noticeRules.channelId, row.id)),
    ctx.owned.prepareRemove(noticeChannels, eq(noticeChannels.id, row.id)),
    noticeAuditOfChange(ctx, {
      action: "notice-channel.remove",
      subject: subjectOf(row.id),
      before: trailEntry(row),
    }),
  ]);
}

/** Sends a notice over a channel at once, whatever its rules say, and answers what became of it. */
export async function testChannel(call: { ctx: NoticeContext; input: { readonly id: string } }): Promise<ChannelTest> {
  const { ctx, input } = call;
  const row = await findChannel(ctx, input.id);
  if (row.kind === "in-app") throw conflict("in_app", "The list in the app needs no test.");
  if (row.verifiedAt === null)
    throw conflict("not_confirmed", "Confirm this address first, by the code in the letter.");
  const from = ctx.now();
  const delivery = await attemptTest(ctx, { ...row, target: row.target || (await ownAddress(ctx)) });
  const elapsedMs = ctx.now() - from;
  const reason = delivery.outcome === "sent" ? null : delivery.reason;
  const change = reason === null ? { problem: null, failures: 0, lastSentAt: ctx.now() } : { problem: reason };
  await ctx.owned.batch([
    ctx.owned.prepareUpdate(noticeChannels, change, eq(noticeChannels.id, row.id)),
    noticeAudit(ctx, {
      action: "notice-channel.test",
      subject: subjectOf(row.id),
      after: { outcome: delivery.outcome },
    }),
  ]);
  return { outcome: delivery.outcome, reason, elapsedMs };
}

async function attemptTest(ctx: NoticeContext, channel: ChannelRow) {
  const { env, database, ways, now, ownerId } = ctx;
  const test = raised({
    ...{ id: newId("not"), ownerId, event: "channel.failing", level: "info", at: now() },
    title: `A test of ${channel.label}`,
    text: "Somebody asked for it under Settings, Notifications. If you can read this, the channel works.",
    path: "/settings?section=notifications",
  });
  try {
    const sender = await senderOf({ env, database, ways, now }, channel);
    return await sender.send({ ...outgoing(env, test), event: "test" });
  } catch (error) {
    logEvent("notice_test_failed", { id: channel.id, error });
    return { outcome: "refused" as const, reason: "what opens the channel is gone: add it anew" };
  }
}

/** The row to change. Throws 404. */
export async function findChannel(ctx: NoticeContext, id: string): Promise<ChannelRow> {
  await ensureDefaults(ctx);
  const row = await ctx.owned.find(noticeChannels, eq(noticeChannels.id, id));
  if (row === undefined) throw notFound("channel");
  return row;
}

/** The account's own confirmed address; empty for the deployment, which has none. */
export async function ownAddress({ database, ownerId }: NoticeContext): Promise<string> {
  const confirmed = and(eq(users.id, ownerId), eq(users.emailVerified, true));
  const [user] = await database.select({ email: users.email }).from(users).where(confirmed).limit(1);
  return user?.email ?? "";
}

export function channelOf({ ownerId: _, failures: __, ...row }: ChannelRow, own: string): NoticeChannel {
  return row.kind === "email" && row.target === OWN_ADDRESS ? { ...row, target: own } : row;
}

/** What opens a channel, once it was looked at. Throws 422 where it cannot. */
async function secretOf({ ways }: NoticeContext, input: CreateNoticeChannel): Promise<ChannelSecret | undefined> {
  switch (input.kind) {
    case "email":
      return undefined;
    case "slack":
      if (isSlackHook(input.hook)) return { kind: "slack", hook: input.hook };
      throw invalid("hook", "must be such as https://hooks.slack.com/services/T…/B…/…");
    case "telegram": {
      const { token, chat } = input;
      if (isTelegramChat({ token, chat })) return { kind: "telegram", token, chat };
      if (isTelegramChat({ token, chat: "1" })) throw invalid("chat", "must be a number or @channel", chat);
      throw invalid("token", "must be as BotFather gives it, such as 123456:ABC…");
    }
    case "webhook": {
      const address = await checkHookAddress(input.url, ways.resolve);
      if (!address.ok) throw invalid("url", `must ${address.reason}`, input.url);
      return { kind: "webhook", url: address.url.href, secret: `whsec_${base64Url(randomBytes(SIGNING_BYTES))}` };
    }
  }
}

/** What may be shown: of addresses that are secrets themselves, no more than where they lead. */
function targetOf(input: CreateNoticeChannel): string {
  switch (input.kind) {
    case "email":
      return input.address;
    case "slack":
      return `hooks.slack.com …${input.hook.slice(-4)}`;
    case "telegram":
      return `chat ${input.chat}`;
    case "webhook":
      return new URL(input.url).hostname;
  }
}

function subjectOf(id: string) {
  return { kind: "notice-channel", id } as const;
}

function trailEntry({ kind, label, target }: Pick<ChannelRow, "kind" | "label" | "target">) {
  return { kind, label, target };
}
