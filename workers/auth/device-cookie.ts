import { equalBytes, hexOf, hmacSha256 } from "../platform/digest.ts";
import { type Env, secretOf } from "../platform/env.ts";
import { newId } from "../platform/ids.ts";

// A browser that has not been used for a quarter of a year may go through the account's own limit again.
const DEVICE_SECONDS = 90 * 86_400;
const COOKIE = /(?:^|;\s*)(?:__Host-)?apextrade-device=([\w-]{10,60})\.([0-9a-f]{64})(?:;|$)/;

/** The id of a browser that this user has signed in from before, or undefined. */
export async function knownDevice(env: Env, headers: Headers, email: string): Promise<string | undefined> {
  const match = COOKIE.exec(headers.get("Cookie") ?? "");
  const [, device, proof] = match ?? [];
  if (device === undefined || proof === undefined) return undefined;
  const expected = await proofOf(env, device, email);
  const encoder = new TextEncoder();
  return equalBytes(encoder.encode(proof), encoder.encode(expected)) ? device : undefined;
}

/** `Set-Cookie` that makes the browser known for this user. It proves nothing but that it signed in once. */
export async function deviceCookie(env: Env, input: { email: string; secure: boolean }): Promise<string> {
  const device = newId("dev");
  const name = input.secure ? "__Host-apextrade-device" : "apextrade-device";
  const attributes = `Path=/; HttpOnly; SameSite=Lax; Max-Age=${DEVICE_SECONDS}${input.secure ? "; Secure" : ""}`;
  return `${name}=${device}.${await proofOf(env, device, input.email)}; ${attributes}`;
}

async function proofOf(env: Env, device: string, email: string): Promise<string> {
  const key = `${secretOf(env, "AUTH_SECRET")} known device v1`;
  return hexOf(await hmacSha256(key, `${device} ${email.trim().toLowerCase()}`));
}
