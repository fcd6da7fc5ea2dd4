import type { Delivery } from "./notice.ts";

const TIMEOUT_MS = 5_000;
/** So much of a reply is read, and none of it shown. */
const REPLY_BYTES_MAX = 64 * 1024;
/** The longest that another side may ask us to wait. */
const AFTER_MS_MAX = 60 * 60_000;

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/**
 * Posts a body once and says what became of it by the status alone. Follows no redirect: the address that was looked at is
 * the one that is asked. Never throws.
 */
export async function sendOut(
  fetch: Fetch,
  url: string,
  { headers, body }: { readonly headers: Readonly<Record<string, string>>; readonly body: string },
): Promise<Delivery> {
  let reply: Response;
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    reply = await fetch(url, { method: "POST", headers, body, redirect: "manual", signal });
    await passOver(reply);
  } catch {
    return { outcome: "again", reason: "it did not answer in time" };
  }
  const { status } = reply;
  if (status >= 200 && status < 300) return { outcome: "sent" };
  if (status === 429 || status === 408 || status >= 500) return again(reply);
  const isRedirect = status >= 300 && status < 400;
  return { outcome: "refused", reason: isRedirect ? "it leads elsewhere" : `it answered ${status}` };
}

/** Reads a reply to its end, so that its connection can be used again, or ends it where it is too long. */
async function passOver({ body }: Response): Promise<void> {
  if (body === null) return;
  const reader = body.getReader();
  let bytes = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    bytes += (part.value as Uint8Array).byteLength;
    if (bytes <= REPLY_BYTES_MAX) continue;
    await reader.cancel();
    return;
  }
}

function again(reply: Response): Delivery {
  const seconds = Number(reply.headers.get("Retry-After") ?? "");
  const reason = `it answered ${reply.status}`;
  if (!Number.isFinite(seconds) || seconds <= 0) return { outcome: "again", reason };
  return { outcome: "again", reason, afterMs: Math.min(seconds * 1_000, AFTER_MS_MAX) };
}
