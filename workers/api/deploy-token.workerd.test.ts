import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { meter } from "../metrics/meter.ts";
import type { Env } from "../platform/env.ts";
import { request } from "../testing/test-client.ts";

const TOKEN = "a-token-of-the-program-that-deploys";
const METRICS_TOKEN = "a-token-of-a-program-that-reads-metrics";
const deployed = { id: "00000000-0000-4000-8000-00000000000a", tag: "green-0123456789ab", timestamp: "" };
const bindings: Env = { ...env, DEPLOY_TOKEN: TOKEN, METRICS_TOKEN, DEPLOYED: deployed };
const ask = (method: string, path: string, token?: string, given: Env = bindings) =>
  request(
    path,
    { method, headers: token === undefined ? {} : { Authorization: `Bearer ${token}` } },
    { bindings: given },
  );

describe("the token of the program that deploys", () => {
  it("S30 begins a backup and reads of backups and health, and does nothing else", async () => {
    const begun = await ask("POST", "/api/v1/admin/backups", TOKEN);
    expect(begun.status).toBe(202);
    const { id } = (await begun.json()) as { id: string };
    const { rows } = (await (await ask("GET", "/api/v1/admin/backups", TOKEN)).json()) as { rows: { id: string }[] };
    expect(rows.map((row) => row.id)).toContain(id);
    expect(await (await ask("GET", "/api/v1/admin/health", TOKEN)).json()).toMatchObject({
      version: expect.any(String),
    });
    for (const path of ["/metrics", "/api/v1/admin/users", "/api/v1/admin/switches", "/api/v1/admin/jobs?kind=mail"]) {
      expect((await ask("GET", path, TOKEN)).status, path).toBe(401);
    }
    expect((await ask("POST", "/api/v1/admin/trading", TOKEN)).status).toBe(401);
  });

  it("S44 is taken for no other, and not at all where none or a short one is set", async () => {
    for (const token of [METRICS_TOKEN, `${TOKEN}x`, undefined]) {
      expect((await ask("POST", "/api/v1/admin/backups", token)).status).toBe(401);
    }
    expect((await ask("GET", "/api/v1/admin/health", "short", { ...bindings, DEPLOY_TOKEN: "short" })).status).toBe(
      401,
    );
  });
});

describe("the version that answers", () => {
  it("is told to whoever may read the metrics, and to nobody else", async () => {
    const told = async (token?: string) => (await (await ask("GET", "/health/ready", token)).json()) as object;
    expect(await told(METRICS_TOKEN)).toMatchObject({ version: deployed.id });
    for (const token of [TOKEN, "wrong", undefined]) expect(await told(token)).not.toHaveProperty("version");
  });

  it("is counted by its lane, where it has one", async () => {
    const counted = () =>
      JSON.stringify(meter.take().observations.filter(([name]) => name === "http_version_duration_seconds"));
    counted();
    await ask("GET", "/health/live");
    expect(counted()).toContain("green");
    await ask("GET", "/health/live", undefined, { ...bindings, DEPLOYED: { ...deployed, tag: "by hand" } });
    expect(counted()).toBe("[]");
  });
});
