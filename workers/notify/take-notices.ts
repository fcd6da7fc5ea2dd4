import { and, eq, isNull, sql } from "drizzle-orm";
import { noticeDeliveries, notices } from "../../schema/tables/notification.ts";
import type { Database } from "../platform/database.ts";
import { newId } from "../platform/ids.ts";
import { logEvent } from "../platform/log-event.ts";
import { namesOf, prepareNotice, readRouting, routedIds, runAll, sameBefore } from "./notice-rows.ts";
import type { RaisedNotice } from "./raised-notice.ts";
import { type Departure, type RoutingRules, routeNotice } from "./route-notice.ts";

const MINUTE_MS = 60_000;
/** Who takes a delivery has so long to say what became of it: three times what the slowest receiver is given. */
export const CLAIM_MS = 30_000;

export type DeliveryRow = typeof noticeDeliveries.$inferSelect;

/** A delivery that whoever holds this is to make now. */
export interface DueDelivery {
  readonly delivery: Pick<DeliveryRow, "id" | "ownerId" | "noticeId" | "channelId" | "attempts">;
  readonly notice: RaisedNotice;
  readonly channel: Departure["channel"];
}

/**
 * Takes notices of one owner in: decides who is told when, stores that in one piece with the notices, and answers what is
 * to leave now. Who brings the same notice again, at the same time or later, is given nothing to send.
 */
export async function takeNotices(
  database: Database,
  {
    ownerId,
    brought,
    nowMs,
  }: { readonly ownerId: string; readonly brought: readonly RaisedNotice[]; readonly nowMs: number },
): Promise<DueDelivery[]> {
  const ids = brought.map(({ id }) => id);
  // Side by side: what is risky has to leave within two seconds, and each asks the database once.
  const [known, routing, names] = await Promise.all([
    routedIds(database, ids),
    readRouting(database, { ownerId, nowMs }),
    namesOf(database, ownerId, brought),
  ]);
  const fresh = brought.filter(({ id }) => !known.has(id));
  if (fresh.length === 0) return [];
  if (routing === undefined) {
    logEvent("notices_of_nobody", { ownerId, count: fresh.length });
    await database.delete(notices).where(and(eq(notices.ownerId, ownerId), isNull(notices.routedAt)));
    return [];
  }
  const due: DueDelivery[] = [];
  // One after the other: what is said twice in one message is a repeat, too.
  for (const notice of fresh) due.push(...(await takeOne(database, { notice: named(notice, names), routing, nowMs })));
  return due;
}

async function takeOne(
  database: Database,
  { notice, routing, nowMs }: { readonly notice: RaisedNotice; readonly routing: RoutingRules; readonly nowMs: number },
): Promise<DueDelivery[]> {
  const { repeatMinutes } = routing.settings;
  const before = await sameBefore(database, notice, notice.at - repeatMinutes * MINUTE_MS);
  const isOpen = and(eq(notices.id, notice.id), isNull(notices.routedAt));
  const keep = prepareNotice(database, notice, { nowMs });
  if (before !== undefined) {
    const repeated = database
      .update(notices)
      .set({ repeats: sql`${notices.repeats} + 1` })
      .where(and(eq(notices.id, before), sql`exists (select 1 from ${notices} where ${isOpen})`));
    const routed = database.update(notices).set({ routedAt: nowMs }).where(isOpen);
    await runAll(database, [...keep, repeated, routed]);
    return [];
  }
  const { inApp, departures } = routeNotice(notice, routing, nowMs);
  const rows = departures.map((departure) => ({ departure, row: deliveryOf(notice, departure, nowMs) }));
  const { title, text, subject } = notice;
  const changes = await runAll(database, [
    ...keep,
    ...rows.map(({ row }) => database.insert(noticeDeliveries).values(row).onConflictDoNothing()),
    database.update(notices).set({ routedAt: nowMs, inApp, title, text, subject }).where(isOpen),
  ]);
  return rows.flatMap(({ departure, row }, index) => {
    // Another that brings the same at this moment has made the row, and sends.
    const isMine = (changes[index + 1] ?? 0) > 0 && !departure.together;
    return isMine ? [{ delivery: row, notice, channel: departure.channel }] : [];
  });
}

function deliveryOf(notice: RaisedNotice, { channel, at, together, reason }: Departure, nowMs: number) {
  return {
    id: newId("dlv"),
    ownerId: notice.ownerId,
    noticeId: notice.id,
    channelId: channel.id,
    status: "waiting" as const,
    together,
    reason,
    createdAt: nowMs,
    // Whoever stores one that leaves now has its first attempt in hand.
    attempts: together ? 0 : 1,
    nextAttemptAt: together ? at : nowMs + CLAIM_MS,
  };
}

/** A notice that says whom it is about as people call them. */
function named(notice: RaisedNotice, names: ReadonlyMap<string, string>): RaisedNotice {
  const bot = notice.botId === null ? undefined : names.get(notice.botId);
  const account = notice.accountId === null ? undefined : names.get(notice.accountId);
  const who = [bot, account].filter((name) => name !== undefined && !notice.title.includes(name)).join(", ");
  const subject = { ...notice.subject, ...(bot && { bot }), ...(account && { account }) };
  return { ...notice, subject, title: who === "" ? notice.title : `${notice.title} (${who})`.slice(0, 200) };
}
