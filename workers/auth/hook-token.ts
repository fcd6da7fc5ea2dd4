import {
  base64Url,
  bytesOfBase64Url,
  equalBytes,
  hexOf,
  hmacSha256,
  randomBytes,
  sha256Hex,
} from "../platform/digest.ts";
import { type Env, secretOf } from "../platform/env.ts";

/** By the prefix a scanner of public text knows a leaked address for ours. */
const PREFIX = "apxh_";
/** Name of the bot's object, which tells nobody anything. */
const NAME_BYTES = 32;
/** 256 bits that nobody guesses. */
const SECRET_BYTES = 32;
/** Ours alone can make it: an invented token reaches no object, and makes none. */
const MARK_BYTES = 16;
const TOKEN = /^apxh_([\w-]{107})$/;
/** How a token ends is shown, so that a person can tell two of them apart. */
const ENDING_CHARACTERS = 4;
const SEED_BYTES = 16;
const OWN_SECRET_BYTES = 24;

/** A new address of a bot, what belongs to it, and what is stored of them. */
export interface NewHookToken {
  readonly token: string;
  /** For senders that write it into the message. */
  readonly secret: string;
  readonly stored: StoredHook;
}

export interface StoredHook {
  /** SHA-256 of the token and of the secret, in hexadecimal. */
  readonly hash: string;
  readonly secretHash: string;
  /** What the signing key is made from: see `signingKeyOf`. */
  readonly seed: string;
  readonly ending: string;
}

/** Makes a token that leads to the bot whose object has this name (hexadecimal). */
export async function newHookToken(env: Env, name: string): Promise<NewHookToken> {
  const body = new Uint8Array(NAME_BYTES + SECRET_BYTES);
  body.set(bytesOfHex(name));
  body.set(randomBytes(SECRET_BYTES), NAME_BYTES);
  const mark = await markOf(env, body);
  const whole = new Uint8Array(body.length + mark.length);
  whole.set(body);
  whole.set(mark, body.length);
  const token = `${PREFIX}${base64Url(whole)}`;
  const secret = base64Url(randomBytes(OWN_SECRET_BYTES));
  const hashes = { hash: await sha256Hex(token), secretHash: await sha256Hex(secret) };
  const seed = base64Url(randomBytes(SEED_BYTES));
  return { token, secret, stored: { ...hashes, seed, ending: token.slice(-ENDING_CHARACTERS) } };
}

/**
 * The object that a token leads to and the hash to be held against the stored one; undefined for one that is not of ours.
 * Whatever is wrong with it is found out by the same work in the same time.
 */
export async function readHookToken(env: Env, token: string): Promise<{ name: string; hash: string } | undefined> {
  const text = TOKEN.exec(token)?.[1];
  const bytes = text === undefined ? new Uint8Array() : bytesOfBase64Url(text);
  const whole = bytes.length === NAME_BYTES + SECRET_BYTES + MARK_BYTES;
  const body = whole ? bytes.slice(0, NAME_BYTES + SECRET_BYTES) : new Uint8Array(NAME_BYTES + SECRET_BYTES);
  const shown = whole ? bytes.slice(body.length) : new Uint8Array(MARK_BYTES);
  const [mark, hash] = [await markOf(env, body), await sha256Hex(token)];
  if (!equalBytes(mark, shown) || !whole) return undefined;
  return { name: hexOf(body.slice(0, NAME_BYTES)), hash };
}

/** The key that senders sign with: made from what is stored and a secret that is not, so that neither is enough. */
export async function signingKeyOf(env: Env, seed: string): Promise<string> {
  return base64Url(await hmacSha256(`${secretOf(env, "AUTH_SECRET")} signal signing v1`, seed));
}

async function markOf(env: Env, body: Uint8Array): Promise<Uint8Array> {
  const mark = await hmacSha256(`${secretOf(env, "AUTH_SECRET")} signal address v1`, hexOf(body));
  return mark.slice(0, MARK_BYTES);
}

function bytesOfHex(text: string): Uint8Array {
  if (!/^[0-9a-f]{64}$/.test(text)) throw new Error("an object's name must be 64 hexadecimal digits");
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
