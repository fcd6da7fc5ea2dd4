import { ApiError, errorOfResponse, offlineError } from "../api/api-error.ts";
import { client, queryClient } from "../api/runtime.ts";

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** Signs in with e-mail and password; the session lives in a cookie that scripts cannot read. Throws `ApiError`. */
export async function signIn(credentials: Credentials): Promise<void> {
  await post("/api/auth/sign-in/email", credentials);
  await forgetEverything();
}

/**
 * Makes an account and signs it in. The reply of the first step is the same whether or not the e-mail was taken, so a
 * sign-in that fails afterwards is told as that. Throws `ApiError`.
 */
export async function signUp(account: Credentials & { readonly name: string }): Promise<void> {
  await post("/api/auth/sign-up/email", account);
  try {
    await signIn({ email: account.email, password: account.password });
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
    const detail = "There is an account with this e-mail already. Sign in with its password.";
    throw new ApiError({ status: 409, code: "account-exists", title: "Not signed in", detail });
  }
}

/** Ends the session and leaves nothing of it in memory. */
export async function signOut(): Promise<void> {
  await post("/api/auth/sign-out", {}).catch(() => undefined);
  await forgetEverything();
  location.assign("/sign-in");
}

async function forgetEverything(): Promise<void> {
  client.forget();
  queryClient.clear();
}

async function post(path: string, body: unknown): Promise<void> {
  const response = await fetch(path, {
    method: "POST",
    credentials: "same-origin",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  }).catch(() => undefined);
  if (response === undefined) throw offlineError();
  if (response.ok) return;
  const error = await errorOfResponse(response);
  throw new ApiError({ ...error, issues: [...error.issues], detail: plainText(error) });
}

/** What to do about a refusal, in words of this page. */
function plainText(error: ApiError): string {
  if (error.status === 401) return "E-mail and password do not match. Check both, or make an account.";
  if (error.status === 429) return "Too many attempts. Wait a minute, then try again.";
  const rules = error.issues.map((issue) => `${issue.field} ${issue.rule}`.trim());
  return rules.length > 0 ? sentence(rules.join("; ")) : error.message;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
