import { env } from "cloudflare:workers";
import { eq, ne } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { users } from "../../../schema/tables/identity.ts";
import { DELETION_GRACE_DAYS, type Deletion } from "../../../schema/wire/privacy.ts";
import type { Session } from "../../../schema/wire/session.ts";
import { openDatabase } from "../../platform/database.ts";
import { beginErasure } from "../../privacy/erase-owner.ts";
import { letterTo, newSignedIn, PASSWORD, type TestBrowser } from "../../testing/test-browser.ts";
import { START_MS } from "../../testing/test-client.ts";

const database = openDatabase(env.DB);
const DELETION = "/api/v1/account/deletion";
const DAY_MS = 86_400_000;

async function ask(browser: TestBrowser, email: string, password = PASSWORD) {
  const reply = await browser.api("POST", DELETION, { email, password });
  const body = await reply.json<Deletion & { code: string }>();
  return { status: reply.status, ...body };
}

const dueOf = async (browser: TestBrowser) =>
  (await (await browser.send("GET", "/api/v1/session")).json<Session>()).deletionDueAt;

describe("asking for the erasure of one's account", () => {
  it("plans it for the end of a day two weeks on, says so to each session and by letter, and can be taken back", async () => {
    const { browser, email } = await newSignedIn();
    const { status, dueAt } = await ask(browser, email.toUpperCase());
    expect(status).toBe(200);
    if (dueAt === null) throw new Error("a day must be named");
    expect(dueAt % DAY_MS).toBe(0);
    expect(dueAt - START_MS).toBeGreaterThanOrEqual(DELETION_GRACE_DAYS * DAY_MS);
    expect(dueAt - START_MS).toBeLessThan((DELETION_GRACE_DAYS + 1) * DAY_MS);
    expect(await dueOf(browser)).toBe(dueAt);
    expect((await letterTo(email)).text).toContain(new Date(dueAt).toISOString().slice(0, 10));
    // Asked for again, the day stands.
    browser.nowMs += 60_000;
    expect((await ask(browser, email)).dueAt).toBe(dueAt);
    const kept = await browser.api("DELETE", DELETION);
    expect([kept.status, await kept.json()]).toEqual([200, { dueAt: null }]);
    expect(await dueOf(browser)).toBeNull();
    expect((await letterTo(email)).subject).toBe("Your account stays");
    const letters = env.DB.prepare(
      "select count(*) as n from mail_outbox where template like 'deletion-%' and recipient = ?",
    );
    await browser.api("DELETE", DELETION);
    expect(await letters.bind(email).first()).toEqual({ n: 2 });
  });

  it("takes the password, the address and a fresh proof, each on its own", async () => {
    const { browser, email } = await newSignedIn();
    expect((await ask(browser, email, "another password 12")).status).toBe(401);
    expect((await ask(browser, "another@example.org")).status).toBe(422);
    browser.nowMs += 6 * 60_000;
    expect(await ask(browser, email)).toMatchObject({ status: 403, code: "step_up" });
    expect(await dueOf(browser)).toBeNull();
  });

  it("is refused to the last administrator, also where another one is leaving already", async () => {
    const [one, two] = [await newSignedIn(), await newSignedIn()];
    await database.update(users).set({ role: "trader" }).where(ne(users.role, "trader"));
    const promote = (id: string) => database.update(users).set({ role: "administrator" }).where(eq(users.id, id));
    await promote(one.userId);
    expect(await ask(one.browser, one.email)).toMatchObject({ status: 409, code: "last_administrator" });
    await promote(two.userId);
    const both = await Promise.all([ask(one.browser, one.email), ask(two.browser, two.email)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it("cannot be taken back once the erasure has begun, which ends every session", async () => {
    const { browser, email, userId } = await newSignedIn();
    const { dueAt } = await ask(browser, email);
    if (dueAt === null) throw new Error("a day must be named");
    const token = await browser.token();
    await beginErasure(env, userId, dueAt);
    const reply = await browser.send("DELETE", DELETION, undefined, { Authorization: `Bearer ${token}` });
    expect(reply.status).toBe(401);
    const [row] = await database.select().from(users).where(eq(users.id, userId));
    expect(row.deletionDueAt).toBe(dueAt);
  });
});
