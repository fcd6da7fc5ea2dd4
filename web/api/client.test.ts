import { expect, test } from "vitest";
import { ApiError } from "./api-error.ts";
import { addressOf, createClient } from "./client.ts";

interface Call {
  readonly url: string;
  readonly init: RequestInit;
}

/** A server that answers the given replies in turn, and tokens at any time. */
function clientOf(replies: readonly (() => Response | never)[], options: { tokenLifeMs?: number } = {}) {
  const calls: Call[] = [];
  const waits: number[] = [];
  const seen = { tokens: 0, sessionOver: 0 };
  const clock = { nowMs: 1_000_000 };
  let next = 0;
  const client = createClient({
    async fetch(url, init) {
      if (url.endsWith("/session/token")) {
        seen.tokens++;
        return json({ token: `t${seen.tokens}`, expiresAt: clock.nowMs + (options.tokenLifeMs ?? 900_000) });
      }
      calls.push({ url, init });
      const reply = replies[next++];
      if (reply === undefined) throw new Error("one request more than expected");
      return reply();
    },
    now: () => clock.nowMs,
    async wait(delayMs) {
      waits.push(delayMs);
    },
    onSessionOver: () => {
      seen.sessionOver++;
    },
  });
  return { client, calls, waits, seen, clock };
}

const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json", ...headers } });
const problem = (status: number, code: string) =>
  json({ type: "about:blank", title: "Title", status, code, detail: "What happened." }, status);
const authorization = (call: Call) => new Headers(call.init.headers).get("authorization");

test("a token is fetched once and used until it is nearly over", async () => {
  const { client, calls, seen, clock } = clientOf([() => json(1), () => json(2), () => json(3)]);
  await Promise.all([client.request("/a"), client.request("/b")]);
  clock.nowMs += 880_000;
  await client.request("/c");
  expect(seen.tokens).toBe(2);
  expect(calls.map(authorization)).toEqual(["Bearer t1", "Bearer t1", "Bearer t2"]);
});

test("a token that was revoked is replaced once, and the request goes through", async () => {
  const { client, calls, seen } = clientOf([() => problem(401, "unauthorized"), () => json({ ok: true })]);
  expect(await client.request("/a")).toEqual({ ok: true });
  expect(calls.map(authorization)).toEqual(["Bearer t1", "Bearer t2"]);
  expect(seen.sessionOver).toBe(0);
});

test("a token that is asked for while the session gets a new id is one of the new session", async () => {
  const { client, calls, seen } = clientOf([() => json("read")]);
  let reading: Promise<unknown> | undefined;
  const before = await client.renewing(async (token) => {
    reading = client.request("/a");
    await new Promise((done) => setTimeout(done));
    expect({ calls: calls.length, tokens: seen.tokens }).toEqual({ calls: 0, tokens: 1 });
    return token;
  });
  expect([before, await reading]).toEqual(["t1", "read"]);
  expect(calls.map(authorization)).toEqual(["Bearer t2"]);
});

test("a renewal that fails lets those who waited go on", async () => {
  const { client } = clientOf([() => json("read")]);
  const refused = client.renewing(() => Promise.reject(new TypeError("refused")));
  const reading = client.request("/a");
  await expect(refused).rejects.toThrow("refused");
  expect(await reading).toBe("read");
});

test("a request is given up while it waits for a renewal that hangs, and the others wait on", async () => {
  const { client, calls } = clientOf([() => json("read")]);
  const proof = Promise.withResolvers<void>();
  const renewing = client.renewing(() => proof.promise);
  const leaving = new AbortController();
  const left = client.request("/left", { signal: leaving.signal });
  const reading = client.request("/a");
  leaving.abort();
  await expect(left).rejects.toMatchObject({ name: "AbortError" });
  const timedOut = AbortSignal.abort(new DOMException("too long", "TimeoutError"));
  await expect(client.request("/late", { signal: timedOut })).rejects.toMatchObject({ code: "offline" });
  proof.resolve();
  await renewing;
  expect(await reading).toBe("read");
  expect(calls.map(({ url }) => url)).toEqual(["/api/v1/a"]);
});

test("a request whose time is over is not repeated", async () => {
  const time = new AbortController();
  const { client, calls, waits } = clientOf([
    () => {
      time.abort(new DOMException("too long", "TimeoutError"));
      throw time.signal.reason;
    },
  ]);
  await expect(client.request("/a", { signal: time.signal })).rejects.toMatchObject({ code: "offline" });
  expect({ calls: calls.length, waits }).toEqual({ calls: 1, waits: [] });
});

test("renewals run one after another, each with a token of the session that the one before it left", async () => {
  const { client, calls } = clientOf([() => json("read")]);
  const told: string[] = [];
  const ends = [0, 1, 2].map(() => Promise.withResolvers<void>());
  const renewals = ends.map(({ promise }, place) =>
    client.renewing(async (token) => {
      told.push(`${place} begins with ${token}`);
      await promise;
      told.push(`${place} ends`);
    }),
  );
  const reading = client.request("/a");
  // The last may end first: it has to wait for its turn all the same.
  for (const { resolve } of ends.toReversed()) {
    await new Promise((done) => setTimeout(done));
    expect(told).toEqual(["0 begins with t1"]);
    resolve();
  }
  await Promise.all(renewals);
  expect(told).toEqual([0, 1, 2].flatMap((place) => [`${place} begins with t${place + 1}`, `${place} ends`]));
  expect(await reading).toBe("read");
  expect(calls).toHaveLength(1);
});

test("a token refused twice means signed out", async () => {
  const { client, seen } = clientOf([() => problem(401, "unauthorized"), () => problem(401, "unauthorized")]);
  await expect(client.request("/a")).rejects.toMatchObject({ status: 401 });
  expect(seen.sessionOver).toBe(1);
});

test("a look at another's account that has ended is told to the page, which asks anew what the session shows", async () => {
  const { client, seen } = clientOf([() => problem(403, "view_ended")]);
  await expect(client.request("/a")).rejects.toMatchObject({ code: "view_ended" });
  expect(seen.sessionOver).toBe(1);
});

test("reading is repeated when the server is away, with growing pauses, and then told", async () => {
  const offline = () => {
    throw new TypeError("network");
  };
  const { client, calls, waits } = clientOf([offline, () => problem(503, "busy"), () => json("there")]);
  expect(await client.request("/a")).toBe("there");
  expect(calls).toHaveLength(3);
  expect(waits[1]).toBeGreaterThan(waits[0]);
  const away = clientOf([offline, offline, offline]);
  await expect(away.client.request("/a")).rejects.toMatchObject({ code: "offline", status: 0 });
});

test("a change is sent once, unless it carries a key that makes repeating safe", async () => {
  const once = clientOf([() => problem(503, "busy")]);
  await expect(once.client.request("/a", { method: "POST", body: {} })).rejects.toBeInstanceOf(ApiError);
  expect(once.calls).toHaveLength(1);
  const keyed = clientOf([() => problem(503, "busy"), () => json({ id: "r1" })]);
  expect(await keyed.client.request("/a", { method: "POST", body: {}, idempotencyKey: "k" })).toEqual({ id: "r1" });
  const keys = keyed.calls.map((call) => new Headers(call.init.headers).get("idempotency-key"));
  expect(keys).toEqual(["k", "k"]);
});

test("the pause that the server asks for is kept, and a long one is told instead of waited for", async () => {
  const short = clientOf([() => json({}, 429, { "retry-after": "2" }), () => json("ok")]);
  await short.client.request("/a");
  expect(short.waits).toEqual([2_000]);
  const long = clientOf([() => json({}, 429, { "retry-after": "60" })]);
  await expect(long.client.request("/a")).rejects.toMatchObject({ status: 429 });
  expect(long.waits).toEqual([]);
});

test("a mistake in the request is never repeated, and its problem document is kept whole", async () => {
  const issues = [{ field: "settings.cash", rule: "must be greater than 0", value: "0" }];
  const body = { type: "about:blank", title: "Invalid", status: 422, code: "invalid", detail: "Not valid.", issues };
  const { client, calls } = clientOf([() => json(body, 422, { "content-type": "application/problem+json" })]);
  await expect(client.request("/a")).rejects.toMatchObject({ code: "invalid", message: "Not valid.", issues });
  expect(calls).toHaveLength(1);
});

test("a reply that is no problem document still says what the status was", async () => {
  const { client } = clientOf([() => new Response("<html>", { status: 500, statusText: "Internal Server Error" })]);
  await expect(client.request("/a")).rejects.toThrow(/500/);
});

test("values of a query that are not set are left out of the address", () => {
  expect(addressOf("/a", { from: undefined, limit: 5, ids: ["x", "y"] })).toBe("/api/v1/a?limit=5&ids=x%2Cy");
});
