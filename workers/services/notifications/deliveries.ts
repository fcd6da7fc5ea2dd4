import { and, eq, gt, inArray, lt } from "drizzle-orm";
import { noticeChannels, noticeDeliveries, noticeSettings, notices } from "../../../schema/tables/notification.ts";
import {
  CHANNELS_MAX,
  type DeliveryPage,
  type InboxNotice,
  type InboxPage,
  type ListDeliveries,
  type NoticeDelivery,
} from "../../../schema/wire/notification.ts";
import type { PageQuery } from "../../../schema/wire/primitive.ts";
import { behindCursor, newestFirst, pageOf } from "../trading/page-cursor.ts";
import { ensureDefaults } from "./channels.ts";
import { type NoticeContext, noticeAuditOfChange } from "./notice-context.ts";

const DELIVERY_PLACE = { at: noticeDeliveries.createdAt, id: noticeDeliveries.id };
const NOTICE_PLACE = { at: notices.at, id: notices.id };
/** Parameters of one statement bound it. */
const IDS_A_QUERY = 90;

type NoticeRow = typeof notices.$inferSelect;
type DeliveryRow = typeof noticeDeliveries.$inferSelect;

/** What was sent, waits or was given up, the newest first. */
export async function listDeliveries(call: { ctx: NoticeContext; input: ListDeliveries }): Promise<DeliveryPage> {
  const { ctx, input } = call;
  const where = and(
    behindCursor(DELIVERY_PLACE, input.cursor),
    input.status === undefined ? undefined : eq(noticeDeliveries.status, input.status),
    input.channelId === undefined ? undefined : eq(noticeDeliveries.channelId, input.channelId),
  );
  const orderBy = newestFirst(DELIVERY_PLACE);
  const rows = await ctx.owned.list(noticeDeliveries, { where, orderBy, limit: input.limit + 1 });
  const page = pageOf(rows, input.limit, (row) => [row.createdAt, row.id]);
  const told = await noticesOf(ctx, page.rows);
  const channels = await ctx.owned.list(noticeChannels, { limit: CHANNELS_MAX });
  const names = new Map(channels.map((channel) => [channel.id, channel]));
  return { rows: page.rows.map((row) => deliveryOf(row, { told, names })), next: page.next };
}

function deliveryOf(
  row: DeliveryRow,
  parts: {
    readonly told: ReadonlyMap<string, NoticeRow>;
    readonly names: ReadonlyMap<string, typeof noticeChannels.$inferSelect>;
  },
): NoticeDelivery {
  const { id, noticeId, channelId, status, attempts, reason, createdAt, nextAttemptAt, sentAt } = row;
  const notice = parts.told.get(noticeId);
  const channel = parts.names.get(channelId);
  return {
    ...{ id, noticeId, channelId, status, attempts, reason, createdAt, sentAt },
    channel: channel?.label ?? "Removed channel",
    kind: channel?.kind ?? "webhook",
    event: notice?.event ?? "",
    level: notice?.level ?? "info",
    title: notice?.title ?? "No longer kept",
    nextAttemptAt: status === "waiting" ? nextAttemptAt : null,
  };
}

async function noticesOf(ctx: NoticeContext, rows: readonly DeliveryRow[]): Promise<Map<string, NoticeRow>> {
  const ids = [...new Set(rows.map(({ noticeId }) => noticeId))];
  const found = new Map<string, NoticeRow>();
  for (let at = 0; at < ids.length; at += IDS_A_QUERY) {
    const where = inArray(notices.id, ids.slice(at, at + IDS_A_QUERY));
    for (const row of await ctx.owned.list(notices, { where, limit: IDS_A_QUERY })) found.set(row.id, row);
  }
  return found;
}

/** What pages show, the newest first, and how much of it is new. */
export async function readInbox(call: { ctx: NoticeContext; input: PageQuery }): Promise<InboxPage> {
  const { ctx, input } = call;
  const [settings] = await ctx.owned.list(noticeSettings, { limit: 1 });
  const readUntil = settings?.readUntil ?? 0;
  const shown = eq(notices.inApp, true);
  const where = and(shown, behindCursor(NOTICE_PLACE, input.cursor));
  const rows = await ctx.owned.list(notices, { where, orderBy: newestFirst(NOTICE_PLACE), limit: input.limit + 1 });
  const page = pageOf(rows, input.limit, (row) => [row.at, row.id]);
  const unread = await ctx.owned.count(notices, and(shown, gt(notices.at, readUntil)));
  return { rows: page.rows.map((row) => inboxNotice(row, readUntil)), next: page.next, unread };
}

function inboxNotice(row: NoticeRow, readUntil: number): InboxNotice {
  const { id, event, level, title, text, at, accountId, botId, path, repeats } = row;
  const shown = { id, event, level, title, text, at, accountId, botId, repeats };
  return { ...shown, path: path === "" ? null : path, read: at <= readUntil };
}

/** Notes up to when somebody has read; never back. */
export async function markRead(call: { ctx: NoticeContext; input: { readonly until: number } }): Promise<void> {
  const { ctx, input } = call;
  await ensureDefaults(ctx);
  const later = and(eq(noticeSettings.ownerId, ctx.ownerId), lt(noticeSettings.readUntil, input.until));
  if (later === undefined) return;
  await ctx.owned.batch([
    ctx.owned.prepareUpdate(noticeSettings, { readUntil: input.until }, later),
    noticeAuditOfChange(ctx, { action: "notice-inbox.read", after: { until: input.until } }),
  ]);
}
