import { describe, expect, it } from "vitest";
import { nodeModule } from "../testing/node-module.ts";
import { Meter } from "./meter.ts";
import { METRIC_NAMES, METRICS } from "./metric-catalogue.ts";
import { MetricStore } from "./metric-store.ts";
import { prometheusText } from "./prometheus-text.ts";
import { allKeys } from "./series-key.ts";

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const { spawnSync } = await nodeModule<{
  spawnSync(command: string, args: readonly string[], options?: object): Ended;
}>("node:child_process");
const { readdirSync, readFileSync } = await nodeModule<{
  readdirSync(path: string): string[];
  readFileSync(path: string, encoding: "utf8"): string;
}>("node:fs");

/** Tests run at the root of the project. */
const read = (path: string) => readFileSync(path, "utf8");
const RULES = read("ops/prometheus/rules/apextrade.yml");
const alerts = [...RULES.matchAll(/^\s*- alert: (\w+)$/gm)].map(([, name = ""]) => name);

/** Debian's package `prometheus` has it; where it is missing these tests are skipped and say so. */
const hasPromtool = spawnSync("promtool", ["--version"]).status === 0;

function promtool(
  args: readonly string[],
  input?: string,
): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync("promtool", args, {
    ...{ encoding: "utf8", timeout: 30_000 },
    ...(input === undefined ? {} : { input }),
  });
  return { status, output: `${stdout}${stderr}` };
}

const NOW = 1_800_000_000_000;

/** Every metric that there is, with a value in each of its series that is not one of a route. */
function everyMetric(): string {
  const store = new MetricStore();
  const counts = METRIC_NAMES.filter((name) => METRICS[name].type === "counter");
  const gauges = METRIC_NAMES.filter((name) => METRICS[name].type === "gauge");
  const meter = new Meter();
  meter.count("http_requests_total", { method: "GET", route: "/api/v1/bots/{id}", status: "200" });
  meter.observe("http_request_duration_seconds", { method: "GET", route: "page", status: "2xx" }, 0.1);
  meter.observe("alarm_lateness_seconds", { object: "bot" }, 0.1);
  meter.observe("storage_duration_seconds", { store: "d1", operation: "read" }, 0.1);
  const points = meter.take();
  store.apply(
    {
      isolate: "one",
      sequence: 1,
      counts: [
        ...points.counts,
        ...counts.flatMap((name) => firstKeys(name).map((key): [string, string, number] => [name, key, 1])),
      ],
      observations: points.observations,
      gauges: gauges.flatMap((name) => {
        return firstKeys(name).map((key): [string, string, string, number, number] => [name, key, "one", 1, NOW]);
      }),
    },
    NOW,
  );
  return prometheusText(store, NOW);
}

function firstKeys(name: (typeof METRIC_NAMES)[number]): string[] {
  return name.startsWith("http_") ? [] : allKeys(METRICS[name]).slice(0, 100);
}

describe.skipIf(!hasPromtool)("Prometheus", () => {
  it("finds nothing to say against the text of all metrics", () => {
    const { status, output } = promtool(["check", "metrics"], everyMetric());
    expect(output).toBe("");
    expect(status).toBe(0);
  });

  it("takes the configuration and the rules", () => {
    expect(promtool(["check", "rules", "ops/prometheus/rules/apextrade.yml"]).output).toContain("SUCCESS");
    expect(promtool(["check", "config", "--syntax-only", "ops/prometheus/prometheus.yml"]).output).toContain("SUCCESS");
  });

  it("fires and clears each alert as the rules' tests say", () => {
    const { status, output } = promtool(["test", "rules", "ops/prometheus/tests/apextrade.test.yml"]);
    expect(output).toContain("SUCCESS");
    expect(status).toBe(0);
  });
});

describe("an alert", () => {
  it("has a test that makes it fire", () => {
    const tested = [...read("ops/prometheus/tests/apextrade.test.yml").matchAll(/^ {2}- name: (\w+)$/gm)];
    expect(tested.map(([, name]) => name)).toEqual(alerts);
  });

  it("has a playbook that its annotation leads to, and no playbook is of an alert that is not there", () => {
    const playbooks = [...read("docs/runbook/alerts.md").matchAll(/^## (\w+)$/gm)].map(([, name = ""]) => name);
    expect(playbooks).toEqual(alerts);
    const link = /runbook_url: "\{\{ \$externalLabels\.runbooks \}\}\/alerts\.md#(\w+)"$/gm;
    const links = [...RULES.matchAll(link)].map(([, anchor]) => anchor);
    // A pager knows nothing of this repository: where it stands is a label of whoever scrapes.
    expect(read("ops/prometheus/prometheus.yml")).toMatch(/^ {4}runbooks: https:\/\/\S+\/docs\/runbook$/m);
    expect(links).toEqual(alerts.map((name) => name.toLowerCase()));
  });
});

/** Labels that expressions name, and words that join them. */
const NOT_METRICS = new Set(["or", "and", "by", "on", "le", "job"]);

/** Names of metrics in an expression: what is no text, no list of labels, no function and no selector's label. */
function metricsIn(expression: string): string[] {
  const bare = expression
    .replace(/\{[^}]*\}/g, "")
    .replace(/\b(?:by|on|without)\s*\([^)]*\)/g, "")
    .replace(/\[\w+\]/g, "");
  const words = [...bare.matchAll(/\b([a-z_][a-z0-9_]*)\b(?!\s*\()/g)].map(([, name = ""]) => name);
  return words.filter((name) => !NOT_METRICS.has(name));
}

const OTHERS = new Set(["up", "probe_ssl_earliest_cert_expiry"]);
const series = new Set(METRIC_NAMES.flatMap((name) => [name, `${name}_bucket`, `${name}_sum`, `${name}_count`]));

describe("a dashboard", () => {
  const files = readdirSync("ops/grafana/dashboards");

  it.each(files)("%s asks for metrics that there are", (file) => {
    const text = read(`ops/grafana/dashboards/${file}`);
    const { panels } = JSON.parse(text) as { panels: { title: string; targets: { expr: string }[] }[] };
    const asked = panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => metricsIn(expr)));
    expect(asked.length).toBeGreaterThan(10);
    expect(asked.filter((name) => !series.has(name) && !OTHERS.has(name))).toEqual([]);
  });

  it("of the rules' metrics there are all", () => {
    const expressions = [...RULES.matchAll(/expr: (?:(?!>-)(.*)|>-\n((?: {10}.*\n)+))/g)].map(
      ([, one, many]) => one ?? many,
    );
    expect(expressions).toHaveLength(alerts.length);
    const asked = expressions.flatMap((expression) => metricsIn((expression ?? "").replaceAll("\n", " ")));
    expect(asked.length).toBeGreaterThanOrEqual(alerts.length);
    expect(asked.filter((name) => !series.has(name) && !OTHERS.has(name))).toEqual([]);
  });
});
