import { base64Url, equalTexts } from "../platform/digest.ts";
import { type Env, secretOf } from "../platform/env.ts";

/** A link to a file works for five minutes: long enough to press it, short enough to be worth nothing in a log. */
export const FILE_LINK_MS = 5 * 60_000;
const LINK = /^([a-z]{3}_[0-9a-z]{20,30})\.(\d{13,14})\.([\w-]{43})$/;
const PURPOSE = "apextrade file link v1";

/** What a link leads to. It names one object and one person; nobody else's session opens it. */
export interface LinkedFile {
  readonly userId: string;
  readonly exportId: string;
  readonly objectKey: string;
}

/** Text that stands in a link: id, end, and an HMAC-SHA-256 of both with the person and the object's key. */
export async function signFileLink(
  env: Env,
  file: LinkedFile,
  nowMs: number,
): Promise<{ link: string; expiresAt: number }> {
  const expiresAt = nowMs + FILE_LINK_MS;
  return { link: `${file.exportId}.${expiresAt}.${await signatureOf(env, file, expiresAt)}`, expiresAt };
}

/** The export that a link claims to lead to, and until when; undefined for what is no link. Proves nothing yet. */
export function parseFileLink(link: string): { exportId: string; expiresAt: number; signature: string } | undefined {
  const [, exportId, end, signature] = LINK.exec(link) ?? [];
  if (exportId === undefined || end === undefined || signature === undefined) return undefined;
  return { exportId, expiresAt: Number(end), signature };
}

/** Whether a parsed link was made for exactly this file, and has not ended. */
export async function isGoodFileLink(
  env: Env,
  input: { parsed: NonNullable<ReturnType<typeof parseFileLink>>; file: LinkedFile; nowMs: number },
): Promise<boolean> {
  const { parsed, file, nowMs } = input;
  // As text: the last character of base64url has bits that decoding drops.
  const genuine = equalTexts(parsed.signature, await signatureOf(env, file, parsed.expiresAt));
  return genuine && nowMs < parsed.expiresAt;
}

async function signatureOf(env: Env, { userId, exportId, objectKey }: LinkedFile, expiresAt: number): Promise<string> {
  const text = JSON.stringify([userId, exportId, objectKey, expiresAt]);
  const signature = await crypto.subtle.sign("HMAC", await linkKey(env), new TextEncoder().encode(text));
  return base64Url(new Uint8Array(signature));
}

/** A key of this purpose alone, derived from the root secret (HKDF, RFC 5869). */
async function linkKey(env: Env): Promise<CryptoKey> {
  const encoder = new TextEncoder();
  const root = encoder.encode(secretOf(env, "AUTH_SECRET"));
  const material = await crypto.subtle.importKey("raw", root, "HKDF", false, ["deriveKey"]);
  const parameters = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: encoder.encode(PURPOSE) };
  return crypto.subtle.deriveKey(parameters, material, { name: "HMAC", hash: "SHA-256", length: 256 }, false, ["sign"]);
}
