import { env } from "cloudflare:workers";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { createApp } from "../api/app.ts";
import { FAKE_STRATEGIES } from "../testing/fake-strategies.ts";
import { HOSTILE_VALUES, writeJson, writeText } from "../testing/hostile-value.ts";
import { type Definitions, type JsonSchema, schemaArbitrary, spoiled } from "../testing/schema-arbitrary.ts";
import { newClient, START_MS, type TestClient, testMail } from "../testing/test-client.ts";
import { withTestQueue } from "../testing/test-queue.ts";

/** Shared evenly by all routes. Twenty thousand take minutes: `FUZZ_REQUESTS=20000 npm test` sends as many. */
const REQUESTS = Number(env.FUZZ_REQUESTS);
/** Some routes hash passwords; on a busy machine that takes a while. */
const ROUTE_MS_MAX = 120_000;
/** What only the inside of the product knows: frames of a stack, names of files, words of the stores. */
const INSIDES = /\n\s+at |\.ts:\d|node_modules|workerd|D1_ERROR|SQLITE_|drizzle|Cannot read prop|is not a function/;
/** Where a refusal itself is counted or told of: an import that is refused leaves the reason to be asked for. */
const TABLES_OF_REFUSALS = ["audit_outbox", "audit_heads", "imports", "one_time_tokens", "mail_outbox"];

/** So often is a refused request sent that seems to have stored something. */
const REFUSALS_IN_DOUBT = 4;

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema?: JsonSchema;
}

interface Operation {
  readonly security?: readonly unknown[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: JsonSchema }>> };
}

const document = createApp({ now: () => START_MS, strategies: FAKE_STRATEGIES, mail: testMail }).getOpenAPI31Document({
  openapi: "3.1.0",
  info: { title: "", version: "" },
});
const definitions = (document.components?.schemas ?? {}) as Definitions;
const routes = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
  Object.entries((item ?? {}) as Record<string, Operation>).map(
    ([verb, operation]) => [`${verb.toUpperCase()} ${path}`, { method: verb.toUpperCase(), path, operation }] as const,
  ),
);

describe(`S57: ${REQUESTS} requests made from the document of the API and from what attackers send`, () => {
  let client: TestClient;
  let visitors = 0;
  const surroundings = { bindings: withTestQueue().bindings };
  const replies = new Map<number, number>();
  beforeAll(countWrites);
  async function renewClient() {
    client = await newClient(surroundings);
    visitors += 1;
  }

  test.each(routes)(
    "S57: %s is answered or refused, tells nothing of its insides, and stores nothing it refused",
    async (_name, route) => {
      await renewClient();
      const changing = route.method !== "GET";
      const signedIn = route.operation.security !== undefined;
      let stored = await writesSoFar();
      const hasWritten = async () => {
        const before = stored;
        // Taken over, so that a smaller example of a failure is one of its own.
        stored = await writesSoFar();
        return stored !== before;
      };
      const run = async ({ address, body, type }: FuzzRequest) => {
        const headers: Record<string, string> = { "CF-Connecting-IP": `198.51.${visitors >> 8}.${visitors & 255}` };
        if (type !== undefined) headers["Content-Type"] = type;
        const send = () => client.send(route.method, address, body, headers);
        const reply = await send();
        const text = await reply.text();
        replies.set(reply.status, (replies.get(reply.status) ?? 0) + 1);
        // A venue that cannot be reached from here: then it is said when to ask again.
        if (reply.status === 503) expect(reply.headers.get("Retry-After")).not.toBeNull();
        else expect(reply.status, text).toBeLessThan(500);
        if (reply.status < 400) {
          if (changing) stored = await writesSoFar();
          return;
        }
        expect(reply.headers.get("Content-Type")).toContain("application/problem+json");
        expect(text).not.toMatch(INSIDES);
        // What an earlier request has made may write meanwhile, as an account does that is told to the dashboard: a route
        // that stores what it refuses does so each time.
        for (let times = 1; changing && (await hasWritten()); times++) {
          expect(times, "times in a row that something was stored with a refusal").toBeLessThan(REFUSALS_IN_DOUBT);
          await send();
        }
        // Some verbs end the session, and each address has a budget: somebody else goes on from elsewhere.
        if (reply.status === 429) visitors += 1;
        if (reply.status !== 401 || !signedIn) return;
        await renewClient();
        stored = await writesSoFar();
      };
      const numRuns = Math.ceil(REQUESTS / routes.length);
      await fc.assert(fc.asyncProperty(requestsOf(route), run), { numRuns });
    },
    ROUTE_MS_MAX,
  );

  test("S57: the requests reached the routes: most were signed in, and some were granted", async () => {
    const share = (status: number) => (replies.get(status) ?? 0) / REQUESTS;
    expect([...replies.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(REQUESTS);
    expect(share(200)).toBeGreaterThan(0.05);
    expect(share(422)).toBeGreaterThan(0.2);
    expect(share(401) + share(429)).toBeLessThan(0.2);
  });
});

interface FuzzRequest {
  readonly address: string;
  readonly body: string | undefined;
  readonly type: string | undefined;
}

function requestsOf(route: { method: string; path: string; operation: Operation }): fc.Arbitrary<FuzzRequest> {
  const { parameters = [], requestBody } = route.operation;
  const inPath = parameters.filter((parameter) => parameter.in === "path");
  const inQuery = parameters.filter((parameter) => parameter.in === "query");
  const path = fc
    .tuple(...inPath.map((parameter) => textOf(parameter)))
    .map((values) =>
      inPath.reduce(
        (address, { name }, index) =>
          address.replace(`{${name}}`, () => encodeURIComponent(values[index].toWellFormed())),
        route.path,
      ),
    );
  const strangers = [
    { name: "limit", in: "query" },
    { name: "__proto__", in: "query" },
    { name: "x", in: "query" },
  ];
  const pair = (parameter: Parameter) => textOf(parameter).map((value): [string, string] => [parameter.name, value]);
  // A name may come twice: the second must not slip past the check of the first.
  const query = fc.array(fc.oneof(...[...inQuery, ...strangers].map(pair)), { maxLength: 4 });
  return fc.record({ path, query, sent: bodyOf(route.method, requestBody) }).map(({ path, query, sent }) => ({
    address: `${path}?${new URLSearchParams(query.map(([name, value]) => [name, value.toWellFormed()]))}`,
    ...sent,
  }));
}

function textOf({ schema = {} }: Parameter): fc.Arbitrary<string> {
  const fitting = schemaArbitrary(schema, definitions);
  return fc
    .oneof(fitting, fc.constantFrom(...HOSTILE_VALUES))
    .map(writeText)
    .map((text) => text.slice(0, 2_000));
}

function bodyOf(method: string, requestBody: Operation["requestBody"]) {
  const json = requestBody?.content["application/json"]?.schema;
  const type = json === undefined ? Object.keys(requestBody?.content ?? {})[0] : "application/json";
  if (method === "GET") return fc.constant({ body: undefined, type: undefined });
  const nothing = { body: undefined, type: undefined };
  if (json === undefined && type !== undefined) {
    return fc.string({ maxLength: 200 }).map((body) => ({ body, type }));
  }
  const fitting = schemaArbitrary(json ?? {}, definitions);
  const values = fc.oneof(
    { weight: 2, arbitrary: fitting },
    { weight: 5, arbitrary: spoiled(fitting) },
    { weight: 1, arbitrary: fc.constantFrom(...HOSTILE_VALUES) },
  );
  return fc.oneof(
    { weight: 12, arbitrary: values.map((value) => ({ body: writeJson(value), type: "application/json" })) },
    { weight: 1, arbitrary: fc.string().map((body) => ({ body, type: "application/json" })) },
    { weight: 1, arbitrary: fc.constant(nothing) },
  );
}

/** Counts every row that is written to any table, from now on; `writesSoFar` reads the count. */
async function countWrites(): Promise<void> {
  const tables = await env.DB.prepare(
    `SELECT name FROM sqlite_master WHERE type = 'table'
     AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%' AND name NOT LIKE 'd1_%'`,
  ).all<{ name: string }>();
  // What is noted for the backup is noted of every table, and counted at that one.
  const counted = tables.results.filter(({ name }) => !TABLES_OF_REFUSALS.includes(name) && !/^backup_/.test(name));
  const triggers = counted.flatMap(({ name }) =>
    ["INSERT", "UPDATE", "DELETE"].map((verb) =>
      env.DB.prepare(
        `CREATE TRIGGER "fuzz_${verb}_${name}" AFTER ${verb} ON "${name}"
         BEGIN UPDATE fuzz_writes SET count = count + 1; END`,
      ),
    ),
  );
  const counter = ["CREATE TABLE fuzz_writes (count INTEGER NOT NULL)", "INSERT INTO fuzz_writes VALUES (0)"];
  await env.DB.batch([...counter.map((text) => env.DB.prepare(text)), ...triggers]);
}

async function writesSoFar(): Promise<number> {
  const row = await env.DB.prepare("SELECT count FROM fuzz_writes").first<{ count: number }>();
  return row?.count ?? -1;
}
