import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import {
  Bot,
  BotDefinition,
  BotPreview,
  BotState,
  CreateBot,
  EditBot,
  ListBots,
  StartBotQuery,
  StopBot,
} from "../../schema/wire/bot.ts";
import { BotLogEntry } from "../../schema/wire/bot-log.ts";
import { Page, PageQuery } from "../../schema/wire/primitive.ts";
import { botObject } from "../services/trading/account-object-of.ts";
import { pauseBot, readBotLog, readBotState, resumeBot, startBot, stopBot } from "../services/trading/bot-actions.ts";
import { previewBot } from "../services/trading/bot-preview.ts";
import { cloneBot, createBot, editBot, findBot, getBot, listBots } from "../services/trading/bots.ts";
import { isLiveBot } from "../services/trading/live-gate.ts";
import { effectiveLimits, isLooser } from "../services/trading/looser-limits.ts";
import type { ApiEnv } from "./api-types.ts";
import { requireFreshFactor, requireFreshProof } from "./authorize.ts";
import { CHANNEL_ANSWERS, channelText, openChannel, ResumeQuery, requireUpgrade } from "./open-channel.ts";
import { bearer, createHeaders, idParams, jsonBody, jsonReply, problems } from "./route-parts.ts";
import { refuseInvalid } from "./validation.ts";

const guarded = { tags: ["Bots"], security: bearer };
const one = { ...guarded, request: { params: idParams } };
const answersBot = { 200: jsonReply(Bot, "The bot."), ...problems(401, 403, 404, 409) };

const create = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/bots",
  summary: "Make a bot, stopped",
  description: "With an `Idempotency-Key`, the same request again answers the bot that the first one made.",
  request: { headers: createHeaders, body: jsonBody(CreateBot) },
  responses: { 201: jsonReply(Bot, "The bot."), ...problems(401, 403, 404, 409, 413, 422) },
});
const list = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/bots",
  summary: "Your bots",
  request: { query: ListBots },
  responses: { 200: jsonReply(Page(Bot), "One page, the newest first."), ...problems(401, 422) },
});
const preview = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/bots/preview",
  summary: "What a bot would have done over the last month",
  request: { body: jsonBody(z.strictObject({ accountId: z.string().max(60), definition: BotDefinition })) },
  responses: {
    200: jsonReply(BotPreview, "By the engine that would run it."),
    ...problems(401, 403, 404, 409, 413, 422, 503),
  },
});
const get = createRoute({
  ...one,
  method: "get",
  path: "/api/v1/bots/{id}",
  summary: "One bot",
  responses: { 200: jsonReply(Bot, "The bot."), ...problems(401, 404) },
});
const edit = createRoute({
  ...guarded,
  method: "patch",
  path: "/api/v1/bots/{id}",
  summary: "Change a bot",
  description:
    "A new definition is a new version. It applies at the first candle at which the bot holds nothing. Raising a cap " +
    "needs a fresh proof and begins to hold after a minute.",
  request: { params: idParams, body: jsonBody(EditBot) },
  responses: { ...answersBot, ...problems(401, 403, 404, 409, 413, 422) },
});
const start = createRoute({
  ...one,
  method: "post",
  path: "/api/v1/bots/{id}/start",
  summary: "Start",
  description:
    "With real money it needs a second factor, a fresh proof, `confirm`, and a week of play money before. While trading " +
    "of the account, of all accounts or of the platform is stopped it answers 409 with `trading_halted`.",
  request: { params: idParams, query: StartBotQuery },
  responses: { ...answersBot, ...problems(401, 403, 404, 409, 422) },
});
const pause = createRoute({
  ...one,
  method: "post",
  path: "/api/v1/bots/{id}/pause",
  summary: "Make no entries for now; exits and stops go on",
  responses: answersBot,
});
const resume = createRoute({
  ...one,
  method: "post",
  path: "/api/v1/bots/{id}/resume",
  summary: "Make entries again",
  responses: answersBot,
});
const stop = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/bots/{id}/stop",
  summary: "Stop: cancel its orders, and keep or close what it holds",
  request: { params: idParams, body: jsonBody(StopBot) },
  responses: { ...answersBot, ...problems(401, 403, 404, 413, 422) },
});
const clone = createRoute({
  ...one,
  method: "post",
  path: "/api/v1/bots/{id}/clone",
  summary: "A copy, stopped",
  responses: { 201: jsonReply(Bot, "The copy."), ...problems(401, 403, 404, 409, 422) },
});
const state = createRoute({
  ...one,
  method: "get",
  path: "/api/v1/bots/{id}/state",
  summary: "Position, orders, log and shadow of a bot",
  responses: { 200: jsonReply(BotState, "As it is now."), ...problems(401, 404) },
});
const log = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/bots/{id}/log",
  summary: "What happened to a bot",
  request: { params: idParams, query: PageQuery },
  responses: { 200: jsonReply(Page(BotLogEntry), "One page, the newest first."), ...problems(401, 404, 422) },
});
const live = createRoute({
  method: "get",
  path: "/api/v1/bots/{id}/live",
  tags: ["Bots"],
  summary: "Watch a bot over a web socket",
  description: channelText("Everything that GET /api/v1/bots/{id}/state answers."),
  request: { params: idParams, query: ResumeQuery },
  responses: { ...CHANNEL_ANSWERS, ...problems(401, 403, 404) },
});

/** Bots: make, start, watch, stop. */
export function botRoutes() {
  return new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid })
    .openapi(create, async (c) => {
      const input = { ...c.req.valid("json"), idempotencyKey: c.req.valid("header")["idempotency-key"] };
      return c.json(await createBot({ ctx: c.get("service"), input }), 201);
    })
    .openapi(list, async (c) => c.json(await listBots({ ctx: c.get("service"), input: c.req.valid("query") }), 200))
    .openapi(preview, async (c) => c.json(await previewBot({ ctx: c.get("service"), input: c.req.valid("json") }), 200))
    .openapi(get, async (c) => c.json(await getBot({ ctx: c.get("service"), input: c.req.valid("param") }), 200))
    .openapi(edit, async (c) => {
      const ctx = c.get("service");
      const input = { ...c.req.valid("param"), ...c.req.valid("json") };
      if (input.definition !== undefined) {
        const { definition } = await findBot(ctx, input.id);
        if (isLooser(effectiveLimits(definition), effectiveLimits(input.definition))) requireFreshProof(c);
      }
      return c.json(await editBot({ ctx, input }), 200);
    })
    .openapi(start, async (c) => {
      const ctx = c.get("service");
      const input = { ...c.req.valid("param"), ...c.req.valid("query") };
      if (await isLiveBot(ctx, await findBot(ctx, input.id))) await requireFreshFactor(c);
      return c.json(await startBot({ ctx, input }), 200);
    })
    .openapi(pause, async (c) => c.json(await pauseBot({ ctx: c.get("service"), input: c.req.valid("param") }), 200))
    .openapi(resume, async (c) => c.json(await resumeBot({ ctx: c.get("service"), input: c.req.valid("param") }), 200))
    .openapi(stop, async (c) => {
      const input = { ...c.req.valid("param"), ...c.req.valid("json") };
      return c.json(await stopBot({ ctx: c.get("service"), input }), 200);
    })
    .openapi(clone, async (c) => c.json(await cloneBot({ ctx: c.get("service"), input: c.req.valid("param") }), 201))
    .openapi(state, async (c) =>
      c.json(await readBotState({ ctx: c.get("service"), input: c.req.valid("param") }), 200),
    )
    .openapi(log, async (c) => {
      const input = { ...c.req.valid("param"), ...c.req.valid("query") };
      return c.json(await readBotLog({ ctx: c.get("service"), input }), 200);
    })
    .openapi(live, async (c) => {
      requireUpgrade(c);
      const ctx = c.get("service");
      const { id } = await findBot(ctx, c.req.valid("param").id);
      return openChannel(c, { kind: "bot", ...(await botObject(ctx, id)) });
    });
}
