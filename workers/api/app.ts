import { OpenAPIHono } from "@hono/zod-openapi";
import { newId } from "../platform/ids.ts";
import { notFound } from "../platform/problem-error.ts";
import type { ApiDependencies, ApiEnv } from "./api-types.ts";
import { backtestRoutes } from "./backtest-routes.ts";
import { datasetFileRoutes } from "./dataset-file-routes.ts";
import { datasetRoutes } from "./dataset-routes.ts";
import { healthRoutes } from "./health-routes.ts";
import { boundedJson } from "./json-body.ts";
import { addReference } from "./openapi-routes.tsx";
import { replyWithProblem } from "./problem-reply.ts";
import { reportRoutes } from "./report-routes.ts";
import { securityHeaders } from "./security-headers.ts";
import { sessionRoutes } from "./session-routes.ts";
import { strategyRoutes } from "./strategy-routes.ts";
import { trustedChange } from "./trusted-change.ts";
import { refuseInvalid } from "./validation.ts";

/** The whole HTTP surface: API, health, reference page and, for every other path, the web app. */
export function createApp(dependencies: ApiDependencies) {
  const app = new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid });
  app.onError(replyWithProblem);
  app.use(async (c, next) => {
    c.set("requestId", newId("req"));
    c.set("now", dependencies.now);
    c.set("strategies", dependencies.strategies);
    await next();
  });
  app.use(securityHeaders);
  app.use(trustedChange);
  app.use(boundedJson);
  app.route("/", healthRoutes());
  app.route("/", sessionRoutes());
  app.route("/", datasetRoutes());
  app.route("/", datasetFileRoutes());
  app.route("/", strategyRoutes());
  app.route("/", backtestRoutes());
  app.route("/", reportRoutes());
  addReference(app);
  app.all("/api/*", () => {
    throw notFound("route");
  });
  app.get("*", (c) => c.env.ASSETS.fetch(c.req.raw));
  app.notFound((c) => replyWithProblem(notFound("page"), c));
  return app;
}

export type App = ReturnType<typeof createApp>;
