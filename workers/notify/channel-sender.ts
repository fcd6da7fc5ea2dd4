import { z } from "zod";
import type { noticeChannels } from "../../schema/tables/notification.ts";
import { LETTER_FROM_DEFAULT } from "../mail/mail-sender.ts";
import type { Database } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";
import { ownedDatabase } from "../platform/owned-database.ts";
import { publicOriginOf } from "../platform/public-origin.ts";
import { openSecret } from "../platform/vault.ts";
import { emailSender } from "./email-sender.ts";
import type { NoticeSender } from "./notice.ts";
import type { NoticeWays } from "./notice-ways.ts";
import { slackSender } from "./slack-sender.ts";
import { telegramSender } from "./telegram-sender.ts";
import { webhookSender } from "./webhook-sender.ts";

export type ChannelRow = typeof noticeChannels.$inferSelect;

/** What opens a channel, as the vault keeps it. */
export const ChannelSecret = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("slack"), hook: z.string() }),
  z.object({ kind: z.literal("telegram"), token: z.string(), chat: z.string() }),
  z.object({ kind: z.literal("webhook"), url: z.string(), secret: z.string() }),
]);
export type ChannelSecret = z.infer<typeof ChannelSecret>;

/** The vault's name of what opens a channel. */
export function channelSecretId(channelId: string): string {
  return `notice:${channelId}`;
}

interface SenderContext {
  readonly env: Env;
  readonly database: Database;
  readonly ways: NoticeWays;
  readonly now: () => number;
}

/** The way out over a channel. Throws where its secret does not open any more. */
export async function senderOf(
  { env, database, ways, now }: SenderContext,
  channel: Pick<ChannelRow, "id" | "ownerId" | "kind" | "target">,
): Promise<NoticeSender> {
  if (channel.kind === "in-app") throw new Error("what is shown in pages has no sender");
  if (channel.kind === "email") {
    const origin = publicOriginOf(env.PUBLIC_ORIGIN);
    const settings = origin === undefined ? undefined : `${origin}/settings?section=notifications`;
    return emailSender({ to: channel.target, from: env.MAIL_FROM ?? LETTER_FROM_DEFAULT, mail: ways.mail, settings });
  }
  const owned = ownedDatabase(database, channel.ownerId);
  const secret = ChannelSecret.parse(JSON.parse(await openSecret({ env, owned }, channelSecretId(channel.id))));
  return secretSender(secret, ways, now);
}

/** The way out that a secret opens. Throws where it cannot be one. */
export function secretSender(secret: ChannelSecret, { fetch, resolve }: NoticeWays, now: () => number): NoticeSender {
  switch (secret.kind) {
    case "slack":
      return slackSender({ hook: secret.hook, fetch });
    case "telegram":
      return telegramSender({ token: secret.token, chat: secret.chat, fetch });
    case "webhook":
      return webhookSender({ url: secret.url, secret: secret.secret, fetch, resolve, now });
  }
}
