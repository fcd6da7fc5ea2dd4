import { UnreadableKey } from "../unreadable-key.ts";
import { type SecretForm, secretFormOf } from "./secret-form.ts";

/** A key of an account. An Ed25519 secret is a private key by PKCS#8, as PEM or as bare base64. */
export interface BinanceKey {
  readonly kind: "hmac" | "ed25519";
  readonly apiKey: string;
  readonly secret: string;
}

/** Names and values, in the order in which they are sent. */
export type Params = readonly (readonly [name: string, value: string])[];

/** Signs a payload: hex for HMAC, base64 for Ed25519. */
export type Sign = (payload: string) => Promise<string>;

/** Throws `UnreadableKey` where the secret is none of its kind. */
export async function binanceSigner({ kind, secret }: BinanceKey): Promise<Sign> {
  const form = secretFormOf(secret);
  if (kind === "hmac") {
    if (form !== "line") throw new UnreadableKey("secret", `${HMAC_RULE}, was ${WAS[form]}`);
    const algorithm = { name: "HMAC", hash: "SHA-256" };
    const key = await crypto.subtle.importKey("raw", bytesOf(secret), algorithm, false, ["sign"]);
    return async (payload) => hex(new Uint8Array(await crypto.subtle.sign("HMAC", key, bytesOf(payload))));
  }
  const key = await importEd25519(secret, form);
  return async (payload) =>
    base64(new Uint8Array(await crypto.subtle.sign({ name: "Ed25519" }, key, bytesOf(payload))));
}

const HMAC_RULE = "must be the line that Binance showed as the secret, since HMAC was chosen as the kind of key";
const ED25519_RULE = "must be a private key in PEM form, since Ed25519 was chosen as the kind of key";
const OTHER_KINDS = "make a key of the kind Ed25519 or HMAC at Binance";
/** What was found in place of what was asked for, and what to do. */
const WAS: Readonly<Record<SecretForm, string>> = {
  line: "a line without that form: choose HMAC (hmac) if Binance showed it as the secret",
  ed25519: "an Ed25519 private key: choose Ed25519 (ed25519)",
  rsa: `an RSA key, which is not taken here: ${OTHER_KINDS}`,
  public: "a public key: Binance has that half, enter the private one",
  encrypted: "a private key under a passphrase: enter it without one",
  "other-key": `a key of another kind, or not whole: ${OTHER_KINDS}`,
};

async function importEd25519(secret: string, form: SecretForm): Promise<CryptoKey> {
  try {
    return await crypto.subtle.importKey("pkcs8", derOf(secret), { name: "Ed25519" }, false, ["sign"]);
  } catch {
    // What the platform says of it is not told on: it may quote the key.
    const was = form === "ed25519" ? "one that is damaged or not whole: enter all of it, from BEGIN to END" : WAS[form];
    throw new UnreadableKey("secret", `${ED25519_RULE}, was ${was}`);
  }
}

/** A query as it is signed and sent: percent-encoded before it is signed, the signature last. */
export function queryOf(params: Params): string {
  return params.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
}

export async function signedQuery(params: Params, sign: Sign): Promise<string> {
  const query = queryOf(params);
  return `${query}&signature=${encodeURIComponent(await sign(query))}`;
}

/** What is signed of a socket's request: sorted by name and not encoded. */
export function socketPayload(params: Params): string {
  const sorted = [...params].sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
  return sorted.map(([name, value]) => `${name}=${value}`).join("&");
}

function derOf(secret: string): Uint8Array<ArrayBuffer> {
  const text = secret.replaceAll(/-----[A-Z ]{1,30}-----/g, "").replaceAll(/\s/g, "");
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
