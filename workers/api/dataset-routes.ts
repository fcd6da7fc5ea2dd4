import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { Dataset, Instrument } from "../../schema/wire/dataset.ts";
import { SIM_INSTRUMENTS } from "../core/sim/sim-instrument.ts";
import { deleteDataset, getDataset, listDatasets, renameDataset } from "../services/dataset.ts";
import type { ApiEnv } from "./api-types.ts";
import { bearer, idParams, jsonBody, jsonReply, problems } from "./route-parts.ts";
import { refuseInvalid } from "./validation.ts";

const tags = ["Data"];
const security = bearer;
const params = idParams;
const RenameDataset = z.strictObject({ name: z.string().trim().min(1).max(80) });

const instruments = createRoute({
  method: "get",
  path: "/api/v1/instruments",
  tags,
  security,
  summary: "Instruments of the simulated market",
  responses: {
    200: jsonReply(z.object({ rows: z.array(Instrument) }), "In the order of their symbols."),
    ...problems(401),
  },
});

const list = createRoute({
  method: "get",
  path: "/api/v1/datasets",
  tags,
  security,
  summary: "Your datasets",
  responses: { 200: jsonReply(z.object({ rows: z.array(Dataset) }), "Newest first."), ...problems(401) },
});

const get = createRoute({
  method: "get",
  path: "/api/v1/datasets/{id}",
  tags,
  security,
  summary: "One dataset",
  request: { params },
  responses: { 200: jsonReply(Dataset, "The dataset and its data report."), ...problems(401, 404) },
});

const patch = createRoute({
  method: "patch",
  path: "/api/v1/datasets/{id}",
  tags,
  security,
  summary: "Rename a dataset",
  request: { params, body: jsonBody(RenameDataset) },
  responses: { 200: jsonReply(Dataset, "The dataset as it is now."), ...problems(401, 403, 404, 422) },
});

const remove = createRoute({
  method: "delete",
  path: "/api/v1/datasets/{id}",
  tags,
  security,
  summary: "Delete a dataset and its candles",
  request: { params },
  responses: { 204: { description: "It is gone. Reports of runs on it stay." }, ...problems(401, 403, 404, 409) },
});

/** Datasets as rows; their candles have routes of their own. */
export function datasetRoutes() {
  return new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid })
    .openapi(instruments, (c) => c.json({ rows: [...SIM_INSTRUMENTS] }, 200))
    .openapi(list, async (c) => c.json({ rows: await listDatasets({ ctx: c.get("service") }) }, 200))
    .openapi(get, async (c) => c.json(await getDataset({ ctx: c.get("service"), input: c.req.valid("param") }), 200))
    .openapi(patch, async (c) => {
      const input = { ...c.req.valid("param"), ...c.req.valid("json") };
      return c.json(await renameDataset({ ctx: c.get("service"), input }), 200);
    })
    .openapi(remove, async (c) => {
      await deleteDataset({ ctx: c.get("service"), input: c.req.valid("param") });
      return c.body(null, 204);
    });
}
