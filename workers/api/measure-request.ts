import type { MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import { accessOf } from "../auth/access-matrix.ts";
import { laneOf } from "../metrics/lane-of.ts";
import { count, observe } from "../metrics/meter.ts";
import { STATUS_CLASSES } from "../metrics/metric-labels.ts";
import { logEvent } from "../platform/log-event.ts";
import type { ApiContext, ApiEnv } from "./api-types.ts";

/** Counts each request under the pattern of its route, never under its path, which anybody may choose. */
export const measureRequest: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const now = c.get("now");
  const from = now();
  await next();
  const { method } = c.req;
  const route = routePattern(c);
  const { status } = c.res;
  count("http_requests_total", { method: method as "GET", route, status: String(status) });
  const statusClass = STATUS_CLASSES[Math.floor(status / 100) - 1] ?? "5xx";
  const labels = { method: method as "GET", route, status: statusClass };
  const elapsedMs = Math.max(0, now() - from);
  observe("http_request_duration_seconds", labels, elapsedMs / 1_000);
  const lane = laneOf(c.env.DEPLOYED?.tag);
  const outcome = status >= 500 && status !== 503 ? "fault" : "ok";
  if (lane !== undefined) observe("http_version_duration_seconds", { lane, outcome }, elapsedMs / 1_000);
  logEvent("request", { method, route, status, elapsedMs }, "debug");
};

/** The pattern as the table of access writes it; `page` for the site's own files, `none` for what the API does not have. */
function routePattern(c: ApiContext): string {
  for (const { method, path } of matchedRoutes(c)) {
    if (accessOf(method, path) !== undefined) return path.replace(/:(\w+)(\{[^}]*\})?/g, "{$1}");
  }
  if (c.req.path.startsWith("/dev/")) return "local";
  return c.req.path.startsWith("/api/") || c.res.status === 404 || c.res.status === 405 ? "none" : "page";
}
