import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { metricsObject } from "../metrics/metrics-object-of.ts";
import { PROMETHEUS_TEXT } from "../metrics/prometheus-text.ts";
import type { ApiEnv } from "./api-types.ts";
import { bearer, fileReply, problems } from "./route-parts.ts";

const getMetrics = createRoute({
  method: "get",
  path: "/metrics",
  tags: ["Administration"],
  security: bearer,
  summary: "Everything that is counted, in the text format of Prometheus",
  description: "For administrators, and for programs that show METRICS_TOKEN as their bearer token.",
  responses: { 200: fileReply("text/plain", "All metrics that have a value."), ...problems(401, 403, 429) },
});

/** What the deployment counts, for whoever watches over it. */
export function metricsRoutes() {
  return new OpenAPIHono<ApiEnv>().openapi(getMetrics, async (c) => {
    const text = await metricsObject(c.env).text();
    return c.body(text, 200, { "Content-Type": PROMETHEUS_TEXT, "Cache-Control": "no-store" });
  });
}
