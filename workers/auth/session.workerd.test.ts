import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { sessions, users } from "../../schema/tables/identity.ts";
import { openDatabase } from "../platform/database.ts";
import { hmacSha256 } from "../platform/digest.ts";
import { letterTo, newBrowser, newSignedIn, PASSWORD, signIn, type TestBrowser } from "../testing/test-browser.ts";
import { newClient, newPerson, ORIGIN, request, START_MS } from "../testing/test-client.ts";
import { REFRESH_GRACE_MS } from "./session.ts";

const database = openDatabase(env.DB);
const COOKIE = "__Host-apextrade-session";
const HOUR_MS = 3_600_000;

const cookieOf = (browser: TestBrowser) => browser.cookies.get(COOKIE) ?? "";

/** Presents one refresh token, as a copy of the browser would. */
async function present(token: string, nowMs: number) {
  const headers = { Origin: ORIGIN, Cookie: `${COOKIE}=${token}` };
  const reply = await request("/api/v1/session/token", { method: "POST", headers }, { now: () => nowMs });
  const next = new RegExp(`${COOKIE}=([^;]*)`).exec(reply.headers.getSetCookie().join("\n"))?.[1] ?? "";
  return { status: reply.status, next, access: reply.status === 200 ? await reply.text() : "" };
}

describe("a session", () => {
  it("S18 S20 sets cookies that only this host gets, over https, out of reach of scripts, and new at each sign-in", async () => {
    const { email, browser } = await newSignedIn();
    const planted = cookieOf(browser);
    const cookies = (await signIn(browser, email)).headers.getSetCookie();
    expect(cookies).toHaveLength(2);
    for (const cookie of cookies) {
      expect(cookie).toMatch(/^__Host-/);
      for (const flag of [/; Secure/i, /; HttpOnly/i, /; SameSite=Lax/i, /; Path=\//i]) expect(cookie).toMatch(flag);
      expect(cookie).not.toMatch(/Domain=/i);
    }
    expect(cookieOf(browser).split(".")[0]).not.toBe(planted.split(".")[0]);
  });

  it("S19 cannot be taken over by who reads the database", async () => {
    const { browser, userId } = await newSignedIn();
    const rows = JSON.stringify(await database.select().from(sessions).where(eq(sessions.userId, userId)));
    expect(rows).not.toContain(cookieOf(browser).split(".")[2]);
    const [row] = await database.select().from(sessions).where(eq(sessions.userId, userId));
    expect((await present(`${row.id}.${row.generation}.${row.seed.slice(0, 43)}`, START_MS)).status).toBe(401);
  });

  it("S20 goes on under a new id after a step-up, and the old token is worth nothing", async () => {
    const { browser } = await newSignedIn();
    const before = cookieOf(browser);
    const reply = await browser.api("POST", "/api/v1/session/step-up", { method: "password", password: PASSWORD });
    expect(reply.status).toBe(200);
    expect(cookieOf(browser).split(".")[0]).not.toBe(before.split(".")[0]);
    expect((await present(before, START_MS)).status).toBe(401);
  });

  it("S21 is over after a day without use, after a week where it is kept, after thirty days in any case", async () => {
    for (const [keep, hours] of [
      [false, 24],
      [true, 24 * 7],
    ] as const) {
      const { email } = await newSignedIn();
      const browser = newBrowser();
      await signIn(browser, email, PASSWORD, keep);
      const token = cookieOf(browser);
      expect((await present(token, START_MS + hours * HOUR_MS)).status).toBe(401);
      expect((await present(token, START_MS + hours * HOUR_MS - 1_000)).status).toBe(200);
    }
    const { browser, userId } = await newSignedIn();
    const began = START_MS - 30 * 24 * HOUR_MS;
    await database
      .update(sessions)
      .set({ createdAt: began + 1_000 })
      .where(eq(sessions.userId, userId));
    expect((await present(cookieOf(browser), START_MS + 1_000)).status).toBe(401);
    expect((await present(cookieOf(browser), START_MS)).status).toBe(200);
  });

  it("S21 has access tokens of a quarter of an hour", async () => {
    const { browser } = await newSignedIn();
    const token = await browser.token();
    const read = async (nowMs: number) => {
      const headers = { Authorization: `Bearer ${token}` };
      return (await request("/api/v1/datasets", { headers }, { now: () => nowMs })).status;
    };
    const end = START_MS + 15 * 60_000;
    // Clocks of the edge are taken to agree within two seconds.
    expect([await read(end - 1_000), await read(end + 3_000)]).toEqual([200, 401]);
  });

  it("S22 ends, and its owner is told, when a token older than the one before comes back", async () => {
    const { browser, email } = await newSignedIn();
    const first = cookieOf(browser);
    const second = await present(first, START_MS);
    const third = await present(second.next, START_MS + 1_000);
    expect((await present(first, START_MS + 2_000)).status).toBe(401);
    expect((await present(third.next, START_MS + 3_000)).status).toBe(401);
    expect((await letterTo(email)).subject).toBe("A session was ended for your safety");
  });

  it("S23 gives a hundred requests with one token the same next pair, and ends when it comes back after the grace", async () => {
    const { browser } = await newSignedIn();
    const first = cookieOf(browser);
    const pairs = await Promise.all(Array.from({ length: 100 }, (_, at) => present(first, START_MS + at)));
    expect(new Set(pairs.map(({ status, next, access }) => `${status} ${next} ${access}`)).size).toBe(1);
    const late = await present(first, START_MS + REFRESH_GRACE_MS - 1);
    expect(late.next).toBe(pairs[0].next);
    // Whichever of the hundred moved it set the moment that the grace counts from.
    expect((await present(first, START_MS + REFRESH_GRACE_MS + 100)).status).toBe(401);
    expect((await present(late.next, START_MS + REFRESH_GRACE_MS + 200)).status).toBe(401);
  });

  it("S24 ends at once when its user signs out, is closed, or loses a role", async () => {
    const out = await newSignedIn();
    const token = await out.browser.token();
    await out.browser.send("POST", "/api/auth/sign-out");
    const read = (bearer: string) =>
      request("/api/v1/datasets", { headers: { Authorization: `Bearer ${bearer}` } }, { now: () => START_MS });
    expect((await read(token)).status).toBe(401);
    const closed = await newClient();
    await database.update(users).set({ disabledAt: START_MS }).where(eq(users.id, closed.userId));
    expect((await read(closed.token)).status).toBe(401);
    const operator = await newClient({}, { role: "operator" });
    expect((await operator.send("GET", "/api/v1/admin/users")).status).toBe(200);
    await database.update(users).set({ role: "trader" }).where(eq(users.id, operator.userId));
    expect((await operator.send("GET", "/api/v1/admin/users")).status).toBe(403);
  });

  it("S25 is not opened by a token that we did not sign for this use", async () => {
    const userId = (await newClient()).userId;
    const { session } = await newPerson(`${userId}x`);
    const key = await hmacSha256(env.AUTH_SECRET, "apextrade access token v1");
    const claims = { sub: `${userId}x`, sid: session.id, iss: "apextrade", aud: "apextrade-api" };
    const seconds = Math.floor(START_MS / 1_000);
    const forge = (header: object, changed: object = {}, secret: Uint8Array = key) =>
      new SignJWT({ iat: seconds, nbf: seconds, exp: seconds + 60, ...claims, ...changed })
        .setProtectedHeader({ alg: "HS256", typ: "at+jwt", ...header })
        .sign(secret);
    const read = async (token: string) =>
      (await request("/api/v1/datasets", { headers: { Authorization: `Bearer ${token}` } })).status;
    expect(await read(await forge({})), "the honest one").toBe(200);
    const honest = await forge({});
    const [, payload = "", signature = ""] = honest.split(".");
    const text = (value: object) => btoa(JSON.stringify(value)).replace(/=+$/, "");
    const forged = [
      `${text({ alg: "none", typ: "at+jwt" })}.${payload}.`,
      `${text({ alg: "RS256", typ: "at+jwt" })}.${payload}.${signature}`,
      `${text({ alg: "HS256", typ: "at+jwt", kid: "../../dev/null" })}.${payload}.${signature}`,
      await forge({ alg: "HS512" }, {}, new Uint8Array(64).fill(1)),
      await forge({ typ: "JWT" }),
      await forge({}, { aud: "another" }),
      await forge({}, { iss: "another" }),
      await forge({}, { exp: seconds - 10 }),
      await forge({}, { nbf: seconds + 60 }),
      await forge({}, { exp: undefined }),
      await forge({}, { sid: "ses_none" }),
      await forge({}, {}, new TextEncoder().encode(env.AUTH_SECRET)),
    ];
    for (const [index, token] of forged.entries()) expect(await read(token), `forgery ${index}`).toBe(401);
  });

  it("S26 is listed with the others to its owner, who ends one or all others", async () => {
    const { browser, email } = await newSignedIn();
    const [second, third] = [newBrowser(), newBrowser()];
    await signIn(second, email);
    await signIn(third, email);
    const list = async () =>
      (
        await (
          await browser.api("GET", "/api/v1/account/sessions")
        ).json<{ rows: { id: string; current: boolean }[] }>()
      ).rows;
    const rows = await list();
    expect(rows.map((row) => row.current).sort()).toEqual([false, false, true]);
    const id = cookieOf(second).split(".")[0];
    expect((await browser.api("DELETE", `/api/v1/account/sessions/${id}`)).status).toBe(204);
    expect((await second.send("POST", "/api/v1/session/token")).status).toBe(401);
    expect(await (await browser.api("DELETE", "/api/v1/account/sessions")).json()).toEqual({ ended: 1 });
    expect(await list()).toHaveLength(1);
  });
});
