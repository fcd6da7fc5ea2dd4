import type { FactorMethod, FactorProof, PasskeyOptions, SignInReply } from "../../schema/wire/session.ts";
import { ApiError, errorOfResponse, offlineError } from "../api/api-error.ts";
import { client, queryClient } from "../api/runtime.ts";
import { forgetDrafts } from "../ui/saved-draft.ts";
import { provenByPasskey } from "./passkey-ceremony.ts";
export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** What a sign-in still asks for. */
export interface Challenge {
  readonly token: string;
  readonly methods: readonly FactorMethod[];
}

/**
 * Signs in with e-mail and password; the session lives in a cookie that scripts cannot read. Answers a challenge where
 * the account has a second factor. Throws `ApiError`.
 */
export async function signIn(credentials: Credentials & { readonly keep?: boolean }): Promise<Challenge | null> {
  const response = await post("/api/auth/sign-in/email", credentials, WRONG_PASSWORD);
  const { challenge } = (await response.json()) as SignInReply;
  if (challenge === null) await forgetEverything();
  return challenge;
}

/** Answers a challenge. Throws `ApiError`. */
export async function answerChallenge(challenge: string, proof: FactorProof): Promise<void> {
  await post("/api/auth/sign-in/second-factor", { challenge, proof });
  await forgetEverything();
}

/** Answers a challenge with one of the account's passkeys. Throws `ApiError`, or an `Error` of the browser's part. */
export async function answerByPasskey(challenge: string): Promise<void> {
  const asked = await optionsFrom("/api/auth/sign-in/second-factor/passkey", { challenge });
  const response = await provenByPasskey(asked);
  await answerChallenge(challenge, { method: "passkey", token: asked.token, response });
}

/** Signs in with a passkey alone: its device knows whose it is. Throws `ApiError`, or an `Error` of the browser's part. */
export async function signInByPasskey(keep: boolean): Promise<void> {
  const asked = await optionsFrom("/api/auth/sign-in/passkey/options", {});
  const response = await provenByPasskey(asked);
  await post("/api/auth/sign-in/passkey", { token: asked.token, response, keep });
  await forgetEverything();
}

/** Asks for an account; a letter with a link follows, whoever the address belongs to. Throws `ApiError`. */
export async function signUp(account: Credentials & { readonly name: string }): Promise<void> {
  await post("/api/auth/sign-up/email", account);
}

/** Confirms the address of an account by the token of a letter and the password of its sign-up. Throws `ApiError`. */
export async function verifyEmail(token: string, password: string): Promise<void> {
  await post("/api/auth/verify-email", { token, password }, OTHER_SIGN_UP);
}

/** Makes a new address the account's by the token of its letter. Throws `ApiError`. */
export async function confirmEmail(token: string): Promise<void> {
  await post("/api/auth/email/confirm", { token });
  await forgetEverything();
}

/** Asks for a letter to choose a new password. Throws `ApiError`. */
export async function forgotPassword(email: string): Promise<void> {
  await post("/api/auth/password/forgot", { email });
}

/** Chooses a new password by the token of a letter. Throws `ApiError`. */
export async function resetPassword(token: string, password: string): Promise<void> {
  await post("/api/auth/password/reset", { token, password });
  await forgetEverything();
}

/** Ends the session and leaves nothing of it in memory. */
export async function signOut(): Promise<void> {
  await post("/api/auth/sign-out", {}).catch(() => undefined);
  await forgetEverything();
  forgetDrafts();
  location.assign("/sign-in");
}

const OTHER_SIGN_UP =
  "This letter belongs to another sign-up, or the password is not the one you chose. Open your newest letter, or sign up anew.";
const WRONG_PASSWORD =
  "E-mail and password do not match. Check both, set a new password by “Forgot password”, or make an account.";

async function forgetEverything(): Promise<void> {
  client.forget();
  queryClient.clear();
}

async function optionsFrom(path: string, body: unknown): Promise<PasskeyOptions> {
  const response = await post(path, body);
  return (await response.json()) as PasskeyOptions;
}

async function post(path: string, body: unknown, refusal?: string): Promise<Response> {
  const response = await fetch(path, {
    method: "POST",
    credentials: "same-origin",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  }).catch(() => undefined);
  if (response === undefined) throw offlineError();
  if (response.ok) return response;
  const error = await errorOfResponse(response);
  throw new ApiError({ ...error, issues: [...error.issues], detail: plainText(error, refusal) });
}

/** What to do about a refusal, in words of this page. */
function plainText(error: ApiError, refusal: string | undefined): string {
  if (error.status === 401 && refusal !== undefined) return refusal;
  const rules = error.issues.map((issue) => `${issue.field} ${issue.rule}`.trim());
  return rules.length > 0 ? sentence(rules.join("; ")) : error.message;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
