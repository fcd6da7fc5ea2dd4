import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { measureDeployment } from "../jobs/measure-deployment.ts";
import type { Env } from "../platform/env.ts";
import { newClient, request, START_MS } from "../testing/test-client.ts";
import { meter } from "./meter.ts";

beforeEach(() => void meter.take());

describe("a request", () => {
  it("is counted by the pattern of its route and its status, and never by its path", async () => {
    const client = await newClient();
    meter.take();
    await client.send("GET", "/api/v1/bots/bot_of_a_person");
    await request("/api/v1/nothing/secret-path");
    await request("/api/v1/bots");
    const { counts, observations } = meter.take();
    const requests = counts
      .filter(([name]) => name === "http_requests_total")
      .map(([, key]) => key.replaceAll("\t", " "));
    expect(requests.sort()).toEqual(["GET /api/v1/bots 401", "GET /api/v1/bots/{id} 404", "GET none 404"]);
    expect(observations.filter(([name]) => name === "http_request_duration_seconds")).toHaveLength(3);
  });

  it("is answered as ever where metrics can be told to nobody", async () => {
    const METRICS = {
      getByName: () => {
        throw new Error("no such object");
      },
    } as unknown as Env["METRICS"];
    expect((await request("/health/live", {}, { bindings: { ...env, METRICS } })).status).toBe(200);
  });
});

describe("the minute's look at the database", () => {
  it("tells of bots, of what waits and of the kill switch, all by one source", async () => {
    await newClient();
    meter.take();
    await measureDeployment({ ...env, TRADING_HALTED: "true" }, START_MS);
    const { gauges } = meter.take();
    const value = (name: string, key = "") => gauges.find((one) => one[0] === name && one[1] === key)?.[3];
    expect(new Set(gauges.map(([, , source]) => source))).toEqual(new Set(["cron"]));
    expect(value("kill_switch_on")).toBe(1);
    expect(value("active_bots")).toBe(0);
    expect(value("bots", "running")).toBe(0);
    expect(value("queue_depth", "runs")).toBe(0);
    expect(value("queue_oldest_age_seconds", "runs")).toBeNull();
    expect(value("quota_used_ratio", "d1_storage")).toBeGreaterThan(0);
    expect(value("cron_staleness_seconds")).toBe(START_MS / 1_000);
  });
});
