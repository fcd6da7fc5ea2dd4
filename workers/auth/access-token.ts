import { jwtVerify, SignJWT } from "jose";
import type { AccessToken } from "../../schema/wire/session.ts";
import { hmacSha256 } from "../platform/digest.ts";
import { type Env, secretOf } from "../platform/env.ts";
import { unauthorized } from "../platform/problem-error.ts";

// Long enough for one backtest's page, short enough that a copied token is soon worth nothing.
export const ACCESS_TOKEN_SECONDS = 15 * 60;
const AUDIENCE = "apextrade-api";
const ISSUER = "apextrade";
const TYPE = "at+jwt";
const ALGORITHM = "HS256";
// Clocks of the edge agree to well under this.
const CLOCK_TOLERANCE_SECONDS = 2;

export interface TokenClaims {
  readonly userId: string;
  readonly sessionId: string;
}

/** A token that the API and its sockets accept for `ACCESS_TOKEN_SECONDS`. */
export async function issueAccessToken(env: Env, principal: TokenClaims, nowMs: number): Promise<AccessToken> {
  const issued = Math.floor(nowMs / 1_000);
  const token = await new SignJWT({ sid: principal.sessionId })
    .setProtectedHeader({ alg: ALGORITHM, typ: TYPE })
    .setSubject(principal.userId)
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setIssuedAt(issued)
    .setNotBefore(issued)
    .setExpirationTime(issued + ACCESS_TOKEN_SECONDS)
    .sign(await signingKey(env));
  return { token, expiresAt: (issued + ACCESS_TOKEN_SECONDS) * 1_000 };
}

/**
 * Who a token speaks for. One algorithm and one key, whatever the token's header names; throws 401 for anything else,
 * in the same words whichever check failed.
 */
export async function verifyAccessToken(env: Env, token: string, nowMs: number): Promise<TokenClaims> {
  try {
    const { payload } = await jwtVerify(token, await signingKey(env), {
      algorithms: [ALGORITHM],
      audience: AUDIENCE,
      issuer: ISSUER,
      typ: TYPE,
      requiredClaims: ["sub", "sid", "exp", "nbf", "iat"],
      currentDate: new Date(nowMs),
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
    });
    if (typeof payload.sub === "string" && typeof payload.sid === "string") {
      return { userId: payload.sub, sessionId: payload.sid };
    }
  } catch {
    // Which check failed would only help who forges tokens.
  }
  throw unauthorized("The access token is not valid or has expired. Ask for a new one at POST /api/v1/session/token.");
}

/** A key of its own for access tokens, so that no other use of the root secret can make one. */
async function signingKey(env: Env): Promise<Uint8Array> {
  return hmacSha256(secretOf(env, "AUTH_SECRET"), "apextrade access token v1");
}
