import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { expect, it } from "vitest";
import { mailOutbox } from "../../schema/tables/outbox.ts";
import { openDatabase } from "../platform/database.ts";
import { newEmail } from "../testing/test-browser.ts";
import { START_MS } from "../testing/test-client.ts";
import { drainMail, prepareLetter } from "./mail-outbox.ts";
import type { OutgoingLetter } from "./mail-sender.ts";

it("gives up a letter that no secret of this deployment opens, saying why, and sends those behind it", async () => {
  const database = openDatabase(env.DB);
  const to = newEmail();
  const spoilt = {
    ...{ id: `mai_${to}`, userId: null, recipient: to, template: "verify-email", subject: "Spoilt" },
    ...{ body: "not.sealed", createdAt: START_MS, nextAttemptAt: START_MS - 1 },
  };
  const letter = { template: "verify-email", subject: "Sound", body: "Welcome." } as const;
  const context = { env, database, nowMs: START_MS };
  const [sound] = await prepareLetter(context, { userId: null, to, letter });
  await database.batch([database.insert(mailOutbox).values(spoilt), sound]);

  const sent: OutgoingLetter[] = [];
  const sender = {
    name: "kept",
    send: async (outgoing: OutgoingLetter) => {
      sent.push(outgoing);
      return { type: "sent" } as const;
    },
  };
  await drainMail(env, { sender, nowMs: START_MS });
  const ours = sent.filter((outgoing) => outgoing.to === to);
  expect(ours).toMatchObject([{ subject: "Sound", text: "Welcome." }]);
  const [row] = await database.select().from(mailOutbox).where(eq(mailOutbox.id, spoilt.id));
  expect(row).toMatchObject({ attempts: 1, sentAt: null, failedAt: START_MS, body: "" });
  expect(row?.lastError).toContain("AUTH_SECRET");
});
