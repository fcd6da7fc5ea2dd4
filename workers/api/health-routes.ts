import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { showsProgramToken } from "../auth/program-token.ts";
import { checkReadiness } from "../services/check-readiness.ts";
import type { ApiEnv } from "./api-types.ts";
import { jsonReply } from "./route-parts.ts";

const tags = ["Health"];
const Health = z.object({ status: z.literal("ok") });
const Readiness = z.object({
  status: z.enum(["ok", "failing"]),
  version: z.string().optional().describe("Which version answers, to programs that show METRICS_TOKEN."),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), elapsedMs: z.number(), error: z.string().nullable() })),
});

const live = (path: string) =>
  createRoute({
    method: "get",
    path,
    tags,
    summary: "The Worker answers",
    responses: { 200: jsonReply(Health, "It does.") },
  });

const ready = createRoute({
  method: "get",
  path: "/health/ready",
  tags,
  summary: "Database, object store and Durable Objects answer in time",
  responses: { 200: jsonReply(Readiness, "All do."), 503: jsonReply(Readiness, "`checks` says which do not.") },
});

/** Health for load balancers and people; open to all, and silent about anything inside but names. */
export function healthRoutes() {
  return new OpenAPIHono<ApiEnv>()
    .openapi(live("/health"), (c) => c.json({ status: "ok" as const }, 200))
    .openapi(live("/health/live"), (c) => c.json({ status: "ok" as const }, 200))
    .openapi(ready, async (c) => {
      const checks = await checkReadiness({ env: c.env, now: c.get("now") });
      const failing = checks.some((check) => !check.ok);
      const isTold = await showsProgramToken(c.env, "METRICS_TOKEN", c.req.raw);
      const version = isTold ? { version: c.env.DEPLOYED?.id ?? "" } : {};
      return failing
        ? c.json({ status: "failing" as const, ...version, checks }, 503)
        : c.json({ status: "ok" as const, ...version, checks }, 200);
    });
}
