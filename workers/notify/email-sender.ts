import type { MailSender } from "../mail/mail-sender.ts";
import type { Notice, NoticeSender } from "./notice.ts";

const WORDS = { info: "", warning: "Warning: ", critical: "CRITICAL: " } as const;

export interface EmailSenderParts {
  readonly to: string;
  readonly from: string;
  readonly mail: MailSender;
  /** Where the reader changes what is told; undefined where the deployment does not say where it is. */
  readonly settings: string | undefined;
}

/** Sends notices as letters in plain text. The notice's id is the letter's, so that a service that can tell sends it once. */
export function emailSender({ to, from, mail, settings }: EmailSenderParts): NoticeSender {
  return {
    async send(notice) {
      const subject = `${WORDS[notice.level]}${notice.title}`;
      const outcome = await mail.send({ id: notice.id, from, to, subject, text: textOf(notice, settings) });
      if (outcome.type === "sent") return { outcome: "sent" };
      return { outcome: outcome.type === "retry" ? "again" : "refused", reason: outcome.reason };
    },
  };
}

function textOf({ title, text, link, at }: Notice, settings: string | undefined): string {
  const why = "You are told of this by your rules under Settings, Notifications";
  const parts = [title, text, link ?? "", `${new Date(at).toISOString()} (UTC)`];
  return [...parts.filter((part) => part !== ""), `${why}${settings === undefined ? "." : `: ${settings}`}`].join(
    "\n\n",
  );
}
