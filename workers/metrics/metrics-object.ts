import { DurableObject } from "cloudflare:workers";
import { systemClock } from "../platform/clock.ts";
import type { Env } from "../platform/env.ts";
import { AnalyticsPoints } from "./analytics-points.ts";
import { MetricBatch } from "./metric-batch.ts";
import { MetricStore, type StoredIsolates, type StoredMetric } from "./metric-store.ts";
import { prometheusText } from "./prometheus-text.ts";

/** What was told is stored within this: that much is lost where the object's process ends at the wrong moment. */
const STORE_WITHIN_MS = 5_000;
const METRIC = "metric/";
const ISOLATES = "isolates";

/**
 * Sums up what all isolates count. What is shown was stored before, so that no counter ever goes back: Prometheus would
 * take that for a restart and count everything again. Nothing here counts by itself, or it would keep itself awake.
 */
export class MetricsObject extends DurableObject<Env> {
  private readonly store = new MetricStore();
  private readonly analytics = new AnalyticsPoints();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const { kv } = ctx.storage;
    for (const [key, metric] of kv.list<StoredMetric>({ prefix: METRIC })) {
      this.store.load(key.slice(METRIC.length), metric);
    }
    const isolates = kv.get<StoredIsolates>(ISOLATES);
    if (isolates !== undefined) this.store.loadIsolates(isolates);
  }

  /** Takes a flush in. One that is not well formed will be no better when it is sent again: it is answered and left out. */
  async take(sent: unknown): Promise<"taken" | "repeated" | "refused"> {
    const { data: batch } = MetricBatch.safeParse(sent);
    if (batch === undefined) return "refused";
    const outcome = this.store.apply(batch, systemClock());
    if (outcome === "taken" && this.env.ANALYTICS !== undefined) this.analytics.add(batch);
    this.tellAnalytics();
    const { storage } = this.ctx;
    if ((await storage.getAlarm()) === null) await storage.setAlarm(systemClock() + STORE_WITHIN_MS);
    return outcome;
  }

  /** Everything in the text format of Prometheus. */
  text(): string {
    const now = systemClock();
    this.store.expire(now);
    this.keep();
    return prometheusText(this.store, now);
  }

  override async alarm(): Promise<void> {
    this.keep();
    this.tellAnalytics();
    if (!this.analytics.isEmpty) await this.ctx.storage.setAlarm(systemClock() + STORE_WITHIN_MS);
  }

  /** One row a metric, however many flushes came: rows that are written are what storage costs. */
  private keep(): void {
    if (!this.store.isDirty) return;
    const { metrics, isolates } = this.store.changes();
    const { kv } = this.ctx.storage;
    for (const [name, stored] of metrics) kv.put(`${METRIC}${name}`, stored);
    kv.put(ISOLATES, isolates);
  }

  private tellAnalytics(): void {
    for (const point of this.analytics.next()) this.env.ANALYTICS?.writeDataPoint(point);
  }
}
