import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { apiKeys, passkeys, sessions, viewers } from "../../schema/tables/identity.ts";
import { ACCESS, type Audience } from "../auth/access-matrix.ts";
import { openDatabase } from "../platform/database.ts";
import { newId } from "../platform/ids.ts";
import { newClient, ORIGIN, request, START_MS, type TestClient } from "../testing/test-client.ts";
import { newKeyOf } from "../testing/test-key.ts";
import { describedRoutes } from "../testing/test-routes.ts";

const database = openDatabase(env.DB);
type Caller = "nobody" | "viewer" | "trader" | "operator" | "administrator" | "read key" | "trade key";

/** Who passes to a route of an audience; written out, so that a slip in the ranks shows. */
const PASSES: Readonly<Record<Audience, readonly Caller[]>> = {
  public: ["nobody", "viewer", "trader", "operator", "administrator"],
  self: ["viewer", "trader", "operator", "administrator"],
  viewer: ["viewer", "trader", "operator", "administrator"],
  trader: ["trader", "operator", "administrator"],
  operator: ["operator", "administrator"],
  administrator: ["administrator"],
};

const tokens: Partial<Record<Caller, string>> = {};

beforeAll(async () => {
  const owner = await newClient();
  for (const role of ["trader", "operator", "administrator"] as const) {
    tokens[role] = (await newFactored({ role })).token;
  }
  const viewer = await newFactored({ role: "trader" });
  await database.insert(viewers).values({ ownerId: owner.userId, viewerId: viewer.userId, createdAt: START_MS });
  await database.update(sessions).set({ viewingOwnerId: owner.userId }).where(eq(sessions.userId, viewer.userId));
  tokens.viewer = viewer.token;
  tokens["read key"] = await newKeyOf(owner.userId, ["read"]);
  tokens["trade key"] = await newKeyOf(owner.userId, ["trade"]);
});

/** Somebody with a second factor, so that a refusal can only be about the role. */
async function newFactored(user: { role: "trader" | "operator" | "administrator" }): Promise<TestClient> {
  const client = await newClient({}, user);
  const row = { id: newId("key"), name: "key", publicKey: "", counter: 0, transports: [], createdAt: START_MS };
  await database.insert(passkeys).values({ ...row, userId: client.userId });
  return client;
}

/** Whether a request was let through to its route: what the route says of an empty request is another matter. */
async function passes(caller: Caller, method: string, path: string): Promise<boolean> {
  const token = tokens[caller];
  const address = path.replace("{id}", "none").replace("{part}", "overview");
  const type = path.endsWith("/import") ? "application/octet-stream" : "application/json";
  const reply = await request(address, {
    method,
    headers: {
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...{ Origin: ORIGIN, "Content-Type": type, "CF-Connecting-IP": `203.0.113.9-${newId("req")}` },
    },
  });
  const { code } = reply.status === 401 || reply.status === 403 ? await reply.json<{ code: string }>() : { code: "" };
  return !["unauthorized", "role", "read_only", "scope", "mfa_required", "step_up"].includes(code);
}

describe("the table of access", () => {
  it("S30 has an entry for every route that is described, and no other of the API", () => {
    const described = new Set(describedRoutes().map(({ name }) => name));
    const undescribed = Object.keys(ACCESS).filter((name) => !described.has(name));
    expect(undescribed.sort()).toEqual([
      "GET /api/v1/openapi.json",
      "GET /docs",
      "GET /docs/style.css",
      "GET /sidecar/v1/accounts/{id}",
      "GET /sidecar/v1/connections/{id}",
    ]);
    for (const name of described) expect(ACCESS).toHaveProperty([name]);
  });

  const guarded = describedRoutes().filter(
    ({ name }) => ACCESS[name]?.shows !== "ticket" && ACCESS[name]?.audience !== "public",
  );

  it.each(guarded.map((route) => [route.name, route] as const))(
    "S30 S36 holds on %s",
    async (name, { method, path }) => {
      const access = ACCESS[name];
      const expected = new Set<Caller>(PASSES[access.audience]);
      if (access.scope === "read") expected.add("read key");
      if (access.scope === "trade") expected.add("trade key");
      const callers: Caller[] = ["nobody", "viewer", "trader", "operator", "administrator", "read key", "trade key"];
      const passed: Caller[] = [];
      for (const caller of callers) if (await passes(caller, method, path)) passed.push(caller);
      expect(passed).toEqual(callers.filter((caller) => expected.has(caller)));
    },
  );

  it("S27 turns away a key that expired, was revoked, or is used from elsewhere", async () => {
    const owner = await newClient();
    const key = await newKeyOf(owner.userId, ["read"]);
    const read = async (nowMs = START_MS, address = "203.0.113.9") => {
      const headers = { Authorization: `Bearer ${key}`, "CF-Connecting-IP": address };
      return (await request("/api/v1/datasets", { headers }, { now: () => nowMs })).status;
    };
    const change = (values: Partial<typeof apiKeys.$inferInsert>) =>
      database.update(apiKeys).set(values).where(eq(apiKeys.ownerId, owner.userId));
    expect(await read()).toBe(200);
    await change({ allowedAddresses: ["203.0.113.0/24", "2001:db8::/32"] });
    expect([await read(), await read(START_MS, "2001:db8:1::7"), await read(START_MS, "198.51.100.1")]).toEqual([
      200, 200, 403,
    ]);
    await change({ expiresAt: START_MS + 1_000 });
    expect([await read(START_MS + 999), await read(START_MS + 1_000)]).toEqual([200, 401]);
    await change({ expiresAt: null, revokedAt: START_MS });
    expect(await read()).toBe(401);
    const [row] = await database.select().from(apiKeys).where(eq(apiKeys.ownerId, owner.userId));
    expect(row.lastUsedAt).not.toBeNull();
    expect(JSON.stringify(row)).not.toContain(key);
  });
});
