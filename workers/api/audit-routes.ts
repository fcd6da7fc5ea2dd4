import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { AuditPage, AuditQuery, AuditVerification } from "../../schema/wire/audit.ts";
import { downloadAudit, listAudit, verifyAudit } from "../services/audit.ts";
import type { ApiEnv } from "./api-types.ts";
import { bearer, fileReply, jsonReply, problems } from "./route-parts.ts";
import { refuseInvalid } from "./validation.ts";

const guarded = { tags: ["Audit"], security: bearer };

const list = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/audit",
  summary: "Who did what in your account, when, from where, and what it changed",
  request: { query: AuditQuery },
  responses: { 200: jsonReply(AuditPage, "Newest first."), ...problems(401, 403, 422) },
});

const verification = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/audit/verification",
  summary: "Recompute the chain of hashes over your whole trail",
  responses: { 200: jsonReply(AuditVerification, "What was found."), ...problems(401, 403) },
});

const download = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/audit.jsonl",
  summary: "Your whole trail as a file that can be verified anywhere",
  description:
    "A line of JSON an entry, the oldest first: its number, its record, its hash. The last line holds the head and the anchors. `apextrade audit verify FILE` checks it without us.",
  responses: { 200: fileReply("application/jsonl", "All entries, then the head and anchors."), ...problems(401, 403) },
});

/** The owner's own audit trail: it is read and checked, never written, from outside. */
export function auditRoutes() {
  return new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid })
    .openapi(list, async (c) => c.json(await listAudit({ ctx: c.get("service"), input: c.req.valid("query") }), 200))
    .openapi(verification, async (c) => c.json(await verifyAudit({ ctx: c.get("service") }), 200))
    .openapi(download, async (c) => {
      const day = new Date(c.get("now")()).toISOString().slice(0, 10);
      return new Response(await downloadAudit({ ctx: c.get("service") }), {
        headers: {
          "Content-Type": "application/jsonl; charset=utf-8",
          "Content-Disposition": `attachment; filename="audit-${day}.jsonl"`,
        },
      });
    });
}
