import type { MiddlewareHandler } from "hono";
import type { ApiEnv } from "./api-types.ts";

/** Everything comes from our own origin; nothing inline, nothing framed. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "form-action 'self'",
].join("; ");

const HEADERS: Readonly<Record<string, string>> = {
  "Content-Security-Policy": CONTENT_SECURITY_POLICY,
  "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "strict-origin-when-cross-origin",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
};

/** Say what a reply was made by, which is nobody's business. */
const TELLING = ["Server", "X-Powered-By"];

/** Security headers on every reply, whoever made it; replies of the API are never stored by caches. */
export const securityHeaders: MiddlewareHandler<ApiEnv> = async (c, next) => {
  await next();
  // An upgraded socket has no page to guard, and its reply must be passed on as it is.
  if (c.res.webSocket) return;
  // Replies of other services (assets) have headers that cannot be changed in place.
  const headers = new Headers(c.res.headers);
  for (const [name, value] of Object.entries(HEADERS)) headers.set(name, value);
  for (const name of TELLING) headers.delete(name);
  headers.set("X-Request-Id", c.get("requestId"));
  if (c.req.path.startsWith("/api/")) headers.set("Cache-Control", "no-store");
  const { status, statusText } = c.res;
  const body = c.res.body;
  c.res = undefined;
  c.res = new Response(body, { status, statusText, headers });
};
