import { sha256Hex } from "../platform/digest.ts";
import type { Env } from "../platform/env.ts";
import { logEvent } from "../platform/log-event.ts";
import { tooMany, unavailable } from "../platform/problem-error.ts";
import { giveBackAttempt, takeAttempt } from "./throttle.ts";
import type { ThrottleAnswer, ThrottleRule } from "./throttle-count.ts";

const MINUTE_MS = 60_000;
// Five guesses a quarter of an hour: 480 a day, against passwords that no short list holds.
const ACCOUNT_RULE: ThrottleRule = { count: 5, windowMs: 15 * MINUTE_MS };
// An office behind one address signs in ten times in a row; a guesser gets one a minute after that.
const ADDRESS_RULE: ThrottleRule = { count: 10, windowMs: 10 * MINUTE_MS };
// Each sign-up costs a password hash and leaves rows behind.
const SIGN_UP_RULE: ThrottleRule = { count: 20, windowMs: 20 * MINUTE_MS };
// Whoever has many addresses must not fill a mailbox with letters; who mistypes a few times gets theirs.
const SIGN_UP_LETTER_RULE: ThrottleRule = { count: 5, windowMs: 60 * MINUTE_MS };
// Each challenge leaves a row behind for a day; an office behind one address signs in all at once in the morning.
const CHALLENGE_RULE: ThrottleRule = { count: 60, windowMs: 10 * MINUTE_MS };

// An object that failed is back on another machine within seconds.
const RETRY_SECONDS = 5;

export interface SignInAttempt {
  /** Called when the password was right: the attempt then counts against nobody. */
  succeeded(): Promise<void>;
}

/**
 * Counts an attempt to sign in before its password is looked at. A browser that signed in before has its own count,
 * so that strangers who guess at an account cannot lock its owner out. Throws 429 beyond a limit.
 */
export async function takeSignIn(
  env: Env,
  attempt: { email: string; address: string; device: string | undefined; nowMs: number },
): Promise<SignInAttempt> {
  const account = await sha256Hex(attempt.email.trim().toLowerCase());
  const subject = attempt.device === undefined ? `account:${account}` : `device:${account}:${attempt.device}`;
  const undoAddress = await take(env, `address:${attempt.address}`, ADDRESS_RULE, attempt.nowMs);
  const undoAccount = await take(env, subject, ACCOUNT_RULE, attempt.nowMs);
  return {
    async succeeded() {
      await Promise.all([undoAddress(), undoAccount()]);
    },
  };
}

/** Counts a second factor before it is looked at, over all challenges of the account. Throws 429 beyond the limit. */
export async function takeFactor(
  env: Env,
  attempt: { userId: string; device: string | undefined; nowMs: number },
): Promise<SignInAttempt> {
  const subject = attempt.device === undefined ? attempt.userId : `${attempt.userId}:${attempt.device}`;
  const undo = await take(env, `factor:${subject}`, ACCOUNT_RULE, attempt.nowMs);
  return { succeeded: undo };
}

/**
 * Counts a letter that anybody can ask for, by who asks, and by its kind and address: whoever sends somebody invitations
 * must not keep them from choosing a new password. Throws 429 beyond the limit.
 */
export async function takeLetter(
  env: Env,
  ask: {
    kind: "reset-password" | "change-email" | "invitation" | "notice-address";
    email: string;
    address: string;
    nowMs: number;
  },
): Promise<void> {
  await take(env, `letter-from:${ask.address}`, SIGN_UP_RULE, ask.nowMs);
  await take(env, `letter-to:${ask.kind}:${await sha256Hex(ask.email)}`, ACCOUNT_RULE, ask.nowMs);
}

/** Counts a challenge for a passkey, which anybody may ask for, by its address. Throws 429 beyond the limit. */
export async function takeChallenge(env: Env, ask: { address: string; nowMs: number }): Promise<void> {
  await take(env, `challenge:${ask.address}`, CHALLENGE_RULE, ask.nowMs);
}

/** Counts a sign-up by its address. Throws 429 beyond the limit. */
export async function takeSignUp(env: Env, attempt: { address: string; nowMs: number }): Promise<void> {
  await take(env, `sign-up:${attempt.address}`, SIGN_UP_RULE, attempt.nowMs);
}

/**
 * Counts a letter about a sign-up by who would receive it. False beyond the limit, which whoever asked is not told: only
 * the owner of a mailbox shall know what comes there.
 */
export async function takeSignUpLetter(env: Env, letter: { email: string; nowMs: number }): Promise<boolean> {
  const name = `sign-up-letter-to:${await sha256Hex(letter.email)}`;
  return (await answerOf(env, name, SIGN_UP_LETTER_RULE, letter.nowMs)).allowed;
}

async function take(env: Env, name: string, rule: ThrottleRule, nowMs: number): Promise<() => Promise<void>> {
  const answer = await answerOf(env, name, rule, nowMs);
  if (!answer.allowed) {
    const seconds = Math.ceil(answer.waitMs / 1_000);
    throw tooMany(`Too many attempts. Try again in ${Math.ceil(seconds / 60)} min.`, seconds);
  }
  return () => giveBackAttempt(env, name);
}

/** Closed where the count fails: without it passwords could be guessed at will, and waiting harms nobody's money. */
async function answerOf(env: Env, name: string, rule: ThrottleRule, nowMs: number): Promise<ThrottleAnswer> {
  try {
    return await takeAttempt(env, name, { rule, nowMs });
  } catch (error) {
    logEvent("throttle_failed", { name: name.split(":")[0], outcome: "refused", error });
    throw unavailable("Attempts cannot be counted at the moment, so none is let through. Try again.", RETRY_SECONDS);
  }
}
