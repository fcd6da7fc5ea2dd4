import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { PROBLEMS, type ProblemCode } from "../platform/problem-catalogue.ts";
import { ProblemError } from "../platform/problem-error.ts";
import { newClient, ORIGIN, request } from "../testing/test-client.ts";
import { problemResponse } from "./problem-reply.ts";
import { CONTENT_SECURITY_POLICY } from "./security-headers.ts";

const json = { "Content-Type": "application/json" };

interface Described {
  readonly paths: Record<string, { get?: { responses: Record<string, { headers?: Record<string, unknown> }> } }>;
}

describe("every reply", () => {
  it.each([
    ["the API", "/api/v1/session", {}],
    ["a path that does not exist", "/api/v1/nothing", {}],
    ["the reference page", "/docs", {}],
    ["a refused body", "/api/auth/sign-in/email", { method: "POST", headers: { ...json, Origin: ORIGIN }, body: "[" }],
    ["a refused origin", "/api/auth/sign-out", { method: "POST", headers: { Origin: "https://evil.test" } }],
    ["OPTIONS", "/api/v1/session", { method: "OPTIONS" }],
  ])("of %s carries the security headers", async (_title, path, init) => {
    const { headers } = await request(path, init);
    expect(headers.get("Content-Security-Policy")).toBe(CONTENT_SECURITY_POLICY);
    expect(headers.get("Strict-Transport-Security")).toBe("max-age=63072000; includeSubDomains");
    expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
    expect(headers.get("Cross-Origin-Opener-Policy")).toBe("same-origin");
    expect(headers.get("Referrer-Policy")).toBeTruthy();
    expect(headers.get("Permissions-Policy")).toBeTruthy();
    expect(headers.get("Access-Control-Allow-Origin")).toBeNull();
    expect(headers.get("X-Powered-By")).toBeNull();
    if (path.startsWith("/api/")) expect(headers.get("Cache-Control")).toBe("no-store");
  });

  it("of the reference page runs no script and lists the routes", async () => {
    const html = await (await request("/docs")).text();
    expect(html).not.toMatch(/<script|style=|onclick/i);
    expect(html).toContain("/api/v1/backtests/{id}/cancel");
    expect((await request("/docs/style.css")).headers.get("Content-Type")).toMatch(/^text\/css/);
  });

  it("of an error has a type that leads to its section of the reference page, whatever the problem", async () => {
    const html = await (await request("/docs")).text();
    const reply = await request("/api/v1/nothing");
    const { type } = await reply.json<{ type: string }>();
    expect(type).toBe("/docs#problem-not_found");
    for (const code of Object.keys(PROBLEMS) as ProblemCode[]) {
      const shown = problemResponse(new ProblemError({ status: 409, code, detail: "." }), "req_1");
      const [path, anchor] = (await shown.json<{ type: string }>()).type.split("#");
      expect(path).toBe("/docs");
      expect(html.split(`<section id="${anchor}">`), code).toHaveLength(2);
    }
  });

  it("names no schema that the OpenAPI document does not hold, and tells its limits", async () => {
    const document = await (await request("/api/v1/openapi.json")).json<{ openapi: string }>();
    expect(document.openapi).toBe("3.1.0");
    for (const path of ["/api/v1/datasets", "/api/v1/backtests"]) {
      const replies = (document as unknown as Described).paths[path]?.get?.responses ?? {};
      expect(replies["429"]?.headers?.["Retry-After"], path).toBeDefined();
      for (const reply of Object.values(replies)) expect(Object.keys(reply.headers ?? {})).toContain("RateLimit");
    }
    const references = [...JSON.stringify(document).matchAll(/"#\/([^"]+)"/g)].map(([, path]) => path.split("/"));
    for (const path of references) {
      const target = path.reduce<unknown>(
        (node, key) => (node as Record<string, unknown> | undefined)?.[key],
        document,
      );
      expect(target, path.join("/")).toBeDefined();
    }
  });
});

describe("a change", () => {
  const cookie = { Cookie: "apextrade-session=x" };
  it.each([
    ["from another site", { ...json, Origin: "https://evil.test" }],
    ["from a site that only begins like ours", { ...json, Origin: `${ORIGIN}.evil.test` }],
    ["from our host over http", { ...json, Origin: ORIGIN.replace("https", "http") }],
    ["from our host on another port", { ...json, Origin: `${ORIGIN}:8443` }],
    ["from no origin at all", { ...json, Origin: "null" }],
    ["that the browser calls cross-site", { ...json, Origin: ORIGIN, "Sec-Fetch-Site": "cross-site" }],
    ["that the browser calls same-site", { ...json, Origin: ORIGIN, "Sec-Fetch-Site": "same-site" }],
    ["with a cookie and no origin", { ...json, ...cookie }],
    ["as a form", { "Content-Type": "application/x-www-form-urlencoded", Origin: ORIGIN }],
    ["as a multipart form", { "Content-Type": "multipart/form-data; boundary=x", Origin: ORIGIN }],
    ["as plain text", { "Content-Type": "text/plain;application/json", Origin: ORIGIN }],
  ])("S49 %s is refused before anything is read", async (_title, headers) => {
    const reply = await request("/api/auth/sign-out", { method: "POST", headers, body: "{}" });
    expect(reply.status).toBe(403);
  });

  it("S49 cannot be made with the cookie alone", async () => {
    const reply = await request("/api/v1/strategies", {
      method: "POST",
      headers: { ...json, ...cookie, Origin: ORIGIN },
      body: JSON.stringify({ name: "x", document: "y" }),
    });
    expect(reply.status).toBe(401);
  });

  it("S31 cannot set what belongs to the system", async () => {
    const client = await newClient();
    const body = '{"name":"x","document":"y","ownerId":"usr_other","version":7,"__proto__":{"isAdmin":true}}';
    expect((await client.send("POST", "/api/v1/strategies", body)).status).toBe(422);
  });
});

describe("readiness", () => {
  const broken = { head: () => Promise.reject(new Error("out of order")) };

  it("is given while every store answers", async () => {
    const reply = await request("/health/ready");
    expect(reply.status).toBe(200);
    expect(await reply.json()).toMatchObject({ status: "ok" });
  });

  it("names the store that fails, and nothing of why", async () => {
    const bindings = { ...env, BUCKET: Object.assign(Object.create(env.BUCKET), broken) };
    const reply = await request("/health/ready", {}, { bindings });
    expect(reply.status).toBe(503);
    const text = await reply.text();
    expect(JSON.parse(text).checks).toContainEqual(
      expect.objectContaining({ name: "object store", ok: false, error: "error" }),
    );
    expect(text).not.toContain("out of order");
  });

  it("does not wait for a store that never answers", async () => {
    const silent = { head: () => new Promise(() => {}) };
    const bindings = { ...env, BUCKET: Object.assign(Object.create(env.BUCKET), silent) };
    const reply = await request("/health/ready", {}, { bindings });
    expect(reply.status).toBe(503);
    expect(await reply.text()).toContain('"timeout"');
  });
});
