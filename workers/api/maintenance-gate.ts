import type { MiddlewareHandler } from "hono";
import { html } from "hono/html";
import { suffices } from "../auth/access-matrix.ts";
import { MaintenanceWatch, type StoredMaintenance } from "../platform/maintenance.ts";
import { ProblemError } from "../platform/problem-error.ts";
import type { ApiContext, ApiEnv } from "./api-types.ts";

/** Programs ask again after this where nobody knows when it ends, and at most as late as this where somebody does, s. */
const RETRY_SECONDS = 60;
const RETRY_SECONDS_MAX = 3_600;

/**
 * What answers all the same. Whoever trades must be able to stop; whoever operates, to sign in and end it; and nothing that
 * watches the deployment, or that brokers' streams hang on, may take it for broken.
 */
const STAYS: readonly RegExp[] = [
  /^\/health(?:\/|$)/,
  /^\/metrics$/,
  /^\/sidecar\//,
  /^\/api\/auth\//,
  /^\/api\/v1\/session(?:\/|$)/,
  /^\/api\/v1\/admin\//,
  /^\/api\/v1\/kill$/,
  /^\/api\/v1\/orders\/[^/]+\/cancel$/,
  /^\/api\/v1\/bots\/[^/]+\/(?:stop|pause|hook)$/,
  /^\/api\/v1\/accounts\/[^/]+\/trading-state$/,
];
/** Pages that people operate by. They hold nothing: what they show comes over the API. */
const OPERATORS_PAGES = /^\/(?:admin|sign-in|forgot-password|reset-password|verify-email)(?:\/|$)/;

/** Answers 503 while the deployment is in maintenance: with a page to browsers, with a problem to programs. */
export function maintenanceGate(): MiddlewareHandler<ApiEnv> {
  const watch = new MaintenanceWatch();
  return async (c, next) => {
    const { path } = c.req;
    if (STAYS.some((pattern) => pattern.test(path))) return next();
    const isPage = isNavigation(c);
    if (!isPage && !path.startsWith("/api/")) return next();
    const nowMs = c.get("now")();
    const maintenance = await watch.current(c.env, nowMs);
    if (maintenance === undefined || isOperators(c)) return next();
    const retryAfterSeconds = retryAfter(maintenance, nowMs);
    if (isPage) return pageOf(c, maintenance, retryAfterSeconds);
    throw new ProblemError({
      status: 503,
      code: "maintenance",
      detail: `${maintenance.message} Bots go on, and everything that stops trading works.`,
      retryAfterSeconds,
    });
  };
}

function isNavigation({ req }: ApiContext): boolean {
  const isText = (req.header("Accept") ?? "").includes("text/html");
  return req.method === "GET" && isText && !req.path.startsWith("/api/") && !OPERATORS_PAGES.test(req.path);
}

/** Behind `authorize`, so whoever is let through is known, where the route asks who it is. */
function isOperators(c: ApiContext): boolean {
  return c.get("callerId") !== undefined && suffices(c.get("principal").role, "operator");
}

function retryAfter({ until }: StoredMaintenance, nowMs: number): number {
  if (until === null || until <= nowMs) return RETRY_SECONDS;
  return Math.min(RETRY_SECONDS_MAX, Math.ceil((until - nowMs) / 1_000));
}

/** Without scripts: it must show where nothing else works. */
async function pageOf(c: ApiContext, { message, until }: StoredMaintenance, retryAfterSeconds: number) {
  const over =
    until === null
      ? ""
      : html`<p>It should be over by <time>${new Date(until).toISOString().slice(0, 16).replace("T", " ")} UTC</time>.</p>`;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Maintenance · ApexTrade</title>
        <link rel="icon" href="/favicon.svg" />
        <link rel="stylesheet" href="/maintenance.css" />
      </head>
      <body>
        <main>
          <h1>We are at work on ApexTrade</h1>
          <p>${message}</p>
          ${over}
          <p class="calm">Trading is not touched: bots do what they did before, within their limits, and stops stay where they are.</p>
          <p><a href="/sign-in">Sign in as an operator</a></p>
        </main>
      </body>
    </html>`;
  return c.html(await page, 503, { "Retry-After": String(retryAfterSeconds), "Cache-Control": "no-store" });
}
