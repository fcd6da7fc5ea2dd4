import type { NoticeChannel } from "../../schema/wire/notification.ts";
import { SecretText } from "../settings/secret-text.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";

/** Checks a request as our server signs it; the guarantee stands in docs/notifications.md. */
const SNIPPET = `import { createHmac, timingSafeEqual } from "node:crypto";

// body: the request's bytes as text, before any parsing.
export function isGenuine(body, header, secret, nowMs = Date.now()) {
  const [, time, mac] = /^t=(\\d+),v1=([\\da-f]{64})$/.exec(header) ?? [];
  if (time === undefined || Math.abs(nowMs / 1000 - Number(time)) > 300) return false;
  const own = createHmac("sha256", secret).update(\`\${time}.\${body}\`).digest();
  return timingSafeEqual(own, Buffer.from(mac, "hex"));
}`;

interface WebhookHelpProps {
  readonly channel: NoticeChannel;
  /** The key that was made just now; null where it was shown before. */
  readonly secret: string | null;
  readonly onClose: () => void;
}

/** How the receiver of a webhook tells our requests from others, and a repeat from a new notice. */
export function WebhookHelp({ channel, secret, onClose }: WebhookHelpProps) {
  return (
    <Dialog
      title={secret === null ? `How to verify ${channel.label}` : `The key of ${channel.label}`}
      open
      onClose={onClose}
      wide
    >
      <div className="grid gap-4">
        {secret === null ? (
          <p className="text-muted">
            The key was shown when the channel was made. If it is lost, add the address anew and remove this one.
          </p>
        ) : (
          <>
            <p className="text-muted">
              This is shown only now. Keep it where your server reads its secrets: it proves that a request is ours.
            </p>
            <SecretText label="The key that requests are signed by" text={secret} />
          </>
        )}
        <p>
          Each request has the header <code className="font-mono">X-ApexTrade-Signature: t=…,v1=…</code>: an
          HMAC-SHA-256 under the key over the time, a dot and the body. In Node:
        </p>
        <SecretText label="How a request is checked" text={SNIPPET} />
        <p className="text-muted">
          The same notice may come twice, with the same <code className="font-mono">id</code> in its body and in the
          header <code className="font-mono">Idempotency-Key</code>: answer the second one 200 and do nothing.
        </p>
        <div className="flex justify-end">
          <Button kind="primary" onClick={onClose}>
            {secret === null ? "Close" : "I have kept it"}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
