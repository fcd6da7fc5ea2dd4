import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { Backfill, BackfillSource, CreateBackfill } from "../../schema/wire/backfill.ts";
import { VenueInstrumentPage, VenueInstrumentQuery } from "../../schema/wire/venue-instrument.ts";
import { listBackfillSources, listSourceInstruments } from "../services/backfill/backfill-source.ts";
import {
  cancelBackfill,
  deleteBackfill,
  getBackfill,
  listBackfills,
  resumeBackfill,
} from "../services/backfill/backfills.ts";
import { createBackfill } from "../services/backfill/create-backfill.ts";
import type { ApiEnv } from "./api-types.ts";
import { bearer, createHeaders, done, idParams, jsonBody, jsonReply, problems } from "./route-parts.ts";
import { refuseInvalid } from "./validation.ts";

const guarded = { tags: ["Data"], security: bearer };
const one = { ...guarded, request: { params: idParams } };

const sources = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/backfill-sources",
  summary: "Where candles can be brought from",
  responses: { 200: jsonReply(z.object({ rows: z.array(BackfillSource) }), "Without a key first."), ...problems(401) },
});
const instruments = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/backfill-sources/{id}/instruments",
  summary: "What a source has candles of",
  request: { params: idParams, query: VenueInstrumentQuery },
  responses: {
    200: jsonReply(VenueInstrumentPage, "Those that match, by name."),
    ...problems(401, 404, 409, 422, 503),
  },
});
const create = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/backfills",
  summary: "Bring a venue's candles into a new dataset",
  description:
    "It goes on by itself, at the venue's rate; the dataset is there once all of it is. With an `Idempotency-Key`, the same request again answers what was begun before.",
  request: { headers: createHeaders, body: jsonBody(CreateBackfill) },
  responses: { 201: jsonReply(Backfill, "Begun."), ...problems(401, 403, 409, 413, 422, 503) },
});
const list = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/backfills",
  summary: "Candles of venues that are brought, or were",
  responses: { 200: jsonReply(z.object({ rows: z.array(Backfill) }), "Newest first."), ...problems(401) },
});
const get = createRoute({
  ...one,
  method: "get",
  path: "/api/v1/backfills/{id}",
  summary: "How far one is",
  responses: { 200: jsonReply(Backfill, "As it is now."), ...problems(401, 404) },
});
const cancel = createRoute({
  ...one,
  method: "post",
  path: "/api/v1/backfills/{id}/cancel",
  summary: "Stop one",
  description: "What was brought is kept, so that it can go on. One that has ended stays as it is.",
  responses: { 200: jsonReply(Backfill, "As it is now."), ...problems(401, 403, 404) },
});
const resume = createRoute({
  ...one,
  method: "post",
  path: "/api/v1/backfills/{id}/resume",
  summary: "Go on with one that failed or was stopped",
  description: "Behind what was brought. One that is under way or done stays as it is.",
  responses: { 200: jsonReply(Backfill, "As it is now."), ...problems(401, 403, 404, 409) },
});
const remove = createRoute({
  ...one,
  method: "delete",
  path: "/api/v1/backfills/{id}",
  summary: "Delete one that has ended",
  description: "What it brought is deleted too, unless that became a dataset.",
  responses: { 204: done("It is gone."), ...problems(401, 403, 404, 409) },
});

/** Years of a venue's candles, brought into datasets. */
export function backfillRoutes() {
  return new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid })
    .openapi(sources, async (c) => c.json({ rows: await listBackfillSources({ ctx: c.get("service") }) }, 200))
    .openapi(instruments, async (c) => {
      const input = { ...c.req.valid("param"), ...c.req.valid("query") };
      return c.json(await listSourceInstruments({ ctx: c.get("service"), input }), 200);
    })
    .openapi(create, async (c) => {
      const idempotencyKey = c.req.valid("header")["idempotency-key"];
      const input = { ...c.req.valid("json"), idempotencyKey };
      return c.json(await createBackfill({ ctx: c.get("service"), input }), 201);
    })
    .openapi(list, async (c) => c.json({ rows: await listBackfills({ ctx: c.get("service") }) }, 200))
    .openapi(get, async (c) => c.json(await getBackfill({ ctx: c.get("service"), input: c.req.valid("param") }), 200))
    .openapi(cancel, async (c) =>
      c.json(await cancelBackfill({ ctx: c.get("service"), input: c.req.valid("param") }), 200),
    )
    .openapi(resume, async (c) =>
      c.json(await resumeBackfill({ ctx: c.get("service"), input: c.req.valid("param") }), 200),
    )
    .openapi(remove, async (c) => {
      await deleteBackfill({ ctx: c.get("service"), input: c.req.valid("param") });
      return c.body(null, 204);
    });
}
