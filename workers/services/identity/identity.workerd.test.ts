import { env } from "cloudflare:workers";
import { and, eq, isNull } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { oneTimeTokens, openSockets, sessions, users, viewers } from "../../../schema/tables/identity.ts";
import { mailOutbox } from "../../../schema/tables/outbox.ts";
import type { Session } from "../../../schema/wire/session.ts";
import { endSession, readSession, renewSession, rotateSession, startSession } from "../../auth/session.ts";
import { openDatabase } from "../../platform/database.ts";
import {
  addTotp,
  letterTo,
  newBrowser,
  newEmail,
  newSignedIn,
  PASSWORD,
  signIn,
  type TestBrowser,
  totpCode,
} from "../../testing/test-browser.ts";
import { START_MS } from "../../testing/test-client.ts";

const database = openDatabase(env.DB);
const NEW_PASSWORD = "another horse staple 8";
const COOKIE = "__Host-apextrade-session";
const BOOTSTRAP_SECRET = "a bootstrap secret of the tests that is long enough";

const openSessions = (userId: string) =>
  database
    .select()
    .from(sessions)
    .where(and(eq(sessions.userId, userId), isNull(sessions.endedAt)));

async function actionsOf(browser: TestBrowser): Promise<string[]> {
  const reply = await browser.api("GET", "/api/v1/audit");
  return (await reply.json<{ rows: { action: string }[] }>()).rows.map(({ action }) => action);
}

async function viewingOf(browser: TestBrowser): Promise<Session["viewing"]> {
  return (await (await browser.send("GET", "/api/v1/session")).json<Session>()).viewing;
}

async function invited(owner: { browser: TestBrowser }, email: string): Promise<string> {
  const reply = await owner.browser.api("POST", "/api/v1/sharing/invitations", { email });
  expect(reply.status).toBe(201);
  return (await letterTo(email)).token;
}

describe("a session that goes on under a new id", () => {
  it("does not come back where it was ended at the same moment", async () => {
    const { userId } = await newSignedIn();
    const [before] = await openSessions(userId);
    await endSession(env, { id: before.id, reason: "test", nowMs: START_MS });
    await expect(renewSession(env, before, { nowMs: START_MS })).rejects.toThrow("The session has ended");
    expect(await openSessions(userId)).toEqual([]);
  });

  it("gives a refresh that was under way no token of the old id, which would overwrite the new one", async () => {
    const { browser, userId } = await newSignedIn();
    const [before] = await openSessions(userId);
    const found = await readSession(env, before.id, START_MS);
    if (found === undefined) throw new Error("the session must be open");
    await renewSession(env, before, { nowMs: START_MS });
    const presented = browser.cookies.get(COOKIE) ?? "";
    await expect(rotateSession(env, found, presented, START_MS)).rejects.toThrow("The session has ended");
  });

  it("is one session still, of however many renewals at once", async () => {
    const { browser, userId } = await newSignedIn();
    const token = await browser.token();
    const renewals = Array.from({ length: 8 }, () =>
      browser.send("POST", "/api/v1/session/view", { ownerId: null }, { Authorization: `Bearer ${token}` }),
    );
    const statuses = (await Promise.all(renewals)).map(({ status }) => status).sort();
    expect(statuses).toEqual([204, ...Array.from({ length: 7 }, () => 401)]);
    const open = await openSessions(userId);
    expect(open).toHaveLength(1);
    expect(await readSession(env, open[0].id, START_MS)).toBeDefined();
  });

  it("S22 tells its owner once of an old token, also where the token only asks to read", async () => {
    const { browser, email } = await newSignedIn();
    const first = browser.cookies.get(COOKIE) ?? "";
    await browser.token();
    await browser.token();
    const thief = newBrowser();
    thief.cookies.set(COOKIE, first);
    thief.nowMs = START_MS + 60_000;
    for (let time = 0; time < 2; time++) expect((await thief.send("GET", "/api/v1/datasets")).status).toBe(401);
    expect((await letterTo(email)).subject).toBe("A session was ended for your safety");
    await signIn(browser, email);
    expect((await actionsOf(browser)).filter((action) => action === "session.reuse")).toHaveLength(1);
  });
});

describe("a password that is changed or chosen anew", () => {
  it("ends other sessions, with its entry, and makes links worthless that were asked for under the old one", async () => {
    for (const how of ["change", "reset"] as const) {
      const { browser, email, userId } = await newSignedIn();
      const thief = newBrowser();
      await signIn(thief, email);
      const theirs = newEmail();
      await thief.api("POST", "/api/v1/account/email", { email: theirs });
      const { token } = await letterTo(theirs);
      if (how === "change") {
        const change = { currentPassword: PASSWORD, password: NEW_PASSWORD };
        expect((await browser.api("POST", "/api/v1/account/password", change)).status).toBe(204);
        expect(await actionsOf(browser)).toContain("account.change-password");
      } else {
        await browser.send("POST", "/api/auth/password/forgot", { email });
        const reset = { token: (await letterTo(email)).token, password: NEW_PASSWORD };
        expect((await browser.send("POST", "/api/auth/password/reset", reset)).status).toBe(204);
      }
      expect(await openSessions(userId)).toHaveLength(how === "change" ? 1 : 0);
      expect((await thief.send("POST", "/api/auth/email/confirm", { token })).status).toBe(400);
      const [user] = await database.select().from(users).where(eq(users.id, userId));
      expect(user.email).toBe(email);
    }
  });

  it("costs its link once, however many use it at once, and not where it breaks a rule", async () => {
    const { browser, email } = await newSignedIn();
    await browser.send("POST", "/api/auth/password/forgot", { email });
    const { token } = await letterTo(email);
    const reset = (password: string) => browser.send("POST", "/api/auth/password/reset", { token, password });
    expect((await reset("short")).status).toBe(422);
    const statuses = (await Promise.all([reset(NEW_PASSWORD), reset(NEW_PASSWORD)])).map(({ status }) => status);
    expect(statuses.sort()).toEqual([204, 400]);
  });
});

describe("a sign-in that is under way while the password is changed", () => {
  it("starts no session afterwards, and neither does one while the account is closed", async () => {
    const { browser, userId } = await newSignedIn();
    const [user] = await database.select().from(users).where(eq(users.id, userId));
    const start = { user, keep: false, secondFactor: false, address: "", userAgent: "", nowMs: START_MS };
    const change = { currentPassword: PASSWORD, password: NEW_PASSWORD };
    expect((await browser.api("POST", "/api/v1/account/password", change)).status).toBe(204);
    await expect(startSession(env, start)).rejects.toThrow("The account was changed a moment ago");
    expect(await openSessions(userId)).toHaveLength(1);
    const [changed] = await database.select().from(users).where(eq(users.id, userId));
    await database.update(users).set({ disabledAt: START_MS }).where(eq(users.id, userId));
    await expect(startSession(env, { ...start, user: changed })).rejects.toThrow(
      "The account was changed a moment ago",
    );
    expect(await openSessions(userId)).toHaveLength(1);
  });

  it("gets nowhere with its second factor either, also where its challenge is stored after the change", async () => {
    const { browser, email, userId } = await newSignedIn();
    const { secret } = await addTotp(browser);
    const thief = newBrowser();
    const { challenge } = await (await signIn(thief, email)).json<{ challenge: { token: string } }>();
    const [stored] = await database.select().from(oneTimeTokens).where(eq(oneTimeTokens.kind, "second-factor"));
    const change = { currentPassword: PASSWORD, password: NEW_PASSWORD };
    expect((await browser.api("POST", "/api/v1/account/password", change)).status).toBe(204);
    await database.insert(oneTimeTokens).values(stored);
    thief.nowMs += 30_000;
    const proof = { method: "totp", code: totpCode(secret, thief.nowMs) };
    const answer = await thief.send("POST", "/api/auth/sign-in/second-factor", { challenge: challenge.token, proof });
    expect(answer.status).toBe(401);
    expect(await openSessions(userId)).toHaveLength(1);
  });
});

describe("an address that is changed", () => {
  it("takes from the old mailbox the link that chooses a new password", async () => {
    const { browser, email } = await newSignedIn();
    const next = newEmail();
    await browser.send("POST", "/api/auth/password/forgot", { email });
    const { token: old } = await letterTo(email);
    await browser.api("POST", "/api/v1/account/email", { email: next });
    const confirmed = await browser.send("POST", "/api/auth/email/confirm", { token: (await letterTo(next)).token });
    expect(confirmed.status).toBe(204);
    const reset = await newBrowser().send("POST", "/api/auth/password/reset", { token: old, password: NEW_PASSWORD });
    expect(reset.status).toBe(400);
  });
});

describe("letters that anybody can ask for", () => {
  it("do not use up one another's limits: invitations keep nobody from choosing a new password", async () => {
    const { browser, email } = await newSignedIn();
    const stranger = await newSignedIn();
    const statuses: number[] = [];
    for (let time = 0; time < 6; time++) {
      statuses.push((await stranger.browser.api("POST", "/api/v1/sharing/invitations", { email })).status);
    }
    expect(statuses).toEqual([201, 201, 201, 201, 201, 429]);
    expect((await browser.send("POST", "/api/auth/password/forgot", { email })).status).toBe(204);
    expect((await letterTo(email)).subject).toBe("Choose a new password");
  });

  it("tell who asked for a change of address nothing of whose the address is, in their archive neither", async () => {
    const { browser, userId } = await newSignedIn();
    const known = (await newSignedIn()).email;
    for (const email of [known, newEmail()]) {
      expect((await browser.api("POST", "/api/v1/account/email", { email })).status).toBe(204);
    }
    const rows = await database.select().from(mailOutbox).where(eq(mailOutbox.userId, userId));
    const ofChange = rows.filter(({ template }) => template !== "verify-email");
    const told = ofChange.map(({ template, subject, attempts }) => JSON.stringify([template, subject, attempts]));
    expect([told.length, new Set(told).size]).toEqual([2, 1]);
    expect((await letterTo(known)).text).toContain("another account already");
  });
});

describe("challenges for a passkey", () => {
  it("are handed out to one address up to a limit, since each leaves a row behind", async () => {
    const browser = newBrowser();
    const statuses: number[] = [];
    for (let time = 0; time < 61; time++) {
      statuses.push((await browser.send("POST", "/api/auth/sign-in/passkey/options", {})).status);
    }
    expect([statuses[59], statuses[60]]).toEqual([200, 429]);
  });
});

describe("leave to look at an account", () => {
  it("is taken once from one invitation, in both trails, and not by another person", async () => {
    const owner = await newSignedIn();
    const viewer = await newSignedIn();
    const token = await invited(owner, viewer.email);
    const accept = ({ browser }: { browser: TestBrowser }) => browser.api("POST", "/api/v1/sharing/accept", { token });
    expect((await accept(await newSignedIn())).status).toBe(403);
    const bearer = { Authorization: `Bearer ${await viewer.browser.token()}` };
    const replies = await Promise.all(
      [1, 2, 3].map(() => viewer.browser.send("POST", "/api/v1/sharing/accept", { token }, bearer)),
    );
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 400, 400]);
    expect(await database.select().from(viewers).where(eq(viewers.ownerId, owner.userId))).toHaveLength(1);
    expect((await actionsOf(owner.browser)).filter((action) => action === "sharing.accepted")).toHaveLength(1);
    expect((await actionsOf(viewer.browser)).filter((action) => action === "sharing.accept")).toHaveLength(1);
  });

  it("ends with its sockets, and does not go on as support where the viewer is an operator", async () => {
    const owner = await newSignedIn();
    const viewer = await newSignedIn();
    await database.update(users).set({ role: "operator" }).where(eq(users.id, viewer.userId));
    const token = await invited(owner, viewer.email);
    await viewer.browser.api("POST", "/api/v1/sharing/accept", { token });
    await viewer.browser.api("POST", "/api/v1/session/view", { ownerId: owner.userId });
    expect(await viewingOf(viewer.browser)).toMatchObject({ ownerId: owner.userId, kind: "invited" });
    const [session] = await openSessions(viewer.userId);
    const socket = {
      grantId: session.id,
      userId: viewer.userId,
      kind: "run" as const,
      objectName: "a run",
      openedAt: 0,
    };
    await database.insert(openSockets).values(socket);
    const removed = await owner.browser.api("DELETE", `/api/v1/sharing/viewers/${viewer.userId}`);
    expect(removed.status).toBe(204);
    expect(await viewingOf(viewer.browser)).toBeNull();
    expect(await database.select().from(openSockets).where(eq(openSockets.grantId, session.id))).toEqual([]);
  });
});

describe("the first administrator", () => {
  it("S11 is one person, of however many know the secret at once, and nobody ever after", async () => {
    const people = [await newSignedIn(), await newSignedIn(), await newSignedIn()];
    const ask = ({ browser }: { browser: TestBrowser }) =>
      browser.api("POST", "/api/v1/admin/bootstrap", { secret: BOOTSTRAP_SECRET });
    const statuses = (await Promise.all(people.map(ask))).map(({ status }) => status);
    expect(statuses.filter((status) => status < 300)).toHaveLength(1);
    const made = await database.select().from(users).where(eq(users.role, "administrator"));
    expect(made.map(({ id }) => id)).toEqual([people[statuses.findIndex((status) => status < 300)].userId]);
    expect((await ask(await newSignedIn())).status).toBe(403);
  });
});
