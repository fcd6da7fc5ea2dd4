import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { imports } from "../../schema/tables/dataset.ts";
import { apiKeys, invitations, oneTimeTokens, sessions, users } from "../../schema/tables/identity.ts";
import { mailOutbox } from "../../schema/tables/outbox.ts";
import { dataExports, erasures } from "../../schema/tables/privacy.ts";
import { openDatabase } from "../platform/database.ts";
import { newId } from "../platform/ids.ts";
import { countRows } from "../testing/person-rows.ts";
import { newPerson, START_MS } from "../testing/test-client.ts";
import { enforceRetention } from "./enforce-retention.ts";
import { RETENTION } from "./retention.ts";

const database = openDatabase(env.DB);
const { keptMs: sessionMs } = RETENTION.sessions;

/** Rows of one person that all end their time with the instant `START_MS`, and the same again a moment younger. */
async function newAged() {
  const userId = newId("usr");
  const { session } = await newPerson(userId);
  for (const younger of [0, 1]) {
    const ended = (keptMs: number) => START_MS - keptMs - 1 + younger;
    const id = () => newId("req");
    const at = { createdAt: 0 };
    await database.insert(sessions).values({ ...session, id: id(), endedAt: ended(sessionMs) });
    await database.insert(sessions).values({ ...session, id: id(), usedAt: ended(sessionMs) - session.idleMs });
    const token = { hash: id(), kind: "invitation", userId, payload: "null", ...at };
    await database.insert(oneTimeTokens).values({ ...token, expiresAt: ended(RETENTION.oneTimeTokens.keptMs) });
    const letter = {
      userId,
      recipient: "a@example.org",
      template: "t",
      subject: "s",
      body: "",
      nextAttemptAt: 0,
      ...at,
    };
    const letterEnd = ended(RETENTION.letters.keptMs);
    await database.insert(mailOutbox).values({ ...letter, id: id(), sentAt: letterEnd });
    await database.insert(mailOutbox).values({ ...letter, id: id(), failedAt: letterEnd });
    const invitation = { id: id(), ownerId: userId, email: "b@example.org", ...at };
    await database.insert(invitations).values({ ...invitation, expiresAt: ended(RETENTION.invitations.keptMs) });
    const key = { ownerId: userId, name: "bot", start: "a", scopes: ["read" as const], ...at };
    const keyEnd = ended(RETENTION.apiKeys.keptMs);
    await database.insert(apiKeys).values({ ...key, id: id(), hash: id(), revokedAt: keyEnd });
    await database.insert(apiKeys).values({ ...key, id: id(), hash: id(), expiresAt: keyEnd });
    const file = { ownerId: userId, status: "done" as const, bytes: 1, rows: 1, ...at };
    await database.insert(imports).values({ ...file, id: id(), updatedAt: ended(RETENTION.imports.keptMs) });
    const archive = { id: newId("exp"), ownerId: userId, status: "done" as const, ...at };
    const objectKey = `exports/${userId}/${archive.id}/archive.tar.gz`;
    await env.BUCKET.put(objectKey, "x");
    await database.insert(dataExports).values({ ...archive, objectKey, finishedAt: ended(RETENTION.exports.keptMs) });
  }
  return userId;
}

describe("retention", () => {
  it("removes each thing when its time is over and not a moment before", async () => {
    const userId = await newAged();
    const twice = { sessions: 4, mail_outbox: 4, api_keys: 4 };
    const once = { one_time_tokens: 2, invitations: 2, imports: 2, data_exports: 2 };
    // The person and the session they signed in with stay.
    expect(await countRows(userId)).toMatchObject({ ...twice, ...once, users: 1, sessions: 5 });
    expect(await enforceRetention(env, START_MS)).toBe(true);
    const half = Object.fromEntries(Object.entries({ ...twice, ...once }).map(([name, rows]) => [name, rows / 2]));
    expect(await countRows(userId)).toEqual({ ...half, users: 1, sessions: 3 });
    expect((await env.BUCKET.list({ prefix: `exports/${userId}/` })).objects).toHaveLength(1);
  });

  it("forgets an erasure after its time, but none whose second round is to come", async () => {
    const erasedAt = START_MS - RETENTION.erasures.keptMs - 1;
    const [swept, open] = [newId("req"), newId("req")];
    const row = { startedAt: 0, erasedAt };
    await database.insert(erasures).values([
      { ...row, ownerHash: swept, sweptAt: erasedAt },
      { ...row, ownerHash: open },
    ]);
    await enforceRetention(env, START_MS);
    const left = await database.select().from(erasures);
    expect(left.filter(({ ownerHash }) => ownerHash === swept || ownerHash === open)).toMatchObject([
      { ownerHash: open },
    ]);
  });

  it("has accounts erased whose address was never confirmed, and none else", async () => {
    const old = START_MS - RETENTION.unconfirmedAccounts.keptMs - 1;
    const [never, confirmed, young] = [newId("usr"), newId("usr"), newId("usr")];
    await newPerson(never, { emailVerified: false, updatedAt: old });
    await newPerson(confirmed, { updatedAt: old });
    await newPerson(young, { emailVerified: false, updatedAt: old + 1 });
    await enforceRetention(env, START_MS);
    const dueOf = async (id: string) => (await database.select().from(users).where(eq(users.id, id)))[0].deletionDueAt;
    expect([await dueOf(never), await dueOf(confirmed), await dueOf(young)]).toEqual([START_MS, null, null]);
  });
});
