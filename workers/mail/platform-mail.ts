import type { MailSender } from "./mail-sender.ts";
import { addressParts } from "./sendgrid-mail.ts";

// Codes of the binding that say the letter itself can never be sent.
const LASTING = /E_(RECIPIENT|VALIDATION|SENDER_NOT_VERIFIED|CONTENT|RECIPIENT_SUPPRESSED)/;

/** Letters through the platform's e-mail binding. */
export function platformMail(binding: SendEmail): MailSender {
  return {
    name: "platform",
    async send(letter) {
      const { name, address } = addressParts(letter.from);
      try {
        await binding.send({
          from: name === "" ? address : { email: address, name },
          to: letter.to,
          subject: letter.subject,
          text: letter.text,
        });
        return { type: "sent" };
      } catch (error) {
        const code = codeOf(error);
        const reason = `the e-mail binding refused: ${code}`;
        return LASTING.test(code) ? { type: "refused", reason } : { type: "retry", reason };
      }
    },
  };
}

/** The stable code of an error; its message may quote the letter and is not kept. */
function codeOf(error: unknown): string {
  if (typeof error === "object" && error !== null && "code" in error && typeof error.code === "string")
    return error.code;
  return error instanceof Error ? error.name : "unknown";
}
