import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { newClient, ORIGIN, request, type TestClient } from "../testing/test-client.ts";
import { newKeyOf } from "../testing/test-key.ts";
import { originsOf } from "./cross-origin.ts";

const LISTED = "https://app.example.org";
const bindings = { ...env, CORS_ORIGINS: `${LISTED}, http://localhost:3000` };

let client: TestClient;
let key: string;
beforeAll(async () => {
  client = await newClient();
  key = await newKeyOf(client.userId, ["read", "trade"]);
});

function send(method: string, path: string, headers: Record<string, string>, body?: unknown) {
  const json = body === undefined ? {} : { body: JSON.stringify(body) };
  const type: Record<string, string> = body === undefined ? {} : { "Content-Type": "application/json" };
  return request(path, { method, headers: { ...type, ...headers }, ...json }, { bindings });
}

const HOSTILE = [
  "null",
  "*",
  "",
  "https://evil.test",
  `${LISTED}.evil.test`,
  `https://evil.test/${LISTED}`,
  "https://evil-app.example.org",
  "https://evilapp.example.org",
  "https://example.org",
  "https://sub.app.example.org",
  `${LISTED}:8443`,
  `${LISTED}/`,
  LISTED.replace("https", "http"),
  LISTED.toUpperCase(),
  "https://app.example.org.",
  "https://аpp.example.org",
  "https://app.example.org%00.evil.test",
  `${LISTED}, https://evil.test`,
  "http://localhost:3001",
  "http://localhost",
];

describe("another origin", () => {
  it.each(HOSTILE)("S48 %j is told nothing and may change nothing", async (origin) => {
    // Header values are bytes: what is not ASCII arrives as UTF-8.
    const sent = String.fromCharCode(...new TextEncoder().encode(origin));
    for (const path of ["/api/v1/datasets", "/api/v1/session", "/api/v1/nothing"]) {
      for (const method of ["GET", "OPTIONS"]) {
        const headers = { Origin: sent, "Access-Control-Request-Method": "GET", Authorization: `Bearer ${key}` };
        const reply = await send(method, path, headers);
        for (const name of reply.headers.keys()) expect(name).not.toMatch(/^access-control-/);
        expect(reply.headers.get("Vary")).toBe("Origin");
      }
    }
    const headers = { Origin: sent, Authorization: `Bearer ${key}` };
    expect((await send("POST", "/api/v1/backtests", headers, {})).status).toBe(403);
  });

  it("S48 on the list may use the API by a key, and is never allowed our cookies", async () => {
    const headers = { Origin: LISTED, Authorization: `Bearer ${key}`, "Sec-Fetch-Site": "cross-site" };
    const read = await send("GET", "/api/v1/datasets", headers);
    expect(read.status).toBe(200);
    expect(read.headers.get("Access-Control-Allow-Origin")).toBe(LISTED);
    expect(read.headers.get("Access-Control-Expose-Headers")).toContain("RateLimit");
    expect(read.headers.get("Access-Control-Allow-Credentials")).toBeNull();
    expect(read.headers.get("Vary")).toBe("Origin");
    const made = await send("POST", "/api/v1/strategies", headers, { name: "x", document: "y" });
    expect(made.status).toBe(201);
    const refused = await send("GET", "/api/v1/nothing", headers);
    expect(refused.headers.get("Access-Control-Allow-Origin")).toBe(LISTED);
  });

  it.each([
    ["a session's token", () => ({ Authorization: `Bearer ${client.token}` })],
    ["a cookie beside the key", () => ({ Authorization: `Bearer ${key}`, Cookie: "apextrade-session=x" })],
    ["nothing", () => ({})],
  ])("S48 on the list changes nothing with %s", async (_title, shown) => {
    const reply = await send("POST", "/api/v1/strategies", { Origin: LISTED, ...shown() }, { name: "x" });
    expect(reply.status).toBe(403);
  });

  it("S48 on the list has no part in signing in", async () => {
    const reply = await send("POST", "/api/auth/sign-in/email", { Origin: LISTED, Authorization: `Bearer ${key}` }, {});
    expect(reply.status).toBe(403);
    expect(reply.headers.get("Access-Control-Allow-Origin")).toBeNull();
  });

  it("S48 on the list is told before a request what it may send", async () => {
    const reply = await send("OPTIONS", "/api/v1/strategies/x", {
      Origin: "http://localhost:3000",
      "Access-Control-Request-Method": "PATCH",
    });
    expect(reply.status).toBe(204);
    expect(Object.fromEntries(reply.headers)).toMatchObject({
      "access-control-allow-origin": "http://localhost:3000",
      "access-control-allow-methods": "GET, HEAD, PATCH, DELETE",
      "access-control-allow-headers": "Authorization, Content-Type, Idempotency-Key",
      "access-control-max-age": "600",
      vary: "Origin",
    });
  });

  it("S48 is on no list where none is set", async () => {
    const reply = await request("/api/v1/session", { headers: { Origin: LISTED } });
    expect(reply.headers.get("Access-Control-Allow-Origin")).toBeNull();
    expect((await request("/api/v1/session", { headers: { Origin: ORIGIN } })).headers.get("Vary")).toBe("Origin");
  });
});

describe("the list of origins", () => {
  it("takes https, and http on localhost with its port", () => {
    expect([...originsOf("https://a.org, http://localhost:5173 ,https://b.org:8443")]).toEqual([
      "https://a.org",
      "http://localhost:5173",
      "https://b.org:8443",
    ]);
    expect(originsOf("").size).toBe(0);
    expect(originsOf(undefined).size).toBe(0);
  });

  it.each([
    ...["*", "null", "https://*.a.org", "http://a.org", "http://localhost", "https://a.org/", "https://A.org", "a.org"],
    ...["https://a.org:443", "ftp://a.org", "https://user@a.org", "http://localhost.evil.test:1", "https://a.org/path"],
  ])("with %s in it stops the Worker from starting", (origin) => {
    expect(() => originsOf(`https://a.org,${origin}`)).toThrow(/^CORS_ORIGINS must list https origins/);
  });
});
