import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import { and, eq } from "drizzle-orm";
import { passkeys } from "../../schema/tables/identity.ts";
import { openDatabase } from "../platform/database.ts";
import { base64Url, bytesOfBase64Url } from "../platform/digest.ts";
import type { Env } from "../platform/env.ts";

const PRODUCT = "ApexTrade";

export type PasskeyRow = typeof passkeys.$inferSelect;

export interface PasskeyPlace {
  /** Origin of the page, such as `https://trade.example.org`. */
  readonly origin: string;
}

export async function passkeysOf(env: Env, userId: string): Promise<PasskeyRow[]> {
  return openDatabase(env.DB).select().from(passkeys).where(eq(passkeys.userId, userId));
}

/** What a browser needs to make a passkey. */
export async function registrationOptions(
  env: Env,
  place: PasskeyPlace,
  user: { id: string; email: string; name: string },
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const known = await passkeysOf(env, user.id);
  return generateRegistrationOptions({
    rpName: PRODUCT,
    rpID: new URL(place.origin).hostname,
    userName: user.email,
    userDisplayName: user.name,
    userID: Uint8Array.from(new TextEncoder().encode(user.id)),
    attestationType: "none",
    excludeCredentials: known.map(({ id, transports }) => ({ id, transports: [...transports] })),
    authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
  });
}

/** Checks what the browser made; the row to store, or undefined where it does not hold. */
export async function verifyRegistration(
  place: PasskeyPlace,
  input: { userId: string; name: string; challenge: string; response: unknown; nowMs: number },
): Promise<PasskeyRow | undefined> {
  try {
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      // The library checks every part of what it is given, and throws.
      response: input.response as RegistrationResponseJSON,
      expectedChallenge: input.challenge,
      expectedOrigin: place.origin,
      expectedRPID: new URL(place.origin).hostname,
      requireUserVerification: true,
    });
    if (!verified || registrationInfo === undefined) return undefined;
    const { credential } = registrationInfo;
    return {
      id: credential.id,
      userId: input.userId,
      name: input.name,
      publicKey: base64Url(credential.publicKey),
      counter: credential.counter,
      transports: [...(credential.transports ?? [])],
      createdAt: input.nowMs,
      lastUsedAt: null,
    };
  } catch {
    return undefined;
  }
}

/** What a browser needs to show a passkey: any of its own, or one of the user's where the user is known. */
export async function assertionOptions(
  place: PasskeyPlace,
  known: readonly PasskeyRow[],
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  return generateAuthenticationOptions({
    rpID: new URL(place.origin).hostname,
    userVerification: "required",
    allowCredentials: known.map(({ id, transports }) => ({ id, transports: [...transports] })),
  });
}

/**
 * The user whose passkey answered the challenge, or undefined. The counter moves by compare-and-swap: an authenticator
 * that counts backwards was copied, and is refused.
 */
export async function verifyAssertion(
  env: Env,
  place: PasskeyPlace,
  input: { challenge: string; response: unknown; userId: string | undefined; nowMs: number },
): Promise<string | undefined> {
  const response = input.response as AuthenticationResponseJSON;
  const id = typeof response?.id === "string" ? response.id : "";
  const database = openDatabase(env.DB);
  const [row] = await database.select().from(passkeys).where(eq(passkeys.id, id)).limit(1);
  if (row === undefined || (input.userId !== undefined && row.userId !== input.userId)) return undefined;
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response,
      expectedChallenge: input.challenge,
      expectedOrigin: place.origin,
      expectedRPID: new URL(place.origin).hostname,
      requireUserVerification: true,
      credential: { id: row.id, publicKey: new Uint8Array(bytesOfBase64Url(row.publicKey)), counter: row.counter },
    });
    if (!verified) return undefined;
    const unmoved = and(eq(passkeys.id, row.id), eq(passkeys.counter, row.counter));
    const change = { counter: authenticationInfo.newCounter, lastUsedAt: input.nowMs };
    const moved = await database.update(passkeys).set(change).where(unmoved);
    return moved.meta.changes > 0 ? row.userId : undefined;
  } catch {
    return undefined;
  }
}
