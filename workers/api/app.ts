import { OpenAPIHono } from "@hono/zod-openapi";
import { accessOf } from "../auth/access-matrix.ts";
import { BUDGETS } from "../auth/request-budgets.ts";
import { openWays } from "../notify/notice-ways.ts";
import type { Env } from "../platform/env.ts";
import { newId } from "../platform/ids.ts";
import { withLogContext } from "../platform/log-context.ts";
import { notFound } from "../platform/problem-error.ts";
import { accountRoutes } from "./account-routes.ts";
import { adminRoutes } from "./admin-routes.ts";
import type { ApiDependencies, ApiEnv } from "./api-types.ts";
import { auditRoutes } from "./audit-routes.ts";
import { authRoutes } from "./auth-routes.ts";
import { authorize } from "./authorize.ts";
import { backfillRoutes } from "./backfill-routes.ts";
import { backtestRoutes } from "./backtest-routes.ts";
import { backupRoutes } from "./backup-routes.ts";
import { botRoutes } from "./bot-routes.ts";
import { connectionRoutes } from "./connection-routes.ts";
import { crossOrigin } from "./cross-origin.ts";
import { datasetFileRoutes } from "./dataset-file-routes.ts";
import { datasetRoutes } from "./dataset-routes.ts";
import { drainOutboxes } from "./drain-outboxes.ts";
import { healthRoutes } from "./health-routes.ts";
import { hookRoutes } from "./hook-routes.ts";
import { boundedJson } from "./json-body.ts";
import { knownMethod } from "./known-method.ts";
import { maintenanceGate } from "./maintenance-gate.ts";
import { marketRoutes } from "./market-routes.ts";
import { measureRequest } from "./measure-request.ts";
import { metricsRoutes } from "./metrics-routes.ts";
import { notificationRoutes } from "./notification-routes.ts";
import { addReference } from "./openapi-routes.tsx";
import { operationsRoutes } from "./operations-routes.ts";
import { orderRoutes } from "./order-routes.ts";
import { privacyRoutes } from "./privacy-routes.ts";
import { replyWithProblem } from "./problem-reply.ts";
import { reportRoutes } from "./report-routes.ts";
import { limitEdge, requestLimits, tellLimits } from "./request-limits.ts";
import { securityHeaders } from "./security-headers.ts";
import { sessionRoutes } from "./session-routes.ts";
import { sharingRoutes } from "./sharing-routes.ts";
import { sidecarRoutes } from "./sidecar-routes.ts";
import { signalRoutes } from "./signal-routes.ts";
import { strategyRoutes } from "./strategy-routes.ts";
import { tradingAccountRoutes } from "./trading-account-routes.ts";
import { trustedChange } from "./trusted-change.ts";
import { refuseInvalid } from "./validation.ts";

/** The whole HTTP surface: API, health, reference page and, for every other path, the web app. */
export function createApp(dependencies: ApiDependencies) {
  const app = new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid });
  app.onError(replyWithProblem);
  app.use(async (c, next) => {
    const requestId = newId("req");
    c.set("requestId", requestId);
    c.set("now", dependencies.now);
    c.set("strategies", dependencies.strategies);
    await withLogContext({ requestId }, next);
  });
  app.use(measureRequest);
  const limits = requestLimits(dependencies.budgets ?? BUDGETS);
  app.use(securityHeaders);
  app.use(tellLimits);
  app.use(crossOrigin);
  app.use(limitEdge);
  app.use(limits.address);
  app.use(drainOutboxes(dependencies.mail));
  app.use(knownMethod);
  app.use(trustedChange);
  app.use(authorize);
  app.use(maintenanceGate());
  app.use(limits.principal);
  app.use(boundedJson);
  app.route("/", healthRoutes());
  app.route("/", metricsRoutes());
  app.route("/", authRoutes());
  app.route("/", sessionRoutes(dependencies.local?.mailboxUrl ?? null));
  app.route("/", accountRoutes());
  app.route("/", privacyRoutes());
  app.route("/", sharingRoutes());
  app.route("/", adminRoutes());
  app.route("/", backupRoutes());
  app.route("/", operationsRoutes());
  app.route("/", datasetRoutes());
  app.route("/", backfillRoutes());
  app.route("/", datasetFileRoutes());
  app.route("/", strategyRoutes());
  app.route("/", backtestRoutes());
  app.route("/", reportRoutes());
  app.route("/", marketRoutes());
  app.route("/", connectionRoutes());
  app.route("/", tradingAccountRoutes());
  app.route("/", botRoutes());
  app.route("/", signalRoutes());
  app.route("/", hookRoutes(limits));
  app.route("/", orderRoutes());
  const ways = dependencies.ways ?? ((env: Env) => openWays(dependencies.mail(env)));
  app.route("/", notificationRoutes("person", ways));
  app.route("/", notificationRoutes("deployment", ways));
  app.route("/", auditRoutes());
  app.route("/", sidecarRoutes());
  addReference(app);
  if (dependencies.local !== undefined) app.route("/", dependencies.local.routes());
  requireEntries(app);
  app.all("/api/*", () => {
    throw notFound("route");
  });
  app.get("*", (c) => c.env.ASSETS.fetch(c.req.raw));
  app.notFound((c) => replyWithProblem(notFound("page"), c));
  return app;
}

/** No route may be reached that the table of access does not name: without this the Worker does not start. */
function requireEntries(app: OpenAPIHono<ApiEnv>): void {
  const missing = app.routes
    .filter(({ method, path }) => method !== "ALL" && !path.startsWith("/dev/") && accessOf(method, path) === undefined)
    .map(({ method, path }) => `${method} ${path}`);
  if (missing.length > 0) throw new Error(`routes without an entry in the table of access: ${missing.join(", ")}`);
}

export type App = ReturnType<typeof createApp>;
