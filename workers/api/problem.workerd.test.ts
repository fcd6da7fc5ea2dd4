import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Problem } from "../../schema/wire/primitive.ts";
import { newClient, ORIGIN, request } from "../testing/test-client.ts";

async function problemOf(reply: Response): Promise<Problem> {
  expect(reply.headers.get("Content-Type")).toBe("application/problem+json");
  return Problem.parse(await reply.json());
}

const json = { "Content-Type": "application/json", Origin: ORIGIN };

describe("a refused request", () => {
  it("names each field, its rule and the value that broke it", async () => {
    const client = await newClient();
    const settings = {
      datasetIds: [],
      timeframe: "7m",
      cash: "zero",
      fees: { maker: 0.001, taker: 2 },
      strategy: { kind: "library", id: "noop" },
      surprise: 1,
    };
    const reply = await client.send("POST", "/api/v1/backtests", { settings });
    expect(reply.status).toBe(422);
    const { issues } = await problemOf(reply);
    expect(issues).toContainEqual({ field: "settings.datasetIds", rule: "must be a list of at least 1", value: [] });
    expect(issues).toContainEqual({ field: "settings.fees.taker", rule: "must be at most 0.1", value: 2 });
    expect(issues).toContainEqual({ field: "settings.surprise", rule: "is not a known field" });
    expect(issues?.find((issue) => issue.field === "settings.timeframe")?.rule).toMatch(/^must be one of 1m, 3m/);
    expect(issues?.find((issue) => issue.field === "settings.cash")?.rule).toMatch(/^must be a decimal number/);
  });

  it.each([
    ["a route that does not exist", "/api/v1/nothing", {}, 404, "not_found"],
    ["no token", "/api/v1/datasets", {}, 401, "unauthorized"],
    ["a token that is none", "/api/v1/datasets", { headers: { Authorization: "Bearer x" } }, 401, "unauthorized"],
    [
      "a scheme that is not bearer",
      "/api/v1/datasets",
      { headers: { Authorization: "Basic eDp5" } },
      401,
      "unauthorized",
    ],
    ["text that is not JSON", "/api/auth/sign-in/email", { method: "POST", headers: json, body: "{" }, 400, "not_json"],
    ["no body", "/api/auth/sign-in/email", { method: "POST", headers: { Origin: ORIGIN } }, 422, "invalid"],
  ])("with %s is answered with a problem document", async (_title, path, init, status, code) => {
    const reply = await request(path, init);
    expect(reply.status).toBe(status);
    const problem = await problemOf(reply);
    expect(problem).toMatchObject({ status, code });
    expect(problem.requestId).toBe(reply.headers.get("X-Request-Id"));
  });

  it.each([
    ["256 KiB and one byte", sized(256 * 1024 + 1), 413],
    ["a mebibyte of brackets", "[".repeat(1024 * 1024), 413],
    ["as many brackets as a body may have", "[".repeat(256 * 1024), 422],
    ["21 levels", `${"[".repeat(21)}${"]".repeat(21)}`, 422],
    ["a string of 20,001 characters", JSON.stringify({ email: "a".repeat(20_001) }), 422],
    ["a key of 20,001 characters", JSON.stringify({ ["a".repeat(20_001)]: 1 }), 422],
    ["20,001 escaped characters", `{"email":"${"\\u0041".repeat(20_001)}"}`, 422],
    ["1,001 keys", JSON.stringify(Object.fromEntries(Array.from({ length: 1_001 }, (_, key) => [key, 1]))), 422],
    ["bytes that are not UTF-8", new Uint8Array([0x22, 0xff, 0x22]), 400],
  ])("S56 with a body of %s is refused within 100 ms, before anything reads it", async (_title, body, status) => {
    const times: number[] = [];
    for (let round = 0; round < 3; round++) {
      const started = performance.now();
      const reply = await request("/api/auth/sign-in/email", { method: "POST", headers: json, body });
      times.push(performance.now() - started);
      expect(reply.status).toBe(status);
      await problemOf(reply);
    }
    // The fastest tells of the product, the others of what else the machine does.
    expect(Math.min(...times)).toBeLessThan(100);
  });

  it("S56 may fill each bound: size, depth, keys and length of a string", async () => {
    const long = JSON.stringify({ name: '"'.repeat(20_000) });
    const bodies = [
      sized(256 * 1024),
      `${"[".repeat(20)}${"]".repeat(20)}`,
      JSON.stringify(Object.fromEntries(Array.from({ length: 1_000 }, (_, key) => [key, 1]))),
      long,
    ];
    for (const body of bodies) {
      const reply = await request("/api/auth/sign-in/email", { method: "POST", headers: json, body });
      // The schema finds its own faults: the bounds let it come that far.
      expect((await problemOf(reply)).detail).not.toMatch(/The body must/);
    }
  });

  it.each(["backtests", "audit"])("S56 for 201 rows of %s is refused", async (list) => {
    const client = await newClient();
    expect((await client.send("GET", `/api/v1/${list}?limit=200`)).status).toBe(200);
    expect((await client.send("GET", `/api/v1/${list}?limit=201`)).status).toBe(422);
  });

  it("S63 never tells what failed inside, only a request id", async () => {
    const client = await newClient({ strategies: broken });
    const reply = await client.send("GET", "/api/v1/strategies/library");
    expect(reply.status).toBe(500);
    const text = await reply.text();
    expect(text).not.toMatch(/secret detail|\.ts|at /);
    expect(text).toContain(reply.headers.get("X-Request-Id"));
  });
});

describe("a refusal", () => {
  const lines: Record<string, unknown>[] = [];
  beforeEach(() => {
    lines.length = 0;
    vi.spyOn(console, "warn").mockImplementation((line: string) => void lines.push(JSON.parse(line)));
  });
  afterEach(() => void vi.restoreAllMocks());

  it("S65 is written to the log with who was refused what", async () => {
    const client = await newClient();
    const path = "/api/v1/admin/users";
    const reply = await client.send("GET", path);
    expect(reply.status).toBe(403);
    const requestId = reply.headers.get("X-Request-Id");
    expect(lines).toEqual([
      {
        event: "request_refused",
        level: "warning",
        requestId,
        path,
        name: "role",
        id: client.userId,
        ownerId: client.userId,
      },
    ]);
  });

  it("S65 at the door is written to the log without what was sent", async () => {
    const body = JSON.stringify({ email: "nobody.here@example.org", password: "not the password 1" });
    const foreign = { "Content-Type": "application/json", Origin: "https://evil.test" };
    for (const headers of [json, foreign]) await request("/api/auth/sign-in/email", { method: "POST", headers, body });
    const path = "/api/auth/sign-in/email";
    expect(lines).toEqual([
      { event: "request_refused", level: "warning", requestId: expect.any(String), path, name: "unauthorized" },
      { event: "request_refused", level: "warning", requestId: expect.any(String), path, name: "foreign origin" },
    ]);
    expect(JSON.stringify(lines)).not.toMatch(/nobody|password|evil/);
  });

  it("that every page meets once its token is old makes no line", async () => {
    expect((await request("/api/v1/datasets")).status).toBe(401);
    expect(lines).toEqual([]);
  });
});
/** A JSON body of so many bytes in strings that are not too long. */
function sized(bytes: number): string {
  const text = JSON.stringify({ list: new Array(20).fill("a".repeat(13_000)) });
  return text + " ".repeat(bytes - text.length);
}

const broken = {
  get library(): never {
    throw new Error("secret detail");
  },
  words: [],
  find: () => undefined,
  check: () => ({ diagnostics: [], parameters: [], warmup: null }),
  compile: (): never => {
    throw new Error("secret detail");
  },
};
