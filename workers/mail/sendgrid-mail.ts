import type { MailSender } from "./mail-sender.ts";

const URL_SEND = "https://api.sendgrid.com/v3/mail/send";
// SendGrid answers in well under a second; a request that hangs must not hold the outbox.
const TIMEOUT_MS = 10_000;

/** Letters through SendGrid's v3 Mail Send API. */
export function sendgridMail(apiKey: string, send: typeof fetch): MailSender {
  return {
    name: "sendgrid",
    async send(letter) {
      const { name, address } = addressParts(letter.from);
      const body = {
        personalizations: [{ to: [{ email: letter.to }], custom_args: { letter: letter.id } }],
        from: name === "" ? { email: address } : { email: address, name },
        subject: letter.subject,
        content: [{ type: "text/plain", value: letter.text }],
        // Links must stay what they are: click tracking would pass them through others.
        tracking_settings: { click_tracking: { enable: false, enable_text: false }, open_tracking: { enable: false } },
      };
      try {
        const reply = await send(URL_SEND, {
          method: "POST",
          headers: { Authorization: `Bearer ${apiKey}`, "Content-Type": "application/json" },
          body: JSON.stringify(body),
          redirect: "manual",
          signal: AbortSignal.timeout(TIMEOUT_MS),
        });
        await reply.body?.cancel();
        if (reply.ok) return { type: "sent" };
        const reason = `SendGrid answered ${reply.status}`;
        // 401 and 403 are our key's fault and mend with it; 400 and 413 are the letter's and never will.
        const lasting = reply.status === 400 || reply.status === 413;
        return lasting ? { type: "refused", reason } : { type: "retry", reason };
      } catch (error) {
        return {
          type: "retry",
          reason: `SendGrid was not reached: ${error instanceof Error ? error.name : "unknown"}`,
        };
      }
    },
  };
}

/** `Name <address>` or a bare address. */
export function addressParts(from: string): { name: string; address: string } {
  const match = /^([^<>]{0,80}?) ?<([^<>\s]{3,254})>$/.exec(from);
  return match === null ? { name: "", address: from } : { name: match[1] ?? "", address: match[2] ?? "" };
}
