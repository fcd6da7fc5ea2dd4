import { and, eq, isNotNull, isNull, like, lt, notInArray } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { Secret, TOTP } from "otpauth";
import { totpSecrets } from "../../schema/tables/identity.ts";
import { vaultSecrets } from "../../schema/tables/vault.ts";
import { type Database, openDatabase } from "../platform/database.ts";
import { randomBytes } from "../platform/digest.ts";
import type { Env } from "../platform/env.ts";
import { newId } from "../platform/ids.ts";
import { ownedDatabase } from "../platform/owned-database.ts";
import { conflict } from "../platform/problem-error.ts";
import { openSecret, prepareSecret, VaultError } from "../platform/vault.ts";

// RFC 4226 asks for 160 bits; apps know SHA-1, six digits and thirty seconds, and many nothing else.
const SEED_BYTES = 20;
const PERIOD_SECONDS = 30;
const DIGITS = 6;
const ISSUER = "ApexTrade";
// Entries of the vault that hold seeds. Each enrolment has one of its own; `totp_secrets` names the one that counts.
const SECRET_ID_START = "totp";

export interface TotpEnrolment {
  /** For typing into an app, in base32. */
  readonly secret: string;
  /** For the app's camera. */
  readonly uri: string;
}

/**
 * Starts setting up an authenticator app. Shown once; an earlier unconfirmed seed is replaced. Throws 409 where one is in
 * use, also where it was confirmed in this very moment: what protects the account stays as it is.
 */
export async function enrolTotp(env: Env, user: { id: string; email: string }, nowMs: number): Promise<TotpEnrolment> {
  const secret = new Secret({ buffer: randomBytes(SEED_BYTES).buffer as ArrayBuffer });
  const database = openDatabase(env.DB);
  const owned = ownedDatabase(database, user.id);
  const secretId = `${SECRET_ID_START}:${newId("sec")}`;
  const input = { id: secretId, field: "seed", secret: secret.base32, show: "nothing" as const };
  const { statements } = await prepareSecret({ env, owned, nowMs }, input);
  const row = { secretId, lastStep: 0, confirmedAt: null, createdAt: nowMs };
  const unconfirmed = isNull(totpSecrets.confirmedAt);
  const [stored] = await database.batch([
    database
      .insert(totpSecrets)
      .values({ userId: user.id, ...row })
      .onConflictDoUpdate({ target: totpSecrets.userId, set: row, setWhere: unconfirmed }),
    ...statements,
    // What nothing names any more: the seed that was replaced, or this one where another is in use.
    prepareForgetSeeds(database, user.id),
  ]);
  if (stored.meta.changes === 0) throw totpInUse();
  return { secret: secret.base32, uri: generatorOf(secret.base32, user.email).toString() };
}

/** A statement that takes from the vault every seed of a user that `totp_secrets` does not name: all, once its row is gone. */
export function prepareForgetSeeds(database: Database, userId: string): BatchItem<"sqlite"> {
  const named = database.select({ id: totpSecrets.secretId }).from(totpSecrets).where(eq(totpSecrets.userId, userId));
  const seeds = and(eq(vaultSecrets.ownerId, userId), like(vaultSecrets.id, `${SECRET_ID_START}%`));
  return database.delete(vaultSecrets).where(and(seeds, notInArray(vaultSecrets.id, named)));
}

/** What an enrolment answers while an app is in use. */
export function totpInUse() {
  return conflict("totp_in_use", "An authenticator app is set up. Remove it before you set up another.");
}

/** Whether an authenticator app is in use. */
export async function hasTotp(env: Env, userId: string): Promise<boolean> {
  const where = and(eq(totpSecrets.userId, userId), isNotNull(totpSecrets.confirmedAt));
  const rows = await openDatabase(env.DB).select({ userId: totpSecrets.userId }).from(totpSecrets).where(where);
  return rows.length > 0;
}

/**
 * Takes a code: of the current thirty seconds or those before, and later than any code taken so far. The latest step is
 * moved by compare-and-swap, so that one code works once however many requests bring it, and only on the seed that the code
 * was compared with. `set-up` takes the first code.
 */
export async function takeTotp(
  env: Env,
  input: { userId: string; code: string; nowMs: number; when: "confirmed" | "set-up" },
): Promise<boolean> {
  const { userId, code, nowMs } = input;
  if (!/^\d{6}$/.test(code)) return false;
  const database = openDatabase(env.DB);
  const [row] = await database.select().from(totpSecrets).where(eq(totpSecrets.userId, userId)).limit(1);
  if (row === undefined || (input.when === "confirmed") !== (row.confirmedAt !== null)) return false;
  const seed = await seedOf(env, row);
  if (seed === undefined) return false;
  const step = stepOf({ seed, code, nowMs });
  if (step === undefined) return false;
  const same = and(eq(totpSecrets.userId, userId), eq(totpSecrets.secretId, row.secretId));
  const later = and(same, lt(totpSecrets.lastStep, step));
  const change = { lastStep: step, confirmedAt: row.confirmedAt ?? nowMs };
  return (await database.update(totpSecrets).set(change).where(later)).meta.changes > 0;
}

/** The seed in the clear; undefined where another enrolment took its place a moment ago. */
async function seedOf(env: Env, { userId, secretId }: typeof totpSecrets.$inferSelect): Promise<string | undefined> {
  try {
    return await openSecret({ env, owned: ownedDatabase(openDatabase(env.DB), userId) }, secretId);
  } catch (error) {
    if (error instanceof VaultError && error.code === "absent") return undefined;
    throw error;
  }
}

/** The 30-second step that a code belongs to: the current or the one before (RFC 6238, section 5.2). */
export function stepOf(input: { seed: string; code: string; nowMs: number }): number | undefined {
  const { seed, code, nowMs } = input;
  const generator = generatorOf(seed, "");
  const now = Math.floor(nowMs / 1_000 / PERIOD_SECONDS);
  // The library compares in constant time.
  const delta = generator.validate({ token: code, timestamp: nowMs, window: 1 });
  return delta === 0 || delta === -1 ? now + delta : undefined;
}

function generatorOf(secret: string, label: string): TOTP {
  return new TOTP({
    issuer: ISSUER,
    ...(label === "" ? {} : { label }),
    algorithm: "SHA1",
    digits: DIGITS,
    period: PERIOD_SECONDS,
    secret: Secret.fromBase32(secret),
  });
}
