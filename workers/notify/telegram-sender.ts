import type { Notice, NoticeSender } from "./notice.ts";
import { type Fetch, sendOut } from "./send-out.ts";

/** https://core.telegram.org/bots/api#sendmessage; the host is Telegram's, the token is in the path. */
const ORIGIN = "https://api.telegram.org";
const TOKEN = /^\d{5,15}:[\w-]{30,50}$/;
const CHAT = /^(?:-?\d{1,20}|@[A-Za-z]\w{4,31})$/;
const MARKS = { info: "\u{2139}\u{fe0f}", warning: "\u{26a0}\u{fe0f}", critical: "\u{1f6a8}" } as const;

export interface TelegramSenderParts {
  /** Of the bot that writes, as BotFather gave it. */
  readonly token: string;
  /** Number of a chat, or the @name of a public channel. */
  readonly chat: string;
  readonly fetch: Fetch;
}

/** Whether texts are a bot's token and the name of a chat. */
export function isTelegramChat({ token, chat }: Pick<TelegramSenderParts, "token" | "chat">): boolean {
  return TOKEN.test(token) && CHAT.test(chat);
}

/** Sends notices to a chat of Telegram. Throws where token or chat cannot be one. */
export function telegramSender({ token, chat, fetch }: TelegramSenderParts): NoticeSender {
  if (!isTelegramChat({ token, chat })) throw new Error("token and chat must be as Telegram gives them");
  return {
    send: (notice) => {
      // Without a mode of parsing the text is shown as it is.
      const message = { chat_id: chat, text: plainText(notice), link_preview_options: { is_disabled: true } };
      const body = JSON.stringify({ ...message, disable_notification: notice.level === "info" });
      return sendOut(fetch, `${ORIGIN}/bot${token}/sendMessage`, {
        headers: { "Content-Type": "application/json" },
        body,
      });
    },
  };
}

function plainText({ level, title, text, link }: Notice): string {
  return [`${MARKS[level]} ${title}`, text, link ?? ""].filter((line) => line !== "").join("\n");
}
