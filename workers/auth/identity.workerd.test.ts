import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { beforeEach, describe, expect, it } from "vitest";
import { accounts, sessions, users } from "../../schema/tables/identity.ts";
import { openDatabase } from "../platform/database.ts";
import { hmacSha256 } from "../platform/digest.ts";
import { newId } from "../platform/ids.ts";
import { ORIGIN, request, START_MS } from "../testing/test-client.ts";
import { argon2id } from "./argon2.ts";

const PASSWORD = "correct horse staple 7";
const database = openDatabase(env.DB);

/** Each test comes from an address of its own, so that it has the limits to itself. */
let address = "";
beforeEach(() => {
  address = `203.0.113.${Math.floor(crypto.getRandomValues(new Uint8Array(1))[0])}-${newId("req")}`;
});

function post(path: string, body: unknown, options: { headers?: Record<string, string>; nowMs?: number } = {}) {
  const headers = {
    "Content-Type": "application/json",
    Origin: ORIGIN,
    "CF-Connecting-IP": address,
    ...options.headers,
  };
  const init = { method: "POST", headers, body: JSON.stringify(body) };
  return request(path, init, options.nowMs === undefined ? {} : { now: () => options.nowMs ?? 0 });
}

function newEmail(): string {
  return `${newId("usr").replace("_", ".")}@example.org`;
}

async function signUp(email = newEmail()): Promise<string> {
  const reply = await post("/api/auth/sign-up/email", { email, password: PASSWORD, name: "Ada" });
  expect(reply.status).toBe(200);
  return email;
}

function signIn(email: string, password = PASSWORD, options: Parameters<typeof post>[2] = {}) {
  return post("/api/auth/sign-in/email", { email, password }, options);
}

async function hashOf(email: string): Promise<string> {
  const rows = await database
    .select({ password: accounts.password })
    .from(accounts)
    .innerJoin(users, eq(users.id, accounts.userId))
    .where(eq(users.email, email));
  return rows[0]?.password ?? "";
}

function cookiesOf(reply: Response): string {
  return reply.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0])
    .join("; ");
}

describe("a stored password", () => {
  it("is an Argon2id hash at or above the floor, different for equal passwords", async () => {
    const [first, second] = [await hashOf(await signUp()), await hashOf(await signUp())];
    const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=1\$/.exec(first);
    expect(Number(match?.[1])).toBeGreaterThanOrEqual(19_456);
    expect(Number(match?.[2])).toBeGreaterThanOrEqual(2);
    expect(first).not.toBe(second);
  });

  it("of a cost above the ceiling is refused without being computed", async () => {
    const email = await signUp();
    const hash = (await hashOf(email)).replace(/m=\d+/, "m=1048576");
    await database
      .update(accounts)
      .set({ password: hash })
      .where(eq(accounts.password, await hashOf(email)));
    const started = performance.now();
    expect((await signIn(email)).status).toBe(401);
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it("of a lower cost than today's is made anew when its user signs in", async () => {
    const email = await signUp();
    const salt = new Uint8Array(16).fill(7);
    const peppered = await hmacSha256(env.PASSWORD_PEPPER, PASSWORD);
    const tag = await argon2id({ password: peppered, salt, tagBytes: 32, memoryKib: 8_192, passes: 1 });
    const text = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes)).replace(/=+$/, "");
    const old = `$argon2id$v=19$m=8192,t=1,p=1$${text(salt)}$${text(tag)}`;
    await database
      .update(accounts)
      .set({ password: old })
      .where(eq(accounts.password, await hashOf(email)));
    expect((await signIn(email)).status).toBe(200);
    expect(await hashOf(email)).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect((await signIn(email)).status).toBe(200);
  });

  it("counts every character up to 128, spaces and signs of any script included", async () => {
    const long = `${"pässwort 🐢 ".repeat(9)}${"x1".repeat(20)}`.slice(0, 127);
    const email = newEmail();
    const made = await post("/api/auth/sign-up/email", { email, password: `${long}a`, name: "Ada" });
    expect(made.status).toBe(200);
    expect((await signIn(email, `${long}b`)).status).toBe(401);
    expect((await signIn(email, `${long}a`)).status).toBe(200);
  });
});

describe("signing up", () => {
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
  ])("refuses %s as a password", async (_title, password) => {
    const reply = await post("/api/auth/sign-up/email", { email: newEmail(), password, name: "Ada" });
    expect(reply.status).toBe(422);
    expect(await reply.text()).not.toContain(password);
  });

  it("refuses the user's own address and name as a password", async () => {
    for (const password of ["mariecurie1867", "marie.curie1867", "MarieCurie!!!1"]) {
      const body = { email: "mariecurie@example.org", password, name: "Marie Curie" };
      expect((await post("/api/auth/sign-up/email", body)).status).toBe(422);
    }
  });

  it("answers the same for an address that is known, and changes nothing", async () => {
    const email = await signUp();
    const before = await hashOf(email);
    const again = await post("/api/auth/sign-up/email", { email, password: "another fine phrase 9", name: "Eve" });
    const fresh = await post("/api/auth/sign-up/email", { email: newEmail(), password: PASSWORD, name: "Eve" });
    expect(again.status).toBe(fresh.status);
    expect(await again.text()).toBe(await fresh.text());
    expect(await hashOf(email)).toBe(before);
  });

  it("ignores nothing: fields that it does not know are refused", async () => {
    const body = { email: newEmail(), password: PASSWORD, name: "Ada", role: "admin", emailVerified: true };
    expect((await post("/api/auth/sign-up/email", body)).status).toBe(422);
  });

  it("gives the new user the simulated market and nobody else's data", async () => {
    const cookie = cookiesOf(await signIn(await signUp()));
    const reply = await request("/api/v1/datasets", { headers: { Cookie: cookie } });
    const { rows } = await reply.json<{ rows: { source: string }[] }>();
    expect(rows.map((row) => row.source)).toEqual(new Array(8).fill("simulated"));
  });
});

describe("signing in", () => {
  it("answers a wrong password and an unknown address in the same words", async () => {
    const wrong = await signIn(await signUp(), "not the password 1");
    const unknown = await signIn(newEmail(), "not the password 1");
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    const words = async (reply: Response) => (await reply.json<{ detail: string }>()).detail;
    expect(await words(wrong)).toBe(await words(unknown));
  });

  it("sets cookies that only this host gets, over https, out of reach of scripts", async () => {
    const cookies = (await signIn(await signUp())).headers.getSetCookie();
    expect(cookies).toHaveLength(2);
    for (const cookie of cookies) {
      expect(cookie).toMatch(/^__Host-/);
      for (const flag of [/; Secure/i, /; HttpOnly/i, /; SameSite=Lax/i, /; Path=\//i]) expect(cookie).toMatch(flag);
      expect(cookie).not.toMatch(/Domain=/i);
    }
  });

  it("starts a new session whatever session cookie the page brought along", async () => {
    const email = await signUp();
    const [first, second] = [await signIn(email), await signIn(email)];
    const planted = await signIn(email, PASSWORD, { headers: { Cookie: cookiesOf(first) } });
    const tokens = [first, second, planted].map((reply) => cookiesOf(reply).split("; ")[0]);
    expect(new Set(tokens).size).toBe(3);
  });

  it("looks at five wrong passwords of an account in a quarter of an hour, however many come at once", async () => {
    const email = await signUp();
    const from = (index: number) => ({ headers: { "CF-Connecting-IP": `198.51.100.${index}` } });
    const replies = await Promise.all(
      Array.from({ length: 40 }, (_, index) => signIn(email, "not the password 1", from(index))),
    );
    expect(replies.filter((reply) => reply.status === 401)).toHaveLength(5);
    expect(replies.filter((reply) => reply.status === 429)).toHaveLength(35);
    const right = await signIn(email, PASSWORD, from(41));
    expect(right.status).toBe(429);
    expect(Number(right.headers.get("Retry-After"))).toBeLessThanOrEqual(900);
    expect((await signIn(email, PASSWORD, { ...from(42), nowMs: START_MS + 900_001 })).status).toBe(200);
  });

  it("lets a browser that signed in before in while strangers have locked the account", async () => {
    const email = await signUp();
    const known = cookiesOf(await signIn(email));
    for (let guess = 0; guess < 6; guess++) await signIn(email, "not the password 1");
    expect((await signIn(email)).status).toBe(429);
    expect((await signIn(email, PASSWORD, { headers: { Cookie: known } })).status).toBe(200);
  });

  it("counts wrong passwords by the address that the edge saw, whatever other headers say", async () => {
    const guess = (index: number) =>
      signIn(newEmail(), "not the password 1", {
        headers: { "X-Forwarded-For": `192.0.2.${index}`, Forwarded: "for=1.1.1.1" },
      });
    const statuses: number[] = [];
    for (let index = 0; index < 12; index++) statuses.push((await guess(index)).status);
    expect(statuses).toEqual([...new Array(10).fill(401), 429, 429]);
  });
});

describe("a session", () => {
  it("ends when its user signs out", async () => {
    const cookie = cookiesOf(await signIn(await signUp()));
    const out = await request("/api/auth/sign-out", { method: "POST", headers: { Origin: ORIGIN, Cookie: cookie } });
    expect(out.status).toBe(204);
    expect(out.headers.get("Clear-Site-Data")).toBe('"cache"');
    const session = await request("/api/v1/session", { headers: { Cookie: cookie } });
    expect(await session.json()).toMatchObject({ user: null });
  });

  it("is over thirty days after it began, however often it was used", async () => {
    const email = await signUp();
    const cookie = cookiesOf(await signIn(email));
    const user = await database.select().from(users).where(eq(users.email, email));
    const began = new Date(Date.now() - 30 * 86_400_000 + 60_000);
    await database.update(sessions).set({ createdAt: began }).where(eq(sessions.userId, user[0].id));
    const at = async (nowMs: number) =>
      (await request("/api/v1/session", { headers: { Cookie: cookie } }, { now: () => nowMs })).json<{
        user: unknown;
      }>();
    expect((await at(Date.now())).user).not.toBeNull();
    expect((await at(Date.now() + 61_000)).user).toBeNull();
  });

  it("that is used after an hour is prolonged, here and in the browser", async () => {
    const email = await signUp();
    const cookie = cookiesOf(await signIn(email));
    const user = await database.select().from(users).where(eq(users.email, email));
    const soon = new Date(Date.now() + 22 * 3_600_000);
    await database.update(sessions).set({ expiresAt: soon }).where(eq(sessions.userId, user[0].id));
    const reply = await request("/api/v1/session", { headers: { Cookie: cookie } });
    expect(reply.headers.getSetCookie().join()).toMatch(/^__Host-apextrade-session=.*Max-Age=86400/);
    const [session] = await database.select().from(sessions).where(eq(sessions.userId, user[0].id));
    expect(session.expiresAt.getTime()).toBeGreaterThan(soon.getTime());
  });

  it("does not offer the demo account where none was seeded", async () => {
    expect(await (await request("/api/v1/session")).json()).toMatchObject({ demo: null });
  });
});
