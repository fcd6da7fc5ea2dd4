import { describe, expect, it } from "vitest";
import { AnalyticsPoints, POINTS_AN_INVOCATION } from "./analytics-points.ts";
import type { MetricBatch } from "./metric-batch.ts";
import { STATUSES } from "./metric-labels.ts";

const batch = (parts: Partial<MetricBatch>): MetricBatch => ({
  ...{ isolate: "one", sequence: 1, counts: [], observations: [], gauges: [] },
  ...parts,
});

describe("points for the platform's analytics", () => {
  it("carry the metric, its type and its labels as texts, and what was counted as numbers", () => {
    const points = new AnalyticsPoints();
    points.add(
      batch({
        counts: [["trades_executed_total", "SIM", 2]],
        observations: [["alarm_lateness_seconds", "bot", [1, 0, 2, 0, 0, 0, 0, 0, 0], 2.5]],
        gauges: [["active_bots", "", "cron", 7, 0]],
      }),
    );
    expect(points.next()).toEqual([
      { indexes: ["trades_executed_total"], blobs: ["trades_executed_total", "counter", "SIM"], doubles: [2] },
      { indexes: ["alarm_lateness_seconds"], blobs: ["alarm_lateness_seconds", "histogram", "bot"], doubles: [3, 2.5] },
      { indexes: ["active_bots"], blobs: ["active_bots", "gauge"], doubles: [7] },
    ]);
  });

  it("go by as many as one invocation may write, and are summed up while they wait: nothing is left out", () => {
    const points = new AnalyticsPoints();
    const counts = STATUSES.map((status): [string, string, number] => [
      "http_requests_total",
      `GET\tpage\t${status}`,
      1,
    ]);
    points.add(batch({ counts }));
    points.add(batch({ counts }));
    const first = points.next();
    expect(first).toHaveLength(POINTS_AN_INVOCATION);
    points.add(batch({ counts }));
    let sum = first.reduce((all, { doubles: [value = 0] }) => all + value, 0);
    while (!points.isEmpty) for (const { doubles } of points.next()) sum += doubles[0] ?? 0;
    expect(sum).toBe(3 * STATUSES.length);
  });

  it("leave out what the catalogue does not know", () => {
    const points = new AnalyticsPoints();
    points.add(
      batch({
        counts: [
          ["no_such_metric", "", 1],
          ["trades_executed_total", "MOON", 1],
        ],
      }),
    );
    expect(points.isEmpty).toBe(true);
  });
});
