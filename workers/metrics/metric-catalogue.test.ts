import { describe, expect, it } from "vitest";
import { nodeModule } from "../testing/node-module.ts";
import { METRIC_NAMES, METRICS } from "./metric-catalogue.ts";
import { CRON_TASKS, OTHER } from "./metric-labels.ts";
import type { MetricSpec } from "./metric-spec.ts";
import { allKeys, labelsOfKey, seriesCount, seriesKey } from "./series-key.ts";

const specs = METRIC_NAMES.map((name): [string, MetricSpec] => [name, METRICS[name]]);

describe("the catalogue of metrics", () => {
  it.each(specs)("%s is named, described and labelled as Prometheus wants it", (name, spec) => {
    expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
    expect(name.endsWith("_total")).toBe(spec.type === "counter");
    expect(spec.help).toMatch(/^[A-Z0-9].*\.$/);
    for (const [label, values] of Object.entries(spec.labels)) {
      expect(label).toMatch(/^[a-z][a-z_]*$/);
      expect(new Set(values).size).toBe(values.length);
      for (const value of values) expect(value).not.toMatch(/[\t\n"]/);
      expect(values).not.toContain(OTHER);
    }
    if (spec.type === "histogram") {
      expect([...spec.buckets].sort((left, right) => left - right)).toEqual(spec.buckets);
      expect(spec.labels).not.toHaveProperty("le");
    }
  });

  it("bounds the series of everything but requests to some thousands, whoever comes and whatever is asked", () => {
    const others = specs.filter(([name]) => !name.startsWith("http_"));
    const lines = others.map(([, spec]) => {
      return seriesCount(spec) * (spec.type === "histogram" ? spec.buckets.length + 3 : 1);
    });
    expect(lines.reduce((sum, count) => sum + count, 0)).toBeLessThan(1_000);
  });

  it("knows every task of the minute's clock", async () => {
    const { readFileSync } = await nodeModule<{ readFileSync(path: string, encoding: "utf8"): string }>("node:fs");
    const tasks = [...readFileSync("workers/worker.ts", "utf8").matchAll(/^\s*\["([\w-]+)", \(\) =>/gm)];
    expect(tasks.map(([, name]) => name)).toEqual(CRON_TASKS);
  });

  it("knows each series by a key that leads back to its labels", () => {
    for (const [, spec] of specs) {
      if (seriesCount(spec) > 200) continue;
      for (const key of allKeys(spec)) {
        const labels = Object.fromEntries(labelsOfKey(spec, key) ?? []);
        expect(seriesKey(spec, labels)).toBe(key);
      }
    }
  });

  it.each(["a\tb", "x".repeat(500), "GET\t/api\t200\t", ""])(
    "takes no key that it cannot have made, such as %j",
    (key) => {
      expect(labelsOfKey(METRICS.http_requests_total, key)).toBeUndefined();
    },
  );

  it("counts what is not in a label's set as other, so that no name of a person or a bot becomes a series", () => {
    const key = seriesKey(METRICS.http_requests_total, {
      method: "BREW",
      route: "/api/v1/bots/bot_123",
      status: "299",
    });
    expect(key.split("\t")).toEqual([OTHER, OTHER, OTHER]);
  });
});
