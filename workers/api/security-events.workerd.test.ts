import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { passkeys } from "../../schema/tables/identity.ts";
import type { AuditPage } from "../../schema/wire/audit.ts";
import { openDatabase } from "../platform/database.ts";
import { addTotp, newBrowser, newSignedIn, signIn, type TestBrowser } from "../testing/test-browser.ts";
import { newClient, START_MS } from "../testing/test-client.ts";

async function actions(browser: TestBrowser, filter: string): Promise<AuditPage["rows"]> {
  const reply = await browser.api("GET", `/api/v1/audit?action=${filter}&limit=100`);
  return (await reply.json<AuditPage>()).rows;
}

describe("the trail of an account", () => {
  it("S64 sign-ins stand in it, granted and refused, with where they came from", async () => {
    const { browser, email } = await newSignedIn();
    const guesser = newBrowser();
    expect((await signIn(guesser, email, "not the password 1")).status).toBe(401);
    const rows = await actions(browser, "session.");
    expect(rows.map(({ action }) => action)).toEqual(expect.arrayContaining(["session.start", "session.refuse"]));
    expect(rows.find(({ action }) => action === "session.start")?.after).toEqual({ secondFactor: false });
    const refused = rows.find(({ action }) => action === "session.refuse");
    expect(refused).toMatchObject({ place: { address: guesser.address, userAgent: "test browser" } });
    expect(refused?.place.requestId).toMatch(/^req_\w+$/);
    expect(JSON.stringify(rows)).not.toContain("not the password");
  });

  it("S64 refused second factors stand in it too", async () => {
    const { browser, email } = await newSignedIn();
    await addTotp(browser);
    const visitor = newBrowser();
    const { challenge } = await (await signIn(visitor, email)).json<{ challenge: { token: string } }>();
    const proof = { method: "recovery", code: "000000-000000" };
    const body = { challenge: challenge.token, proof };
    expect((await visitor.send("POST", "/api/auth/sign-in/second-factor", body)).status).toBe(401);
    expect(await actions(browser, "session.refuse-factor")).toHaveLength(1);
  });
});

describe("people who run a deployment", () => {
  it("S26 an administrator ends every session of a user, whose trail says so", async () => {
    const person = await newSignedIn();
    const second = newBrowser();
    await signIn(second, person.email);
    const administrator = await newClient({}, { role: "administrator" });
    const key = { id: `key-of-${administrator.userId}`, userId: administrator.userId, name: "key", publicKey: "" };
    await openDatabase(env.DB)
      .insert(passkeys)
      .values({ ...key, counter: 0, transports: [], createdAt: START_MS });
    const reply = await administrator.send("DELETE", `/api/v1/admin/users/${person.userId}/sessions`);
    expect(await reply.json()).toMatchObject({ ended: 2 });
    for (const { send } of [person.browser, second]) {
      expect((await send("POST", "/api/v1/session/token")).status).toBe(401);
    }
    const again = newBrowser();
    await signIn(again, person.email);
    expect(await actions(again, "user.end-sessions")).toMatchObject([
      { actor: { userId: administrator.userId }, subject: { kind: "user", id: person.userId } },
    ]);
  });
});
