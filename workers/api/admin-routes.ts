import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { AdminUser, Bootstrap, ChangeUser, SupportView } from "../../schema/wire/account.ts";
import { PlatformTrading, SetPlatformTrading } from "../../schema/wire/platform.ts";
import { Page, PageQuery } from "../../schema/wire/primitive.ts";
import { bootstrapAdministrator, changeUser, endUserSessions, listUsers } from "../services/identity/admin.ts";
import { viewForSupport } from "../services/identity/sessions.ts";
import { readPlatformTrading, setPlatformTrading } from "../services/trading/platform-switch.ts";
import type { ApiEnv } from "./api-types.ts";
import { requireFreshProof } from "./authorize.ts";
import { personContext, setCookies } from "./identity-calls.ts";
import { bearer, done, idParams, jsonBody, jsonReply, problems } from "./route-parts.ts";
import { refuseInvalid } from "./validation.ts";

const guarded = { tags: ["Administration"], security: bearer };

const postBootstrap = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/admin/bootstrap",
  summary: "Become the deployment's first administrator, once",
  request: { body: jsonBody(Bootstrap) },
  responses: { 204: done("Fetch a new access token."), ...problems(401, 403, 422, 429) },
});

const getUsers = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/admin/users",
  summary: "Users, the newest first",
  request: { query: PageQuery.extend({ search: z.string().max(40).default("") }) },
  responses: { 200: jsonReply(Page(AdminUser), "A page of users."), ...problems(401, 403, 422) },
});

const patchUser = createRoute({
  ...guarded,
  method: "patch",
  path: "/api/v1/admin/users/{id}",
  summary: "Change a user's role, or close or open their account; their sessions end",
  description: "Closing needs a reason. It stands in both trails: the person reads it.",
  request: { params: idParams, body: jsonBody(ChangeUser) },
  responses: { 200: jsonReply(AdminUser, "As it is now."), ...problems(401, 403, 404, 409, 422) },
});

const deleteUserSessions = createRoute({
  ...guarded,
  method: "delete",
  path: "/api/v1/admin/users/{id}/sessions",
  summary: "End all sessions of a user",
  request: { params: idParams },
  responses: { 200: jsonReply(z.object({ ended: z.number().int() }), "How many."), ...problems(401, 403, 404) },
});

const postUserView = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/admin/users/{id}/view",
  summary: "Look at a user's account to give support; read only, and in the user's own trail",
  request: { params: idParams, body: jsonBody(SupportView) },
  responses: {
    204: done("The session shows that account. Fetch a new access token."),
    ...problems(401, 403, 404, 422),
  },
});

const getTrading = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/admin/trading",
  summary: "Whether the deployment trades",
  responses: { 200: jsonReply(PlatformTrading, "The switch of all accounts."), ...problems(401, 403) },
});

const postTrading = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/admin/trading",
  summary: "Stop all trading of the deployment, or let it go on",
  description:
    "Of a halt every desk is told at once: nothing new is sent, and open orders are cancelled. Going on needs a proof of the last minutes. The reason stands in the trail and beside the switch.",
  request: { body: jsonBody(SetPlatformTrading) },
  responses: { 200: jsonReply(PlatformTrading, "As it is now."), ...problems(401, 403, 422) },
});

/** Routes of operators and administrators. */
export function adminRoutes() {
  return new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid })
    .openapi(postBootstrap, async (c) => {
      const { cookie } = await bootstrapAdministrator({ ctx: personContext(c), input: c.req.valid("json") });
      setCookies(c, [cookie]);
      return c.body(null, 204);
    })
    .openapi(getUsers, async (c) =>
      c.json(await listUsers({ ctx: personContext(c), input: queryOf(c.req.valid("query")) }), 200),
    )
    .openapi(patchUser, async (c) => {
      const input = { id: c.req.valid("param").id, change: c.req.valid("json") };
      return c.json(await changeUser({ ctx: personContext(c), input }), 200);
    })
    .openapi(deleteUserSessions, async (c) =>
      c.json(await endUserSessions({ ctx: personContext(c), input: c.req.valid("param") }), 200),
    )
    .openapi(getTrading, async (c) => c.json(await readPlatformTrading({ ctx: personContext(c) }), 200))
    .openapi(postTrading, async (c) => {
      const input = c.req.valid("json");
      if (input.state === "ACTIVE") requireFreshProof(c);
      return c.json(await setPlatformTrading({ ctx: personContext(c), input: { ...input, flatten: false } }), 200);
    })
    .openapi(postUserView, async (c) => {
      const input = { id: c.req.valid("param").id, ...c.req.valid("json") };
      setCookies(c, [await viewForSupport({ ctx: personContext(c), input })]);
      return c.body(null, 204);
    });
}

function queryOf(query: { search: string; cursor?: string | undefined; limit: number }) {
  return { search: query.search, cursor: query.cursor, limit: query.limit };
}
