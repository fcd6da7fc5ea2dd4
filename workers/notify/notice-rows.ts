import { and, count, desc, eq, gt, inArray, isNull, notInArray, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { users } from "../../schema/tables/identity.ts";
import {
  noticeChannels,
  noticeDeliveries,
  noticeRules,
  noticeSettings,
  notices,
} from "../../schema/tables/notification.ts";
import { bots, tradingAccounts } from "../../schema/tables/trading.ts";
import type { NoticeRule, NoticeSettings } from "../../schema/wire/notification.ts";
import { CHANNELS_MAX, RULES_MAX } from "../../schema/wire/notification.ts";
import type { Database } from "../platform/database.ts";
import { prepareInsertOfChange } from "../platform/insert-of-change.ts";
import { prepareDefaults } from "./notice-defaults.ts";
import { OPERATORS, type RaisedNotice } from "./raised-notice.ts";
import type { RoutingRules } from "./route-notice.ts";

const HOUR_MS = 3_600_000;

export type NoticeRow = typeof notices.$inferSelect;
type RuleRow = typeof noticeRules.$inferSelect;

export function ruleOf({ id, channelId, topic, scope, scopeId, level }: RuleRow): NoticeRule {
  return { id, channelId, topic, level, scope: scope === "all" ? { kind: scope } : { kind: scope, id: scopeId } };
}

export function settingsOf(row: typeof noticeSettings.$inferSelect): NoticeSettings {
  const { timeZone, quietFrom: from, quietTo: to, repeatMinutes, dailyAt } = row;
  return { timeZone, repeatMinutes, dailyAt, quiet: from === null || to === null ? null : { from, to } };
}

/** Everything that says where notices of one owner go; undefined where there is no such owner (any more). */
export async function readRouting(
  database: Database,
  { ownerId, nowMs }: { readonly ownerId: string; readonly nowMs: number },
): Promise<RoutingRules | undefined> {
  const read = () =>
    database.batch([
      database.select().from(noticeSettings).where(eq(noticeSettings.ownerId, ownerId)),
      database.select().from(noticeChannels).where(eq(noticeChannels.ownerId, ownerId)).limit(CHANNELS_MAX),
      database.select().from(noticeRules).where(eq(noticeRules.ownerId, ownerId)).limit(RULES_MAX),
      database
        .select({ channelId: noticeDeliveries.channelId, rows: count() })
        .from(noticeDeliveries)
        .where(and(eq(noticeDeliveries.ownerId, ownerId), gt(noticeDeliveries.createdAt, nowMs - HOUR_MS)))
        .groupBy(noticeDeliveries.channelId),
      database.select({ email: users.email }).from(users).where(eq(users.id, ownerId)),
    ]);
  let [[settings], channels, rules, sent, [user]] = await read();
  // Nobody is told after the account was erased; nothing may begin it anew.
  if (ownerId !== OPERATORS && user === undefined) return undefined;
  if (settings === undefined) {
    await runAll(database, await prepareDefaults(database, { ownerId, nowMs }));
    [[settings], channels, rules, sent, [user]] = await read();
    if (settings === undefined) throw new Error("the settings of an owner's notices were not stored");
  }
  const own = user?.email ?? "";
  return {
    settings: settingsOf(settings),
    // The account's own address is whatever it is now.
    channels: channels.map((row) => (row.kind === "email" && row.target === "" ? { ...row, target: own } : row)),
    rules: rules.map(ruleOf),
    sentLately: new Map(sent.map(({ channelId, rows }) => [channelId, rows])),
  };
}

/** Names of the accounts and bots that notices are about, for people; those that are gone are left out. */
export async function namesOf(
  database: Database,
  ownerId: string,
  raised: readonly Pick<RaisedNotice, "accountId" | "botId">[],
): Promise<ReadonlyMap<string, string>> {
  const ids = (pick: (one: Pick<RaisedNotice, "accountId" | "botId">) => string | null) => [
    ...new Set(raised.flatMap((one) => pick(one) ?? [])),
  ];
  const { id: accountId, name: accountName } = tradingAccounts;
  const { id: botId, name: botName } = bots;
  const [accounts, owned] = await database.batch([
    database
      .select({ id: accountId, name: accountName })
      .from(tradingAccounts)
      .where(
        and(
          eq(tradingAccounts.ownerId, ownerId),
          inArray(
            accountId,
            ids((one) => one.accountId),
          ),
        ),
      ),
    database
      .select({ id: botId, name: botName })
      .from(bots)
      .where(
        and(
          eq(bots.ownerId, ownerId),
          inArray(
            botId,
            ids((one) => one.botId),
          ),
        ),
      ),
  ]);
  return new Map([...accounts, ...owned].map(({ id, name }) => [id, name]));
}

/** Those of the ids that were routed before. */
export async function routedIds(database: Database, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await database
    .select({ id: notices.id })
    .from(notices)
    .where(and(inArray(notices.id, [...ids]), sql`${notices.routedAt} is not null`));
  return new Set(rows.map(({ id }) => id));
}

/** The newest notice that said the same within a time, but for the given ones. */
export async function sameBefore(
  database: Database,
  notice: Pick<RaisedNotice, "ownerId" | "sameAs" | "id">,
  sinceMs: number,
): Promise<string | undefined> {
  if (notice.sameAs === "") return undefined;
  const [row] = await database
    .select({ id: notices.id })
    .from(notices)
    .where(
      and(
        eq(notices.ownerId, notice.ownerId),
        eq(notices.sameAs, notice.sameAs),
        gt(notices.at, sinceMs),
        notInArray(notices.id, [notice.id]),
        sql`${notices.routedAt} is not null`,
      ),
    )
    .orderBy(desc(notices.at))
    .limit(1);
  return row?.id;
}

/**
 * Statements that keep a notice until it is routed, for the batch of the change that it tells of. With `ofChange` it must
 * stand right behind a conditional change, and keeps nothing where that met no row.
 */
export function prepareNotice(
  database: Database,
  notice: RaisedNotice,
  { nowMs, ofChange = false }: { readonly nowMs: number; readonly ofChange?: boolean },
): [BatchItem<"sqlite">] {
  const row = { ...notice, createdAt: nowMs };
  if (ofChange) return [prepareInsertOfChange(database, notices, row)];
  return [database.insert(notices).values(row).onConflictDoNothing()];
}

/** Notices that wait to be routed, the oldest first. */
export async function unroutedNotices(database: Database, limit: number): Promise<RaisedNotice[]> {
  return database.select().from(notices).where(isNull(notices.routedAt)).orderBy(notices.createdAt).limit(limit);
}

/** Runs statements in one batch; nothing for none. */
export async function runAll(database: Database, statements: readonly BatchItem<"sqlite">[]): Promise<number[]> {
  const [first, ...rest] = statements;
  if (first === undefined) return [];
  const results = await database.batch([first, ...rest]);
  return results.map((result) => (result as D1Result).meta.changes);
}
