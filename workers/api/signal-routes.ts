import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { Page } from "../../schema/wire/primitive.ts";
import { CheckSignal, EditHook, Hook, ListSignals, NewHook, Signal, SignalCheck } from "../../schema/wire/signal.ts";
import { publicOriginOf } from "../platform/public-origin.ts";
import { findBot } from "../services/trading/bots.ts";
import { isLiveBot } from "../services/trading/live-gate.ts";
import {
  checkSignal,
  dropHook,
  editHook,
  listSignals,
  makeHook,
  readHook,
  replaySignal,
} from "../services/trading/signals.ts";
import type { ApiContext, ApiEnv } from "./api-types.ts";
import { requireFreshFactor } from "./authorize.ts";
import { bearer, createHeaders, done, idParams, jsonBody, jsonReply, problems } from "./route-parts.ts";
import { refuseInvalid } from "./validation.ts";

const guarded = { tags: ["Signals"], security: bearer };
const one = { ...guarded, request: { params: idParams } };
const NEW_HOOK = "The address, its secret and its signing key, shown this once.";
const PROOF = "On an account with real money it needs a second factor and a fresh proof.";

const list = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/bots/{id}/signals",
  summary: "Signals that a bot was sent",
  request: { params: idParams, query: ListSignals },
  responses: { 200: jsonReply(Page(Signal), "One page, the newest first."), ...problems(401, 404, 422) },
});
const check = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/bots/{id}/signals/check",
  summary: "How a message would be taken",
  description: "Nothing is done and nothing is written down.",
  request: { params: idParams, body: jsonBody(CheckSignal) },
  responses: { 200: jsonReply(SignalCheck, "What was understood."), ...problems(401, 404, 409, 413, 422) },
});
const replay = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/bots/{id}/signals/{signalId}/replay",
  summary: "Act on a signal again",
  description: `Under a new id, however old it is, past the same caps. ${PROOF} With an \`Idempotency-Key\`, the same request again answers the same signal.`,
  request: { headers: createHeaders, params: idParams.extend({ signalId: z.string().max(60) }) },
  responses: { 202: jsonReply(Signal, "The new signal."), ...problems(401, 403, 404, 409, 422) },
});
const hook = createRoute({
  ...one,
  method: "get",
  path: "/api/v1/bots/{id}/hook",
  summary: "The address of a bot for signals",
  responses: { 200: jsonReply(Hook, "Without what it is kept secret for."), ...problems(401, 404) },
});
const make = createRoute({
  ...one,
  method: "post",
  path: "/api/v1/bots/{id}/hook",
  summary: "Make the address of a bot",
  description: PROOF,
  responses: { 201: jsonReply(NewHook, NEW_HOOK), ...problems(401, 403, 404, 409) },
});
const rotate = createRoute({
  ...one,
  method: "post",
  path: "/api/v1/bots/{id}/hook/rotate",
  summary: "Make another address in the place of the one there is",
  description: `The old one is gone at once. ${PROOF}`,
  responses: { 200: jsonReply(NewHook, NEW_HOOK), ...problems(401, 403, 404, 409) },
});
const edit = createRoute({
  ...guarded,
  method: "patch",
  path: "/api/v1/bots/{id}/hook",
  summary: "Change how messages are taken",
  description: PROOF,
  request: { params: idParams, body: jsonBody(EditHook) },
  responses: { 200: jsonReply(Hook, "As it is now."), ...problems(401, 403, 404, 409, 413, 422) },
});
const drop = createRoute({
  ...one,
  method: "delete",
  path: "/api/v1/bots/{id}/hook",
  summary: "Take the address away",
  responses: { 204: done("It is gone."), ...problems(401, 403, 404) },
});

/** Whoever drives a bot with real money has shown a second factor a moment ago. Taking the address away waits for nothing. */
async function requireProof(c: ApiContext, id: string): Promise<void> {
  const ctx = c.get("service");
  if (await isLiveBot(ctx, await findBot(ctx, id))) await requireFreshFactor(c);
}

/** Where senders reach us: the origin that is set, else the one that the request came to. */
function originOf(c: ApiContext): string {
  return publicOriginOf(c.env.PUBLIC_ORIGIN) ?? new URL(c.req.url).origin;
}

/** Signals from outside: what came, and the address that it comes to. */
export function signalRoutes() {
  return new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid })
    .openapi(list, async (c) => {
      const input = { ...c.req.valid("param"), ...c.req.valid("query") };
      return c.json(await listSignals({ ctx: c.get("service"), input }), 200);
    })
    .openapi(check, async (c) => {
      const input = { ...c.req.valid("param"), ...c.req.valid("json") };
      return c.json(await checkSignal({ ctx: c.get("service"), input }), 200);
    })
    .openapi(replay, async (c) => {
      const input = { ...c.req.valid("param"), idempotencyKey: c.req.valid("header")["idempotency-key"] };
      await requireProof(c, input.id);
      return c.json(await replaySignal({ ctx: c.get("service"), input }), 202);
    })
    .openapi(hook, async (c) => c.json(await readHook({ ctx: c.get("service"), input: c.req.valid("param") }), 200))
    .openapi(make, async (c) => {
      const { id } = c.req.valid("param");
      await requireProof(c, id);
      const input = { id, origin: originOf(c), rotate: false };
      return c.json(await makeHook({ ctx: c.get("service"), input }), 201);
    })
    .openapi(rotate, async (c) => {
      const { id } = c.req.valid("param");
      await requireProof(c, id);
      const input = { id, origin: originOf(c), rotate: true };
      return c.json(await makeHook({ ctx: c.get("service"), input }), 200);
    })
    .openapi(edit, async (c) => {
      const input = { ...c.req.valid("param"), ...c.req.valid("json") };
      await requireProof(c, input.id);
      return c.json(await editHook({ ctx: c.get("service"), input }), 200);
    })
    .openapi(drop, async (c) => {
      await dropHook({ ctx: c.get("service"), input: c.req.valid("param") });
      return c.body(null, 204);
    });
}
