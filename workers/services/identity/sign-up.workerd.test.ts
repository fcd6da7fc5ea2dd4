import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { oneTimeTokens, users } from "../../../schema/tables/identity.ts";
import { mailOutbox } from "../../../schema/tables/outbox.ts";
import { openDatabase } from "../../platform/database.ts";
import { letterTo, newBrowser, newEmail, signIn, type TestBrowser } from "../../testing/test-browser.ts";
import { ORIGIN } from "../../testing/test-client.ts";

const database = openDatabase(env.DB);
const OWNERS = "quiet lantern over 9 rivers";
const STRANGERS = "another horse staple 8";

/** Signs up and answers the token of that sign-up's own letter. */
async function signUp(browser: TestBrowser, email: string, choice: { password: string; name: string }) {
  expect((await browser.send("POST", "/api/auth/sign-up/email", { email, ...choice })).status).toBe(204);
  return (await letterTo(email)).token;
}

async function confirm(browser: TestBrowser, token: string, password: string): Promise<number> {
  return (await browser.send("POST", "/api/auth/verify-email", { token, password })).status;
}

/** One address for which its owner and then a stranger signed up; both letters lie in the owner's mailbox. */
async function contested() {
  const [email, owner, stranger] = [newEmail(), newBrowser(), newBrowser()];
  const ownersToken = await signUp(owner, email, { password: OWNERS, name: "Ada" });
  const strangersToken = await signUp(stranger, email, { password: STRANGERS, name: "Eve" });
  return { email, owner, stranger, ownersToken, strangersToken };
}

describe("an address for which two people signed up", () => {
  it("is the account of whoever confirms their own letter, whoever signed up after them", async () => {
    const { email, owner, stranger, ownersToken, strangersToken } = await contested();
    expect(await confirm(owner, ownersToken, OWNERS)).toBe(204);
    expect((await signIn(stranger, email, STRANGERS)).status).toBe(401);
    const reply = await signIn(owner, email, OWNERS);
    expect(await reply.json()).toMatchObject({ user: { email, name: "Ada" } });
    expect(await confirm(stranger, strangersToken, STRANGERS), "the other letter").toBe(400);
    expect((await signIn(newBrowser(), email, STRANGERS)).status).toBe(401);
  });

  it("is not confirmed by its owner with the stranger's letter, five wrong passwords end one letter, not the other", async () => {
    const { email, owner, stranger, ownersToken, strangersToken } = await contested();
    for (let attempt = 0; attempt < 5; attempt++) expect(await confirm(owner, strangersToken, OWNERS)).toBe(401);
    expect(await confirm(owner, strangersToken, STRANGERS)).toBe(400);
    expect((await signIn(stranger, email, STRANGERS)).status).toBe(403);
    expect(await confirm(owner, ownersToken, OWNERS)).toBe(204);
    expect((await signIn(owner, email, OWNERS)).status).toBe(200);
  });

  it("is confirmed once, of however many letters at once, and none is left open", async () => {
    const { email, owner, stranger, ownersToken, strangersToken } = await contested();
    const statuses = await Promise.all([
      confirm(owner, ownersToken, OWNERS),
      confirm(owner, ownersToken, OWNERS),
      confirm(stranger, strangersToken, STRANGERS),
    ]);
    expect(statuses.toSorted()).toEqual([204, 400, 400]);
    const [user] = await database.select().from(users).where(eq(users.email, email));
    expect(user?.name).toBe(statuses[2] === 204 ? "Eve" : "Ada");
    expect(
      await database
        .select()
        .from(oneTimeTokens)
        .where(eq(oneTimeTokens.userId, user?.id ?? "")),
    ).toEqual([]);
  });
});

describe("a letter that is asked for again by signing in", () => {
  it("confirms with the password that asked for it", async () => {
    const [email, browser] = [newEmail(), newBrowser()];
    const first = await signUp(browser, email, { password: OWNERS, name: "Ada" });
    expect((await signIn(browser, email, OWNERS)).status).toBe(403);
    const { token } = await letterTo(email);
    expect(token).not.toBe(first);
    expect(await confirm(browser, token, OWNERS)).toBe(204);
    expect((await signIn(browser, email, OWNERS)).status).toBe(200);
  });
});

describe("letters about a sign-up", () => {
  it("are five an hour to one mailbox, known here or not, from however many addresses, and nobody is told", async () => {
    const known = newEmail();
    const token = await signUp(newBrowser(), known, { password: OWNERS, name: "Ada" });
    expect(await confirm(newBrowser(), token, OWNERS)).toBe(204);
    for (const [email, before] of [
      [newEmail(), 0],
      [known, 1],
    ] as const) {
      const ask = async (nowMs?: number) => {
        const browser = newBrowser();
        browser.nowMs = nowMs ?? browser.nowMs;
        const account = { email, password: STRANGERS, name: "Eve" };
        return (await browser.send("POST", "/api/auth/sign-up/email", account)).status;
      };
      const letters = async () =>
        (await database.select().from(mailOutbox).where(eq(mailOutbox.recipient, email))).length;
      for (let time = before; time < 7; time++) expect(await ask()).toBe(204);
      if (before === 0) expect((await signIn(newBrowser(), email, STRANGERS)).status, "asked by signing in").toBe(403);
      expect(await letters()).toBe(5);
      expect(await ask(newBrowser().nowMs + 3_600_000)).toBe(204);
      expect(await letters()).toBe(6);
    }
  });
});

describe("a link in a letter", () => {
  it("leads to the configured site, whatever host the request named, and else to the request's", async () => {
    const site = "https://trade.example.org";
    for (const [bindings, origin] of [
      [{ ...env, PUBLIC_ORIGIN: site }, site],
      [{ ...env, PUBLIC_ORIGIN: "" }, ORIGIN],
    ] as const) {
      const [browser, email] = [newBrowser({ bindings }), newEmail()];
      await signUp(browser, email, { password: OWNERS, name: "Ada" });
      const { text, token } = await letterTo(email);
      expect(text).toContain(`${origin}/verify-email#token=${token}`);
      expect(await confirm(browser, token, OWNERS)).toBe(204);
      await browser.send("POST", "/api/auth/password/forgot", { email });
      expect((await letterTo(email)).text).toContain(`${origin}/reset-password#token=`);
    }
  });
});
