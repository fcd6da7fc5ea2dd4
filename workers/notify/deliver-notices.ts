import { eq, sql } from "drizzle-orm";
import { noticeChannels, noticeDeliveries } from "../../schema/tables/notification.ts";
import { count, observe } from "../metrics/meter.ts";
import type { Database } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";
import { logEvent } from "../platform/log-event.ts";
import { objectName } from "../platform/object-name.ts";
import { publicOriginOf } from "../platform/public-origin.ts";
import { VaultError } from "../platform/vault.ts";
import { type ChannelRow, senderOf } from "./channel-sender.ts";
import type { Delivery, Notice } from "./notice.ts";
import { triesAgainAt } from "./notice-policy.ts";
import { runAll } from "./notice-rows.ts";
import type { NoticeWays } from "./notice-ways.ts";
import { type RaisedNotice, raised } from "./raised-notice.ts";
import type { DueDelivery } from "./take-notices.ts";

/** What is tried again sooner than this is sent back by the queue; the rest is found by the minute's clock. */
const BY_QUEUE_MS = 5 * 60_000;
/** Notices given up in a row on a channel, after which its owner hears of it elsewhere. */
const FAILURES_TOLD = 3;

/** What decides when something leaves, and hands it to who sends it. */
export interface RouteContext {
  readonly env: Env;
  readonly database: Database;
  readonly now: () => number;
  /** Hands parcels of one owner to who sends them, and answers before they have left. */
  readonly post: (ownerId: string, parcels: readonly Parcel[]) => Promise<void>;
}

export interface DeliverContext extends Omit<RouteContext, "post"> {
  readonly ways: NoticeWays;
}

/** Something that leaves over a channel: one notice, or several as one. All of `deliveryIds` share what becomes of it. */
export interface Parcel {
  readonly deliveryIds: readonly string[];
  readonly attempts: number;
  readonly notice: Notice;
  readonly channel: ChannelRow;
}

/** The object that sends an owner's notices. */
export function postTo(env: Env): RouteContext["post"] {
  return async (ownerId, parcels) => {
    const object = env.NOTICE.getByName(await objectName({ kind: "notices", ownerId, id: "sender" }));
    await object.send([...parcels]);
  };
}

/** Hands on the deliveries that the caller has in hand. Never throws: what is not taken is due again after its claim. */
export async function postDue(ctx: RouteContext, due: readonly DueDelivery[]): Promise<void> {
  const parcels = due.map(({ delivery, notice, channel }): Parcel => {
    return { deliveryIds: [delivery.id], attempts: delivery.attempts, notice: outgoing(ctx.env, notice), channel };
  });
  await postAll(ctx, parcels);
}

/** The same for what was put together before. */
export async function postAll({ post }: RouteContext, parcels: readonly Parcel[]): Promise<void> {
  const byOwner = Map.groupBy(parcels, ({ channel }) => channel.ownerId);
  await Promise.all(
    [...byOwner].map(([ownerId, mine]) =>
      post(ownerId, mine).catch((error: unknown) => logEvent("notices_not_posted", { ownerId, error })),
    ),
  );
}

/** Sends a parcel once and stores what became of it. Never throws: what could not be stored is tried again after its claim. */
export async function deliver(ctx: DeliverContext, parcel: Parcel): Promise<void> {
  const { channel, notice } = parcel;
  try {
    const delivery = await attempt(ctx, parcel);
    const sentAt = ctx.now();
    const way = channel.kind === "in-app" ? undefined : channel.kind;
    if (way !== undefined) count("notice_deliveries_total", { channel: way, outcome: delivery.outcome });
    if (delivery.outcome === "sent" && parcel.attempts === 1) {
      observe("notice_delay_seconds", { level: notice.level }, Math.max(0, sentAt - notice.at) / 1_000);
    }
    await settle(ctx, parcel, delivery);
  } catch (error) {
    logEvent("notice_not_settled", { id: channel.id, error });
  }
}

async function attempt(ctx: DeliverContext, { channel, notice }: Parcel): Promise<Delivery> {
  try {
    return await (await senderOf(ctx, channel)).send(notice);
  } catch (error) {
    logEvent("notice_not_sent", { id: channel.id, error });
    if (error instanceof VaultError) return { outcome: "refused", reason: "what opens the channel is gone" };
    return { outcome: "again", reason: "it failed on our side" };
  }
}

async function settle(ctx: DeliverContext, parcel: Parcel, delivery: Delivery): Promise<void> {
  const { database, now } = ctx;
  const { channel, deliveryIds, attempts } = parcel;
  const nowMs = now();
  const asked = delivery.outcome === "again" ? delivery.afterMs : undefined;
  const nextAt = delivery.outcome === "again" ? triesAgainAt(attempts, nowMs, asked) : undefined;
  const each = (values: Partial<typeof noticeDeliveries.$inferInsert>) =>
    deliveryIds.map((id) => database.update(noticeDeliveries).set(values).where(eq(noticeDeliveries.id, id)));
  const ofChannel = (values: Parameters<ReturnType<typeof database.update<typeof noticeChannels>>["set"]>[0]) =>
    database.update(noticeChannels).set(values).where(eq(noticeChannels.id, channel.id));
  if (delivery.outcome === "sent") {
    const sent = each({ status: "sent", sentAt: nowMs, reason: null });
    await runAll(database, [...sent, ofChannel({ lastSentAt: nowMs, problem: null, failures: 0 })]);
    return;
  }
  if (nextAt !== undefined) {
    await runAll(database, each({ nextAttemptAt: nextAt, reason: delivery.reason }));
    await sendBackLater(ctx, deliveryIds, nextAt - nowMs);
    return;
  }
  const failed = each({ status: "failed", reason: delivery.reason });
  const problem = { problem: delivery.reason, failures: sql`${noticeChannels.failures} + 1` };
  await runAll(database, [...failed, ofChannel(problem)]);
  if (channel.failures + 1 >= FAILURES_TOLD) await tellFailing(ctx, parcel, delivery.reason);
}

/** The queue brings it back when its time has come. One that it loses is found by the minute's clock. */
async function sendBackLater({ env }: DeliverContext, deliveryIds: readonly string[], inMs: number): Promise<void> {
  // What goes together is found by the minute's clock, which knows what else belongs to it.
  if (inMs > BY_QUEUE_MS || deliveryIds.length !== 1) return;
  try {
    await env.NOTICES.send({ kind: "again", deliveryIds: [...deliveryIds] }, { delaySeconds: Math.ceil(inMs / 1_000) });
  } catch (error) {
    logEvent("notice_retry_not_queued", { error });
  }
}

async function tellFailing({ env, now }: DeliverContext, { channel, deliveryIds }: Parcel, reason: string) {
  const notice = raised({
    id: `${channel.id}:failing:${deliveryIds[0]}`,
    ownerId: channel.ownerId,
    event: "channel.failing",
    at: now(),
    title: `Notices do not arrive on ${channel.label}`,
    text: `${FAILURES_TOLD} or more in a row were given up: ${reason}. Test the channel, or take it away.`,
    subject: { channelId: channel.id },
    path: "/settings?section=notifications",
    about: channel.id,
  });
  try {
    await env.NOTICES.send({ kind: "raised", notices: [notice] });
  } catch (error) {
    logEvent("notice_not_queued", { error });
  }
}

/** A notice as it leaves: with the whole address of its page, where the deployment says where it is. */
export function outgoing(env: Env, notice: RaisedNotice): Notice {
  const { id, event, level, at, title, text, subject, path, accountId, botId } = notice;
  const origin = publicOriginOf(env.PUBLIC_ORIGIN);
  const about = { ...(accountId !== null && { accountId }), ...(botId !== null && { botId }) };
  return {
    ...{ id, event, level, at, title, text, subject: { ...about, ...subject } },
    ...(origin === undefined || path === "" ? {} : { link: `${origin}${path}` }),
  };
}
