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
      "Candles, strategies and backtests. Send an access token as `Authorization: Bearer`; ask for one at POST /api/v1/session/token. Errors are problem documents (RFC 9457) with a stable `code`.",
  },
};

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
    made ??= app.getOpenAPI31Document(DOCUMENT);
    return made;
  };
  app.get("/api/v1/openapi.json", (c) => c.json(documentOf()));
  app.get("/docs/style.css", (c) => c.body(REFERENCE_STYLE, 200, { "Content-Type": "text/css; charset=utf-8" }));
  app.get("/docs", (c) => c.html(<ReferencePage document={documentOf()} />));
}
