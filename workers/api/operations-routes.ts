import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import {
  AdminJob,
  AdminObject,
  AdminObjectDetail,
  AskClosing,
  Closing,
  DeploymentHealth,
  JobCounts,
  JobKind,
  JobQuery,
  Maintenance,
  ObjectKind,
  OperatorTrail,
  PlatformSwitches,
  SetMaintenance,
} from "../../schema/wire/admin.ts";
import { Page, TimeMs } from "../../schema/wire/primitive.ts";
import { askClosing, confirmClosing, countOthers, readClosing, withdrawClosing } from "../services/admin/closing.ts";
import { readHealth } from "../services/admin/health.ts";
import { cancelJob, countAdminJobs, listAdminJobs, redriveJob } from "../services/admin/jobs.ts";
import { readMaintenance, setMaintenance } from "../services/admin/maintenance.ts";
import { findObjects, inspectObject, wakeObject } from "../services/admin/objects.ts";
import { readOperatorTrail } from "../services/admin/trail.ts";
import { readPlatformTrading } from "../services/trading/platform-switch.ts";
import type { ApiEnv } from "./api-types.ts";
import { identityContext, personContext } from "./identity-calls.ts";
import { bearer, idParams, jsonBody, jsonReply, problems } from "./route-parts.ts";
import { refuseInvalid } from "./validation.ts";

const guarded = { tags: ["Administration"], security: bearer };
const jobParams = idParams.extend({ kind: JobKind });
const objectParams = idParams.extend({ kind: ObjectKind });

const getSwitches = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/admin/switches",
  summary: "The switches of the whole deployment",
  responses: { 200: jsonReply(PlatformSwitches, "Trading, maintenance, and the last closing."), ...problems(401, 403) },
});
const postMaintenance = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/admin/maintenance",
  summary: "Begin a maintenance, or end it",
  description:
    "While it is on, pages say so and the API answers 503 with `Retry-After`, but to operators, to sign-ins and to what stops trading. Bots, desks and streams go on. Every part of the deployment knows within seconds.",
  request: { body: jsonBody(SetMaintenance) },
  responses: { 200: jsonReply(Maintenance, "As it is now."), ...problems(401, 403, 422) },
});
const postClosing = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/admin/closings",
  summary: "Stop all trading, and ask for every position to be closed",
  description:
    "Trading stops at once. Positions are closed when another administrator confirms it within half an hour.",
  request: { body: jsonBody(AskClosing) },
  responses: { 201: jsonReply(Closing, "It waits for another administrator."), ...problems(401, 403, 409, 422) },
});
const postConfirmation = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/admin/closings/{id}/confirm",
  summary: "Agree that every position is closed, as another administrator asked",
  request: { params: idParams },
  responses: { 200: jsonReply(Closing, "Every desk is told to close."), ...problems(401, 403, 404, 409) },
});
const deleteClosing = createRoute({
  ...guarded,
  method: "delete",
  path: "/api/v1/admin/closings/{id}",
  summary: "Take a closing back that nobody has confirmed; trading stays stopped",
  request: { params: idParams },
  responses: { 200: jsonReply(Closing, "As it is now."), ...problems(401, 403, 404, 409) },
});
const getJobs = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/admin/jobs",
  summary: "Work of the deployment's queues, the newest first",
  request: { query: JobQuery },
  responses: { 200: jsonReply(Page(AdminJob), "A page of one kind of work."), ...problems(401, 403, 422) },
});
const getJobCounts = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/admin/job-counts",
  summary: "What waits, works, hangs and failed, of each kind of work",
  responses: { 200: jsonReply(JobCounts, "One entry a kind."), ...problems(401, 403) },
});
const postRedrive = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/admin/jobs/{kind}/{id}/redrive",
  summary: "Have work done again that hangs, waits or was given up",
  request: { params: jobParams },
  responses: { 200: jsonReply(AdminJob, "As it is now."), ...problems(401, 403, 404, 409, 422) },
});
const postCancel = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/admin/jobs/{kind}/{id}/cancel",
  summary: "End work that somebody asked for",
  request: { params: jobParams },
  responses: { 200: jsonReply(AdminJob, "As it is now."), ...problems(401, 403, 404, 409, 422) },
});
const getObjects = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/admin/objects",
  summary: "Bots and accounts by name, id or owner; bots that are late first",
  request: { query: z.object({ search: z.string().trim().max(60).default("") }) },
  responses: { 200: jsonReply(z.array(AdminObject), "At most fifty of each."), ...problems(401, 403, 422) },
});
const getObject = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/admin/objects/{kind}/{id}",
  summary: "How a bot's or an account's object is: its alarm, its size, its sockets",
  request: { params: objectParams },
  responses: { 200: jsonReply(AdminObjectDetail, "What it says itself."), ...problems(401, 403, 404, 422) },
});
const postWake = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/admin/objects/{kind}/{id}/wake",
  summary: "Have an object look at what is due, as its alarm would",
  request: { params: objectParams },
  responses: { 200: jsonReply(AdminObjectDetail, "As it is now."), ...problems(401, 403, 404, 422, 503) },
});
const getHealth = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/admin/health",
  summary: "Everything the deployment needs, asked now, and what of it runs",
  responses: { 200: jsonReply(DeploymentHealth, "Dependencies, versions, jobs of the night."), ...problems(401, 403) },
});
const getTrail = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/admin/audit",
  summary: "What operators and administrators did, the newest first",
  request: {
    query: z.object({
      to: z.coerce.number().pipe(TimeMs).optional(),
      limit: z.coerce.number().int().min(1).max(100).default(50),
    }),
  },
  responses: { 200: jsonReply(OperatorTrail, "From their own trails."), ...problems(401, 403, 422) },
});

/** Routes by which operators see the deployment and act on it. */
export function operationsRoutes() {
  return new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid })
    .openapi(getSwitches, async (c) => {
      const ctx = personContext(c);
      const [trading, maintenance, closing, others] = await Promise.all([
        readPlatformTrading({ ctx }),
        readMaintenance({ ctx }),
        readClosing({ ctx }),
        countOthers(ctx, ctx.principal.user.id),
      ]);
      const isOne = ctx.principal.user.role === "administrator";
      return c.json({ trading, maintenance, closing, administrators: others + (isOne ? 1 : 0) }, 200);
    })
    .openapi(postMaintenance, async (c) =>
      c.json(await setMaintenance({ ctx: personContext(c), input: c.req.valid("json") }), 200),
    )
    .openapi(postClosing, async (c) =>
      c.json(await askClosing({ ctx: personContext(c), input: c.req.valid("json") }), 201),
    )
    .openapi(postConfirmation, async (c) =>
      c.json(await confirmClosing({ ctx: personContext(c), input: c.req.valid("param") }), 200),
    )
    .openapi(deleteClosing, async (c) =>
      c.json(await withdrawClosing({ ctx: personContext(c), input: c.req.valid("param") }), 200),
    )
    .openapi(getJobs, async (c) =>
      c.json(await listAdminJobs({ ctx: c.get("service"), input: c.req.valid("query") }), 200),
    )
    .openapi(getJobCounts, async (c) => c.json(await countAdminJobs({ ctx: c.get("service") }), 200))
    .openapi(postRedrive, async (c) =>
      c.json(await redriveJob({ ctx: c.get("service"), input: c.req.valid("param") }), 200),
    )
    .openapi(postCancel, async (c) =>
      c.json(await cancelJob({ ctx: c.get("service"), input: c.req.valid("param") }), 200),
    )
    .openapi(getObjects, async (c) =>
      c.json(await findObjects({ ctx: c.get("service"), input: c.req.valid("query") }), 200),
    )
    .openapi(getObject, async (c) =>
      c.json(await inspectObject({ ctx: c.get("service"), input: c.req.valid("param") }), 200),
    )
    .openapi(postWake, async (c) =>
      c.json(await wakeObject({ ctx: c.get("service"), input: c.req.valid("param") }), 200),
    )
    .openapi(getHealth, async (c) => c.json(await readHealth({ ctx: identityContext(c) }), 200))
    .openapi(getTrail, async (c) =>
      c.json(await readOperatorTrail({ ctx: c.get("service"), input: c.req.valid("query") }), 200),
    );
}
