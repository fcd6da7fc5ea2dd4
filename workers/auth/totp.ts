import { and, eq, isNotNull, lt } from "drizzle-orm";
import { Secret, TOTP } from "otpauth";
import { totpSecrets } from "../../schema/tables/identity.ts";
import { openDatabase } from "../platform/database.ts";
import { randomBytes } from "../platform/digest.ts";
import type { Env } from "../platform/env.ts";
import { ownedDatabase } from "../platform/owned-database.ts";
import { openSecret, prepareSecret } from "../platform/vault.ts";

// RFC 4226 asks for 160 bits; apps know SHA-1, six digits and thirty seconds, and many nothing else.
const SEED_BYTES = 20;
const PERIOD_SECONDS = 30;
const DIGITS = 6;
const ISSUER = "ApexTrade";
/** Entry of the vault that holds the seed. One that is being set up stands apart from the one that is in use. */
export const TOTP_SECRET_ID = "totp";

export interface TotpEnrolment {
  /** For typing into an app, in base32. */
  readonly secret: string;
  /** For the app's camera. */
  readonly uri: string;
}

/** Starts setting up an authenticator app. Shown once; an earlier unconfirmed seed is replaced. */
export async function enrolTotp(env: Env, user: { id: string; email: string }, nowMs: number): Promise<TotpEnrolment> {
  const secret = new Secret({ buffer: randomBytes(SEED_BYTES).buffer as ArrayBuffer });
  const database = openDatabase(env.DB);
  const owned = ownedDatabase(database, user.id);
  const input = { id: TOTP_SECRET_ID, field: "seed", secret: secret.base32, show: "nothing" as const };
  const { statements } = await prepareSecret({ env, owned, nowMs }, input);
  const row = { secretId: TOTP_SECRET_ID, lastStep: 0, confirmedAt: null, createdAt: nowMs };
  await owned.batch([
    ...statements,
    database
      .insert(totpSecrets)
      .values({ userId: user.id, ...row })
      .onConflictDoUpdate({ target: totpSecrets.userId, set: row }),
  ]);
  return { secret: secret.base32, uri: generatorOf(secret.base32, user.email).toString() };
}

/** Whether an authenticator app is in use. */
export async function hasTotp(env: Env, userId: string): Promise<boolean> {
  const where = and(eq(totpSecrets.userId, userId), isNotNull(totpSecrets.confirmedAt));
  const rows = await openDatabase(env.DB).select({ userId: totpSecrets.userId }).from(totpSecrets).where(where);
  return rows.length > 0;
}

/**
 * Takes a code: of the current thirty seconds or those before, and later than any code taken so far. The latest step is
 * moved by compare-and-swap, so that one code works once however many requests bring it. `setUp` takes the first code.
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
  const seed = await openSecret({ env, owned: ownedDatabase(database, userId) }, row.secretId);
  const step = stepOf({ seed, code, nowMs });
  if (step === undefined) return false;
  const later = and(eq(totpSecrets.userId, userId), lt(totpSecrets.lastStep, step));
  const change = { lastStep: step, confirmedAt: row.confirmedAt ?? nowMs };
  return (await database.update(totpSecrets).set(change).where(later)).meta.changes > 0;
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
