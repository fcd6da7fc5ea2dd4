import type { MiddlewareHandler } from "hono";
import { ACCESS } from "../auth/access-matrix.ts";
import { notFound, ProblemError } from "../platform/problem-error.ts";
import type { ApiEnv } from "./api-types.ts";

/** Pages and their assets are only ever read. */
const PAGE_METHODS = ["GET", "HEAD"] as const;
const ROUTES = routesOf(Object.keys(ACCESS));

/**
 * Refuses what no route answers before anything else looks at it: 405 with `Allow` for a method that the path does not
 * have (TRACE and invented ones included), 404 for the reference where it is closed. OPTIONS is answered here.
 */
export const knownMethod: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const { path } = c.req;
  if (c.env.DOCS === "false" && isReference(path)) throw notFound("page");
  // The local server's own pages are not in the table; elsewhere there are none.
  if (path.startsWith("/dev/")) return next();
  const methods = methodsOf(path);
  if (methods === undefined) return next();
  const { method } = c.req;
  if (method === "OPTIONS") return c.body(null, 204, { Allow: [...methods, "OPTIONS"].join(", ") });
  if (!methods.includes(method)) throw methodNotAllowed(method, [...methods, "OPTIONS"]);
  return next();
};

/** Methods that a path answers; undefined for a path of the API that does not exist. */
export function methodsOf(path: string): readonly string[] | undefined {
  const known = ROUTES.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods);
  if (known.length > 0) return [...new Set(known)];
  return path.startsWith("/api/") ? undefined : PAGE_METHODS;
}

function isReference(path: string): boolean {
  return path === "/docs" || path.startsWith("/docs/") || path === "/api/v1/openapi.json";
}

function routesOf(entries: readonly string[]): { pattern: RegExp; methods: readonly string[] }[] {
  return entries.map((entry) => {
    const [method = "", path = ""] = entry.split(" ");
    const pattern = path.replace(/[.]/g, "\\.").replace(/\{\w+\}/g, "[^/]+");
    return { pattern: new RegExp(`^${pattern}$`), methods: method === "GET" ? ["GET", "HEAD"] : [method] };
  });
}

function methodNotAllowed(method: string, allow: readonly string[]): ProblemError {
  const detail = `The method must be one of ${allow.join(", ")}, was ${method.slice(0, 20)}.`;
  return new ProblemError({ status: 405, code: "method_not_allowed", detail, allow });
}
