import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { BUDGETS, type Budget, type Budgets } from "../auth/request-budgets.ts";
import type { Env } from "../platform/env.ts";
import { newId } from "../platform/ids.ts";
import { FAKE_STRATEGIES } from "../testing/fake-strategies.ts";
import { newBrowser, newEmail, PASSWORD } from "../testing/test-browser.ts";
import { newClient, ORIGIN, request, START_MS, testMail } from "../testing/test-client.ts";
import { createApp } from "./app.ts";

/** The product's limits, some of them narrower. */
function limits(changed: { address?: number; reading?: number; changing?: number; expensive?: number }): Budgets {
  const narrow = (budget: Budget, count: number | undefined) => ({ ...budget, count: count ?? 1e6 });
  const { address, hook, principal, tenant } = BUDGETS;
  return {
    address: narrow(address, changed.address),
    hook,
    principal: {
      reading: narrow(principal.reading, changed.reading),
      changing: narrow(principal.changing, changed.changing),
      expensive: narrow(principal.expensive, changed.expensive),
    },
    tenant,
  };
}

const newAddress = () => `test ${newId("usr")}`;

/** One isolate: an app that lives as long as its book of leases, and a clock that the test moves. */
function newIsolate(budgets: Budgets, bindings: Env = env) {
  const clock = { nowMs: START_MS };
  const app = createApp({ now: () => clock.nowMs, strategies: FAKE_STRATEGIES, mail: testMail, budgets });
  return {
    clock,
    async send(path: string, init: RequestInit = {}): Promise<Response> {
      return app.fetch(new Request(`${ORIGIN}${path}`, init), bindings, createExecutionContext());
    },
  };
}

const from = (address: string) => ({ headers: { "CF-Connecting-IP": address } });
const statuses = (replies: Response[], status: number) => replies.filter((reply) => reply.status === status).length;

describe("requests", () => {
  it("S59 of one address beyond its limit are refused, exactly, until the window is over", async () => {
    const isolate = newIsolate(limits({ address: 40 }));
    const address = newAddress();
    const replies = await Promise.all(
      Array.from({ length: 120 }, () => isolate.send("/api/v1/openapi.json", from(address))),
    );
    expect(statuses(replies, 200)).toBe(40);
    expect(statuses(replies, 429)).toBe(80);
    expect((await isolate.send("/api/v1/openapi.json", from(newAddress()))).status).toBe(200);
    isolate.clock.nowMs += 10_000;
    expect((await isolate.send("/api/v1/openapi.json", from(address))).status).toBe(200);
  });

  it("S59 are counted, and their replies kept out of caches, however their paths are spelled", async () => {
    const isolate = newIsolate(limits({ address: 2 }));
    const address = newAddress();
    const spellings = ["/%61pi/v1/openapi.json", "/api/v1/openapi.jso%6e", "/%61%70%69/v1/openapi.json"];
    const replies: Response[] = [];
    for (const path of spellings) replies.push(await isolate.send(path, from(address)));
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 429]);
    for (const reply of replies) expect(reply.headers.get("Cache-Control")).toBe("no-store");
  });

  it("S59 of an IPv6 client are counted by its /64, whichever of its addresses it uses", async () => {
    const isolate = newIsolate(limits({ address: 5 }));
    const prefix = crypto.randomUUID().slice(0, 4);
    const replies: Response[] = [];
    for (let host = 1; host <= 8; host++)
      replies.push(await isolate.send("/api/v1/session", from(`2001:db8:${prefix}:1::${host}`)));
    expect(statuses(replies, 200)).toBe(5);
    expect((await isolate.send("/api/v1/session", from(`2001:db8:${prefix}:2::1`))).status).toBe(200);
  });

  it("S59 of one person are counted together over their sessions, and apart from others", async () => {
    const isolate = newIsolate(limits({ reading: 10 }));
    const [one, other] = [await newClient(), await newClient()];
    const read = (token: string) =>
      isolate.send("/api/v1/datasets", {
        headers: { Authorization: `Bearer ${token}`, ...from(newAddress()).headers },
      });
    const replies = await Promise.all(Array.from({ length: 30 }, () => read(one.token)));
    expect(statuses(replies, 200)).toBe(10);
    expect((await read(other.token)).status).toBe(200);
  });

  it("S59 have budgets of their own for reading, changing and computing", async () => {
    const budgets = limits({ reading: 4, changing: 3, expensive: 2 });
    const client = await newClient({ budgets });
    const code = async (method: string, path: string, times: number) => {
      const found: number[] = [];
      for (let time = 0; time < times; time++) {
        const reply = await client.send(method, path, method === "GET" ? undefined : {});
        found.push(reply.status === 429 ? 429 : 0);
      }
      return found;
    };
    expect(await code("GET", "/api/v1/datasets", 5)).toEqual([0, 0, 0, 0, 429]);
    expect(await code("POST", "/api/v1/strategies", 4)).toEqual([0, 0, 0, 429]);
    expect(await code("POST", "/api/v1/backtests", 3)).toEqual([0, 0, 429]);
    expect(await code("POST", "/api/v1/strategies/preview", 1)).toEqual([429]);
  });

  it("S59 tell in their replies what is left, and a refused one when to come again", async () => {
    const client = await newClient({ budgets: limits({ reading: 2 }) });
    // Others count from other moments where nobody says where from they ask.
    const { headers } = from(newAddress());
    const read = () => client.send("GET", "/api/v1/datasets", undefined, headers);
    const first = await read();
    expect(first.headers.get("RateLimit-Policy")).toBe(
      '"address";q=1000000;w=10, "reading";q=2;w=10, "tenant-reading";q=600;w=10',
    );
    expect(first.headers.get("RateLimit")).toMatch(/^"address";r=\d+;t=10, "reading";r=1;t=10, "tenant-reading";r=599/);
    await read();
    const refused = await read();
    expect(refused.status).toBe(429);
    expect(refused.headers.get("Retry-After")).toBe("10");
    expect(refused.headers.get("RateLimit")).toContain('"reading";r=0;t=10');
    expect(await refused.json()).toMatchObject({ code: "too_many_requests", status: 429 });
  });

  it("S59 of the API all carry the headers, whatever comes of them", async () => {
    for (const path of ["/api/v1/session", "/api/v1/datasets", "/api/v1/nothing", "/api/v1/openapi.json"]) {
      const { headers } = await request(path);
      expect(headers.get("RateLimit-Policy"), path).toMatch(/^"address";q=\d+;w=10/);
      expect(headers.get("RateLimit"), path).toMatch(/^"address";r=\d+;t=\d+/);
    }
  });

  it("are refused by the platform's limit before anything else is asked", async () => {
    const asked: string[] = [];
    const EDGE_LIMIT = {
      async limit({ key }: { key: string }) {
        asked.push(key);
        return { success: false };
      },
    };
    const isolate = newIsolate(BUDGETS, { ...env, EDGE_LIMIT } as unknown as Env);
    const reply = await isolate.send("/api/v1/session", from("203.0.113.77"));
    expect(reply.status).toBe(429);
    expect(reply.headers.get("Retry-After")).toBe("60");
    expect(asked).toEqual(["203.0.113.77"]);
  });
});

describe("a throttle that is out of order", () => {
  const refuse = () => Promise.reject(new Error("out of order"));
  const THROTTLE = { idFromName: () => "id", get: () => ({ fetch: refuse }) };
  const bindings = { ...env, THROTTLE } as unknown as Env;

  it("lets people go on reading and changing", async () => {
    const client = await newClient({ bindings, budgets: BUDGETS });
    const read = await client.send("GET", "/api/v1/datasets");
    expect(read.status).toBe(200);
    expect(read.headers.get("RateLimit")).toBeNull();
    expect((await client.send("POST", "/api/v1/backtests/run_none/cancel", {})).status).toBe(404);
  });

  it("keeps out whoever would guess at a password or start what computes for seconds", async () => {
    const browser = newBrowser({ bindings });
    const body = { email: newEmail(), password: PASSWORD };
    const signIn = await browser.send("POST", "/api/auth/sign-in/email", body);
    expect(signIn.status).toBe(503);
    expect(signIn.headers.get("Retry-After")).toBe("5");
    const client = await newClient({ bindings, budgets: BUDGETS });
    expect((await client.send("POST", "/api/v1/strategies/preview", {})).status).toBe(503);
  });
});
