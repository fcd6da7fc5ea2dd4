import { base64Url, bytesOfBase64Url, hmacSha256, randomBytes } from "./digest.ts";
import { type Env, secretOf } from "./env.ts";

const NONCE_BYTES = 12;

/**
 * Text that waits in a table for a short while, such as a letter with a link that works: sealed with AES-256-GCM under
 * a key of its purpose, bound to the row it stands in. For secrets that stay there is the vault.
 */
export async function sealText(env: Env, place: { purpose: string; id: string }, text: string): Promise<string> {
  const nonce = randomBytes(NONCE_BYTES);
  const key = await keyOf(env, place.purpose);
  const parameters = { name: "AES-GCM", iv: nonce, additionalData: new TextEncoder().encode(place.id) };
  const bytes = await crypto.subtle.encrypt(parameters, key, new TextEncoder().encode(text));
  return `${base64Url(nonce)}.${base64Url(new Uint8Array(bytes))}`;
}

/** Throws where the text was sealed elsewhere, for another place, or was changed. */
export async function openText(env: Env, place: { purpose: string; id: string }, sealed: string): Promise<string> {
  const [nonce = "", text = ""] = sealed.split(".");
  const key = await keyOf(env, place.purpose);
  const additionalData = new TextEncoder().encode(place.id);
  const parameters = { name: "AES-GCM", iv: bytesOfBase64Url(nonce), additionalData };
  return new TextDecoder().decode(await crypto.subtle.decrypt(parameters, key, bytesOfBase64Url(text)));
}

async function keyOf(env: Env, purpose: string): Promise<CryptoKey> {
  const bytes = await hmacSha256(secretOf(env, "AUTH_SECRET"), `apextrade sealed text v1 ${purpose}`);
  return crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
}
