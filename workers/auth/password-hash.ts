import { equalBytes, hmacSha256 } from "../platform/digest.ts";
import { logEvent } from "../platform/log-event.ts";
import { type Argon2Cost, argon2id } from "./argon2.ts";

// OWASP's minimum for Argon2id; about 45 ms in workerd.
export const ARGON2_COST: Argon2Cost = { memoryKib: 19_456, passes: 2 };
// A crafted row must not be able to ask for more than a login may cost.
const MEMORY_KIB_MAX = 65_536;
const PASSES_MAX = 4;
const SALT_BYTES = 16;
const TAG_BYTES = 32;

const PHC = /^\$argon2id\$v=19\$m=(\d{1,9}),t=(\d{1,3}),p=1\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/;

/**
 * Hash of a password as a PHC string. The password first passes an HMAC under the pepper, so that the table alone is
 * of no use. Normalised to NFC: the same keys on two systems give the same password.
 */
export async function hashPassword(password: string, pepper: string): Promise<string> {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const tag = await derive(password, pepper, salt, ARGON2_COST);
  const { memoryKib, passes } = ARGON2_COST;
  return `$argon2id$v=19$m=${memoryKib},t=${passes},p=1$${base64(salt)}$${base64(tag)}`;
}

/** Whether the password belongs to the hash. False, at once, for a hash of unknown form or beyond the cost ceiling. */
export async function verifyPassword(password: string, pepper: string, hash: string): Promise<boolean> {
  const match = PHC.exec(hash);
  if (match === null) return false;
  const [, memory, passes, salt, tag] = match;
  const cost = { memoryKib: Number(memory), passes: Number(passes) };
  if (cost.memoryKib > MEMORY_KIB_MAX || cost.passes > PASSES_MAX || cost.memoryKib < 8 || cost.passes < 1) {
    logEvent("password_hash_refused", cost);
    return false;
  }
  return equalBytes(await derive(password, pepper, bytesOf(salt ?? ""), cost), bytesOf(tag ?? ""));
}

/** A hash that no password has, at today's cost: whoever is not known here costs the same time as who is. */
export function decoyHash(): string {
  const { memoryKib, passes } = ARGON2_COST;
  return `$argon2id$v=19$m=${memoryKib},t=${passes},p=1$${"A".repeat(22)}$${"A".repeat(43)}`;
}

/** Whether a hash was made at a lower cost than hashes are made now. */
export function isOutdated(hash: string): boolean {
  const [, memory, passes] = PHC.exec(hash) ?? [];
  return Number(memory ?? 0) < ARGON2_COST.memoryKib || Number(passes ?? 0) < ARGON2_COST.passes;
}

async function derive(password: string, pepper: string, salt: Uint8Array, cost: Argon2Cost): Promise<Uint8Array> {
  const peppered = await hmacSha256(pepper, password.normalize("NFC"));
  return argon2id({ password: peppered, salt, tagBytes: TAG_BYTES, ...cost });
}

/** PHC strings carry base64 without padding. */
function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replace(/=/g, "");
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
