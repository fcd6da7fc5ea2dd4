import { eq } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { z } from "zod";
import { users } from "../../../schema/tables/identity.ts";
import { noticeChannels } from "../../../schema/tables/notification.ts";
import type { NoticeChannel } from "../../../schema/wire/notification.ts";
import { takeLetter } from "../../auth/attempts.ts";
import { makeOneTimeToken, prepareForgetHash, readOneTimeToken } from "../../auth/one-time-token.ts";
import { LETTERS } from "../../mail/letter.ts";
import { prepareLetter } from "../../mail/mail-outbox.ts";
import { conflict, invalid } from "../../platform/problem-error.ts";
import { channelOf, findChannel, ownAddress } from "./channels.ts";
import { type NoticeContext, noticeAudit, noticeAuditOfChange } from "./notice-context.ts";

const Payload = z.object({ channelId: z.string() });

/** Statements that send a code to an address, by which its reader agrees. Throws 429 for too many letters. */
export async function askForCode(
  ctx: NoticeContext,
  { channelId, address }: { readonly channelId: string; readonly address: string },
): Promise<BatchItem<"sqlite">[]> {
  const { env, database, actor, place } = ctx;
  const nowMs = ctx.now();
  await takeLetter(env, { kind: "notice-address", email: address, address: place.address, nowMs });
  const kept = { kind: "notice-address", userId: actor.userId, payload: { channelId }, nowMs } as const;
  const { token: code, statement } = await makeOneTimeToken(database, kept);
  const [user] = await database.select({ email: users.email }).from(users).where(eq(users.id, actor.userId)).limit(1);
  const letter = LETTERS.noticeAddress({ code, asker: user?.email ?? "Somebody" });
  const letters = await prepareLetter({ env, database, nowMs }, { userId: actor.userId, to: address, letter });
  return [statement, ...letters];
}

/** Sends another code. Throws 409 where none is needed. */
export async function sendCodeAgain(call: { ctx: NoticeContext; input: { readonly id: string } }): Promise<void> {
  const { ctx, input } = call;
  const row = await findChannel(ctx, input.id);
  if (row.verifiedAt !== null) throw conflict("confirmed", "This address is confirmed already.");
  const letter = await askForCode(ctx, { channelId: row.id, address: row.target });
  const event = { action: "notice-channel.ask-code", subject: { kind: "notice-channel", id: row.id } };
  await ctx.owned.batch([...letter, noticeAudit(ctx, event)]);
}

/** Takes the code of the letter: from then on notices are sent there. Throws 422 for another one, or one that ran out. */
export async function confirmAddress(call: {
  ctx: NoticeContext;
  input: { readonly id: string; readonly code: string };
}): Promise<NoticeChannel> {
  const { ctx, input } = call;
  const { database } = ctx;
  const row = await findChannel(ctx, input.id);
  const own = await ownAddress(ctx);
  if (row.verifiedAt !== null) return channelOf(row, own);
  const token = { kind: "notice-address", token: input.code, nowMs: ctx.now() } as const;
  const kept = await readOneTimeToken(database, token);
  if (kept === undefined || Payload.parse(JSON.parse(kept.payload)).channelId !== row.id) {
    throw invalid("code", "must be that of the newest letter to this address, not older than a day");
  }
  const verifiedAt = ctx.now();
  await ctx.owned.batch([
    prepareForgetHash(database, kept.hash),
    ctx.owned.prepareUpdate(noticeChannels, { verifiedAt }, eq(noticeChannels.id, row.id)),
    noticeAuditOfChange(ctx, {
      action: "notice-channel.confirm",
      subject: { kind: "notice-channel", id: row.id },
      after: { target: row.target },
    }),
  ]);
  return channelOf({ ...row, verifiedAt }, own);
}
