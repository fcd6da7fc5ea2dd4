import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { Secret, TOTP } from "otpauth";
import type { SignInReply } from "../../schema/wire/session.ts";
import { createApp } from "../api/app.ts";
import { readLocalMailbox } from "../mail/local-mailbox.ts";
import { drainMail } from "../mail/mail-outbox.ts";
import { newId } from "../platform/ids.ts";
import { FAKE_STRATEGIES } from "./fake-strategies.ts";
import { ROOMY_BUDGETS } from "./roomy-budgets.ts";
import { ORIGIN, START_MS, type TestDependencies, testMail } from "./test-client.ts";

export const PASSWORD = "correct horse staple 7";

export interface TestBrowser {
  /** What the browser would send back. */
  readonly cookies: Map<string, string>;
  /** The instant of its requests; tests move it. */
  nowMs: number;
  readonly address: string;
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  /** The same with a fresh access token. */
  api(method: string, path: string, body?: unknown): Promise<Response>;
  token(): Promise<string>;
}

/** A browser with a cookie jar and an address of its own, so that each test has the limits to itself. */
export function newBrowser(changed: TestDependencies & { address?: string } = {}): TestBrowser {
  const cookies = new Map<string, string>();
  const app = (now: () => number) =>
    createApp({ now, strategies: FAKE_STRATEGIES, mail: testMail, budgets: ROOMY_BUDGETS, ...changed });
  const browser: TestBrowser = {
    cookies,
    nowMs: START_MS,
    address: changed.address ?? newAddress(),
    async send(method, path, body, headers = {}) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      const context = createExecutionContext();
      const request = new Request(`${ORIGIN}${path}`, {
        method,
        headers: {
          Origin: ORIGIN,
          "CF-Connecting-IP": browser.address,
          "User-Agent": "test browser",
          ...(cookie === "" ? {} : { Cookie: cookie }),
          ...(body === undefined ? {} : { "Content-Type": "application/json" }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      const reply = await app(() => browser.nowMs).fetch(request, changed.bindings ?? env, context);
      await waitOnExecutionContext(context);
      for (const text of reply.headers.getSetCookie()) keep(cookies, text);
      return reply;
    },
    async api(method, path, body) {
      return browser.send(method, path, body, { Authorization: `Bearer ${await browser.token()}` });
    },
    async token() {
      const reply = await browser.send("POST", "/api/v1/session/token");
      if (reply.status !== 200) throw new Error(`no token: ${reply.status} ${await reply.text()}`);
      return (await reply.json<{ token: string }>()).token;
    },
  };
  return browser;
}

function keep(cookies: Map<string, string>, text: string): void {
  const [, name = "", value = ""] = /^([^=;]+)=([^;]*)/.exec(text) ?? [];
  if (/Max-Age=0/.test(text)) cookies.delete(name);
  else cookies.set(name, value);
}

function newAddress(): string {
  const [a = 0, b = 0] = crypto.getRandomValues(new Uint8Array(2));
  return `198.${18 + (a & 1)}.${a}.${b}`;
}

export function newEmail(): string {
  return `${newId("usr").replace("_", ".")}@example.org`;
}

/** The newest letter to an address, and the token behind its link. */
export async function letterTo(email: string): Promise<{ subject: string; text: string; token: string }> {
  await drainMail(env, { sender: testMail(env), nowMs: START_MS + 365 * 86_400_000 });
  const letters = (await readLocalMailbox(env)).filter((letter) => letter.to === email);
  const newest = letters[0];
  if (newest === undefined) throw new Error(`no letter to ${email}`);
  return { ...newest, token: /#token=([\w-]+)/.exec(newest.text)?.[1] ?? "" };
}

/** A person who signed up, confirmed the address and signed in. */
export async function newSignedIn(browser = newBrowser(), email = newEmail()) {
  await signUpAndConfirm(browser, email);
  const reply = await signIn(browser, email);
  if (reply.status !== 200) throw new Error(`sign-in: ${reply.status} ${await reply.text()}`);
  const { user } = await reply.json<SignInReply>();
  return { browser, email, userId: user?.id ?? "" };
}

export async function signUpAndConfirm(browser: TestBrowser, email: string): Promise<void> {
  const made = await browser.send("POST", "/api/auth/sign-up/email", { email, password: PASSWORD, name: "Ada" });
  if (made.status !== 204) throw new Error(`sign-up: ${made.status} ${await made.text()}`);
  const { token } = await letterTo(email);
  const confirmed = await browser.send("POST", "/api/auth/verify-email", { token, password: PASSWORD });
  if (confirmed.status !== 204) throw new Error(`verify: ${confirmed.status}`);
}

export function signIn(browser: TestBrowser, email: string, password = PASSWORD, keepSignedIn = false) {
  return browser.send("POST", "/api/auth/sign-in/email", { email, password, keep: keepSignedIn });
}

/** Sets up an authenticator app; answers its seed and the recovery codes. */
export async function addTotp(browser: TestBrowser): Promise<{ secret: string; codes: string[] }> {
  const enrolled = await browser.api("POST", "/api/v1/account/totp");
  if (enrolled.status !== 200) throw new Error(`totp: ${enrolled.status} ${await enrolled.text()}`);
  const { secret } = await enrolled.json<{ secret: string }>();
  const code = totpCode(secret, browser.nowMs);
  const confirmed = await browser.api("POST", "/api/v1/account/totp/confirm", { code });
  if (confirmed.status !== 200) throw new Error(`totp confirm: ${confirmed.status} ${await confirmed.text()}`);
  return { secret, codes: (await confirmed.json<{ codes: string[] }>()).codes };
}

/** The code that an app with this seed shows at an instant. */
export function totpCode(secret: string, atMs: number): string {
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: atMs });
}
