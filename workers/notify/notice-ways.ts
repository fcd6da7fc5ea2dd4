import type { MailSender } from "../mail/mail-sender.ts";
import type { ResolveName } from "./hook-address.ts";
import { resolveOver } from "./resolve-name.ts";
import type { Fetch } from "./send-out.ts";

/** What notices leave by. Tests and benches hand in their own. */
export interface NoticeWays {
  readonly fetch: Fetch;
  readonly resolve: ResolveName;
  readonly mail: MailSender;
}

/** The internet, and the deployment's way to send letters. */
export function openWays(mail: MailSender): NoticeWays {
  // Called as a method of something else, the platform's own function throws.
  const out: Fetch = (url, init) => fetch(url, init);
  return { fetch: out, resolve: resolveOver(out), mail };
}
