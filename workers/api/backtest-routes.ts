import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { Backtest, CreateBacktest, ListBacktests } from "../../schema/wire/backtest.ts";
import { CompareQuery, Comparison } from "../../schema/wire/comparison.ts";
import { Page } from "../../schema/wire/primitive.ts";
import { cancelBacktest, deleteBacktest, getBacktest } from "../services/backtest.ts";
import { compareBacktests } from "../services/compare-backtests.ts";
import { createBacktest } from "../services/create-backtest.ts";
import { listBacktests } from "../services/list-backtests.ts";
import type { ApiEnv } from "./api-types.ts";
import { bearer, createHeaders, idParams, jsonBody, jsonReply, problems } from "./route-parts.ts";
import { refuseInvalid } from "./validation.ts";

const guarded = { tags: ["Backtests"], security: bearer };

const create = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/backtests",
  summary: "Make a run and queue it",
  description: "With an `Idempotency-Key`, the same request again answers the run that the first one made.",
  request: { headers: createHeaders, body: jsonBody(CreateBacktest) },
  responses: { 201: jsonReply(Backtest, "The run, queued."), ...problems(401, 403, 409, 413, 422) },
});

const list = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/backtests",
  summary: "Your runs",
  request: { query: ListBacktests },
  responses: { 200: jsonReply(Page(Backtest), "One page; `next` fetches the following one."), ...problems(401, 422) },
});

const compare = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/backtests/compare",
  summary: "Two to five finished runs side by side",
  request: { query: CompareQuery },
  responses: { 200: jsonReply(Comparison, "In the order of the ids."), ...problems(401, 404, 409, 422) },
});

const get = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/backtests/{id}",
  summary: "One run",
  request: { params: idParams },
  responses: { 200: jsonReply(Backtest, "The run."), ...problems(401, 404) },
});

const cancel = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/backtests/{id}/cancel",
  summary: "Stop a run",
  request: { params: idParams },
  responses: {
    200: jsonReply(Backtest, "The run; one at work stops within a month of candles."),
    ...problems(401, 403, 404),
  },
});

const remove = createRoute({
  ...guarded,
  method: "delete",
  path: "/api/v1/backtests/{id}",
  summary: "Delete a run and its report",
  request: { params: idParams },
  responses: { 204: { description: "It is gone." }, ...problems(401, 403, 404) },
});

/** Runs: make, watch, stop, compare. Their reports have routes of their own. */
export function backtestRoutes() {
  return new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid })
    .openapi(create, async (c) => {
      const idempotencyKey = c.req.valid("header")["idempotency-key"];
      const input = { ...c.req.valid("json"), idempotencyKey };
      return c.json(await createBacktest({ ctx: c.get("service"), input }), 201);
    })
    .openapi(list, async (c) =>
      c.json(await listBacktests({ ctx: c.get("service"), input: c.req.valid("query") }), 200),
    )
    .openapi(compare, async (c) => {
      const ids = c.req.valid("query").ids.split(",");
      return c.json(await compareBacktests({ ctx: c.get("service"), input: { ids } }), 200);
    })
    .openapi(get, async (c) => c.json(await getBacktest({ ctx: c.get("service"), input: c.req.valid("param") }), 200))
    .openapi(cancel, async (c) =>
      c.json(await cancelBacktest({ ctx: c.get("service"), input: c.req.valid("param") }), 200),
    )
    .openapi(remove, async (c) => {
      await deleteBacktest({ ctx: c.get("service"), input: c.req.valid("param") });
      return c.body(null, 204);
    });
}
