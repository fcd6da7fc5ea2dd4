import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { users } from "../../schema/tables/identity.ts";
import type { ApiDependencies } from "../api/api-types.ts";
import { type App, createApp } from "../api/app.ts";
import { issueAccessToken } from "../auth/access-token.ts";
import { startSession } from "../auth/session.ts";
import { localMailbox } from "../mail/local-mailbox.ts";
import { openDatabase } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";
import { newId } from "../platform/ids.ts";
import { ownedDatabase } from "../platform/owned-database.ts";
import { seedSimulatedDatasets } from "../services/simulated-datasets.ts";
import { FAKE_STRATEGIES } from "./fake-strategies.ts";
import { ROOMY_BUDGETS } from "./roomy-budgets.ts";

export const ORIGIN = "https://apextrade.test";
/** The time of every test: about the real one, which alarms of objects and the identity library keep to. */
export const START_MS = Math.floor(Date.now() / 1_000) * 1_000;

export interface TestClient {
  readonly userId: string;
  /** An access token of the user's session. */
  readonly token: string;
  /** Sends a request as this user, the way a page of the site would. */
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Uploads a file as it is. */
  upload(path: string, bytes: ArrayBuffer): Promise<Response>;
  /** The JSON reply; throws where the status is not the expected one. */
  json<T>(method: string, path: string, body?: unknown, expected?: number): Promise<T>;
}

/** What a test may change about the surface that it talks to. */
export type TestDependencies = Partial<ApiDependencies> & { readonly bindings?: Env };

let letters = 0;

/** Letters of the tests go to the local mailbox, each a moment after the one before, where a test reads them. */
export const testMail: ApiDependencies["mail"] = (bindings) => localMailbox(bindings, () => START_MS + letters++);

const dependencies: ApiDependencies = {
  now: () => START_MS,
  strategies: FAKE_STRATEGIES,
  mail: testMail,
  budgets: ROOMY_BUDGETS,
};

const NOTHING_CHANGED: TestDependencies = {};
/** One surface for each set of dependencies, as an isolate makes it once for all its requests. */
const apps = new WeakMap<TestDependencies, App>();

function appOf(changed: TestDependencies): App {
  const made = apps.get(changed) ?? createApp({ ...dependencies, ...changed });
  apps.set(changed, made);
  return made;
}

/** One request through the whole HTTP surface. */
export async function request(path: string, init: RequestInit = {}, changed: TestDependencies = NOTHING_CHANGED) {
  const context = createExecutionContext();
  const reply = await appOf(changed).fetch(new Request(`${ORIGIN}${path}`, init), changed.bindings ?? env, context);
  await waitOnExecutionContext(context);
  return reply;
}

/** A user with the datasets that every user starts with, and a client that speaks for them. */
export async function newClient(
  changed: TestDependencies = NOTHING_CHANGED,
  user: Partial<typeof users.$inferInsert> = {},
): Promise<TestClient> {
  const userId = newId("usr");
  const { session } = await newPerson(userId, user);
  await seedSimulatedDatasets(ownedDatabase(openDatabase(env.DB), userId), START_MS);
  const { token } = await issueAccessToken(env, { userId, sessionId: session.id }, START_MS);
  const send: TestClient["send"] = (method, path, body, headers = {}) =>
    request(
      path,
      {
        method,
        headers: {
          Authorization: `Bearer ${token}`,
          Origin: ORIGIN,
          ...(body === undefined ? {} : { "Content-Type": "application/json" }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      },
      changed,
    );
  return {
    userId,
    token,
    send,
    upload: (path, body) => {
      const headers = { Authorization: `Bearer ${token}`, Origin: ORIGIN, "Content-Type": "application/octet-stream" };
      return request(path, { method: "POST", headers, body }, changed);
    },
    async json<T>(method: string, path: string, body?: unknown, expected = 200): Promise<T> {
      const reply = await send(method, path, body);
      if (reply.status !== expected) throw new Error(`${method} ${path}: ${reply.status} ${await reply.text()}`);
      return reply.json<T>();
    },
  };
}

/** A user with a confirmed address and an open session, as if they had signed in. */
export async function newPerson(userId: string, changed: Partial<typeof users.$inferInsert> = {}) {
  const email = `${userId.replace("_", ".")}@example.org`;
  const user = { id: userId, email, emailVerified: true, name: "Ada", createdAt: START_MS, updatedAt: START_MS };
  await openDatabase(env.DB)
    .insert(users)
    .values({ ...user, ...changed });
  const start = {
    user: { id: userId, passwordHash: changed.passwordHash ?? null },
    keep: false,
    secondFactor: false,
    address: "203.0.113.1",
    userAgent: "test",
    nowMs: START_MS,
  };
  return startSession(env, start);
}
