import { describe, expect, it } from "vitest";
import { laneCounts, laneReading, withoutOwn } from "./lane-readings.ts";
import { readSamples, sumOf } from "./prometheus-samples.ts";

const text = (ok: number, fault: number) => `# HELP http_version_duration_seconds Time.
http_version_duration_seconds_bucket{lane="green",outcome="ok",le="0.1"} ${ok * 0.9}
http_version_duration_seconds_bucket{lane="green",outcome="ok",le="0.5"} ${ok}
http_version_duration_seconds_bucket{lane="green",outcome="ok",le="+Inf"} ${ok}
http_version_duration_seconds_count{lane="green",outcome="ok"} ${ok}
http_version_duration_seconds_count{lane="green",outcome="fault"} ${fault}
http_version_duration_seconds_count{lane="blue",outcome="ok"} 7
other{path="a\\"b"} 3`;

describe("what a lane did", () => {
  it("is what it counted between two moments, and of no other lane", () => {
    const from = laneCounts(readSamples(text(100, 2)), "green");
    const to = laneCounts(readSamples(text(300, 12)), "green");
    expect(laneReading(from, to)).toMatchObject({ requests: 210, faults: 10 });
  });

  it("has the time in which 19 of 20 were done, even within its bucket", () => {
    const none = laneCounts([], "green");
    // 90 of 100 within 100 ms, all within 500 ms: the 95th is half way between.
    expect(laneReading(none, laneCounts(readSamples(text(100, 0)), "green")).p95Ms).toBeCloseTo(300);
    expect(laneReading(none, none)).toEqual({ requests: 0, faults: 0, p95Ms: undefined });
  });

  it("is told of people alone, without our own requests", () => {
    const all = { requests: 440, faults: 12, p95Ms: 7 };
    expect(withoutOwn(all, { requests: 340, faults: 2 })).toEqual({ requests: 100, faults: 10, p95Ms: 7 });
    // Counts that lag behind make no more faults than requests.
    expect(withoutOwn(all, { requests: 500, faults: 0 })).toEqual({ requests: 12, faults: 12, p95Ms: 7 });
  });

  it("is read from lines of Prometheus's format, and nothing from others", () => {
    const samples = readSamples(text(1, 1));
    expect(sumOf(samples, "other")).toBe(3);
    expect(sumOf(samples, "http_version_duration_seconds_count", { lane: "green" })).toBe(2);
    expect(sumOf(samples, "nothing")).toBeUndefined();
  });
});
