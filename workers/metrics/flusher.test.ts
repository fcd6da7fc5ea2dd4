import { describe, expect, it } from "vitest";
import { Flusher } from "./flusher.ts";
import { Meter } from "./meter.ts";
import type { MetricBatch } from "./metric-batch.ts";
import { MetricStore } from "./metric-store.ts";
import { prometheusText } from "./prometheus-text.ts";

const START = 1_800_000_000_000;

/** An isolate whose flushes go to a store over a way that does what the test says. */
function isolate(
  deliver: (batch: MetricBatch, store: MetricStore) => void = (batch, store) => store.apply(batch, START),
) {
  const meter = new Meter();
  const store = new MetricStore();
  const work: (() => Promise<void>)[] = [];
  let now = START;
  let ids = 0;
  const way = { deliver };
  const flusher = new Flusher({
    meter,
    now: () => now,
    newId: () => `isolate-${++ids}`,
    later: (one) => work.push(one),
    wait: async () => undefined,
    send: async (batch) => way.deliver(batch, store),
  });
  meter.listen(() => flusher.arm());
  const run = async () => {
    for (let one = work.shift(); one !== undefined; one = work.shift()) await one();
  };
  return { meter, store, flusher, work, way, run, pass: (ms: number) => (now += ms) };
}

const trade = (meter: Meter) => meter.count("trades_executed_total", { venue: "SIM" });
const trades = (store: MetricStore) => store.counterSamples("trades_executed_total")[0]?.value ?? 0;
const counter = (store: MetricStore, name: "metric_flushes_lost_total" | "metric_points_refused_total") =>
  store.counterSamples(name)[0]?.value ?? 0;

describe("what an isolate counts", () => {
  it("goes in one flush, behind what counted it, however many points there were", async () => {
    const { meter, store, work, run } = isolate();
    for (let at = 0; at < 1_000; at++) trade(meter);
    expect(work).toHaveLength(1);
    await run();
    expect(trades(store)).toBe(1_000);
  });

  it("counts once where the aggregator took it and its answer was lost", async () => {
    const { meter, store, way, run } = isolate();
    way.deliver = (batch, to) => {
      to.apply(batch, START);
      throw new Error("the answer was lost");
    };
    trade(meter);
    await run();
    way.deliver = (batch, to) => to.apply(batch, START);
    trade(meter);
    await run();
    expect(trades(store)).toBe(2);
    expect(counter(store, "metric_flushes_lost_total")).toBe(0);
  });

  it("is kept while the aggregator cannot be reached, and arrives whole afterwards", async () => {
    const { meter, store, way, run } = isolate();
    way.deliver = () => {
      throw new Error("unreachable");
    };
    for (let at = 0; at < 3; at++) {
      trade(meter);
      await run();
    }
    way.deliver = (batch, to) => to.apply(batch, START);
    trade(meter);
    await run();
    expect(trades(store)).toBe(4);
  });

  it("is given up in the end, and missed by the gap in the numbers", async () => {
    const { meter, store, way, run } = isolate();
    trade(meter);
    await run();
    way.deliver = () => {
      throw new Error("unreachable");
    };
    for (let at = 0; at < 6; at++) {
      trade(meter);
      await run();
    }
    way.deliver = (batch, to) => to.apply(batch, START);
    trade(meter);
    await run();
    await run();
    // The first flush after the good one is lost with its single trade; what was counted meanwhile is not.
    expect(counter(store, "metric_flushes_lost_total")).toBe(1);
    expect(trades(store)).toBe(7);
  });

  it("is not lost for good where the event that carried a flush was cut off", async () => {
    const { meter, store, work, run, pass } = isolate();
    trade(meter);
    work.length = 0;
    trade(meter);
    expect(work).toHaveLength(0);
    pass(60_000);
    trade(meter);
    await run();
    expect(trades(store)).toBe(3);
  });

  it("waits for an event where there is none to stand behind", () => {
    const { meter, flusher } = isolate();
    const outside = new Flusher({
      ...{ meter, now: () => START, newId: () => "one", wait: async () => undefined, send: async () => undefined },
      later: () => {
        throw new Error("no event");
      },
    });
    expect(() => outside.arm()).not.toThrow();
    expect(() => flusher.arm()).not.toThrow();
  });

  it("comes under another name after a long silence, so that no forgotten number is taken for a gap", async () => {
    const names: string[] = [];
    const { meter, way, run, pass } = isolate();
    way.deliver = (batch) => names.push(`${batch.isolate} ${batch.sequence}`);
    trade(meter);
    await run();
    trade(meter);
    await run();
    pass(2 * 60 * 60_000);
    trade(meter);
    await run();
    expect(names).toEqual(["isolate-1 1", "isolate-1 2", "isolate-2 1"]);
  });
});

describe("the sums of all isolates", () => {
  const batch = (parts: Partial<MetricBatch>): MetricBatch => ({
    ...{ isolate: "one", sequence: 1, counts: [], observations: [], gauges: [] },
    ...parts,
  });

  it("refuse what the catalogue does not know, and count that they did", () => {
    const store = new MetricStore();
    const counts: MetricBatch["counts"] = [
      ["no_such_metric", "", 1],
      ["trades_executed_total", "MOON", 1],
      ["active_bots", "", 1],
      ["trades_executed_total", "SIM", 2],
    ];
    store.apply(batch({ counts, observations: [["alarm_lateness_seconds", "bot", [1], 1]] }), START);
    expect(counter(store, "metric_points_refused_total")).toBe(4);
    expect(trades(store)).toBe(2);
  });

  it("are the same after they were stored and read by another process", () => {
    const store = new MetricStore();
    const meter = new Meter();
    trade(meter);
    meter.observe("alarm_lateness_seconds", { object: "bot" }, 0.3);
    meter.observe("alarm_lateness_seconds", { object: "bot" }, 1_000);
    meter.gauge("websocket_connections", { channel: "bot" }, { value: 3, source: "a", at: START });
    meter.gauge("websocket_connections", { channel: "bot" }, { value: 4, source: "b", at: START });
    store.apply(batch(meter.take()), START);
    const { metrics, isolates } = structuredClone(store.changes());
    const next = new MetricStore();
    for (const [name, stored] of metrics) next.load(name, stored);
    next.loadIsolates(isolates);
    expect(prometheusText(next, START)).toBe(prometheusText(store, START));
    expect(next.isDirty).toBe(false);
    expect(next.apply(batch({ counts: [["trades_executed_total", "SIM", 1]] }), START)).toBe("repeated");
    expect(trades(next)).toBe(1);
  });

  it("merge what several objects tell of one gauge as it says, and forget who is gone", () => {
    const store = new MetricStore();
    const seconds = START / 1_000;
    const gauges: MetricBatch["gauges"] = [
      ["websocket_connections", "bot", "a", 3, START],
      ["websocket_connections", "bot", "b", 4, START],
      ["feed_staleness_seconds", "venue", "a", seconds - 5, START],
      ["feed_staleness_seconds", "venue", "b", seconds - 60, START],
      ["kill_switch_on", "", "cron", 1, START],
    ];
    store.apply(batch({ gauges }), START);
    const value = (name: Parameters<MetricStore["gaugeSamples"]>[0], at = START) =>
      store.gaugeSamples(name, at)[0]?.value;
    expect(value("websocket_connections")).toBe(7);
    expect(value("feed_staleness_seconds")).toBe(60);
    store.apply(batch({ sequence: 2, gauges: [["feed_staleness_seconds", "venue", "b", null, START + 1]] }), START);
    expect(value("feed_staleness_seconds", START + 10_000)).toBe(15);
    store.expire(START + 6 * 60_000);
    expect(value("kill_switch_on")).toBeUndefined();
    expect(value("websocket_connections")).toBe(7);
  });

  it("keep the later word where two isolates tell of one source", () => {
    const store = new MetricStore();
    store.apply(batch({ gauges: [["active_bots", "", "cron", 5, START + 1_000]] }), START);
    store.apply(batch({ isolate: "two", gauges: [["active_bots", "", "cron", 9, START]] }), START);
    expect(store.gaugeSamples("active_bots", START)[0]?.value).toBe(5);
  });
});
