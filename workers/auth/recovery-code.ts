import { and, count, eq, isNull } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { recoveryCodes } from "../../schema/tables/identity.ts";
import { type Database, openDatabase } from "../platform/database.ts";
import { hexOf, hmacSha256, randomBytes } from "../platform/digest.ts";
import { type Env, secretOf } from "../platform/env.ts";

const CODES = 10;
// Two groups of six from 32 signs: 60 bits a code, beyond guessing even from a stolen table.
const GROUP_CHARACTERS = 6;
const SIGNS = "0123456789abcdefghjkmnpqrstvwxyz";

/** New recovery codes, shown once, and the statements that put them in place of all earlier ones. */
export async function makeRecoveryCodes(
  env: Env,
  input: { userId: string; nowMs: number },
): Promise<{ codes: string[]; statements: [BatchItem<"sqlite">, BatchItem<"sqlite">] }> {
  const { userId, nowMs } = input;
  const codes = Array.from({ length: CODES }, newCode);
  const rows = await Promise.all(
    codes.map(async (code) => ({ userId, hash: await hashOf(env, userId, code), createdAt: nowMs })),
  );
  const database = openDatabase(env.DB);
  return { codes, statements: [prepareForgetCodes(database, userId), database.insert(recoveryCodes).values(rows)] };
}

/** Takes a code: each works once. */
export async function takeRecoveryCode(
  env: Env,
  input: { userId: string; code: string; nowMs: number },
): Promise<boolean> {
  const hash = await hashOf(env, input.userId, input.code);
  const unused = and(
    eq(recoveryCodes.userId, input.userId),
    eq(recoveryCodes.hash, hash),
    isNull(recoveryCodes.usedAt),
  );
  const used = await openDatabase(env.DB).update(recoveryCodes).set({ usedAt: input.nowMs }).where(unused);
  return used.meta.changes > 0;
}

export async function recoveryCodesLeft(env: Env, userId: string): Promise<number> {
  const unused = and(eq(recoveryCodes.userId, userId), isNull(recoveryCodes.usedAt));
  const [row] = await openDatabase(env.DB).select({ left: count() }).from(recoveryCodes).where(unused);
  return row?.left ?? 0;
}

export function prepareForgetCodes(database: Database, userId: string): BatchItem<"sqlite"> {
  return database.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId));
}

function newCode(): string {
  // 32 signs: the low five bits of a random byte choose evenly.
  const signs = Array.from(randomBytes(2 * GROUP_CHARACTERS), (byte) => SIGNS[byte & 31]);
  return `${signs.slice(0, GROUP_CHARACTERS).join("")}-${signs.slice(GROUP_CHARACTERS).join("")}`;
}

async function hashOf(env: Env, userId: string, code: string): Promise<string> {
  const plain = code.toLowerCase().replace(/[^0-9a-z]/g, "");
  const key = `${secretOf(env, "PASSWORD_PEPPER")} recovery code v1`;
  return hexOf(await hmacSha256(key, JSON.stringify([userId, plain])));
}
