import type { Env } from "../platform/env.ts";
import type { MetricsObject } from "./metrics-object.ts";

/** The one object that sums up. A flush a second from each isolate: room for some five hundred busy ones. */
const NAME = "all";

export function metricsObject({ METRICS }: Pick<Env, "METRICS">): DurableObjectStub<MetricsObject> {
  return METRICS.getByName(NAME);
}
