import { z } from "zod";
import type { Env } from "../platform/env.ts";
import { openText, sealText } from "../platform/sealed-text.ts";
import type { MailSender } from "./mail-sender.ts";

const PREFIX = "local-mail/";
const PURPOSE = "local mailbox";
// A page of letters; older ones are still in the bucket.
const SHOWN_MAX = 50;

const StoredLetter = z.object({
  id: z.string(),
  to: z.string(),
  subject: z.string(),
  text: z.string(),
  at: z.number(),
});
export type StoredLetter = z.infer<typeof StoredLetter>;

/** Keeps letters in the bucket of the local server instead of sending them: sealed, since their links work. */
export function localMailbox(env: Env, now: () => number): MailSender {
  return {
    name: "local",
    async send({ id, to, subject, text }) {
      const stored: StoredLetter = { id, to, subject, text, at: now() };
      // Newest first by name: listings of a bucket go by name.
      const order = String(Number.MAX_SAFE_INTEGER - stored.at).padStart(16, "0");
      const key = `${PREFIX}${order}-${id}`;
      await env.BUCKET.put(key, await sealText(env, { purpose: PURPOSE, id: key }, JSON.stringify(stored)));
      return { type: "sent" };
    },
  };
}

/** The newest letters of the local server. */
export async function readLocalMailbox(env: Env): Promise<StoredLetter[]> {
  const { objects } = await env.BUCKET.list({ prefix: PREFIX, limit: SHOWN_MAX });
  const letters = await Promise.all(objects.map(({ key }) => readLetter(env, key)));
  return letters.filter((letter) => letter !== undefined);
}

async function readLetter(env: Env, key: string): Promise<StoredLetter | undefined> {
  const object = await env.BUCKET.get(key);
  if (object === null) return undefined;
  const text = await openText(env, { purpose: PURPOSE, id: key }, await object.text());
  return StoredLetter.parse(JSON.parse(text));
}
