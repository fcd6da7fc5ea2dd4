import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import * as wire from "../../schema/wire/strategy.ts";
import { previewStrategy } from "../services/preview-strategy.ts";
import {
  createStrategy,
  deleteStrategy,
  getStrategy,
  listStrategies,
  listStrategyVersions,
  updateStrategy,
} from "../services/strategy.ts";
import type { ApiEnv } from "./api-types.ts";
import { bearer, createHeaders, idParams, jsonBody, jsonReply, problems } from "./route-parts.ts";
import { refuseInvalid } from "./validation.ts";

const guarded = { tags: ["Strategies"], security: bearer };
const rows = <T extends z.ZodType>(row: T) => z.object({ rows: z.array(row) });

const library = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/strategies/library",
  summary: "Built-in strategies and their parameters",
  responses: { 200: jsonReply(rows(wire.LibraryStrategy), "All of them."), ...problems(401) },
});

const language = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/strategies/language",
  summary: "Words of the rule language",
  responses: { 200: jsonReply(rows(wire.LanguageWord), "For completion and help."), ...problems(401) },
});

const check = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/strategies/check",
  summary: "What is wrong with a rule text",
  request: { body: jsonBody(wire.CheckStrategy) },
  responses: { 200: jsonReply(wire.StrategyCheck, "Diagnostics with their places."), ...problems(401, 403, 413, 422) },
});

const preview = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/strategies/preview",
  summary: "The entries and exits that a rule text would have taken on candles",
  description:
    "Those of a plain run, all-in at the next open, and the indicators of the rules; not every condition that was true.",
  request: { body: jsonBody(wire.PreviewStrategy) },
  responses: { 200: jsonReply(wire.StrategyPreview, "Markers, oldest first."), ...problems(401, 403, 404, 413, 422) },
});

const list = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/strategies",
  summary: "Your strategies",
  responses: { 200: jsonReply(rows(wire.UserStrategy), "Latest change first."), ...problems(401) },
});

const create = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/strategies",
  summary: "Save a strategy",
  request: { headers: createHeaders, body: jsonBody(wire.CreateStrategy) },
  responses: { 201: jsonReply(wire.UserStrategy, "The strategy at version 1."), ...problems(401, 403, 409, 413, 422) },
});

const get = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/strategies/{id}",
  summary: "One strategy",
  request: { params: idParams },
  responses: { 200: jsonReply(wire.UserStrategy, "At its newest version."), ...problems(401, 404) },
});

const patch = createRoute({
  ...guarded,
  method: "patch",
  path: "/api/v1/strategies/{id}",
  summary: "Rename a strategy or save a new version",
  request: { params: idParams, body: jsonBody(wire.UpdateStrategy) },
  responses: {
    200: jsonReply(wire.UserStrategy, "The strategy as it is now."),
    ...problems(401, 403, 404, 409, 413, 422),
  },
});

const remove = createRoute({
  ...guarded,
  method: "delete",
  path: "/api/v1/strategies/{id}",
  summary: "Delete a strategy and its versions",
  request: { params: idParams },
  responses: { 204: { description: "It is gone." }, ...problems(401, 403, 404) },
});

const versions = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/strategies/{id}/versions",
  summary: "Every version of a strategy",
  request: { params: idParams },
  responses: { 200: jsonReply(rows(wire.StrategyVersion), "Newest first."), ...problems(401, 404) },
});

/** The library, the rule language, and the user's own strategies. */
export function strategyRoutes() {
  return new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid })
    .openapi(library, (c) => c.json({ rows: [...c.get("strategies").library] }, 200))
    .openapi(language, (c) => c.json({ rows: [...c.get("strategies").words] }, 200))
    .openapi(check, (c) => c.json(c.get("strategies").check(c.req.valid("json").document), 200))
    .openapi(preview, async (c) =>
      c.json(await previewStrategy({ ctx: c.get("service"), input: c.req.valid("json") }), 200),
    )
    .openapi(list, async (c) => c.json({ rows: await listStrategies({ ctx: c.get("service") }) }, 200))
    .openapi(create, async (c) => {
      const input = { ...c.req.valid("json"), idempotencyKey: c.req.valid("header")["idempotency-key"] };
      return c.json(await createStrategy({ ctx: c.get("service"), input }), 201);
    })
    .openapi(get, async (c) => c.json(await getStrategy({ ctx: c.get("service"), input: c.req.valid("param") }), 200))
    .openapi(patch, async (c) => {
      const input = { ...c.req.valid("json"), ...c.req.valid("param") };
      return c.json(await updateStrategy({ ctx: c.get("service"), input }), 200);
    })
    .openapi(remove, async (c) => {
      await deleteStrategy({ ctx: c.get("service"), input: c.req.valid("param") });
      return c.body(null, 204);
    })
    .openapi(versions, async (c) =>
      c.json({ rows: await listStrategyVersions({ ctx: c.get("service"), input: c.req.valid("param") }) }, 200),
    );
}
