import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { apiKeys, passkeys, sessions, users } from "../../schema/tables/identity.ts";
import { openDatabase } from "../platform/database.ts";
import { newClient, START_MS, type TestClient } from "../testing/test-client.ts";
import { withTestQueue } from "../testing/test-queue.ts";

/** A schema of JSON, as far as the API's document uses it. */
interface Schema {
  readonly $ref?: string;
  readonly type?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
}
type Content = Readonly<Record<string, { readonly schema: Schema }>>;
interface Operation {
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** What a stranger would like to set: whose a thing is, who somebody is, what they may do and have. */
const COVETED = {
  ...{ role: "administrator", isAdmin: true, userId: "usr_other", ownerId: "usr_other", tenantId: "usr_other" },
  ...{ balance: 1e9, plan: "unlimited", createdAt: 0, emailVerified: true, disabledAt: null, passwordHash: "x" },
};

const database = openDatabase(env.DB);
let client: TestClient;
let document: Document;
const ids: Record<string, string> = {};

beforeAll(async () => {
  client = await newClient({ bindings: withTestQueue().bindings }, { role: "administrator" });
  const key = { id: `key-of-${client.userId}`, userId: client.userId, name: "key", publicKey: "secret-material" };
  await database.insert(passkeys).values({ ...key, counter: 0, transports: [], createdAt: START_MS });
  document = await client.json<Document>("GET", "/api/v1/openapi.json");
  const { rows } = await client.json<{ rows: { id: string }[] }>("GET", "/api/v1/datasets");
  ids.datasets = rows[0].id;
  const make = async (path: string, body: object) => (await client.json<{ id: string }>("POST", path, body, 201)).id;
  ids.strategies = await make("/api/v1/strategies", { name: "mine", document: "rules" });
  const strategy = { kind: "library", id: "noop" };
  ids.backtests = await make("/api/v1/backtests", {
    settings: { datasetIds: [rows[0].id], timeframe: "1h", strategy },
  });
  await make("/api/v1/api-keys", { name: "bot", scopes: ["read"] });
  await make("/api/v1/sharing/invitations", { email: "someone@example.org" });
});

function resolved(schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const found = schema.$ref
    .slice(2)
    .split("/")
    .reduce<unknown>((node, name) => (node as Record<string, unknown>)[name], document);
  return resolved(found as Schema);
}

/** Places of a schema whose objects take what they do not name. */
function openPlaces(schema: Schema, at: string): string[] {
  const { properties, additionalProperties, items, anyOf = [], oneOf = [], allOf = [] } = resolved(schema);
  const inner = Object.entries(properties ?? {}).flatMap(([name, value]) => openPlaces(value, `${at}.${name}`));
  const others = [...anyOf, ...oneOf, ...allOf, ...(items === undefined ? [] : [items])];
  const open = properties !== undefined && additionalProperties !== false ? [at] : [];
  return [...open, ...inner, ...others.flatMap((other) => openPlaces(other, at))];
}

/** Names in a reply that its schema does not have. */
function unnamed(schema: Schema, value: unknown, at: string): string[] {
  const { type, properties, additionalProperties, items, anyOf, oneOf, allOf } = resolved(schema);
  const branches = anyOf ?? oneOf;
  if (branches !== undefined) {
    const tried = branches.map((branch) => unnamed(branch, value, at));
    return tried.reduce((best, next) => (next.length < best.length ? next : best));
  }
  if (Array.isArray(value))
    return items === undefined ? [] : value.flatMap((entry) => unnamed(items, entry, `${at}[]`));
  // A schema that says nothing of the kind, as of what an audit entry was before and after, names everything.
  if (typeof value !== "object" || value === null || (type === undefined && allOf === undefined)) return [];
  const known = { ...properties };
  for (const part of allOf ?? []) Object.assign(known, resolved(part).properties);
  return Object.entries(value).flatMap(([name, entry]) => {
    if (Object.hasOwn(known, name)) return unnamed(known[name], entry, `${at}.${name}`);
    if (typeof additionalProperties === "object") return unnamed(additionalProperties, entry, `${at}.${name}`);
    return additionalProperties === true ? [] : [`${at}.${name}`];
  });
}

const operations = () =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([verb, operation]) => ({ method: verb.toUpperCase(), path, operation })),
  );
const addressOf = (path: string) =>
  path.replace("{id}", ids[path.split("/")[3] ?? ""] ?? "none").replace("{part}", "overview");

describe("a body that names more than its route takes", () => {
  it("S31 is taken by no route: each lists its fields, at every depth", () => {
    const bodies = operations().flatMap(({ method, path, operation }) => {
      const schema = operation.requestBody?.content["application/json"]?.schema;
      return schema === undefined ? [] : [openPlaces(schema, `${method} ${path}`)];
    });
    expect(bodies.length).toBeGreaterThan(25);
    // A browser's answer about a passkey is the standard's own, and read by the library for it.
    expect(bodies.flat().filter((place) => !/(passkey|step-up|proof|passkeys)\.response$/.test(place))).toEqual([]);
  });

  it("S31 changes nothing of who somebody is, whichever route it is sent to", async () => {
    const me = async () => (await database.select().from(users).where(eq(users.id, client.userId)))[0];
    const before = await me();
    const body = `${JSON.stringify({ name: "Eve", ...COVETED }).slice(0, -1)},"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}}}`;
    for (const { method, path, operation } of operations()) {
      if (operation.requestBody?.content["application/json"] === undefined) continue;
      const reply = await client.send(method, addressOf(path), body);
      expect([400, 401, 403, 404, 422], `${method} ${path}`).toContain(reply.status);
    }
    expect(await me()).toEqual(before);
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });
});

describe("a reply", () => {
  it("S39 holds no field that the document does not name, and nothing that proves who somebody is", async () => {
    const [kept] = await database.select().from(sessions).where(eq(sessions.userId, client.userId));
    const [key] = await database.select().from(apiKeys).where(eq(apiKeys.ownerId, client.userId));
    const secrets = ["secret-material", "passwordHash", kept.seed, key.hash];
    let read = 0;
    for (const { method, path, operation } of operations()) {
      const schema = operation.responses["200"]?.content?.["application/json"]?.schema;
      if (method !== "GET" || schema === undefined) continue;
      const reply = await client.send("GET", addressOf(path));
      const text = await reply.text();
      for (const secret of secrets) expect(text, path).not.toContain(secret);
      if (reply.status !== 200) continue;
      expect(unnamed(schema, JSON.parse(text), path)).toEqual([]);
      read++;
    }
    expect(read).toBeGreaterThan(15);
  });
});
