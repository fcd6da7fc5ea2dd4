import type { MiddlewareHandler } from "hono";
import { looksLikeApiKey } from "../auth/api-key.ts";
import type { Env } from "../platform/env.ts";
import type { ApiContext, ApiEnv } from "./api-types.ts";
import { methodsOf } from "./known-method.ts";

const REQUEST_HEADERS = "Authorization, Content-Type, Idempotency-Key";
const REPLY_HEADERS = "Content-Disposition, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id";
// Browsers ask again after ten minutes at the latest anyway.
const PREFLIGHT_SECONDS = 600;

/**
 * Lets pages of listed origins use the API with a key of theirs. Nothing is ever said of credentials, so that browsers
 * keep our cookies out of it; an origin is compared as a whole and answered only where it is on the list.
 */
export const crossOrigin: MiddlewareHandler<ApiEnv> = async (c, next) => {
  await next();
  const { path } = c.req;
  if (!path.startsWith("/api/") || c.res.webSocket) return;
  // Also on replies without the permission: a cache must not give one origin's reply to another.
  c.header("Vary", "Origin", { append: true });
  if (!isListed(c)) return;
  c.header("Access-Control-Allow-Origin", c.req.header("Origin"));
  c.header("Access-Control-Expose-Headers", REPLY_HEADERS);
  const methods = methodsOf(path);
  if (c.req.method !== "OPTIONS" || methods === undefined) return;
  c.header("Access-Control-Allow-Methods", methods.join(", "));
  c.header("Access-Control-Allow-Headers", REQUEST_HEADERS);
  c.header("Access-Control-Max-Age", String(PREFLIGHT_SECONDS));
};

/** Whether a change comes from a listed origin, by an API key and without any cookie. */
export function isKeyOfListedOrigin(c: ApiContext): boolean {
  const token = /^Bearer (.*)$/.exec(c.req.header("Authorization") ?? "")?.[1] ?? "";
  return looksLikeApiKey(token) && c.req.header("Cookie") === undefined && isListed(c);
}

/**
 * Origins of `CORS_ORIGINS`, comma between. Throws where one is not written as browsers send it, is neither https nor
 * http on localhost with a port: a list that looks right and never matches, or matches too much, must not start.
 */
export function originsOf(list: string | undefined): ReadonlySet<string> {
  const origins = (list ?? "").split(",").map((origin) => origin.trim());
  return new Set(origins.filter((origin) => origin !== "").map(checkedOrigin));
}

function checkedOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const local = url?.protocol === "http:" && url.hostname === "localhost" && url.port !== "";
  // The parser takes an asterisk for a host like any other; a browser never sends one.
  if (url === undefined || url.origin !== text || text.includes("*") || !(url.protocol === "https:" || local)) {
    throw new Error(`CORS_ORIGINS must list https origins or http://localhost:port, was "${text}"`);
  }
  return text;
}

let read: { readonly list: string | undefined; readonly origins: ReadonlySet<string> } | undefined;

function listedOrigins({ CORS_ORIGINS }: Env): ReadonlySet<string> {
  if (read === undefined || read.list !== CORS_ORIGINS) read = { list: CORS_ORIGINS, origins: originsOf(CORS_ORIGINS) };
  return read.origins;
}

function isListed(c: ApiContext): boolean {
  const origin = c.req.header("Origin");
  // Sign-in and the session's own routes belong to our pages alone.
  return origin !== undefined && c.req.path.startsWith("/api/v1/") && listedOrigins(c.env).has(origin);
}
