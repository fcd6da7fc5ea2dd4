import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { users } from "../../../schema/tables/identity.ts";
import { erasures } from "../../../schema/tables/privacy.ts";
import type { OperatorTrail } from "../../../schema/wire/admin.ts";
import type { Role, Session } from "../../../schema/wire/session.ts";
import { drainAudit } from "../../audit/drain-audit.ts";
import { STEP_UP_MS, SUPPORT_VIEW_MS } from "../../auth/second-factor.ts";
import { openDatabase } from "../../platform/database.ts";
import { addTotp, newSignedIn, PASSWORD, signIn, type TestBrowser, totpCode } from "../../testing/test-browser.ts";

const database = openDatabase(env.DB);
const LEFT = { disabled: false, reason: "They left us." };

async function setRole(userId: string, role: Role): Promise<void> {
  await database.update(users).set({ role }).where(eq(users.id, userId));
}

/** Somebody of a role, with the second factor that the role's actions ask for. */
async function newStaff(role: Role) {
  const person = await newSignedIn();
  const { secret } = await addTotp(person.browser);
  await setRole(person.userId, role);
  return { ...person, secret };
}

function view(browser: TestBrowser, userId: string): Promise<Response> {
  return browser.api("POST", `/api/v1/admin/users/${userId}/view`, { reason: "a question about a backtest" });
}

async function sessionOf(browser: TestBrowser): Promise<Session> {
  return (await browser.send("GET", "/api/v1/session")).json<Session>();
}

/** The status and code of a reply that refuses. */
async function refusal(reply: Response): Promise<unknown> {
  const { status, code } = await reply.json<{ status: number; code: string }>();
  return { status, code };
}

describe("an operator", () => {
  it("neither ends an administrator's sessions nor looks at their account, and does both for a trader", async () => {
    const operator = await newStaff("operator");
    const [administrator, trader] = [await newSignedIn(), await newSignedIn()];
    await setRole(administrator.userId, "administrator");
    const end = (userId: string) => operator.browser.api("DELETE", `/api/v1/admin/users/${userId}/sessions`);
    expect(await refusal(await end(administrator.userId))).toEqual({ status: 403, code: "rank" });
    expect(await refusal(await view(operator.browser, administrator.userId))).toEqual({ status: 403, code: "rank" });
    expect((await administrator.browser.api("GET", "/api/v1/datasets")).status).toBe(200);
    expect((await sessionOf(operator.browser)).viewing).toBeNull();
    expect(await (await end(trader.userId)).json()).toEqual({ ended: 1 });
    expect((await view(operator.browser, trader.userId)).status).toBe(204);
    await setRole(trader.userId, "administrator");
    const risen = await operator.browser.api("GET", "/api/v1/datasets");
    expect(await refusal(risen), "who became an administrator meanwhile").toEqual({ status: 403, code: "view_ended" });
  });
});

describe("a look at an account for support", () => {
  it("ends an hour after the proof that opened it, whatever is proved later, and shows nothing instead", async () => {
    const [operator, owner] = [await newStaff("operator"), await newSignedIn()];
    const { browser, secret } = operator;
    const openedMs = browser.nowMs;
    browser.nowMs += STEP_UP_MS - 1_000;
    expect((await view(browser, owner.userId)).status).toBe(204);
    browser.nowMs = openedMs + SUPPORT_VIEW_MS - 1_000;
    const proof = { method: "totp", code: totpCode(secret, browser.nowMs) };
    expect((await browser.api("POST", "/api/v1/session/step-up", proof)).status).toBe(200);
    expect((await browser.api("GET", "/api/v1/datasets")).status).toBe(200);
    expect((await sessionOf(browser)).viewing).toMatchObject({ ownerId: owner.userId, kind: "support" });
    browser.nowMs = openedMs + SUPPORT_VIEW_MS;
    for (const [method, path] of [
      ["GET", "/api/v1/datasets"],
      ["GET", "/api/v1/audit"],
      ["POST", "/api/v1/socket-tickets"],
      ["GET", "/api/v1/admin/users"],
    ] as const) {
      expect(await refusal(await browser.api(method, path)), path).toEqual({ status: 403, code: "view_ended" });
    }
    expect(await refusal(await browser.send("GET", "/api/v1/datasets"))).toMatchObject({ code: "view_ended" });
    expect((await sessionOf(browser)).viewing).toEqual({ ownerId: owner.userId, name: "", email: "", kind: "ended" });
    expect((await browser.api("POST", "/api/v1/session/view", { ownerId: null })).status).toBe(204);
    expect((await browser.api("GET", "/api/v1/datasets")).status).toBe(200);
    expect((await sessionOf(browser)).viewing).toBeNull();
  });
});

describe("what an operator did", () => {
  it("is told to those who operate the deployment also once the role is lost", async () => {
    const [administrator, operator, trader] = [
      await newStaff("administrator"),
      await newStaff("operator"),
      await newSignedIn(),
    ];
    expect((await operator.browser.api("DELETE", `/api/v1/admin/users/${trader.userId}/sessions`)).status).toBe(200);
    const change = (role: Role) =>
      administrator.browser.api("PATCH", `/api/v1/admin/users/${operator.userId}`, { role, reason: LEFT.reason });
    for (const role of ["trader", "operator", "trader"] as const) expect((await change(role)).status).toBe(200);
    await drainAudit(env);
    const reply = await administrator.browser.api("GET", "/api/v1/admin/audit");
    const { rows, people } = await reply.json<OperatorTrail>();
    expect(people.filter(({ id }) => id === operator.userId)).toHaveLength(1);
    expect(rows.filter(({ ownerId }) => ownerId === operator.userId).map(({ action }) => action)).toEqual([
      "user.end-sessions",
    ]);
    const changes = rows.filter(({ subject }) => subject?.id === operator.userId);
    expect(changes.map(({ after }) => after)).toContainEqual({ ...LEFT, role: "trader" });
  });
});

describe("an account whose erasure has begun", () => {
  it("is not opened again or changed by an administrator", async () => {
    const [administrator, leaving] = [await newStaff("administrator"), await newSignedIn()];
    const change = (body: object) => administrator.browser.api("PATCH", `/api/v1/admin/users/${leaving.userId}`, body);
    expect((await change({ disabled: true, reason: "Asked for by letter." })).status).toBe(200);
    expect((await change({ disabled: false })).status).toBe(200);
    const unsaid = await change({ disabled: true });
    expect(await unsaid.json()).toMatchObject({ status: 422, issues: [{ field: "reason", rule: "is required" }] });
    expect((await change({ disabled: true, reason: "Asked for by letter." })).status).toBe(200);
    const { userId: ownerId } = leaving;
    await database.insert(erasures).values({ ownerHash: `hash of ${ownerId}`, ownerId, startedAt: 0 });
    for (const body of [{ disabled: false }, { role: "operator" }]) {
      expect(await refusal(await change(body))).toEqual({ status: 409, code: "erasure_begun" });
    }
    expect((await signIn(leaving.browser, leaving.email, PASSWORD)).status).toBe(403);
  });
});
