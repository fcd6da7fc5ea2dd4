import { and, asc, eq, inArray, isNull, lte, sql } from "drizzle-orm";
import { noticeDeliveries, notices } from "../../schema/tables/notification.ts";
import { newId } from "../platform/ids.ts";
import { outgoing, postAll, postDue, type RouteContext } from "./deliver-notices.ts";
import { digestOf } from "./notice-policy.ts";
import { readRouting, runAll, unroutedNotices } from "./notice-rows.ts";
import type { RaisedNotice } from "./raised-notice.ts";
import { CLAIM_MS, type DeliveryRow, type DueDelivery, takeNotices } from "./take-notices.ts";

/** Notices and deliveries of one round; what is left is found by the next, a minute later. */
const ROUTED_A_ROUND = 200;
const DELIVERIES_A_ROUND = 200;
/** Notices that go as one: more are told as a number. Parameters of a statement bound it. */
const TOGETHER_MAX = 80;
/** A message that waits for its time comes some moments early. */
const EARLY_MS = 1_000;

/**
 * The minute's round: routes what the queue lost or what was stored with its change, and sends what is due: what waited for
 * its time, what failed before, what goes together.
 */
export async function drainNotices(ctx: RouteContext): Promise<void> {
  const { database, now } = ctx;
  const waiting = await unroutedNotices(database, ROUTED_A_ROUND);
  for (const [ownerId, brought] of Map.groupBy(waiting, (notice) => notice.ownerId)) {
    await postDue(ctx, await takeNotices(database, { ownerId, brought, nowMs: now() }));
  }
  const rows = await database
    .select()
    .from(noticeDeliveries)
    .where(and(eq(noticeDeliveries.status, "waiting"), lte(noticeDeliveries.nextAttemptAt, now())))
    .orderBy(asc(noticeDeliveries.nextAttemptAt))
    .limit(DELIVERIES_A_ROUND);
  await deliverDue(ctx, rows);
  const channels = new Set(rows.filter(({ together }) => together).map(({ channelId }) => channelId));
  await Promise.all([...channels].map((channelId) => deliverTogether(ctx, channelId)));
}

/** Deliveries whose time to be tried again has come, by their ids. */
export async function deliverAgain(ctx: RouteContext, deliveryIds: readonly string[]): Promise<void> {
  const rows = await ctx.database
    .select()
    .from(noticeDeliveries)
    .where(and(inArray(noticeDeliveries.id, [...deliveryIds]), eq(noticeDeliveries.status, "waiting")));
  await deliverDue(ctx, rows);
}

async function deliverDue(ctx: RouteContext, rows: readonly DeliveryRow[]): Promise<void> {
  const alone = rows.filter(({ together }) => !together);
  const claimed = await claim(ctx, alone);
  const byOwner = Map.groupBy(claimed, ({ ownerId }) => ownerId);
  const due = await Promise.all([...byOwner].map(([ownerId, mine]) => dueOf(ctx, ownerId, mine)));
  await postDue(ctx, due.flat());
}

/** Takes deliveries in hand: of two rounds side by side one gets each. */
async function claim({ database, now }: RouteContext, rows: readonly DeliveryRow[]): Promise<DeliveryRow[]> {
  const nowMs = now();
  const changes = await runAll(
    database,
    rows.map(({ id, attempts }) =>
      database
        .update(noticeDeliveries)
        .set({ attempts: attempts + 1, nextAttemptAt: nowMs + CLAIM_MS })
        .where(
          and(
            eq(noticeDeliveries.id, id),
            eq(noticeDeliveries.attempts, attempts),
            eq(noticeDeliveries.status, "waiting"),
            lte(noticeDeliveries.nextAttemptAt, nowMs + EARLY_MS),
          ),
        ),
    ),
  );
  return rows.flatMap((row, index) => ((changes[index] ?? 0) > 0 ? [{ ...row, attempts: row.attempts + 1 }] : []));
}

/** What claimed deliveries of one owner bring where; those of channels that are gone or off are given up. */
async function dueOf(ctx: RouteContext, ownerId: string, rows: readonly DeliveryRow[]): Promise<DueDelivery[]> {
  const { database, now } = ctx;
  const routing = await readRouting(database, { ownerId, nowMs: now() });
  const brought = await noticesOf(ctx, rows);
  const due: DueDelivery[] = [];
  const gone: string[] = [];
  for (const delivery of rows) {
    const channel = routing?.channels.find(({ id, enabled }) => id === delivery.channelId && enabled);
    const notice = brought.get(delivery.noticeId);
    if (channel === undefined || notice === undefined) gone.push(delivery.id);
    else due.push({ delivery, notice, channel });
  }
  await giveUp(ctx, gone);
  return due;
}

/** Sends what is due on a channel and goes together, as one notice under one id, however often that is tried. */
async function deliverTogether(ctx: RouteContext, channelId: string): Promise<void> {
  const { database, now, env } = ctx;
  const nowMs = now();
  const due = and(
    eq(noticeDeliveries.channelId, channelId),
    eq(noticeDeliveries.status, "waiting"),
    eq(noticeDeliveries.together, true),
    lte(noticeDeliveries.nextAttemptAt, nowMs),
  );
  const inHand = { attempts: sql`${noticeDeliveries.attempts} + 1`, nextAttemptAt: nowMs + CLAIM_MS };
  const first = sql`rowid in (select rowid from ${noticeDeliveries}
    where ${and(due, isNull(noticeDeliveries.digestId))} order by ${noticeDeliveries.createdAt} limit ${TOGETHER_MAX})`;
  const [failed] = await database
    .select()
    .from(noticeDeliveries)
    .where(due)
    .orderBy(sql`${noticeDeliveries.digestId} is null`)
    .limit(1);
  if (failed === undefined) return;
  const digestId = failed.digestId ?? newId("dig");
  const mine = failed.digestId === null ? first : and(due, eq(noticeDeliveries.digestId, digestId));
  const rows = await database
    .update(noticeDeliveries)
    .set({ ...inHand, digestId })
    .where(mine)
    .returning();
  const [row] = rows;
  if (row === undefined) return;
  const routing = await readRouting(database, { ownerId: row.ownerId, nowMs });
  const channel = routing?.channels.find(({ id, enabled }) => id === channelId && enabled);
  const brought = await noticesOf(ctx, rows);
  const told = [...brought.values()].sort((left, right) => left.at - right.at).map((one) => outgoing(env, one));
  const notice = digestOf(told, digestId);
  const deliveryIds = rows.map(({ id }) => id);
  if (channel === undefined || notice === undefined) return giveUp(ctx, deliveryIds);
  await postAll(ctx, [{ deliveryIds, attempts: row.attempts, notice, channel }]);
}

async function noticesOf({ database }: RouteContext, rows: readonly DeliveryRow[]) {
  const ids = [...new Set(rows.map(({ noticeId }) => noticeId))];
  const found: RaisedNotice[] = [];
  // A statement binds a hundred values at most.
  for (let at = 0; at < ids.length; at += TOGETHER_MAX) {
    const some = inArray(notices.id, ids.slice(at, at + TOGETHER_MAX));
    found.push(...(await database.select().from(notices).where(some)));
  }
  return new Map(found.map((notice) => [notice.id, notice]));
}

async function giveUp({ database }: RouteContext, ids: readonly string[]): Promise<void> {
  const values = { status: "failed" as const, reason: "its channel was removed or turned off" };
  await runAll(
    database,
    ids.map((id) => database.update(noticeDeliveries).set(values).where(eq(noticeDeliveries.id, id))),
  );
}
