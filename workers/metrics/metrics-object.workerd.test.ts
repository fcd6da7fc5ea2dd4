import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { Env } from "../platform/env.ts";
import { newClient, request } from "../testing/test-client.ts";
import type { MetricBatch } from "./metric-batch.ts";

const TOKEN = "a-token-of-a-program-that-reads-metrics";
const bindings: Env = { ...env, METRICS_TOKEN: TOKEN };
let names = 0;

function object() {
  return env.METRICS.getByName(`test-${++names}`);
}

function trades(sequence: number, value: number): MetricBatch {
  const none = { observations: [], gauges: [] };
  return { isolate: "one", sequence, counts: [["trades_executed_total", "SIM", value]], ...none };
}

const read = (headers: Record<string, string>, given: Env = bindings) =>
  request("/metrics", { headers }, { bindings: given });

describe("the object that sums up what all isolates count", () => {
  it("shows after its eviction what it showed before, so that no counter goes back", async () => {
    const metrics = object();
    await metrics.take(trades(1, 7));
    const before = await metrics.text();
    expect(before).toContain('trades_executed_total{venue="SIM"} 7\n');
    await evictDurableObject(metrics);
    expect(await metrics.text()).toBe(before);
    await metrics.take(trades(1, 7));
    await metrics.take(trades(2, 1));
    expect(await metrics.text()).toContain('trades_executed_total{venue="SIM"} 8\n');
  });

  it("refuses a flush that is not well formed", async () => {
    const metrics = object();
    expect(await metrics.take({ ...trades(1, 1), sequence: -1 })).toBe("refused");
    expect(await metrics.text()).toContain('trades_executed_total{venue="SIM"} 0\n');
  });
});

describe("GET /metrics", () => {
  it("S30 is for administrators and for the token, and for nobody else", async () => {
    const trader = await newClient();
    const administrator = await newClient({}, { role: "administrator" });
    expect((await read({ Authorization: `Bearer ${TOKEN}` })).status).toBe(200);
    expect((await administrator.send("GET", "/metrics")).status).toBe(200);
    expect((await trader.send("GET", "/metrics")).status).toBe(403);
    expect((await read({})).status).toBe(401);
  });

  it("S44 takes no other token, and none at all where none or a short one is set", async () => {
    for (const shown of [`${TOKEN}x`, TOKEN.slice(0, -1), TOKEN.toUpperCase(), "", "undefined"]) {
      expect((await read({ Authorization: `Bearer ${shown}` })).status, shown).toBe(401);
    }
    expect((await read({ Authorization: "Bearer short" }, { ...env, METRICS_TOKEN: "short" })).status).toBe(401);
    expect((await read({ Authorization: "Bearer undefined" }, env)).status).toBe(401);
  });

  it("is text that Prometheus reads and nobody stores", async () => {
    const reply = await read({ Authorization: `Bearer ${TOKEN}` });
    expect(reply.headers.get("Content-Type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(reply.headers.get("Cache-Control")).toBe("no-store");
    expect(await reply.text()).toMatch(/^# HELP \w+ .+\n# TYPE \w+ counter\n/);
  });
});
