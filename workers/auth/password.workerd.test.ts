import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { oneTimeTokens, users } from "../../schema/tables/identity.ts";
import { mailOutbox } from "../../schema/tables/outbox.ts";
import { openDatabase } from "../platform/database.ts";
import { hmacSha256 } from "../platform/digest.ts";
import {
  addTotp,
  letterTo,
  newBrowser,
  newEmail,
  newSignedIn,
  PASSWORD,
  signIn,
  signUpAndConfirm,
  totpCode,
} from "../testing/test-browser.ts";
import { argon2id } from "./argon2.ts";

const database = openDatabase(env.DB);
const NEW_PASSWORD = "quiet lantern over 9 rivers";

async function hashOf(email: string): Promise<string> {
  const [row] = await database.select({ hash: users.passwordHash }).from(users).where(eq(users.email, email));
  return row?.hash ?? "";
}

async function setHash(email: string, passwordHash: string): Promise<void> {
  await database.update(users).set({ passwordHash }).where(eq(users.email, email));
}

describe("a stored password", () => {
  it("S01 is an Argon2id hash at or above the floor, different for equal passwords", async () => {
    const people = [await newSignedIn(), await newSignedIn()];
    const [first = "", second = ""] = await Promise.all(people.map(({ email }) => hashOf(email)));
    const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=1\$/.exec(first);
    expect(Number(match?.[1])).toBeGreaterThanOrEqual(19_456);
    expect(Number(match?.[2])).toBeGreaterThanOrEqual(2);
    expect(first).not.toBe(second);
  });

  it("S02 of a cost above the ceiling is refused without being computed", async () => {
    const { email } = await newSignedIn();
    await setHash(email, (await hashOf(email)).replace(/m=\d+/, "m=1048576"));
    const started = performance.now();
    expect((await signIn(newBrowser(), email)).status).toBe(401);
    // A gibibyte of Argon2 takes many seconds; two hold the whole request on a busy machine.
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it("S03 of a lower cost than today's is made anew when its user signs in", async () => {
    const { email } = await newSignedIn();
    const salt = new Uint8Array(16).fill(7);
    const peppered = await hmacSha256(env.PASSWORD_PEPPER, PASSWORD);
    const tag = argon2id({ password: peppered, salt, tagBytes: 32, memoryKib: 8_192, passes: 1 });
    const text = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes)).replace(/=+$/, "");
    await setHash(email, `$argon2id$v=19$m=8192,t=1,p=1$${text(salt)}$${text(tag)}`);
    expect((await signIn(newBrowser(), email)).status).toBe(200);
    expect(await hashOf(email)).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect((await signIn(newBrowser(), email)).status).toBe(200);
  });

  it("S04 counts every character up to 128, spaces and signs of any script included", async () => {
    const long = `${"pässwort 🐢 ".repeat(9)}${"x1".repeat(20)}`.slice(0, 127);
    const [browser, email] = [newBrowser(), newEmail()];
    await browser.send("POST", "/api/auth/sign-up/email", { email, password: `${long}a`, name: "Ada" });
    await browser.send("POST", "/api/auth/verify-email", {
      token: (await letterTo(email)).token,
      password: `${long}a`,
    });
    expect((await signIn(browser, email, `${long}b`)).status).toBe(401);
    expect((await signIn(browser, email, `${long}a`)).status).toBe(200);
  });

  it.each([
    ["11 characters", "abcdefghij1"],
    ["129 characters", `${"ab1-".repeat(32)}z`],
    ["one character again and again", "aaaaaaaaaaaaaaaa"],
    ["a row of keys", "qwertyuiopasdf"],
    ["a row of digits", "123456789012"],
    ["a common word with additions", "Password2024!"],
    ["two common words", "dragonmonkey99"],
    ["substituted letters", "P@ssw0rd1234"],
    ["the product's name", "apextrade2026!"],
  ])("S05 is refused where it is %s", async (_title, password) => {
    const reply = await newBrowser().send("POST", "/api/auth/sign-up/email", {
      email: newEmail(),
      password,
      name: "Ada",
    });
    expect(reply.status).toBe(422);
    expect(await reply.text()).not.toContain(password);
  });

  it("S05 is refused where it is the user's own address or name", async () => {
    for (const password of ["mariecurie1867", "marie.curie1867", "MarieCurie!!!1"]) {
      const body = { email: "mariecurie@example.org", password, name: "Marie Curie" };
      expect((await newBrowser().send("POST", "/api/auth/sign-up/email", body)).status).toBe(422);
    }
  });
});

describe("who is here", () => {
  it("S06 is told by no status and no word of sign-up, sign-in and reset", async () => {
    const { email } = await newSignedIn();
    const before = await hashOf(email);
    const ask = async (path: string, body: object) => {
      const reply = await newBrowser().send("POST", path, body);
      const text = await reply.text();
      return [reply.status, text.replace(/req_\w+/g, ""), reply.headers.getSetCookie()];
    };
    const account = { password: "another fine phrase 9", name: "Eve" };
    for (const [path, body] of [
      ["/api/auth/sign-up/email", account],
      ["/api/auth/sign-in/email", { password: "not the password 1" }],
      ["/api/auth/password/forgot", {}],
    ] as const) {
      expect(await ask(path, { ...body, email })).toEqual(await ask(path, { ...body, email: newEmail() }));
    }
    expect(await hashOf(email)).toBe(before);
    const letters = await database.select().from(mailOutbox).where(eq(mailOutbox.recipient, email));
    expect(letters.map((letter) => letter.template)).toContain("account-exists");
  });

  it("S06 is not told by the time either: an unknown address costs the same password hash", async () => {
    const { email } = await newSignedIn();
    const time = async (address: string) => {
      const started = performance.now();
      await signIn(newBrowser(), address, "not the password 1");
      return performance.now() - started;
    };
    const known: number[] = [];
    const unknown: number[] = [];
    // In turns, so that a busy moment meets both. The account's own limit counts five: its owner's browser is the sixth.
    for (let trial = 0; trial < 5; trial++) {
      known.push(await time(email));
      unknown.push(await time(newEmail()));
    }
    const median = (values: number[]) => values.sort((left, right) => left - right)[2] ?? 0;
    const ratio = median(known) / median(unknown);
    // Without the decoy the ratio is above three.
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });

  it("an address that is not confirmed opens no session, and a right password sends another letter", async () => {
    const [email, browser] = [newEmail(), newBrowser()];
    await browser.send("POST", "/api/auth/sign-up/email", { email, password: PASSWORD, name: "Ada" });
    const refused = await signIn(browser, email);
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ code: "email_unverified" });
    expect(browser.cookies.size).toBe(0);
  });
});

describe("attempts at a password", () => {
  it("S07 are five of an account in a quarter of an hour, however many come at once", async () => {
    const { email, browser } = await newSignedIn();
    const guesses = Array.from({ length: 60 }, () => signIn(newBrowser(), email, "not the password 1"));
    const statuses = (await Promise.all(guesses)).map((reply) => reply.status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(5);
    expect(statuses.filter((status) => status === 429)).toHaveLength(55);
    const right = await signIn(newBrowser(), email);
    expect(right.status).toBe(429);
    expect(Number(right.headers.get("Retry-After"))).toBeLessThanOrEqual(900);
    const later = newBrowser();
    later.nowMs = browser.nowMs + 900_001;
    expect((await signIn(later, email)).status).toBe(200);
  });

  it("S07 S60 are counted by the address that the edge saw, whatever other headers say", async () => {
    const browser = newBrowser();
    const statuses: number[] = [];
    for (let index = 0; index < 12; index++) {
      const body = { email: newEmail(), password: "not the password 1" };
      const spoofed = {
        "X-Forwarded-For": `192.0.2.${index}`,
        Forwarded: "for=1.1.1.1",
        "X-Real-IP": `192.0.2.${index}`,
      };
      statuses.push((await browser.send("POST", "/api/auth/sign-in/email", body, spoofed)).status);
    }
    expect(statuses).toEqual([...new Array(10).fill(401), 429, 429]);
  });

  it("S08 by strangers do not keep out a browser that signed in before", async () => {
    const { email, browser } = await newSignedIn();
    for (let guess = 0; guess < 6; guess++) await signIn(newBrowser(), email, "not the password 1");
    expect((await signIn(newBrowser(), email)).status).toBe(429);
    expect((await signIn(browser, email)).status).toBe(200);
  });
});

describe("a change of password", () => {
  it("S09 needs the current one and a proof of late, and ends the other sessions at once", async () => {
    const { email, browser } = await newSignedIn();
    const other = newBrowser();
    await signIn(other, email);
    const otherToken = await other.token();
    const change = { currentPassword: "not the password 1", password: NEW_PASSWORD };
    expect((await browser.api("POST", "/api/v1/account/password", change)).status).toBe(401);
    browser.nowMs += 5 * 60_000;
    const late = await browser.api("POST", "/api/v1/account/password", { ...change, currentPassword: PASSWORD });
    expect(await late.json()).toMatchObject({ status: 403, code: "step_up" });
    await browser.api("POST", "/api/v1/session/step-up", { method: "password", password: PASSWORD });
    const done = await browser.api("POST", "/api/v1/account/password", { ...change, currentPassword: PASSWORD });
    expect(done.status).toBe(204);
    const read = await other.send("GET", "/api/v1/datasets", undefined, { Authorization: `Bearer ${otherToken}` });
    expect(read.status).toBe(401);
    expect((await other.send("POST", "/api/v1/session/token")).status).toBe(401);
    expect((await browser.api("GET", "/api/v1/datasets")).status).toBe(200);
    expect((await signIn(newBrowser(), email)).status).toBe(401);
    expect((await letterTo(email)).subject).toBe("Your password was changed");
  });

  it("S10 by a letter works once, within a quarter of an hour, and still asks the second factor", async () => {
    const { email, browser } = await newSignedIn();
    const { secret } = await addTotp(browser);
    const ask = async () => {
      await newBrowser().send("POST", "/api/auth/password/forgot", { email });
      return letterTo(email);
    };
    const early = await ask();
    const { token } = await ask();
    const reset = (text: string, password = NEW_PASSWORD, afterMs = 0) => {
      const visitor = newBrowser();
      visitor.nowMs += afterMs;
      return visitor.send("POST", "/api/auth/password/reset", { token: text, password });
    };
    expect((await reset(early.token)).status, "an earlier letter").toBe(400);
    expect((await reset(token, NEW_PASSWORD, 15 * 60_000)).status, "too late").toBe(400);
    expect((await reset(token, "short")).status, "a bad password").toBe(422);
    expect((await reset(token)).status).toBe(204);
    expect((await reset(token)).status, "again").toBe(400);
    expect((await browser.send("POST", "/api/v1/session/token")).status).toBe(401);
    const visitor = newBrowser();
    const signedIn = await signIn(visitor, email, NEW_PASSWORD);
    const { challenge } = await signedIn.json<{ challenge: { token: string } }>();
    expect(visitor.cookies.size).toBe(0);
    visitor.nowMs += 30_000;
    const proof = { method: "totp", code: totpCode(secret, visitor.nowMs) };
    const body = { challenge: challenge.token, proof };
    expect((await visitor.send("POST", "/api/auth/sign-in/second-factor", body)).status).toBe(200);
  });

  it("S10 leaves no token in the database that somebody who reads it could use", async () => {
    const { email } = await newSignedIn();
    await newBrowser().send("POST", "/api/auth/password/forgot", { email });
    const [letter] = await database.select().from(mailOutbox).where(eq(mailOutbox.recipient, email));
    const { token } = await letterTo(email);
    const stored = JSON.stringify([
      await database.select().from(oneTimeTokens),
      await database.select().from(mailOutbox),
      letter,
    ]);
    expect(token.length).toBeGreaterThanOrEqual(22);
    expect(stored).not.toContain(token);
  });
});

describe("the first administrator", () => {
  it("S11 is made once, by the deployment's secret, where there was nobody before", async () => {
    const fresh = await database.select().from(users).where(eq(users.role, "administrator"));
    expect(fresh).toEqual([]);
    const [first, second] = [await newSignedIn(), await newSignedIn()];
    const bootstrap = (who: typeof first, secret: string) =>
      who.browser.api("POST", "/api/v1/admin/bootstrap", { secret });
    expect((await bootstrap(first, "not the secret of this deployment at all")).status).toBe(403);
    expect((await bootstrap(first, env.BOOTSTRAP_SECRET ?? "")).status).toBe(204);
    expect((await bootstrap(first, env.BOOTSTRAP_SECRET ?? "")).status).toBe(403);
    expect((await bootstrap(second, env.BOOTSTRAP_SECRET ?? "")).status).toBe(403);
    expect((await first.browser.api("GET", "/api/v1/admin/users")).status).toBe(200);
    expect((await second.browser.api("GET", "/api/v1/admin/users")).status).toBe(403);
  });

  it("two sign-ups of one address make one account", async () => {
    const email = newEmail();
    await Promise.all([
      signUpAndConfirm(newBrowser(), email).catch(() => undefined),
      newBrowser().send("POST", "/api/auth/sign-up/email", { email, password: PASSWORD, name: "Ada" }),
    ]);
    expect(await database.select().from(users).where(eq(users.email, email))).toHaveLength(1);
  });
});
