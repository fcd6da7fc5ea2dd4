import { z } from "zod";
import type { Env } from "../platform/env.ts";
import type { MailSender } from "./mail-sender.ts";

const PREFIX = "local-mail/";
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

/** Keeps letters in the bucket of the local server instead of sending them. */
export function localMailbox(env: Env, now: () => number): MailSender {
  return {
    name: "local",
    async send({ id, to, subject, text }) {
      const stored: StoredLetter = { id, to, subject, text, at: now() };
      // Newest first by name: listings of a bucket go by name.
      const order = String(Number.MAX_SAFE_INTEGER - stored.at).padStart(16, "0");
      await env.BUCKET.put(`${PREFIX}${order}-${id}`, JSON.stringify(stored));
      return { type: "sent" };
    },
  };
}

/** The newest letters of the local server. */
export async function readLocalMailbox(env: Env): Promise<StoredLetter[]> {
  const { objects } = await env.BUCKET.list({ prefix: PREFIX, limit: SHOWN_MAX });
  const letters = await Promise.all(objects.map(async ({ key }) => (await env.BUCKET.get(key))?.json()));
  return letters.filter((letter) => letter !== undefined).map((letter) => StoredLetter.parse(letter));
}
