import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { DataExport, Deletion, ExportLink, RequestDeletion } from "../../schema/wire/privacy.ts";
import { cancelDeletion, requestDeletion } from "../services/privacy/deletion.ts";
import { getExport, linkExport, listExports, openExportFile, requestExport } from "../services/privacy/exports.ts";
import type { ApiEnv } from "./api-types.ts";
import { personContext } from "./identity-calls.ts";
import { bearer, fileReply, idParams, jsonBody, jsonReply, problems } from "./route-parts.ts";
import { refuseInvalid } from "./validation.ts";

const guarded = { tags: ["Privacy"], security: bearer };
const linkParams = z.object({ link: z.string().max(200) });

const postExport = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/account/exports",
  summary: "Ask for an archive of everything about you",
  description: "A letter follows once it is there. One at a time, three a day.",
  responses: { 201: jsonReply(DataExport, "It is being made."), ...problems(401, 403, 409, 429) },
});

const getExports = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/account/exports",
  summary: "Your archives",
  responses: { 200: jsonReply(z.object({ rows: z.array(DataExport) }), "The newest first."), ...problems(401, 403) },
});

const getOneExport = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/account/exports/{id}",
  summary: "How far an archive is",
  request: { params: idParams },
  responses: { 200: jsonReply(DataExport, "As it is now."), ...problems(401, 403, 404) },
});

const postLink = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/account/exports/{id}/link",
  summary: "A link to an archive, for five minutes and for your own session",
  request: { params: idParams },
  responses: { 200: jsonReply(ExportLink, "Where to fetch it."), ...problems(401, 403, 404, 409) },
});

const getFile = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/account/export-files/{link}",
  summary: "An archive, by its link",
  request: { params: linkParams },
  responses: { 200: fileReply("application/gzip", "A tar archive packed with gzip."), ...problems(401, 403) },
});

const postDeletion = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/account/deletion",
  summary: "Have everything in your account erased",
  description:
    "After 14 days everything is erased for good: datasets, strategies, runs, sessions, keys, secrets and the audit trail. Until then it can be taken back. Keep an archive first, where you want one.",
  request: { body: jsonBody(RequestDeletion) },
  responses: {
    200: jsonReply(Deletion, "When it happens. A letter says the same."),
    ...problems(401, 403, 409, 422, 429),
  },
});

const deleteDeletion = createRoute({
  ...guarded,
  method: "delete",
  path: "/api/v1/account/deletion",
  summary: "Keep your account after all",
  responses: { 200: jsonReply(Deletion, "Nothing will be erased."), ...problems(401, 403, 409) },
});

/** Routes of a person's archives and of the erasure of their account. */
export function privacyRoutes() {
  return new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid })
    .openapi(postExport, async (c) => c.json(await requestExport({ ctx: personContext(c) }), 201))
    .openapi(getExports, async (c) => c.json({ rows: await listExports({ ctx: personContext(c) }) }, 200))
    .openapi(getOneExport, async (c) =>
      c.json(await getExport({ ctx: personContext(c), input: c.req.valid("param") }), 200),
    )
    .openapi(postLink, async (c) =>
      c.json(await linkExport({ ctx: personContext(c), input: c.req.valid("param") }), 200),
    )
    .openapi(postDeletion, async (c) =>
      c.json(await requestDeletion({ ctx: personContext(c), input: c.req.valid("json") }), 200),
    )
    .openapi(deleteDeletion, async (c) => c.json(await cancelDeletion({ ctx: personContext(c) }), 200))
    .openapi(getFile, async (c) => {
      const { object, fileName } = await openExportFile({ ctx: personContext(c), input: c.req.valid("param") });
      return new Response(object.body, {
        headers: {
          "Content-Type": "application/gzip",
          "Content-Length": String(object.size),
          "Content-Disposition": `attachment; filename="${fileName}"`,
        },
      });
    });
}
