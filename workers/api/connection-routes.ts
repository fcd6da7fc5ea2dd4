import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import {
  Connection,
  ConnectionList,
  CreateConnection,
  isLiveMoney,
  RenameConnection,
  RotateConnection,
} from "../../schema/wire/connection.ts";
import { VenueInstrumentPage, VenueInstrumentQuery } from "../../schema/wire/venue-instrument.ts";
import {
  createConnection,
  getConnection,
  listConnections,
  removeConnection,
  renameConnection,
  rotateConnection,
  testConnection,
} from "../services/connections/connections.ts";
import { listVenueInstruments } from "../services/connections/venue-instruments.ts";
import type { ApiEnv } from "./api-types.ts";
import { requireFreshFactor } from "./authorize.ts";
import { bearer, done, idParams, jsonBody, jsonReply, problems } from "./route-parts.ts";
import { refuseInvalid } from "./validation.ts";

const guarded = { tags: ["Connections"], security: bearer };
const one = { ...guarded, request: { params: idParams } };

const list = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/connections",
  summary: "Your keys of venues",
  responses: {
    200: jsonReply(ConnectionList, "The newest first, and where MetaTrader terminals dial in."),
    ...problems(401),
  },
});
const create = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/connections",
  summary: "Keep a key of a venue",
  description:
    "The venue is asked first: a key that it refuses, or that could move money out, is not kept. Its secret is sealed and never shown again.",
  request: { body: jsonBody(CreateConnection) },
  responses: { 201: jsonReply(Connection, "The connection."), ...problems(401, 403, 409, 413, 422, 503) },
});
const get = createRoute({
  ...one,
  method: "get",
  path: "/api/v1/connections/{id}",
  summary: "One key of a venue",
  responses: { 200: jsonReply(Connection, "The connection."), ...problems(401, 404) },
});
const rename = createRoute({
  ...guarded,
  method: "patch",
  path: "/api/v1/connections/{id}",
  summary: "Give a connection another label",
  request: { params: idParams, body: jsonBody(RenameConnection) },
  responses: { 200: jsonReply(Connection, "The connection."), ...problems(401, 403, 404, 413, 422) },
});
const test = createRoute({
  ...one,
  method: "post",
  path: "/api/v1/connections/{id}/test",
  summary: "Ask the venue again what it says of a key",
  responses: { 200: jsonReply(Connection, "With what it said."), ...problems(401, 403, 404) },
});
const rotate = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/connections/{id}/rotate",
  summary: "Put new keys of the same account in place of the old ones",
  request: { params: idParams, body: jsonBody(RotateConnection) },
  responses: { 200: jsonReply(Connection, "The connection."), ...problems(401, 403, 404, 413, 422, 503) },
});
const remove = createRoute({
  ...one,
  method: "delete",
  path: "/api/v1/connections/{id}",
  summary: "Forget a key",
  responses: { 204: done("It is gone."), ...problems(401, 403, 404, 409) },
});
const instruments = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/connections/{id}/instruments",
  summary: "What the venue of a key trades",
  request: { params: idParams, query: VenueInstrumentQuery },
  responses: {
    200: jsonReply(VenueInstrumentPage, "Those that match, by name."),
    ...problems(401, 404, 409, 422, 503),
  },
});

/** Keys of venues: keep, test, replace, forget. */
export function connectionRoutes() {
  return new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid })
    .openapi(list, async (c) => c.json(await listConnections({ ctx: c.get("service") }), 200))
    .openapi(create, async (c) => {
      const input = c.req.valid("json");
      if (isLiveMoney(input.credentials)) await requireFreshFactor(c);
      return c.json(await createConnection({ ctx: c.get("service"), input }), 201);
    })
    .openapi(get, async (c) => c.json(await getConnection({ ctx: c.get("service"), input: c.req.valid("param") }), 200))
    .openapi(rename, async (c) => {
      const input = { ...c.req.valid("param"), ...c.req.valid("json") };
      return c.json(await renameConnection({ ctx: c.get("service"), input }), 200);
    })
    .openapi(test, async (c) =>
      c.json(await testConnection({ ctx: c.get("service"), input: c.req.valid("param") }), 200),
    )
    .openapi(rotate, async (c) => {
      const input = { ...c.req.valid("param"), ...c.req.valid("json") };
      return c.json(await rotateConnection({ ctx: c.get("service"), input }), 200);
    })
    .openapi(remove, async (c) => {
      await removeConnection({ ctx: c.get("service"), input: c.req.valid("param") });
      return c.body(null, 204);
    })
    .openapi(instruments, async (c) => {
      const input = { ...c.req.valid("param"), ...c.req.valid("query") };
      return c.json(await listVenueInstruments({ ctx: c.get("service"), input }), 200);
    });
}
