import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { Problem } from "../../schema/wire/primitive.ts";
import { logEvent } from "../platform/log-event.ts";
import { problemAnchor } from "../platform/problem-catalogue.ts";
import { ProblemError } from "../platform/problem-error.ts";
import type { ApiEnv } from "./api-types.ts";

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad request",
  401: "Not signed in",
  403: "Not allowed",
  404: "Not found",
  405: "Method not allowed",
  409: "Conflict",
  413: "Too large",
  415: "Unsupported media type",
  422: "Not valid",
  429: "Too many requests",
  500: "Our fault",
  503: "Not available",
};

/**
 * The one place where an error becomes a reply. What the caller did wrong is told in full; what we did wrong is logged
 * in full and told as a request id.
 */
export function replyWithProblem(error: unknown, c: Context<ApiEnv>): Response {
  const known = knownProblem(error);
  const requestId = c.get("requestId");
  if (known === undefined) {
    logEvent("request_failed", { requestId, path: c.req.path, error });
  } else if (isRefusal(known, c.req.path)) {
    logEvent("request_refused", {
      requestId,
      path: c.req.path,
      name: known.code.replaceAll("_", " "),
      id: c.get("callerId"),
    });
  }
  const shown =
    known ??
    new ProblemError({
      status: 500,
      code: "internal",
      detail: `Something failed on our side. Nothing of it is your fault; say ${requestId} when you report it.`,
    });
  return problemResponse(shown, requestId);
}

/**
 * Whether a reply turns somebody away whom it should: leave, origin or limit, or a proof at the door. A 401 elsewhere is
 * how every page learns that its token is a quarter of an hour old.
 */
function isRefusal({ status }: ProblemError, path: string): boolean {
  return status === 403 || status === 429 || (status === 401 && path.startsWith("/api/auth/"));
}

export function problemResponse(error: ProblemError, requestId: string): Response {
  const problem: Problem = {
    type: `/docs#${problemAnchor(error.code)}`,
    title: TITLES[error.status] ?? "Problem",
    status: error.status,
    code: error.code,
    detail: error.message,
    ...(error.issues === undefined ? {} : { issues: [...error.issues] }),
    requestId,
  };
  const headers = new Headers({ "Content-Type": "application/problem+json" });
  if (error.retryAfterSeconds !== undefined) headers.set("Retry-After", String(error.retryAfterSeconds));
  if (error.allow !== undefined) headers.set("Allow", error.allow.join(", "));
  if (error.status === 401) headers.set("WWW-Authenticate", "Bearer");
  return new Response(JSON.stringify(problem), { status: error.status, headers });
}

function knownProblem(error: unknown): ProblemError | undefined {
  if (error instanceof ProblemError) return error;
  if (error instanceof HTTPException && error.status < 500) {
    return new ProblemError({ status: error.status, code: "bad_request", detail: error.message, cause: error });
  }
  return undefined;
}
