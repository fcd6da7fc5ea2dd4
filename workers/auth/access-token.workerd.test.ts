import { env } from "cloudflare:workers";
import { base64url, SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { hmacSha256 } from "../platform/digest.ts";
import { START_MS } from "../testing/test-client.ts";
import { ACCESS_TOKEN_SECONDS, issueAccessToken, verifyAccessToken } from "./access-token.ts";

const PRINCIPAL = { userId: "usr_a", sessionId: "ses_a" };
const ISSUED = START_MS / 1_000;

const json = (value: object) => base64url.encode(JSON.stringify(value));
const CLAIMS = {
  ...{ sub: "usr_a", sid: "ses_a", iss: "apextrade", aud: "apextrade-api" },
  ...{ iat: ISSUED, nbf: ISSUED, exp: ISSUED + 900 },
};

/** Tokens signed with the right key, and one thing wrong. */
async function signed(header: Record<string, unknown>, claims: Record<string, unknown>): Promise<string> {
  const key = await hmacSha256(env.AUTH_SECRET, "apextrade access token v1");
  return new SignJWT({ ...CLAIMS, ...claims }).setProtectedHeader({ alg: "HS256", typ: "at+jwt", ...header }).sign(key);
}

describe("an access token", () => {
  it("S25 says who it speaks for, until it is a quarter of an hour old", async () => {
    const { token, expiresAt } = await issueAccessToken(env, PRINCIPAL, START_MS);
    expect(expiresAt).toBe(START_MS + ACCESS_TOKEN_SECONDS * 1_000);
    expect(await verifyAccessToken(env, token, START_MS)).toEqual(PRINCIPAL);
    expect(await verifyAccessToken(env, token, expiresAt - 1_000)).toEqual(PRINCIPAL);
    await expect(verifyAccessToken(env, token, expiresAt + 3_000)).rejects.toThrow(/not valid or has expired/);
  });

  it.each([
    ["of the algorithm none", async () => `${json({ alg: "none", typ: "at+jwt" })}.${json(CLAIMS)}.`],
    ["with no signature", async () => (await signed({}, {})).replace(/[^.]*$/, "")],
    [
      "with a signature of another key",
      () => new SignJWT(CLAIMS).setProtectedHeader({ alg: "HS256", typ: "at+jwt" }).sign(new Uint8Array(32)),
    ],
    ["of another algorithm", () => signed({ alg: "HS512" }, {})],
    ["of another type", () => signed({ typ: "JWT" }, {})],
    ["for another audience", () => signed({}, { aud: "other" })],
    ["of another issuer", () => signed({}, { iss: "other" })],
    ["that is not valid yet", () => signed({}, { nbf: ISSUED + 60 })],
    ["without an end", () => signed({}, { exp: undefined })],
    ["without a beginning", () => signed({}, { nbf: undefined })],
    ["without a user", () => signed({}, { sub: undefined })],
    [
      "with a critical header nobody knows",
      async () => {
        const [, claims, signature] = (await signed({}, {})).split(".");
        return `${json({ alg: "HS256", typ: "at+jwt", crit: ["x"], x: 1 })}.${claims}.${signature}`;
      },
    ],
    [
      "whose key is named by a path",
      async () => {
        const [, claims, signature] = (await signed({}, {})).split(".");
        return `${json({ alg: "HS256", typ: "at+jwt", kid: "../../dev/null" })}.${claims}.${signature}`;
      },
    ],
    [
      "whose claims were changed",
      async () => {
        const [header, , signature] = (await signed({}, {})).split(".");
        return `${header}.${json({ ...CLAIMS, sub: "usr_b" })}.${signature}`;
      },
    ],
  ])("S25 %s is refused", async (_title, forge) => {
    await expect(verifyAccessToken(env, await forge(), START_MS)).rejects.toMatchObject({ status: 401 });
  });
});
