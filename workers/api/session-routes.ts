import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { SessionEntry, SocketTicket, ViewAccount } from "../../schema/wire/account.ts";
import { TimeMs } from "../../schema/wire/primitive.ts";
import { AccessToken, PasskeyOptions, Session, StepUp } from "../../schema/wire/session.ts";
import { readOwnSession, refreshSession, stepUp, stepUpPasskeyOptions } from "../services/identity/session.ts";
import {
  issueSocketTicket,
  listSessions,
  revokeOtherSessions,
  revokeSession,
  viewAccount,
} from "../services/identity/sessions.ts";
import type { ApiEnv } from "./api-types.ts";
import { identityContext, personContext, setCookies } from "./identity-calls.ts";
import { bearer, done, idParams, jsonBody, jsonReply, problems } from "./route-parts.ts";
import { refuseInvalid } from "./validation.ts";

const tags = ["Session"];
const guarded = { tags, security: bearer };

const getSession = createRoute({
  method: "get",
  path: "/api/v1/session",
  tags,
  summary: "Who is signed in, and what this deployment offers",
  responses: { 200: jsonReply(Session, "The session; `user` is null where nobody is signed in.") },
});

const postToken = createRoute({
  method: "post",
  path: "/api/v1/session/token",
  tags,
  summary: "An access token of 15 minutes for the session of the cookie",
  description: "The cookie is replaced by its successor. An old cookie shown again later ends the session.",
  responses: { 200: jsonReply(AccessToken, "Send it as `Authorization: Bearer`."), ...problems(401, 403) },
});

const postView = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/session/view",
  summary: "Look at another's account as its viewer, or at one's own again",
  request: { body: jsonBody(ViewAccount) },
  responses: {
    204: done("The session shows that account. Fetch a new access token."),
    ...problems(401, 403, 404, 422),
  },
});

const postStepUp = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/session/step-up",
  summary: "Prove again who you are; opens dangerous actions for five minutes",
  request: { body: jsonBody(StepUp) },
  responses: {
    200: jsonReply(z.object({ until: TimeMs }), "Proven. Fetch a new access token."),
    ...problems(401, 403, 422, 429),
  },
});

const postStepUpPasskey = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/session/step-up/passkey",
  summary: "Options for a step-up with a passkey",
  responses: { 200: jsonReply(PasskeyOptions, "For `navigator.credentials.get`."), ...problems(401, 403) },
});

const getSessions = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/account/sessions",
  summary: "Your open sessions",
  responses: { 200: jsonReply(z.object({ rows: z.array(SessionEntry) }), "The newest first."), ...problems(401, 403) },
});

const deleteSessions = createRoute({
  ...guarded,
  method: "delete",
  path: "/api/v1/account/sessions",
  summary: "End all your sessions but this one",
  responses: { 200: jsonReply(z.object({ ended: z.number().int() }), "How many."), ...problems(401, 403) },
});

const deleteSession = createRoute({
  ...guarded,
  method: "delete",
  path: "/api/v1/account/sessions/{id}",
  summary: "End one of your sessions",
  request: { params: idParams },
  responses: { 204: done("It has ended, with its sockets."), ...problems(401, 403, 404) },
});

const postTicket = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/socket-tickets",
  summary: "A ticket that opens one web socket within thirty seconds",
  description: "Offer it as the sub-protocol `ticket.<ticket>` beside `apextrade.v1`, with this site as the Origin.",
  responses: { 200: jsonReply(SocketTicket, "It works once."), ...problems(401, 403) },
});

/** Routes of the session and of the person's other ones. `mailboxUrl` says where letters of a local server are read. */
export function sessionRoutes(mailboxUrl: string | null) {
  return new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid })
    .openapi(getSession, async (c) => c.json(await readOwnSession({ ctx: identityContext(c), mailboxUrl }), 200))
    .openapi(postToken, async (c) => {
      const { access, cookie } = await refreshSession({ ctx: identityContext(c) });
      setCookies(c, [cookie]);
      return c.json(access, 200);
    })
    .openapi(postView, async (c) => {
      setCookies(c, [await viewAccount({ ctx: personContext(c), input: c.req.valid("json") })]);
      return c.body(null, 204);
    })
    .openapi(postStepUp, async (c) => {
      const { until, cookie } = await stepUp({ ctx: personContext(c), input: c.req.valid("json") });
      setCookies(c, [cookie]);
      return c.json({ until }, 200);
    })
    .openapi(postStepUpPasskey, async (c) => c.json(await stepUpPasskeyOptions({ ctx: personContext(c) }), 200))
    .openapi(getSessions, async (c) => c.json({ rows: await listSessions({ ctx: personContext(c) }) }, 200))
    .openapi(deleteSessions, async (c) => c.json(await revokeOtherSessions({ ctx: personContext(c) }), 200))
    .openapi(deleteSession, async (c) => {
      await revokeSession({ ctx: personContext(c), input: c.req.valid("param") });
      return c.body(null, 204);
    })
    .openapi(postTicket, async (c) => c.json(await issueSocketTicket({ ctx: personContext(c) }), 200));
}
