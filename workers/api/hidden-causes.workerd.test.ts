import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { Problem } from "../../schema/wire/primitive.ts";
import type { Env } from "../platform/env.ts";
import { newClient, ORIGIN, request, type TestClient } from "../testing/test-client.ts";
import { withTestQueue } from "../testing/test-queue.ts";

const DETAIL = "SQLITE_ERROR near SELECT at /srv/app/workers/index.ts:12:7 canary-6f1d";
/** What a reply must not hold: paths and lines of code, SQL, names of the platform's own faults, the planted text. */
const INSIDE =
  /\.tsx?\b|\.js:\d|\bat \w+ \(|node_modules|SELECT |INSERT INTO|D1_ERROR|SQLITE|TypeError|ReferenceError|canary|file:\/\/|workerd/;

const fail = () => {
  throw new Error(DETAIL);
};

/** A binding that fails whatever is asked of it. */
function failing(): never {
  return new Proxy({}, { get: (_target, name) => (name === "then" ? undefined : fail) }) as never;
}

/** A database that answers who is asking and then fails. */
function failingAfter(database: D1Database, statements: number): D1Database {
  let left = statements;
  return new Proxy(database, {
    get(target, name) {
      if (name === "prepare" && left-- <= 0) return fail;
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

let client: TestClient;
beforeAll(async () => {
  client = await newClient({ bindings: withTestQueue().bindings });
});

const READS = [
  ...["/datasets", "/datasets/x", "/datasets/x/candles", "/datasets/x/export", "/imports/x", "/strategies"],
  ...["/strategies/x", "/strategies/x/versions", "/backtests", "/backtests/x", "/backtests/x/trades.csv", "/audit"],
  ...["/backtests/x/report/overview", "/backtests/compare?ids=a,b", "/audit/verification", "/account/security"],
  ...["/account/sessions", "/sharing", "/api-keys", "/session"],
];
const HOSTILE_PATHS = [
  ...["/api/v1/%00", "/api/v1/%ff", "/api/v1/%", "/api/v1/..%2f..%2fetc%2fpasswd", "/api/v1/datasets/%F0%28%8C%28"],
  ...["/api/v1/datasets?cursor=%00", "/api/v1/datasets?limit=1e309", "/api/v1/backtests?sort[$ne]=1", "/docs/%2e%2e"],
];
const HOSTILE_BODIES = [
  "{",
  "[]",
  "null",
  '"x"',
  "1e999",
  '{"__proto__":{"x":1}}',
  '{"email":{"$ne":1}}',
  "\u0000",
  "{}{}",
];

describe("S63 a reply to what goes wrong", () => {
  const bindings: Env = { ...env, DB: failing(), BUCKET: failing(), RUNS: failing(), RUN: failing(), AUDIT: failing() };

  it.each([...READS.map((path) => `/api/v1${path}`)])(
    "tells nothing of a database that fails at GET %s",
    async (path) => {
      for (const DB of [bindings.DB, failingAfter(env.DB, 1), failingAfter(env.DB, 2)]) {
        const reply = await request(path, authorized(), { bindings: { ...bindings, DB } });
        await expectClosed(reply);
      }
    },
  );

  it.each(HOSTILE_PATHS)("tells nothing at %s", async (path) => {
    await expectClosed(await request(path, authorized()));
  });

  it.each(HOSTILE_BODIES)("tells nothing of a body %j", async (body) => {
    for (const path of ["/api/v1/backtests", "/api/v1/strategies", "/api/auth/sign-in/email"]) {
      await expectClosed(await client.send("POST", path, body));
    }
  });

  it("tells nothing of a queue, a store or an object that fails", async () => {
    for (const name of ["BUCKET", "RUNS", "RUN", "AUDIT", "THROTTLE", "ASSETS"] as const) {
      const broken = { ...env, [name]: failing() };
      for (const path of ["/backtests", "/health/ready", "/api/v1/audit/verification", "/api/v1/datasets"]) {
        await expectClosed(await request(path, authorized(), { bindings: broken }));
      }
    }
  });
});

function authorized(): RequestInit {
  return { headers: { Authorization: `Bearer ${client.token}`, Origin: ORIGIN } };
}

async function expectClosed(reply: Response): Promise<void> {
  const text = `${await reply.text()} ${[...reply.headers].join(" ")}`;
  expect(text).not.toMatch(INSIDE);
  if (reply.headers.get("Content-Type") !== "application/problem+json") return;
  const problem = Problem.parse(JSON.parse(text.slice(0, text.lastIndexOf("}") + 1)));
  expect(problem.requestId).toBe(reply.headers.get("X-Request-Id"));
}
