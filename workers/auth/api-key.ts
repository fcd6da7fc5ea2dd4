import { and, eq, isNull } from "drizzle-orm";
import { apiKeys, users } from "../../schema/tables/identity.ts";
import { openDatabase } from "../platform/database.ts";
import { base64Url, randomBytes, sha256Hex } from "../platform/digest.ts";
import type { Env } from "../platform/env.ts";
import { addressIsIn } from "./address-list.ts";

const KEY_BYTES = 32;
/** By the prefix a scanner of public code knows a leaked key for ours. */
const PREFIX = "apx_";
const KEY = /^apx_[\w-]{43}$/;
const START_CHARACTERS = 10;
// A row a minute says when a key was last used, without a write for each request.
const LAST_USED_RESOLUTION_MS = 60_000;

export type ApiKeyRow = typeof apiKeys.$inferSelect;
export type ApiScope = ApiKeyRow["scopes"][number];

/** A new key of 256 random bits: the text that is shown once, and what is stored of it. */
export async function newApiKey(): Promise<{ key: string; start: string; hash: string }> {
  const key = `${PREFIX}${base64Url(randomBytes(KEY_BYTES))}`;
  return { key, start: key.slice(0, START_CHARACTERS), hash: await sha256Hex(key) };
}

export function looksLikeApiKey(text: string): boolean {
  return text.startsWith(PREFIX);
}

export type ApiKeyAnswer =
  | { readonly type: "good"; readonly key: ApiKeyRow; readonly user: typeof users.$inferSelect }
  | { readonly type: "address" }
  | { readonly type: "none" };

/** Looks a key up by its hash; notes when and from where it was used. */
export async function readApiKey(
  env: Env,
  input: { text: string; address: string; nowMs: number },
): Promise<ApiKeyAnswer> {
  const { text, address, nowMs } = input;
  if (!KEY.test(text)) return { type: "none" };
  const database = openDatabase(env.DB);
  const rows = await database
    .select({ key: apiKeys, user: users })
    .from(apiKeys)
    .innerJoin(users, eq(users.id, apiKeys.ownerId))
    .where(and(eq(apiKeys.hash, await sha256Hex(text)), isNull(apiKeys.revokedAt)))
    .limit(1);
  const found = rows[0];
  if (found === undefined || !isGood(found, nowMs)) return { type: "none" };
  const { key } = found;
  if (key.allowedAddresses !== null && !addressIsIn(address, key.allowedAddresses)) return { type: "address" };
  if ((key.lastUsedAt ?? 0) + LAST_USED_RESOLUTION_MS <= nowMs || key.lastUsedAddress !== address) {
    await database.update(apiKeys).set({ lastUsedAt: nowMs, lastUsedAddress: address }).where(eq(apiKeys.id, key.id));
  }
  return { type: "good", ...found };
}

/** A key by its id, where it and its owner are still good. */
export async function readApiKeyById(env: Env, id: string, nowMs: number) {
  const rows = await openDatabase(env.DB)
    .select({ key: apiKeys, user: users })
    .from(apiKeys)
    .innerJoin(users, eq(users.id, apiKeys.ownerId))
    .where(and(eq(apiKeys.id, id), isNull(apiKeys.revokedAt)))
    .limit(1);
  const found = rows[0];
  return found === undefined || !isGood(found, nowMs) ? undefined : found;
}

function isGood(found: { key: ApiKeyRow; user: typeof users.$inferSelect }, nowMs: number): boolean {
  const { key, user } = found;
  return user.disabledAt === null && (key.expiresAt === null || key.expiresAt > nowMs);
}
