import { hexOf, hmacSha256 } from "../platform/digest.ts";
import { checkHookAddress, type ResolveName } from "./hook-address.ts";
import type { Notice, NoticeSender } from "./notice.ts";
import { type Fetch, sendOut } from "./send-out.ts";

/** Names the time of sending and the signature over it and the body. */
export const SIGNATURE_HEADER = "X-ApexTrade-Signature";

export interface WebhookSenderParts {
  readonly url: string;
  /** Known to the receiver and us alone. */
  readonly secret: string;
  readonly fetch: Fetch;
  readonly resolve: ResolveName;
  readonly now: () => number;
}

/**
 * Sends notices to an address of its receiver's own, signed: `t=<UTC s>,v1=<hex>`, an HMAC-SHA-256 under the secret over
 * `<t>.<body>`. The address is looked at anew each time.
 */
export function webhookSender({ url, secret, fetch, resolve, now }: WebhookSenderParts): NoticeSender {
  return {
    async send(notice: Notice) {
      const address = await checkHookAddress(url, resolve);
      if (!address.ok) return { outcome: "refused", reason: `the address must ${address.reason}` };
      const body = JSON.stringify(notice);
      const seconds = Math.floor(now() / 1_000);
      const signature = hexOf(await hmacSha256(secret, `${seconds}.${body}`));
      return sendOut(fetch, address.url.href, {
        headers: {
          "Content-Type": "application/json",
          "Idempotency-Key": notice.id,
          [SIGNATURE_HEADER]: `t=${seconds},v1=${signature}`,
        },
        body,
      });
    },
  };
}
