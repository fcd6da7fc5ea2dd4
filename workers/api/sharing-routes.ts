import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { CreateInvitation, Invitation, Sharing } from "../../schema/wire/account.ts";
import { OneTimeRef } from "../../schema/wire/session.ts";
import {
  acceptInvitation,
  invite,
  leaveOwner,
  readSharing,
  removeViewer,
  withdrawInvitation,
} from "../services/identity/sharing.ts";
import type { ApiEnv } from "./api-types.ts";
import { personContext } from "./identity-calls.ts";
import { bearer, done, idParams, jsonBody, jsonReply, problems } from "./route-parts.ts";
import { refuseInvalid } from "./validation.ts";

const guarded = { tags: ["Sharing"], security: bearer };

const getSharing = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/sharing",
  summary: "Who may see your things, who is invited to, and whose you may see",
  responses: { 200: jsonReply(Sharing, "All of it."), ...problems(401, 403) },
});

const postInvitation = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/sharing/invitations",
  summary: "Invite somebody by letter to see your things",
  request: { body: jsonBody(CreateInvitation) },
  responses: { 201: jsonReply(Invitation, "The letter is on its way."), ...problems(401, 403, 409, 422, 429) },
});

const deleteInvitation = createRoute({
  ...guarded,
  method: "delete",
  path: "/api/v1/sharing/invitations/{id}",
  summary: "Take an invitation back",
  request: { params: idParams },
  responses: { 204: done("Its link is dead."), ...problems(401, 403, 404) },
});

const postAccept = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/sharing/accept",
  summary: "Accept an invitation that was sent to your address",
  request: { body: jsonBody(OneTimeRef) },
  responses: {
    200: jsonReply(z.object({ ownerId: z.string() }), "Whose things you may see."),
    ...problems(400, 401, 403, 422),
  },
});

const deleteViewer = createRoute({
  ...guarded,
  method: "delete",
  path: "/api/v1/sharing/viewers/{id}",
  summary: "End somebody's leave to see your things",
  request: { params: idParams },
  responses: { 204: done("Ended at once."), ...problems(401, 403, 404) },
});

const deleteOwner = createRoute({
  ...guarded,
  method: "delete",
  path: "/api/v1/sharing/owners/{id}",
  summary: "Give up your leave to see somebody's things",
  request: { params: idParams },
  responses: { 204: done("Given up."), ...problems(401, 403, 404) },
});

/** Routes of invitations and of the leave to look on. */
export function sharingRoutes() {
  return new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid })
    .openapi(getSharing, async (c) => c.json(await readSharing({ ctx: personContext(c) }), 200))
    .openapi(postInvitation, async (c) =>
      c.json(await invite({ ctx: personContext(c), input: c.req.valid("json") }), 201),
    )
    .openapi(deleteInvitation, async (c) => {
      await withdrawInvitation({ ctx: personContext(c), input: c.req.valid("param") });
      return c.body(null, 204);
    })
    .openapi(postAccept, async (c) =>
      c.json(await acceptInvitation({ ctx: personContext(c), input: c.req.valid("json") }), 200),
    )
    .openapi(deleteViewer, async (c) => {
      await removeViewer({ ctx: personContext(c), input: c.req.valid("param") });
      return c.body(null, 204);
    })
    .openapi(deleteOwner, async (c) => {
      await leaveOwner({ ctx: personContext(c), input: c.req.valid("param") });
      return c.body(null, 204);
    });
}
