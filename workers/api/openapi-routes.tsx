import type { OpenAPIHono } from "@hono/zod-openapi";
import { VERSION } from "../platform/env.ts";
import type { ApiEnv } from "./api-types.ts";
import { ReferencePage } from "./reference-page.tsx";
import { REFERENCE_STYLE } from "./reference-style.ts";

const DOCUMENT = {
  openapi: "3.1.0",
  info: {
    title: "ApexTrade API",
    version: VERSION,
    license: { name: "MIT", identifier: "MIT" },
    description:
      'Candles, strategies and backtests. Send an access token as `Authorization: Bearer`; ask for one at POST /api/v1/session/token. Errors are problem documents (RFC 9457) with a stable `code`. Every reply says in `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers) how many requests are allowed and left: `"reading";q=300;w=10` allows 300 in 10 seconds, `"reading";r=12;t=4` leaves 12 for the next 4.',
  },
};

/** What the replies of the API say of its limits, in the form that the document wants. */
const LIMIT_HEADERS = {
  "RateLimit-Policy": {
    description: "The limits that count for the request: name, requests (`q`) and seconds (`w`) of each.",
    schema: { type: "string", examples: ['"reading";q=300;w=10'] },
  },
  RateLimit: {
    description: "What is left of them: name, requests left (`r`) and seconds until more come (`t`) of each.",
    schema: { type: "string", examples: ['"reading";r=12;t=4'] },
  },
} as const;

const TOO_MANY = {
  description: "Too many requests; `Retry-After` says in seconds when to try again",
  headers: { "Retry-After": { description: "Seconds", schema: { type: "integer", minimum: 1 } } },
} as const;

const PROBLEM = "application/problem+json";

interface ApiReply {
  headers?: object;
  readonly content?: Readonly<Record<string, unknown>>;
}

type ApiDocument = ReturnType<OpenAPIHono<ApiEnv>["getOpenAPI31Document"]>;

/** Adds the OpenAPI document of every route that `app` has so far, and the reference page that is rendered from it. */
export function addReference(app: OpenAPIHono<ApiEnv>): void {
  app.openAPIRegistry.registerComponent("securitySchemes", "bearer", {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
  });
  let made: ApiDocument | undefined;
  const documentOf = () => {
    made ??= withLimits(app.getOpenAPI31Document(DOCUMENT));
    return made;
  };
  app.get("/api/v1/openapi.json", (c) => c.json(documentOf()));
  app.get("/docs/style.css", (c) => c.body(REFERENCE_STYLE, 200, { "Content-Type": "text/css; charset=utf-8" }));
  app.get("/docs", (c) => c.html(<ReferencePage document={documentOf()} />));
}

/** The document with what holds for every route of the API: its limits, and the refusal beyond them. */
function withLimits(document: ApiDocument): ApiDocument {
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    if (!path.startsWith("/api/")) continue;
    for (const operation of Object.values(item) as { responses?: Record<string, ApiReply> }[]) {
      const replies = operation.responses ?? {};
      // Problems are all of one form, which the route's other refusals already show.
      const problem = Object.values(replies).find(({ content }) => content?.[PROBLEM] !== undefined);
      const { content } = problem ?? {};
      operation.responses = { ...replies, 429: { ...TOO_MANY, ...(content && { content }), ...replies["429"] } };
      for (const response of Object.values(operation.responses)) {
        response.headers = { ...response.headers, ...LIMIT_HEADERS };
      }
    }
  }
  return document;
}
