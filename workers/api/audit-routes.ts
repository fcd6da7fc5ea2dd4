import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { AuditPage, AuditQuery, AuditVerification } from "../../schema/wire/audit.ts";
import { listAudit, verifyAudit } from "../services/audit.ts";
import type { ApiEnv } from "./api-types.ts";
import { bearer, jsonReply, problems } from "./route-parts.ts";
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

/** The owner's own audit trail: it is read and checked, never written, from outside. */
export function auditRoutes() {
  return new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid })
    .openapi(list, async (c) => c.json(await listAudit({ ctx: c.get("service"), input: c.req.valid("query") }), 200))
    .openapi(verification, async (c) => c.json(await verifyAudit({ ctx: c.get("service") }), 200));
}
