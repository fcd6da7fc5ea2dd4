import type { MiddlewareHandler } from "hono";
import { forbidden } from "../platform/problem-error.ts";
import type { ApiEnv } from "./api-types.ts";
import { isKeyOfListedOrigin } from "./cross-origin.ts";

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);
// Content types that a form on any page can send without the browser asking first.
const FORM_TYPES = /^(text\/plain|application\/x-www-form-urlencoded|multipart\/form-data)\b/i;
/** Where programs of others post. No cookie is looked at there, so that a page of somebody else gains nothing by it. */
const HOOKS = /^\/hooks\/v1\//;
/** Takes the raw bytes of a file, so that its content type may be anything a form cannot send. */
const UPLOAD_PATH = "/api/v1/datasets/import";

/** Whether a path takes messages as they are, of any type and from anywhere. */
export function isHookPath(path: string): boolean {
  return HOOKS.test(path);
}

/**
 * Lets a request change something only where it cannot come from a page of somebody else: its Origin is ours, or it
 * has none and carries no cookie (a program), or it is on the list and shows an API key; its body is JSON, or a file on the upload route. Throws 403 otherwise.
 */
export const trustedChange: MiddlewareHandler<ApiEnv> = async (c, next) => {
  if (SAFE_METHODS.has(c.req.method) || isHookPath(c.req.path)) return next();
  const site = c.req.header("Sec-Fetch-Site");
  const origin = c.req.header("Origin");
  const own = new URL(c.req.url).origin;
  const foreignKey = isKeyOfListedOrigin(c);
  if (!foreignKey && ((site !== undefined && site !== "same-origin") || (origin !== undefined && origin !== own))) {
    throw forbidden("foreign_origin", "Changes must come from a page of this site.");
  }
  if (origin === undefined && c.req.header("Cookie") !== undefined) {
    throw forbidden("foreign_origin", "Changes made with a cookie must name their Origin.");
  }
  const type = c.req.header("Content-Type");
  const upload = c.req.path === UPLOAD_PATH;
  const hasBody = c.req.raw.body !== null && c.req.header("Content-Length") !== "0";
  const acceptable = upload
    ? type !== undefined && !FORM_TYPES.test(type)
    : type === undefined
      ? !hasBody
      : /^application\/json\b/i.test(type);
  if (!acceptable) {
    const wanted = upload ? "application/octet-stream" : "application/json";
    throw forbidden("content_type", `The content type must be ${wanted}, was ${type ?? "absent"}.`);
  }
  return next();
};
