import { and, eq, gt, lt, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { oneTimeTokens } from "../../schema/tables/identity.ts";
import type { Database } from "../platform/database.ts";
import { base64Url, randomBytes, sha256Hex } from "../platform/digest.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const TOKEN_BYTES = 32;
const TOKEN = /^[\w-]{43}$/;

/** How long each kind works: as long as people need, and no longer. */
export const TOKEN_LIFE_MS = {
  "verify-email": 24 * HOUR_MS,
  "reset-password": 15 * MINUTE_MS,
  "change-email": 24 * HOUR_MS,
  /** Between the password and the second factor. */
  "second-factor": 15 * MINUTE_MS,
  "passkey-sign-in": 5 * MINUTE_MS,
  "passkey-registration": 5 * MINUTE_MS,
  "passkey-step-up": 5 * MINUTE_MS,
  "socket-ticket": 30_000,
  "notice-address": 24 * HOUR_MS,
  invitation: 7 * 24 * HOUR_MS,
} as const;

export type OneTimeKind = keyof typeof TOKEN_LIFE_MS;
export type OneTimeRow = typeof oneTimeTokens.$inferSelect;

export interface OneTimeInput {
  readonly kind: OneTimeKind;
  readonly userId: string | null;
  readonly payload?: unknown;
  readonly nowMs: number;
}

/** A new token of 256 random bits, and the statement that stores its hash. */
export async function makeOneTimeToken(
  database: Database,
  input: OneTimeInput,
): Promise<{ token: string; statement: BatchItem<"sqlite"> }> {
  const token = base64Url(randomBytes(TOKEN_BYTES));
  const { kind, userId, nowMs } = input;
  const statement = database.insert(oneTimeTokens).values({
    hash: await sha256Hex(token),
    kind,
    userId,
    payload: JSON.stringify(input.payload ?? null),
    createdAt: nowMs,
    expiresAt: nowMs + TOKEN_LIFE_MS[kind],
  });
  return { token, statement };
}

/** As `makeOneTimeToken`, stored at once. */
export async function issueOneTimeToken(database: Database, input: OneTimeInput): Promise<string> {
  const { token, statement } = await makeOneTimeToken(database, input);
  await database.batch([statement]);
  return token;
}

/** Takes a token: of any number of attempts at once, one receives its row. Undefined where it does not work any more. */
export async function takeOneTimeToken(
  database: Database,
  input: { kind: OneTimeKind; token: string; nowMs: number },
): Promise<OneTimeRow | undefined> {
  const where = await good(input);
  if (where === undefined) return undefined;
  const rows = await database.delete(oneTimeTokens).where(where).returning();
  return rows[0];
}

/** Reads a token without taking it, for a step that may be tried several times. */
export async function readOneTimeToken(
  database: Database,
  input: { kind: OneTimeKind; token: string; nowMs: number },
): Promise<OneTimeRow | undefined> {
  const where = await good(input);
  if (where === undefined) return undefined;
  const rows = await database.select().from(oneTimeTokens).where(where).limit(1);
  return rows[0];
}

/** Counts one attempt before it is looked at. False once `attemptsMax` were made: the token is dead then. */
export async function countAttempt(database: Database, hash: string, attemptsMax: number): Promise<boolean> {
  const left = and(eq(oneTimeTokens.hash, hash), lt(oneTimeTokens.attempts, attemptsMax));
  const counted = await database
    .update(oneTimeTokens)
    .set({ attempts: sql`${oneTimeTokens.attempts} + 1` })
    .where(left);
  return counted.meta.changes > 0;
}

/** A statement that makes every open token of a kind worthless for one user. */
export function prepareForget(database: Database, input: { userId: string; kind: OneTimeKind }): BatchItem<"sqlite"> {
  return database
    .delete(oneTimeTokens)
    .where(and(eq(oneTimeTokens.userId, input.userId), eq(oneTimeTokens.kind, input.kind)));
}

/** A statement that makes one token worthless. */
export function prepareForgetHash(database: Database, hash: string): BatchItem<"sqlite"> {
  return database.delete(oneTimeTokens).where(eq(oneTimeTokens.hash, hash));
}

async function good(input: { kind: OneTimeKind; token: string; nowMs: number }) {
  if (!TOKEN.test(input.token)) return undefined;
  return and(
    eq(oneTimeTokens.hash, await sha256Hex(input.token)),
    eq(oneTimeTokens.kind, input.kind),
    gt(oneTimeTokens.expiresAt, input.nowMs),
  );
}
