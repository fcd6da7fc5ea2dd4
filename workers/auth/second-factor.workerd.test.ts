import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { recoveryCodes, totpSecrets } from "../../schema/tables/identity.ts";
import { vaultSecrets } from "../../schema/tables/vault.ts";
import type { SignInReply } from "../../schema/wire/session.ts";
import { openDatabase } from "../platform/database.ts";
import {
  addTotp,
  letterTo,
  newBrowser,
  newSignedIn,
  PASSWORD,
  signIn,
  type TestBrowser,
  totpCode,
} from "../testing/test-browser.ts";
import { enrolTotp, stepOf } from "./totp.ts";

const database = openDatabase(env.DB);
const STEP_MS = 30_000;

async function challengeOf(browser: TestBrowser, email: string): Promise<string> {
  const reply = await signIn(browser, email);
  const { challenge } = await reply.json<SignInReply>();
  if (challenge === null) throw new Error("no challenge");
  return challenge.token;
}

function answer(browser: TestBrowser, challenge: string, proof: object) {
  return browser.send("POST", "/api/auth/sign-in/second-factor", { challenge, proof });
}

describe("an authenticator app", () => {
  it("S12 has 160 random bits, shown once, and sealed where they are kept", async () => {
    const [first, second] = [await newSignedIn(), await newSignedIn()];
    const [one, two] = [await addTotp(first.browser), await addTotp(second.browser)];
    expect(one.secret).not.toBe(two.secret);
    expect(one.secret).toMatch(/^[A-Z2-7]{32}$/);
    const stored = JSON.stringify([
      await database.select().from(totpSecrets),
      await database.select().from(vaultSecrets),
    ]);
    expect(stored).not.toContain(one.secret);
    const shown = await (await first.browser.api("GET", "/api/v1/account/security")).text();
    expect(shown).not.toContain(one.secret);
    expect((await first.browser.api("POST", "/api/v1/account/totp")).status, "a second enrolment").toBe(409);
  });

  it("agrees with the examples of RFC 6238 in the steps it takes and refuses", () => {
    // Appendix B, SHA-1, the last six of eight digits.
    const seed = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    for (const [seconds, code] of [
      [59, "287082"],
      [1_111_111_109, "081804"],
      [1_234_567_890, "005924"],
      [20_000_000_000, "353130"],
    ] as const) {
      const nowMs = seconds * 1_000;
      expect(stepOf({ seed, code, nowMs })).toBe(Math.floor(seconds / 30));
      expect(stepOf({ seed, code, nowMs: nowMs + STEP_MS })).toBe(Math.floor(seconds / 30));
      expect(stepOf({ seed, code, nowMs: nowMs + 2 * STEP_MS })).toBeUndefined();
      expect(stepOf({ seed, code, nowMs: nowMs - STEP_MS })).toBeUndefined();
    }
  });

  it("S13 has codes that work once, of the current half minute and the one before", async () => {
    const { browser, email } = await newSignedIn();
    const { secret } = await addTotp(browser);
    const visitor = newBrowser();
    visitor.nowMs = browser.nowMs + 4 * STEP_MS;
    const code = (steps: number) => ({ method: "totp", code: totpCode(secret, visitor.nowMs + steps * STEP_MS) });
    const challenge = await challengeOf(visitor, email);
    expect((await answer(visitor, challenge, code(-2))).status).toBe(401);
    expect((await answer(visitor, challenge, code(1))).status).toBe(401);
    expect((await answer(visitor, challenge, code(-1))).status).toBe(200);
    const again = await challengeOf(newBrowser(), email);
    expect((await answer(visitor, again, code(-1))).status, "a code that was taken").toBe(401);
  });

  it("S13 lets one of fifty requests in that bring one code at once", async () => {
    const { browser, email } = await newSignedIn();
    const { secret } = await addTotp(browser);
    const visitors = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const visitor = newBrowser();
        visitor.nowMs = browser.nowMs + 2 * STEP_MS;
        return { visitor, challenge: await challengeOf(visitor, email) };
      }),
    );
    const proof = { method: "totp", code: totpCode(secret, browser.nowMs + 2 * STEP_MS) };
    const replies = await Promise.all(
      Array.from({ length: 50 }, (_, index) => {
        const { visitor, challenge } = visitors[index % 5] ?? visitors[0];
        return answer(visitor, challenge, proof);
      }),
    );
    expect(replies.filter((reply) => reply.status === 200)).toHaveLength(1);
  });

  it("S14 is asked at most five times: the right code comes too late after five wrong ones", async () => {
    const { browser, email } = await newSignedIn();
    const { secret } = await addTotp(browser);
    const visitor = newBrowser();
    visitor.nowMs = browser.nowMs + 2 * STEP_MS;
    const challenge = await challengeOf(visitor, email);
    for (let guess = 0; guess < 5; guess++) {
      expect((await answer(visitor, challenge, { method: "totp", code: "000000" })).status).toBe(401);
    }
    const right = { method: "totp", code: totpCode(secret, visitor.nowMs) };
    expect((await answer(visitor, challenge, right)).status).toBe(401);
    const anew = await challengeOf(newBrowser(), email);
    expect((await answer(visitor, anew, right)).status, "another challenge has the same limit").toBe(429);
    const known = await challengeOf(browser, email);
    browser.nowMs = visitor.nowMs;
    expect((await answer(browser, known, right)).status, "the owner's own browser").toBe(200);
  });

  it("S15 has ten recovery codes of sixty bits, kept as hashes, that each work once", async () => {
    const { browser, email, userId } = await newSignedIn();
    const { codes } = await addTotp(browser);
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) expect(code).toMatch(/^[0-9a-z]{6}-[0-9a-z]{6}$/);
    const rows = await database.select().from(recoveryCodes).where(eq(recoveryCodes.userId, userId));
    expect(JSON.stringify(rows)).not.toContain(codes[0]?.slice(0, 6));
    const proof = { method: "recovery", code: ` ${(codes[0] ?? "").toUpperCase()} ` };
    expect((await answer(browser, await challengeOf(browser, email), proof)).status).toBe(200);
    expect((await letterTo(email)).subject).toBe("A recovery code was used");
    expect((await answer(browser, await challengeOf(browser, email), proof)).status).toBe(401);
    expect(await (await browser.api("GET", "/api/v1/account/security")).json()).toMatchObject({ recoveryCodesLeft: 9 });
  });

  it("stays in use where another enrolment that was under way comes in right behind its confirmation", async () => {
    const { browser, email, userId } = await newSignedIn();
    const { secret } = await addTotp(browser);
    await expect(enrolTotp(env, { id: userId, email }, browser.nowMs)).rejects.toThrow(
      "An authenticator app is set up",
    );
    const seeds = await database.select().from(vaultSecrets).where(eq(vaultSecrets.ownerId, userId));
    expect(seeds).toHaveLength(1);
    browser.nowMs += STEP_MS;
    const proof = { method: "totp", code: totpCode(secret, browser.nowMs) };
    expect((await answer(browser, await challengeOf(browser, email), proof)).status).toBe(200);
    await browser.api("DELETE", "/api/v1/account/totp");
    expect(await database.select().from(vaultSecrets).where(eq(vaultSecrets.ownerId, userId))).toEqual([]);
  });

  it("is the one that was shown last, of several that were being set up", async () => {
    const { browser, userId } = await newSignedIn();
    const enrol = async () => (await browser.api("POST", "/api/v1/account/totp")).json<{ secret: string }>();
    const [first, last] = [await enrol(), await enrol()];
    const confirm = (seed: string) =>
      browser.api("POST", "/api/v1/account/totp/confirm", { code: totpCode(seed, browser.nowMs) });
    expect((await confirm(first.secret)).status).toBe(422);
    expect((await confirm(last.secret)).status).toBe(200);
    expect(await database.select().from(vaultSecrets).where(eq(vaultSecrets.ownerId, userId))).toHaveLength(1);
  });

  it("S16 is needed, and was shown in the last five minutes, before a key of a program is made", async () => {
    const { browser } = await newSignedIn();
    const make = () => browser.api("POST", "/api/v1/api-keys", { name: "bot", scopes: ["read"] });
    expect(await (await make()).json()).toMatchObject({ status: 403, code: "mfa_required" });
    const { secret } = await addTotp(browser);
    expect((await make()).status).toBe(201);
    browser.nowMs += 5 * 60_000;
    expect(await (await make()).json()).toMatchObject({ status: 403, code: "step_up" });
    const byPassword = await browser.api("POST", "/api/v1/session/step-up", { method: "password", password: PASSWORD });
    expect(byPassword.status).toBe(403);
    const proof = { method: "totp", code: totpCode(secret, browser.nowMs) };
    expect((await browser.api("POST", "/api/v1/session/step-up", proof)).status).toBe(200);
    expect((await make()).status).toBe(201);
  });

  it("S17 is removed only with a proof, and the owner is written to", async () => {
    const { browser, email } = await newSignedIn();
    const { secret } = await addTotp(browser);
    browser.nowMs += 5 * 60_000;
    expect((await browser.api("DELETE", "/api/v1/account/totp")).status).toBe(403);
    const proof = { method: "totp", code: totpCode(secret, browser.nowMs) };
    await browser.api("POST", "/api/v1/session/step-up", proof);
    expect((await browser.api("DELETE", "/api/v1/account/totp")).status).toBe(204);
    expect((await letterTo(email)).subject).toBe("A second factor was removed");
    const reply = await signIn(newBrowser(), email);
    expect(await reply.json()).toMatchObject({ challenge: null });
  });
});
