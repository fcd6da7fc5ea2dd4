import { jwtVerify, SignJWT } from "jose";

/** A token is made for one request or one socket, right before it. */
const TOKEN_SECONDS = 60;
const ALGORITHM = "HS256";
const TYPE = "sidecar+jwt";
// Machines that keep their clocks by the network agree to well under this.
const CLOCK_TOLERANCE_SECONDS = 5;
/** HS256 is as strong as its secret is long, up to its own 32 bytes. */
const SECRET_BYTES_MIN = 32;
/** Tokens remembered at once: several times what 500 accounts that reconnect each second could use in their lifetime. */
const SEEN_MAX = 100_000;

/** Who speaks to whom: a token of one way is of no use the other way. */
const WAYS = {
  account: { issuer: "apextrade-account", audience: "apextrade-sidecar" },
  sidecar: { issuer: "apextrade-sidecar", audience: "apextrade-account" },
} as const;
export type SidecarSpeaker = keyof typeof WAYS;

/** What a token speaks for. */
export interface SidecarClaims {
  readonly accountId: string;
  readonly ownerId: string;
  /** The account's count of its holds. */
  readonly epoch: number;
}

export interface VerifiedClaims extends SidecarClaims {
  /** Name of this one token. */
  readonly tokenId: string;
  readonly expiresAt: number;
}

/** The secret as a key. Throws where it is too short to be one. */
export function sidecarKey(secret: string | undefined): Uint8Array {
  const key = new TextEncoder().encode(secret ?? "");
  if (key.byteLength < SECRET_BYTES_MIN) throw new Error(`SIDECAR_SECRET must have at least ${SECRET_BYTES_MIN} bytes`);
  return key;
}

/** A token of `speaker`, good for a minute and for one use. */
export function issueSidecarToken(
  key: Uint8Array,
  speaker: SidecarSpeaker,
  { accountId, ownerId, epoch, tokenId, nowMs }: SidecarClaims & { readonly tokenId: string; readonly nowMs: number },
): Promise<string> {
  const issued = Math.floor(nowMs / 1_000);
  return new SignJWT({ own: ownerId, epo: epoch })
    .setProtectedHeader({ alg: ALGORITHM, typ: TYPE })
    .setSubject(accountId)
    .setIssuer(WAYS[speaker].issuer)
    .setAudience(WAYS[speaker].audience)
    .setJti(tokenId)
    .setIssuedAt(issued)
    .setExpirationTime(issued + TOKEN_SECONDS)
    .sign(key);
}

/** What a token of `speaker` says; undefined for one that is forged, of the other way, expired or not whole. */
export async function verifySidecarToken(
  key: Uint8Array,
  speaker: SidecarSpeaker,
  { token, nowMs }: { readonly token: string; readonly nowMs: number },
): Promise<VerifiedClaims | undefined> {
  try {
    const { payload } = await jwtVerify(token, key, {
      ...WAYS[speaker],
      algorithms: [ALGORITHM],
      typ: TYPE,
      requiredClaims: ["sub", "jti", "exp", "iat"],
      currentDate: new Date(nowMs),
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      // Whoever signs one that lasts longer has another idea of what it is for.
      maxTokenAge: TOKEN_SECONDS,
    });
    const { sub, jti, exp, own, epo } = payload;
    if (typeof sub !== "string" || typeof jti !== "string" || typeof exp !== "number") return undefined;
    if (typeof own !== "string" || typeof epo !== "number" || !Number.isSafeInteger(epo)) return undefined;
    return { accountId: sub, ownerId: own, epoch: epo, tokenId: jti, expiresAt: exp * 1_000 };
  } catch {
    // Which check failed would only help who forges tokens.
    return undefined;
  }
}

/** Token of an `Authorization: Bearer` header. */
export function bearerOf(header: string | null | undefined): string | undefined {
  return /^Bearer ([\w.-]{1,4096})$/.exec(header ?? "")?.[1];
}

/** Tokens that were used, for as long as they could be used again. */
export class UsedTokens {
  private readonly seen = new Map<string, number>();

  /** False where the token was used before, or where so many are remembered that this one could not be. */
  use({ tokenId, expiresAt }: VerifiedClaims, nowMs: number): boolean {
    for (const [id, until] of this.seen) {
      // In the order of their use, which is nearly that of their end: what is left over falls out a minute later.
      if (until + CLOCK_TOLERANCE_SECONDS * 1_000 > nowMs) break;
      this.seen.delete(id);
    }
    if (this.seen.has(tokenId) || this.seen.size >= SEEN_MAX) return false;
    this.seen.set(tokenId, expiresAt);
    return true;
  }
}
