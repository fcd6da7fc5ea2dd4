import { eq } from "drizzle-orm";
import { passkeys } from "../../schema/tables/identity.ts";
import type { FactorMethod, FactorProof } from "../../schema/wire/session.ts";
import { openDatabase } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";
import { takeOneTimeToken } from "./one-time-token.ts";
import { verifyAssertion } from "./passkey.ts";
import { recoveryCodesLeft, takeRecoveryCode } from "./recovery-code.ts";
import { hasTotp, takeTotp } from "./totp.ts";

/** A proof of who one is opens dangerous doors for this long. */
export const STEP_UP_MS = 5 * 60_000;
/** A look at somebody's account for support lasts this long after the proof that opened it: a question takes minutes. */
export const SUPPORT_VIEW_MS = 60 * 60_000;

/** The ways in which a user can show a second factor; empty where none is set up. */
export async function factorMethods(env: Env, userId: string): Promise<FactorMethod[]> {
  const [totp, keys, codes] = await Promise.all([
    hasTotp(env, userId),
    openDatabase(env.DB).select({ id: passkeys.id }).from(passkeys).where(eq(passkeys.userId, userId)).limit(1),
    recoveryCodesLeft(env, userId),
  ]);
  const methods: FactorMethod[] = [];
  if (keys.length > 0) methods.push("passkey");
  if (totp) methods.push("totp");
  // Codes stand in for a factor; on their own they are none.
  if (methods.length > 0 && codes > 0) methods.push("recovery");
  return methods;
}

export async function hasSecondFactor(env: Env, userId: string): Promise<boolean> {
  return (await factorMethods(env, userId)).length > 0;
}

/** Takes one proof; each works once. */
export async function takeProof(
  env: Env,
  input: { userId: string; proof: FactorProof; origin: string; nowMs: number; passkeyPurpose: PasskeyPurpose },
): Promise<boolean> {
  const { userId, proof, origin, nowMs } = input;
  if (proof.method === "totp") return takeTotp(env, { userId, code: proof.code, nowMs, when: "confirmed" });
  if (proof.method === "recovery") {
    // Without a factor that they stand in for, codes prove nothing.
    return (await hasSecondFactor(env, userId)) && takeRecoveryCode(env, { userId, code: proof.code, nowMs });
  }
  const taken = await takeOneTimeToken(openDatabase(env.DB), {
    kind: input.passkeyPurpose,
    token: proof.token,
    nowMs,
  });
  if (taken === undefined || taken.userId !== userId) return false;
  const { challenge } = JSON.parse(taken.payload) as { challenge: string };
  const proven = await verifyAssertion(env, { origin }, { challenge, response: proof.response, userId, nowMs });
  return proven === userId;
}

export type PasskeyPurpose = "passkey-sign-in" | "passkey-step-up";
