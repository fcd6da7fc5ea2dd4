import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { CspEvaluator } from "csp_evaluator/dist/evaluator.js";
import { Severity } from "csp_evaluator/dist/finding.js";
import { CspParser } from "csp_evaluator/dist/parser.js";
import { beforeAll, describe, expect, it } from "vitest";
import { ACCESS } from "../auth/access-matrix.ts";
import { FAKE_STRATEGIES } from "../testing/fake-strategies.ts";
import { ROOMY_BUDGETS } from "../testing/roomy-budgets.ts";
import { newBrowser, newSignedIn } from "../testing/test-browser.ts";
import { newClient, ORIGIN, request, START_MS, type TestClient, testMail } from "../testing/test-client.ts";
import { withTestQueue } from "../testing/test-queue.ts";
import { createApp } from "./app.ts";
import { localRoutes, MAILBOX_PATH } from "./local-routes.tsx";

const assetHeaders = {
  "Content-Type": "text/html",
  Server: "assets",
  "X-Powered-By": "files",
  "X-Frame-Options": "ALL",
};
const ASSETS = { fetch: async () => new Response("<!doctype html>", { headers: assetHeaders }) } as unknown as Fetcher;
const bindings = { ...withTestQueue().bindings, ASSETS };

let client: TestClient;
beforeAll(async () => {
  client = await newClient({ bindings });
});

const routes = Object.keys(ACCESS).map((name) => {
  const [method = "", path = ""] = name.split(" ");
  return { name, method, path: path.replace("{id}", "none").replace("{part}", "overview") };
});

/** One reply of each route, sent as its owner would, with a body that says nothing. */
function replyOf({ method, path }: { method: string; path: string }): Promise<Response> {
  const headers: Record<string, string> = path.endsWith("/import")
    ? { "Content-Type": "application/octet-stream" }
    : {};
  return client.send(method, path, method === "GET" ? undefined : "{}", headers);
}

/** What the design asks of every reply, whatever it is about. */
function expectHardened({ headers }: Response, what: string): void {
  const [, seconds] = /^max-age=(\d+); includeSubDomains$/.exec(headers.get("Strict-Transport-Security") ?? "") ?? [];
  expect(Number(seconds), what).toBeGreaterThanOrEqual(63_072_000);
  expect(headers.get("X-Content-Type-Options"), what).toBe("nosniff");
  expect(headers.get("X-Frame-Options"), what).toBe("DENY");
  expect(headers.get("Referrer-Policy"), what).toBe("strict-origin-when-cross-origin");
  expect(headers.get("Cross-Origin-Opener-Policy"), what).toBe("same-origin");
  expect(headers.get("Cross-Origin-Resource-Policy"), what).toBe("same-origin");
  expect(headers.get("Permissions-Policy"), what).toContain("camera=()");
  expect(headers.get("Content-Security-Policy"), what).toContain("default-src 'none'");
  expect(headers.get("X-Request-Id"), what).toMatch(/^req_\w+$/);
  for (const name of ["Server", "X-Powered-By"]) expect(headers.get(name), `${what}: ${name}`).toBeNull();
}

describe("every reply", () => {
  it("S47 of every route carries the security headers, and S50 of the API is stored nowhere", async () => {
    for (const route of routes) {
      const reply = await replyOf(route);
      await reply.arrayBuffer();
      expect(reply.status, route.name).toBeLessThan(500);
      expectHardened(reply, route.name);
      if (route.path.startsWith("/api/")) expect(reply.headers.get("Cache-Control"), route.name).toBe("no-store");
    }
  });

  it.each([
    ["a page", "GET", "/backtests", 200],
    ["a path of the API that does not exist", "GET", "/api/v1/nothing", 404],
    ["a method that a path does not have", "DELETE", "/api/v1/session", 405],
    ["a method that nobody knows", "PROPFIND", "/backtests", 405],
    ["OPTIONS", "OPTIONS", "/api/v1/session", 204],
    ["OPTIONS of a page", "OPTIONS", "/backtests", 204],
    ["HEAD", "HEAD", "/health/live", 200],
    ["a refused origin", "POST", "/api/auth/sign-out", 403],
  ])("S47 of %s carries the security headers", async (what, method, path, status) => {
    const headers = { Origin: status === 403 ? "https://evil.test" : ORIGIN };
    const reply = await request(path, { method, headers }, { bindings });
    expect(reply.status).toBe(status);
    expectHardened(reply, what);
  });

  it("S47 of a failure of ours carries the security headers", async () => {
    const failing = { fetch: () => Promise.reject(new Error("no such file: /srv/web/dist")) } as unknown as Fetcher;
    const reply = await request("/backtests", {}, { bindings: { ...env, ASSETS: failing } });
    expect(reply.status).toBe(500);
    expectHardened(reply, "500");
    expect(await reply.text()).not.toContain("/srv");
  });

  it.each(["/", "/backtests/x", "/docs", "/nothing.html", MAILBOX_PATH])(
    "S46 of the page %s has a policy in which the evaluator finds nothing of weight",
    async (path) => {
      const local = { mailboxUrl: MAILBOX_PATH, routes: localRoutes };
      const reply = await request(path, {}, { bindings, local });
      expect(reply.headers.get("Content-Type")).toMatch(/^text\/html/);
      const policy = reply.headers.get("Content-Security-Policy") ?? "";
      const findings = new CspEvaluator(new CspParser(policy).csp).evaluate();
      // 'self' is asked about because a site may host files of others; this one hosts none.
      const weighty = findings.filter(({ severity }) => severity <= Severity.SYNTAX);
      expect(weighty).toEqual([]);
      for (const directive of ["object-src", "base-uri", "frame-ancestors"])
        expect(policy).toContain(`${directive} 'none'`);
      expect(policy).toContain("form-action 'self'");
      expect(policy).not.toMatch(/unsafe-|\*|http:/);
      expect(await reply.text()).not.toMatch(/<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=/i);
    },
  );

  it("tells the character set of every reply of text", async () => {
    const { rows } = await client.json<{ rows: { id: string }[] }>("GET", "/api/v1/datasets");
    const files = [`/api/v1/datasets/${rows[0].id}/export?format=csv`, "/api/v1/audit.jsonl"];
    const paths = [
      ...files,
      "/docs",
      "/docs/style.css",
      ...routes.filter(({ method }) => method === "GET").map(({ path }) => path),
    ];
    for (const path of paths) {
      const reply = await client.send("GET", path);
      await reply.body?.cancel();
      const type = reply.headers.get("Content-Type") ?? "";
      expect(type, path).toMatch(/^(text\/\w+|application\/jsonl); charset=utf-8$|^application\/(problem\+)?json$/i);
    }
  });

  it("S50 at the end of a session tells the browser to forget what it kept", async () => {
    const { browser } = await newSignedIn(newBrowser({ bindings }));
    const reply = await browser.send("POST", "/api/auth/sign-out");
    expect(reply.status).toBe(204);
    expect(reply.headers.get("Clear-Site-Data")).toContain('"cache"');
    expect(reply.headers.get("Cache-Control")).toBe("no-store");
  });
});

describe("a method", () => {
  it("S68 that a path does not have is answered 405 with those it has", async () => {
    const reply = await request("/api/v1/strategies/x", { method: "PUT" });
    expect(reply.status).toBe(405);
    expect(reply.headers.get("Allow")).toBe("GET, HEAD, PATCH, DELETE, OPTIONS");
    expect(await reply.json()).toMatchObject({ code: "method_not_allowed", status: 405 });
  });

  it("S68 is answered on every path only where the path says so", async () => {
    for (const { name, method, path } of routes) {
      const allowed = (await request(path, { method: "OPTIONS" })).headers.get("Allow")?.split(", ") ?? [];
      expect(allowed, name).toContain(method);
      for (const other of ["GET", "POST", "PUT", "PATCH", "DELETE", "PROPFIND", "MKCOL"]) {
        if (allowed.includes(other)) continue;
        const reply = await request(path, { method: other });
        expect(reply.status, `${other} ${path}`).toBe(405);
        expect(reply.headers.get("Allow"), `${other} ${path}`).toBe(allowed.join(", "));
      }
    }
  });

  it("S68 TRACE is refused everywhere, as far as it reaches us", async () => {
    // The runtime makes no such request; what a server hands in is told by its method alone.
    const dependencies = { now: () => START_MS, strategies: FAKE_STRATEGIES, mail: testMail };
    const app = createApp({ ...dependencies, budgets: ROOMY_BUDGETS });
    for (const path of ["/", "/api/v1/session", "/docs", "/health"]) {
      const traced = new Proxy(new Request(`${ORIGIN}${path}`), {
        get: (target, name) => (name === "method" ? "TRACE" : bound(Reflect.get(target, name), target)),
      });
      expect((await app.fetch(traced, bindings, createExecutionContext())).status, path).toBe(405);
    }
  });

  it("S68 of no path opens what only a local server has", async () => {
    for (const path of [MAILBOX_PATH, `${MAILBOX_PATH}.json`, `${MAILBOX_PATH}.css`]) {
      expect(await (await request(path, {}, { bindings })).text(), path).toBe("<!doctype html>");
    }
  });

  it("S68 finds no reference where it is closed", async () => {
    const closed = { bindings: { ...bindings, DOCS: "false" } };
    for (const path of ["/docs", "/%64ocs", "/docs/style.css", "/api/v1/openapi.json", "/%61pi/v1/openapi.json"]) {
      expect((await request(path, {}, closed)).status, path).toBe(404);
      expect((await request(path, {}, { bindings })).status, path).toBe(200);
    }
  });
});

function bound(value: unknown, target: object): unknown {
  return typeof value === "function" ? value.bind(target) : value;
}

describe("reading", () => {
  it("S49 changes nothing: every GET route twice leaves the database as it was", async () => {
    const reader = await newClient({ bindings });
    const before = await databaseDigest();
    for (let round = 0; round < 2; round++) {
      for (const { method, path } of routes) {
        if (method !== "GET") continue;
        const reply = await reader.send("GET", path);
        await reply.arrayBuffer();
      }
    }
    expect(await databaseDigest()).toBe(before);
  });
});

/** Every row of every table, as one text. */
async function databaseDigest(): Promise<string> {
  const listed = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'",
  ).all<{ name: string }>();
  const tables = listed.results.map(({ name }) => name).sort();
  const rows = await Promise.all(tables.map((name) => env.DB.prepare(`SELECT * FROM "${name}"`).all()));
  expect(tables.length).toBeGreaterThan(10);
  return JSON.stringify(rows.map(({ results }, index) => [tables[index], results]));
}
