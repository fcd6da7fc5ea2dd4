import { describe, expect, it } from "vitest";
import { DeploymentClient } from "./deployment-client.ts";
import { askStops, HARD_STOPS, type StopResult } from "./hard-stops.ts";
import { GATES, type Settings } from "./settings.ts";
import { readAudit, readTests } from "./stop/commit-stops.ts";
import { backupAge, certificate, health, monitoring } from "./stop/deployment-stops.ts";
import { budgetFaults, configFaults, limitsSet } from "./stop/limits-stop.ts";
import { rehearsed, rehearsedWith } from "./stop/rehearsal-stop.ts";
import { riskCapFaults, riskCaps } from "./stop/risk-caps-stop.ts";
import { secretsScan } from "./stop/secrets-stop.ts";
import type { StopContext } from "./stop-context.ts";

const NOW = Date.UTC(2026, 0, 10);
const DAY_MS = 86_400_000;
const METRICS = [
  'http_requests_total{route="/"} 5',
  'http_request_duration_seconds_count{route="/"} 5',
  "backup_age_seconds 3600",
].join("\n");

const settings: Settings = {
  ...{
    environment: "production",
    origin: "https://trade.example.org",
    databaseId: "x",
    metricsToken: "m",
    deployToken: "d",
  },
  ...{
    access: {},
    gates: GATES.production,
    lookEveryMs: 1,
    notifyUrl: undefined,
    prometheusUrl: "http://prometheus.test",
  },
  ...{ github: undefined, certificate: undefined, registry: undefined },
};

/** A deployment that answers as it is told. */
class ToldClient extends DeploymentClient {
  readonly told: { ready?: unknown; health?: unknown; metrics?: string };
  constructor(told: ToldClient["told"] = {}) {
    super({ origin: "https://trade.example.org", worker: "w", metricsToken: "m", deployToken: "d" });
    this.told = told;
  }
  override ready() {
    return Promise.resolve(
      ("ready" in this.told ? this.told.ready : { isReady: true, version: "v", failing: [] }) as never,
    );
  }
  override health() {
    return Promise.resolve(
      (this.told.health ?? { dependencies: [{ name: "database", state: "working", note: "" }] }) as never,
    );
  }
  override async metrics() {
    const { readSamples } = await import("./prometheus-samples.ts");
    return readSamples(this.told.metrics ?? METRICS);
  }
}

const RULES = "groups:\n  - rules:\n      - alert: RequestsFailing\n";
const rulesAnswer = (rules: readonly object[]) => async () => Response.json({ data: { groups: [{ rules }] } });
const FILES: Record<string, string> = {
  "ops/prometheus/rules/apextrade.yml": RULES,
  "package-lock.json": JSON.stringify({ packages: { "node_modules/wrangler": { version: "4.0.0", integrity: "i" } } }),
  "ops/deploy/x.ts": "code",
};
const base: StopContext = {
  ...{ settings, commit: "c".repeat(40), tree: "tree", now: () => NOW, client: new ToldClient() },
  fetch: rulesAnswer([{ name: "RequestsFailing", state: "inactive" }]),
  run: async () => ({ code: 0, output: "" }),
  read: (path) => FILES[path],
  changedFiles: () => [],
  deployFiles: () => ["ops/deploy/x.ts"],
  certificateEnd: async () => NOW + 60 * DAY_MS,
};
const ctx = (parts: Partial<StopContext>): StopContext => ({ ...base, ...parts });
const withFile = (path: string, text: string) => ctx({ read: (asked) => (asked === path ? text : FILES[asked]) });
const testsRecord = (tree: string, failed: number) => JSON.stringify({ tree, passed: 9, failed });
const github = { api: "https://api.test", repository: "a/b", token: "t" };
const checks = (runs: readonly object[]) =>
  ctx({ settings: { ...settings, github }, fetch: async () => Response.json({ check_runs: runs }) });
const audit = (code: number, output: unknown) => ctx({ run: async () => ({ code, output: JSON.stringify(output) }) });
const rehearsal = (parts: object) =>
  withFile(
    ".wrangler/deploy/rehearsal.json",
    JSON.stringify({
      at: NOW - DAY_MS,
      tools: rehearsedWith(base.read, base.deployFiles()),
      stopped: { failing: 10 },
      passed: true,
      ...parts,
    }),
  );
const TESTS = ".wrangler/deploy/tests.json";

type Case = readonly [what: string, stop: (ctx: StopContext) => Promise<StopResult>, ctx: StopContext, words: string];

const PASSING: readonly Case[] = [
  ["the tests passed on this tree", readTests, withFile(TESTS, testsRecord("tree", 0)), "9 passed on this very tree"],
  ["GitHub says so", readTests, checks([{ status: "completed", conclusion: "success" }]), "succeeded"],
  ["there are no advisories", readAudit, audit(0, { metadata: { vulnerabilities: {} } }), "no advisory"],
  ["it is rehearsed", rehearsed, rehearsal({}), "stopped failing at 10 %"],
  ["what runs is ready", health, base, "none failing"],
  ["a backup is young", backupAge, base, "1.0 h old"],
  ["the certificate is good for long", certificate, base, "60 days"],
  ["it is watched", monitoring, base, "has all 1 alerts"],
  ["nothing runs yet", health, ctx({ client: undefined }), "first deployment"],
  ["limits are those of the tree", limitsSet, base, "ceilings of risk"],
];

const FAILING: readonly Case[] = [
  ["files beside the commit", readTests, ctx({ changedFiles: () => ["a.ts"] }), "not that of the commit: a.ts"],
  ["no record and no GitHub", readTests, base, "no record"],
  ["the tests of another tree", readTests, withFile(TESTS, testsRecord("another", 0)), "no record"],
  ["tests that failed", readTests, withFile(TESTS, testsRecord("tree", 1)), "no record"],
  ["checks that failed", readTests, checks([{ status: "completed", conclusion: "failure" }]), "is failure"],
  ["checks that run", readTests, checks([{ status: "in_progress", conclusion: null }]), "is in_progress"],
  ["checks that never ran", readTests, checks([]), "has not run"],
  [
    "advisories",
    readAudit,
    audit(1, { metadata: { vulnerabilities: { high: 1 } }, vulnerabilities: { hono: { severity: "high" } } }),
    "hono (high)",
  ],
  [
    "a registry that does not answer",
    readAudit,
    audit(1, { message: "405 Method Not Allowed" }),
    "could not be asked: 405",
  ],
  ["no answer that can be read", readAudit, ctx({ run: async () => ({ code: 0, output: "" }) }), "could not be asked"],
  ["a secret in the tree", secretsScan, ctx({ run: async () => ({ code: 1, output: "found AWS" }) }), "found AWS"],
  ["no rehearsal", rehearsed, base, "never rehearsed"],
  ["a rehearsal that failed", rehearsed, rehearsal({ passed: false }), "failed"],
  ["an old rehearsal", rehearsed, rehearsal({ at: NOW - 31 * DAY_MS }), "31 days ago"],
  ["a rehearsal of other code", rehearsed, rehearsal({ tools: "other" }), "has changed"],
  [
    "a rehearsal with another tool",
    rehearsed,
    rehearsal({
      tools: rehearsedWith(
        (path) => (path === "package-lock.json" ? FILES[path]?.replace("4.0.0", "4.0.1") : FILES[path]),
        base.deployFiles(),
      ),
    }),
    "has changed",
  ],
  ["no answer", health, ctx({ client: new ToldClient({ ready: undefined }) }), "does not answer"],
  [
    "a store that is down",
    health,
    ctx({ client: new ToldClient({ ready: { isReady: false, version: "", failing: ["database"] } }) }),
    "database",
  ],
  [
    "a dependency that fails",
    health,
    ctx({ client: new ToldClient({ health: { dependencies: [{ name: "sidecar", state: "failing", note: "no" }] } }) }),
    "sidecar (no)",
  ],
  ["no backup", backupAge, ctx({ client: new ToldClient({ metrics: "" }) }), "no full backup"],
  [
    "an old backup",
    backupAge,
    ctx({ client: new ToldClient({ metrics: "backup_age_seconds 97200" }) }),
    "27.0 h old, at most 26 h",
  ],
  [
    "a certificate that ends",
    certificate,
    ctx({ certificateEnd: async () => NOW + 13 * DAY_MS }),
    "13 days, 14 must be left",
  ],
  ["no rules", monitoring, withFile("ops/prometheus/rules/apextrade.yml", ""), "no rules"],
  [
    "no metrics",
    monitoring,
    ctx({ client: new ToldClient({ metrics: "x 1" }) }),
    "says nothing of http_requests_total",
  ],
  [
    "no Prometheus",
    monitoring,
    ctx({ settings: { ...settings, prometheusUrl: undefined } }),
    "PROMETHEUS_URL is not set",
  ],
  ["a Prometheus without our rules", monitoring, ctx({ fetch: rulesAnswer([]) }), "lacks the rules RequestsFailing"],
  [
    "an alert that rings",
    monitoring,
    ctx({ fetch: rulesAnswer([{ name: "RequestsFailing", state: "firing", labels: { severity: "critical" } }]) }),
    "ring: RequestsFailing",
  ],
  [
    "a simulator that finds a way",
    riskCaps,
    ctx({ run: async () => ({ code: 1, output: "seed 3: cap passed" }) }),
    "seed 3",
  ],
];

describe("the hard stops", () => {
  it("are ten, and no option of the command passes one over", async () => {
    const { readDeployOptions } = await import("./deploy-options.ts");
    expect(HARD_STOPS).toHaveLength(10);
    for (const option of ["--force", "--skip", "--accept", "--no-stops"]) {
      expect(() => readDeployOptions(["--env", "staging", option])).toThrow(/usage/);
    }
  });

  it.each(PASSING)("let through where %s", async (_, stop, given, words) => {
    expect(await stop(given)).toMatchObject({ passed: true, words: expect.stringContaining(words) });
  });

  it.each(FAILING)("stop for %s, and say what to do", async (_, stop, given, words) => {
    const result = await stop(given);
    expect(result).toMatchObject({ passed: false, words: expect.stringContaining(words) });
    if (!result.passed) expect(result.todo.length).toBeGreaterThan(10);
  });

  it("are all asked, and one that throws has failed", async () => {
    const broken = { name: "broken", check: () => Promise.reject(new Error("no network")) };
    const fine = { name: "fine", check: async () => ({ passed: true, words: "" }) as const };
    const reports = await askStops(base, () => undefined, [broken, fine]);
    expect(reports.map(({ result }) => result.passed)).toEqual([false, true]);
    expect(reports[0]?.result.words).toContain("no network");
  });
});

describe("limits", () => {
  const limit = (namespace_id: string, most = 6_000) => ({
    name: "EDGE_LIMIT",
    namespace_id,
    simple: { limit: most, period: 60 },
  });
  const good = {
    limits: { cpu_ms: 30_000 },
    ratelimits: [limit("1")],
    queues: { consumers: [{ queue: "a", max_retries: 1 }] },
  };
  it.each([
    [{ ...good, limits: undefined }, "limits.cpu_ms"],
    [{ ...good, ratelimits: [] }, "EDGE_LIMIT must be at most"],
    [{ ...good, ratelimits: [limit("1", 60_000)] }, "EDGE_LIMIT must be at most"],
    [{ ...good, ratelimits: [limit("2")] }, "2 is shared"],
    [{ ...good, queues: { consumers: [{ queue: "a" }] } }, "the queue a must say"],
  ])("that are missing, too wide or shared are told (%#)", (own, words) => {
    expect(configFaults(own, [own, { ...good, ratelimits: [limit("2")] }]).join()).toContain(words);
    expect(configFaults(good, [good])).toEqual([]);
  });

  it("of requests are numbers in a time", () => {
    const budget = { policy: "reading", count: 300, windowMs: 60_000 };
    expect(budgetFaults([budget])).toEqual([]);
    expect(budgetFaults([{ ...budget, count: Number.POSITIVE_INFINITY }])).toHaveLength(1);
  });
});

describe("what keeps risk caps from being bypassed", () => {
  const desk = "this.gate.judge(main); await certain(this.broker.place(order, maySend));";
  const sources: Record<string, string> = {
    "workers/account/desk.ts": desk,
    "workers/account/desk-replace.ts": "await certain(broker.replace(id))",
    "workers/brokers/live-broker.ts": "this.parts.client.place(order)",
  };
  const faultsOf = (changed: Record<string, string>) => {
    const all = { ...sources, ...changed };
    return riskCapFaults(Object.keys(all), (path) => all[path] ?? "").join();
  };

  it("is found whole where one place sends, behind the gate", () => {
    expect(faultsOf({})).toBe("");
  });

  it.each<[string, Record<string, string>, string]>([
    [
      "a route that sends an order itself",
      { "workers/api/x.ts": "await broker.place(order)" },
      "was in workers/account/desk.ts, workers/api/x.ts",
    ],
    [
      "a bot that calls a venue's client",
      { "workers/bot/x.ts": "parts.client.place(order)" },
      "workers/bot/x.ts calls a venue's client",
    ],
    [
      "a desk that does not ask the gate",
      { "workers/account/desk.ts": desk.replace("gate.judge", "gate.see") },
      "must ask the gate",
    ],
    ["an order changed elsewhere", { "workers/bot/x.ts": "broker.replace(id)" }, "an order is changed must stand once"],
  ])("is found broken by %s", (_, changed, words) => {
    expect(faultsOf(changed)).toContain(words);
  });
});
