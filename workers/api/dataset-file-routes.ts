import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { CandleQuery, CandleSeries, Import, ImportQuery } from "../../schema/wire/dataset.ts";
import { invalid } from "../platform/problem-error.ts";
import { exportDataset, readChartCandles } from "../services/dataset-candles.ts";
import { getImport, importDataset } from "../services/import-dataset.ts";
import type { ApiEnv } from "./api-types.ts";
import { bearer, fileReply, idParams, jsonReply, problems } from "./route-parts.ts";
import { refuseInvalid } from "./validation.ts";

const guarded = { tags: ["Data"], security: bearer };
const ExportQuery = z.strictObject({ format: z.enum(["csv", "arrow", "parquet"]).default("csv") });

const candles = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/datasets/{id}/candles",
  summary: "Candles of a dataset for a chart",
  request: { params: idParams, query: CandleQuery.strict() },
  responses: { 200: jsonReply(CandleSeries, "Columns of one length, oldest first."), ...problems(401, 404, 422) },
});

const exported = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/datasets/{id}/export",
  summary: "A dataset as a file",
  request: { params: idParams, query: ExportQuery },
  responses: { 200: fileReply("application/octet-stream", "The file, streamed."), ...problems(401, 404, 422) },
});

const imported = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/datasets/import",
  summary: "Import a file of candles",
  description: "The body is the file as it is: CSV, Parquet, Arrow or Feather, plain or gzip, at most 100 MB.",
  request: {
    query: ImportQuery.strict(),
    body: { required: true, content: { "application/octet-stream": { schema: { type: "string", format: "binary" } } } },
  },
  responses: { 201: jsonReply(Import, "What was found and stored."), ...problems(401, 403, 404, 409, 413, 422) },
});

const importState = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/imports/{id}",
  summary: "State of an import",
  request: { params: idParams },
  responses: { 200: jsonReply(Import, "How far it is, or what it found."), ...problems(401, 404) },
});

/** Candles in and out: charts, files. */
export function datasetFileRoutes() {
  return new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid })
    .openapi(candles, async (c) => {
      const input = { ...c.req.valid("param"), ...c.req.valid("query") };
      return c.json(await readChartCandles({ ctx: c.get("service"), input }), 200);
    })
    .openapi(exported, async (c) => {
      const input = { ...c.req.valid("param"), ...c.req.valid("query") };
      const file = await exportDataset({ ctx: c.get("service"), input });
      return new Response(file.body, {
        headers: {
          "Content-Type": file.contentType,
          "Content-Disposition": `attachment; filename="${file.fileName}"`,
        },
      });
    })
    .openapi(imported, async (c) => {
      const stream = c.req.raw.body;
      if (stream === null) throw invalid("file", "must not be empty");
      const length = c.req.header("Content-Length");
      const bytesTotal = length === undefined ? null : Number(length);
      const input = { query: c.req.valid("query"), stream, bytesTotal };
      return c.json(await importDataset({ ctx: c.get("service"), input }), 201);
    })
    .openapi(importState, async (c) =>
      c.json(await getImport({ ctx: c.get("service"), input: c.req.valid("param") }), 200),
    );
}
