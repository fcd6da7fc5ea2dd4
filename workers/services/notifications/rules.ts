import { and, asc, eq } from "drizzle-orm";
import { noticeRules, noticeSettings } from "../../../schema/tables/notification.ts";
import { bots, tradingAccounts } from "../../../schema/tables/trading.ts";
import { OPERATOR_TOPICS, PERSON_TOPICS } from "../../../schema/wire/notice-event.ts";
import {
  type NoticeRule,
  type NoticeRules,
  type NoticeSettings,
  type PutNoticeRule,
  RULES_MAX,
  type RuleScope,
} from "../../../schema/wire/notification.ts";
import { defaultsOf } from "../../notify/notice-defaults.ts";
import { ruleOf, settingsOf } from "../../notify/notice-rows.ts";
import { OPERATORS } from "../../notify/raised-notice.ts";
import { newId } from "../../platform/ids.ts";
import { conflict, invalid, notFound } from "../../platform/problem-error.ts";
import { ensureDefaults, findChannel, isBegun } from "./channels.ts";
import { type NoticeContext, noticeAudit, noticeAuditOfChange } from "./notice-context.ts";

/** Everything that says which topics are told where. */
export async function listRules({ ctx }: { ctx: NoticeContext }): Promise<NoticeRules> {
  const stored = await ctx.owned.list(noticeRules, { orderBy: [asc(noticeRules.id)], limit: RULES_MAX });
  const rows = (await isBegun(ctx)) ? stored : (await defaultsOf(ctx.ownerId, ctx.now())).rules;
  return { rows: rows.map(ruleOf) };
}

/**
 * Sets the rule of a channel, a topic and a scope. Throws 404 for a channel, account or bot that is not there, 422 for a
 * topic that the owner has no events of, 409 beyond the most.
 */
export async function putRule(call: { ctx: NoticeContext; input: PutNoticeRule }): Promise<NoticeRule> {
  const { ctx, input } = call;
  const { channelId, topic, level, scope } = input;
  await ensureDefaults(ctx);
  const topics = ctx.ownerId === OPERATORS ? OPERATOR_TOPICS : PERSON_TOPICS;
  if (!topics.includes(topic)) throw invalid("topic", `must be one of ${topics.join(", ")}`, topic);
  await findChannel(ctx, channelId);
  await requireScope(ctx, scope);
  const scopeId = scope.kind === "all" ? "" : scope.id;
  const place = and(
    ...[eq(noticeRules.channelId, channelId), eq(noticeRules.topic, topic)],
    ...[eq(noticeRules.scope, scope.kind), eq(noticeRules.scopeId, scopeId)],
  );
  const before = place && (await ctx.owned.find(noticeRules, place));
  if (before === undefined && (await ctx.owned.count(noticeRules)) >= RULES_MAX) {
    throw conflict("too_many", `There may be at most ${RULES_MAX} rules. Remove one first.`);
  }
  const row = { id: before?.id ?? newId("nru"), channelId, topic, scope: scope.kind, scopeId, level };
  const { ownerId } = noticeRules;
  const target = [ownerId, noticeRules.channelId, noticeRules.topic, noticeRules.scope, noticeRules.scopeId];
  await ctx.owned.batch([
    ctx.owned.prepareUpsert(noticeRules, row, { target, set: { level } }),
    noticeAudit(ctx, {
      action: "notice-rule.put",
      subject: { kind: "notice-channel", id: channelId },
      before: before === undefined ? null : { level: before.level },
      after: { topic, scope, level },
    }),
  ]);
  return ruleOf({ ...row, ownerId: ctx.ownerId });
}

/** Takes a rule away: what it said follows from a wider one then, or is told no more. */
export async function removeRule(call: { ctx: NoticeContext; input: { readonly id: string } }): Promise<void> {
  const { ctx, input } = call;
  await ensureDefaults(ctx);
  const row = await ctx.owned.find(noticeRules, eq(noticeRules.id, input.id));
  if (row === undefined) throw notFound("rule");
  const { topic, scope, scopeId, level } = row;
  await ctx.owned.batch([
    ctx.owned.prepareRemove(noticeRules, eq(noticeRules.id, row.id)),
    noticeAuditOfChange(ctx, {
      action: "notice-rule.remove",
      subject: { kind: "notice-channel", id: row.channelId },
      before: { topic, scope, scopeId, level },
    }),
  ]);
}

/** Quiet hours, digest and repeats. */
export async function readSettings({ ctx }: { ctx: NoticeContext }): Promise<NoticeSettings> {
  const [row] = await ctx.owned.list(noticeSettings, { limit: 1 });
  return settingsOf(row ?? (await defaultsOf(ctx.ownerId, ctx.now())).settings);
}

export async function putSettings(call: { ctx: NoticeContext; input: NoticeSettings }): Promise<NoticeSettings> {
  const { ctx, input } = call;
  await ensureDefaults(ctx);
  const before = await readSettings({ ctx });
  const { timeZone, quiet, repeatMinutes, dailyAt } = input;
  const hours = { quietFrom: quiet?.from ?? null, quietTo: quiet?.to ?? null };
  const change = { timeZone, repeatMinutes, dailyAt, ...hours, updatedAt: ctx.now() };
  await ctx.owned.batch([
    ctx.owned.prepareUpdate(noticeSettings, change, eq(noticeSettings.ownerId, ctx.ownerId)),
    noticeAudit(ctx, { action: "notice-settings.put", before, after: input }),
  ]);
  return input;
}

async function requireScope({ owned }: NoticeContext, scope: RuleScope): Promise<void> {
  if (scope.kind === "account" && (await owned.find(tradingAccounts, eq(tradingAccounts.id, scope.id))) === undefined) {
    throw notFound("account");
  }
  if (scope.kind === "bot" && (await owned.find(bots, eq(bots.id, scope.id))) === undefined) throw notFound("bot");
}
