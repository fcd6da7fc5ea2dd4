import type { Env } from "../platform/env.ts";
import { platformMail } from "./platform-mail.ts";
import { sendgridMail } from "./sendgrid-mail.ts";

/** Who letters are from where the deployment does not say. */
export const LETTER_FROM_DEFAULT = "ApexTrade <no-reply@apextrade.local>";

export interface OutgoingLetter {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** `retry` may work later; `refused` never will. The reason goes into the outbox, for operators. */
export type MailOutcome =
  | { readonly type: "sent" }
  | { readonly type: "retry"; readonly reason: string }
  | { readonly type: "refused"; readonly reason: string };

/** The one way out for letters. A sender must send one id once where its service can tell repeats. */
export interface MailSender {
  readonly name: string;
  send(letter: OutgoingLetter): Promise<MailOutcome>;
}

/** The sender that the environment is set up for; one that keeps letters back, saying why, where there is none. */
export function mailSenderOf(env: Env): MailSender {
  if (env.SENDGRID_API_KEY !== undefined && env.SENDGRID_API_KEY !== "")
    return sendgridMail(env.SENDGRID_API_KEY, fetch);
  if (env.MAIL !== undefined) return platformMail(env.MAIL);
  return {
    name: "none",
    send: async () => ({ type: "retry", reason: "no way to send mail is set up: set SENDGRID_API_KEY or bind MAIL" }),
  };
}
