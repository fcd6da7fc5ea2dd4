import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { ApiDependencies } from "../api/api-types.ts";
import { createApp } from "../api/app.ts";
import { issueAccessToken } from "../auth/access-token.ts";
import { openDatabase } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";
import { newId } from "../platform/ids.ts";
import { ownedDatabase } from "../platform/owned-database.ts";
import { seedSimulatedDatasets } from "../services/simulated-datasets.ts";
import { FAKE_STRATEGIES } from "./fake-strategies.ts";

export const ORIGIN = "https://apextrade.test";
/** The time of every test: about the real one, which alarms of objects and the identity library keep to. */
export const START_MS = Math.floor(Date.now() / 1_000) * 1_000;

export interface TestClient {
  readonly userId: string;
  /** Sends a request as this user, the way a page of the site would. */
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Uploads a file as it is. */
  upload(path: string, bytes: ArrayBuffer): Promise<Response>;
  /** The JSON reply; throws where the status is not the expected one. */
  json<T>(method: string, path: string, body?: unknown, expected?: number): Promise<T>;
}

/** What a test may change about the surface that it talks to. */
export type TestDependencies = Partial<ApiDependencies> & { readonly bindings?: Env };

const dependencies: ApiDependencies = { now: () => START_MS, strategies: FAKE_STRATEGIES };

/** One request through the whole HTTP surface. */
export async function request(path: string, init: RequestInit = {}, changed: TestDependencies = {}) {
  const context = createExecutionContext();
  const app = createApp({ ...dependencies, ...changed });
  const reply = await app.fetch(new Request(`${ORIGIN}${path}`, init), changed.bindings ?? env, context);
  await waitOnExecutionContext(context);
  return reply;
}

/** A user with the datasets that every user starts with, and a client that speaks for them. */
export async function newClient(changed: TestDependencies = {}): Promise<TestClient> {
  const userId = newId("usr");
  await seedSimulatedDatasets(ownedDatabase(openDatabase(env.DB), userId), START_MS);
  const { token } = await issueAccessToken(env, { userId, sessionId: "ses_test" }, START_MS);
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
