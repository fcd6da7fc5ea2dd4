import { eq } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { ownerKeys, vaultSecrets } from "../../schema/tables/vault.ts";
import { base64Url, bytesOfBase64Url, hexOf, hmacSha256, randomBytes } from "./digest.ts";
import type { Env } from "./env.ts";
import { type MasterKeys, masterKeys } from "./master-keys.ts";
import type { OwnedDatabase } from "./owned-database.ts";

/*
 * The vault: the one file that opens secrets.
 *
 * Each secret has a random 256-bit key of its own (AES-256-GCM, random 96-bit nonce). That key is wrapped under a key
 * derived from a master key of the deployment and a random salt of the owner, so that without either nothing opens:
 * erasing the salt erases every secret of the owner, in every backup. Both layers are bound to owner, secret, field and
 * format by additional data, so that no row can stand in for another. Sealed form, base64url parts:
 *
 *   v1.<key id>.<nonce>.<wrapped key>.<nonce>.<ciphertext>
 */

const FORMAT = "v1";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
// A venue's private key in PEM form has some two thousand characters.
const SECRET_CHARACTERS_MAX = 8_192;
const SECRET_ID = /^[a-z][\w:-]{0,79}$/;

/** Why a secret did not open. The message never holds any part of it. */
export class VaultError extends Error {
  readonly code: "unknown_format" | "unknown_key" | "not_authentic" | "erased" | "absent";
  constructor(code: VaultError["code"], detail: string) {
    super(detail);
    this.name = "VaultError";
    this.code = code;
  }
}

export interface SecretName {
  readonly ownerId: string;
  readonly id: string;
  readonly field: string;
}

/** What may be shown of a secret. */
export interface SecretTraits {
  readonly fingerprint: string;
  readonly lastFour: string;
}

export interface VaultContext {
  readonly env: Env;
  readonly owned: OwnedDatabase;
  readonly nowMs: number;
}

/**
 * Statements that store a secret under its id, in place of an earlier one. `show` says whether its last four characters
 * may be told. Throws where the text is empty or beyond `SECRET_CHARACTERS_MAX`.
 */
export async function prepareSecret(
  ctx: VaultContext,
  input: { id: string; field: string; secret: string; show: "last-four" | "nothing" },
): Promise<{ statements: readonly BatchItem<"sqlite">[]; traits: SecretTraits }> {
  const { env, owned, nowMs } = ctx;
  if (!SECRET_ID.test(input.id)) throw new Error("the id of a secret must be a short name");
  if (input.secret === "" || input.secret.length > SECRET_CHARACTERS_MAX) {
    throw new Error(`a secret must have 1 to ${SECRET_CHARACTERS_MAX} characters, had ${input.secret.length}`);
  }
  const name: SecretName = { ownerId: owned.ownerId, id: input.id, field: input.field };
  const keys = masterKeys(env);
  const sealed = await seal({ keys, salt: await ownerSalt(ctx), name, secret: input.secret });
  const traits = await traitsOf(env, name, input);
  const row = { id: input.id, field: input.field, keyId: keys.current, sealed, ...traits };
  const statement = owned.prepareUpsert(
    vaultSecrets,
    { ...row, createdAt: nowMs, updatedAt: nowMs },
    { target: [vaultSecrets.ownerId, vaultSecrets.id], set: { ...row, updatedAt: nowMs } },
  );
  return { statements: [statement], traits };
}

/** The secret in the clear. Only the call that uses it may hold it. Throws `VaultError`. */
export async function openSecret(ctx: Pick<VaultContext, "env" | "owned">, id: string): Promise<string> {
  return openCopy(ctx.env, await copySecret(ctx, id));
}

/**
 * A secret as it is sealed, for an object that has to open it while the database cannot be asked. It opens under the
 * deployment's master keys alone, and has to be erased with its owner.
 */
export interface SealedCopy {
  readonly name: SecretName;
  readonly salt: string;
  readonly sealed: string;
}

/** The secret in the clear, of a copy. Throws `VaultError`. */
export function openCopy(env: Env, { name, salt, sealed }: SealedCopy): Promise<string> {
  return unseal({ keys: masterKeys(env), salt, name, sealed });
}

/** A secret as it is sealed. Throws `VaultError` where there is none, or no longer. */
export async function copySecret(ctx: Pick<VaultContext, "owned">, id: string): Promise<SealedCopy> {
  const row = await ctx.owned.find(vaultSecrets, eq(vaultSecrets.id, id));
  if (row === undefined) throw new VaultError("absent", "there is no such secret");
  const [salt] = await ctx.owned.list(ownerKeys, { limit: 1 });
  if (salt === undefined) throw new VaultError("erased", "the key of the secret's owner was erased");
  return { name: { ownerId: row.ownerId, id: row.id, field: row.field }, salt: salt.salt, sealed: row.sealed };
}

export interface SealInput {
  readonly keys: MasterKeys;
  readonly salt: string;
  readonly name: SecretName;
  readonly secret: string;
}

/** A secret in its sealed form under the current master key. */
export async function seal({ keys, salt, name, secret }: SealInput): Promise<string> {
  const dataKey = randomBytes(KEY_BYTES);
  const wrapNonce = randomBytes(NONCE_BYTES);
  const nonce = randomBytes(NONCE_BYTES);
  const wrapped = await encrypt(
    await wrapKey(keys, keys.current, salt),
    wrapNonce,
    dataKey,
    wrapContext(name, keys.current),
  );
  const text = await encrypt(await aesKey(dataKey), nonce, new TextEncoder().encode(secret), secretContext(name));
  return [FORMAT, keys.current, ...[wrapNonce, wrapped, nonce, text].map(base64Url)].join(".");
}

/** The secret of a sealed form. Throws `VaultError`: no older or other way of opening is tried. */
export async function unseal(input: Omit<SealInput, "secret"> & { readonly sealed: string }): Promise<string> {
  const { keys, salt, name } = input;
  const parts = partsOf(input.sealed);
  const key = await wrapKey(keys, parts.keyId, salt);
  const dataKey = await decrypt(key, parts.wrapNonce, parts.wrapped, wrapContext(name, parts.keyId));
  const text = await decrypt(await aesKey(dataKey), parts.nonce, parts.text, secretContext(name));
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(text);
}

/** The same sealed secret with its key wrapped under the current master key; the secret itself is not opened. */
export async function rewrap(input: Omit<SealInput, "secret"> & { readonly sealed: string }): Promise<string> {
  const { keys, salt, name } = input;
  const parts = partsOf(input.sealed);
  const key = await wrapKey(keys, parts.keyId, salt);
  const dataKey = await decrypt(key, parts.wrapNonce, parts.wrapped, wrapContext(name, parts.keyId));
  const wrapNonce = randomBytes(NONCE_BYTES);
  const current = await wrapKey(keys, keys.current, salt);
  const wrapped = await encrypt(current, wrapNonce, dataKey, wrapContext(name, keys.current));
  return [FORMAT, keys.current, ...[wrapNonce, wrapped, parts.nonce, parts.text].map(base64Url)].join(".");
}

interface SealedParts {
  readonly keyId: string;
  readonly wrapNonce: Uint8Array;
  readonly wrapped: Uint8Array;
  readonly nonce: Uint8Array;
  readonly text: Uint8Array;
}

function partsOf(sealed: string): SealedParts {
  const [format, keyId, ...rest] = sealed.split(".");
  if (format !== FORMAT || keyId === undefined || rest.length !== 4) {
    throw new VaultError("unknown_format", `a sealed secret must have the format ${FORMAT}`);
  }
  try {
    const [wrapNonce, wrapped, nonce, text] = rest.map(bytesOfBase64Url);
    return { keyId, wrapNonce, wrapped, nonce, text };
  } catch {
    throw new VaultError("unknown_format", "a sealed secret must be base64url throughout");
  }
}

function wrapContext(name: SecretName, keyId: string): Uint8Array {
  return contextOf(["wrapped key", FORMAT, keyId, name.ownerId, name.id, name.field]);
}

function secretContext(name: SecretName): Uint8Array {
  return contextOf(["secret", FORMAT, name.ownerId, name.id, name.field]);
}

/** JSON keeps the parts apart: no two lists of parts give the same bytes. */
function contextOf(parts: readonly string[]): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(parts));
}

async function wrapKey(keys: MasterKeys, keyId: string, salt: string): Promise<CryptoKey> {
  const master = keys.byId.get(keyId);
  if (master === undefined) throw new VaultError("unknown_key", `the master key ${keyId} is not known here`);
  const material = await crypto.subtle.importKey("raw", master, "HKDF", false, ["deriveKey"]);
  const info = contextOf(["apextrade vault", FORMAT]);
  const parameters = { name: "HKDF", hash: "SHA-256", salt: bytesOfBase64Url(salt), info };
  return crypto.subtle.deriveKey(parameters, material, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

async function aesKey(bytes: Uint8Array): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
}

async function encrypt(key: CryptoKey, iv: Uint8Array, bytes: Uint8Array, additionalData: Uint8Array) {
  return new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, key, bytes));
}

async function decrypt(key: CryptoKey, iv: Uint8Array, bytes: Uint8Array, additionalData: Uint8Array) {
  try {
    return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData }, key, bytes));
  } catch {
    throw new VaultError("not_authentic", "the sealed secret does not belong here or was changed");
  }
}

/** The owner's salt, made at the first secret. Two first secrets at once settle on the one that was stored. */
async function ownerSalt({ owned, nowMs }: VaultContext): Promise<string> {
  const [known] = await owned.list(ownerKeys, { limit: 1 });
  if (known !== undefined) return known.salt;
  const row = { salt: base64Url(randomBytes(KEY_BYTES)), createdAt: nowMs };
  await owned.insertOnce(ownerKeys, row);
  const [stored] = await owned.list(ownerKeys, { limit: 1 });
  if (stored === undefined) throw new Error("the key of an owner was not stored");
  return stored.salt;
}

async function traitsOf(env: Env, name: SecretName, input: { secret: string; show: "last-four" | "nothing" }) {
  const keys = masterKeys(env);
  // Under a key, so that a short secret cannot be found by hashing guesses.
  const key = `${base64Url(keys.byId.get(keys.current) ?? new Uint8Array())} vault fingerprint ${name.ownerId}`;
  const fingerprint = hexOf(await hmacSha256(key, input.secret)).slice(0, 16);
  return {
    fingerprint,
    lastFour: input.show === "last-four" && input.secret.length >= 16 ? input.secret.slice(-4) : "",
  };
}
