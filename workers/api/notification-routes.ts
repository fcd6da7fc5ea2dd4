import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import {
  ChangeNoticeChannel,
  ChannelTest,
  CreateNoticeChannel,
  DeliveryPage,
  InboxPage,
  ListDeliveries,
  NewNoticeChannel,
  NoticeChannel,
  NoticeChannels,
  NoticeRule,
  NoticeRules,
  NoticeSettings,
  PutNoticeRule,
  PutNoticeSettings,
  ReadInbox,
  VerifyNoticeChannel,
} from "../../schema/wire/notification.ts";
import { PageQuery } from "../../schema/wire/primitive.ts";
import type { NoticeWays } from "../notify/notice-ways.ts";
import type { Env } from "../platform/env.ts";
import {
  changeChannel,
  createChannel,
  listChannels,
  removeChannel,
  testChannel,
} from "../services/notifications/channels.ts";
import { confirmAddress, sendCodeAgain } from "../services/notifications/confirm-address.ts";
import { listDeliveries, markRead, readInbox } from "../services/notifications/deliveries.ts";
import { type NoticeContext, ofDeployment } from "../services/notifications/notice-context.ts";
import { listRules, putRule, putSettings, readSettings, removeRule } from "../services/notifications/rules.ts";
import type { ApiContext, ApiEnv } from "./api-types.ts";
import { bearer, done, idParams, jsonBody, jsonReply, problems } from "./route-parts.ts";
import { refuseInvalid } from "./validation.ts";

/** The same routes for a person and for the deployment's people. */
const PLACES = {
  person: { base: "/api/v1/notifications", tag: "Notifications", whose: "your" },
  deployment: { base: "/api/v1/admin/notifications", tag: "Administration", whose: "the deployment's" },
} as const;
type Whose = keyof typeof PLACES;

function describe(whose: Whose) {
  const { base, tag, whose: word } = PLACES[whose];
  const guarded = { tags: [tag], security: bearer };
  const one = { ...guarded, request: { params: idParams } };
  return {
    channels: createRoute({
      ...{ ...guarded, method: "get", path: `${base}/channels`, summary: `Ways over which ${word} notices leave` },
      responses: { 200: jsonReply(NoticeChannels, "The oldest first."), ...problems(401, 403) },
    }),
    create: createRoute({
      ...{ ...guarded, method: "post", path: `${base}/channels`, summary: `Add a way for ${word} notices` },
      description:
        "What opens it is sealed and never shown again. The reply has the secret that a webhook is signed by, once. An address of mail that is not the account's own is sent a code first.",
      request: { body: jsonBody(CreateNoticeChannel) },
      responses: { 201: jsonReply(NewNoticeChannel, "The channel."), ...problems(401, 403, 409, 413, 422, 429) },
    }),
    change: createRoute({
      ...{ ...guarded, method: "patch", path: `${base}/channels/{id}` },
      summary: "Rename a channel, turn it on or off, or let its notices go together",
      request: { params: idParams, body: jsonBody(ChangeNoticeChannel) },
      responses: { 200: jsonReply(NoticeChannel, "As it is now."), ...problems(401, 403, 404, 413, 422) },
    }),
    remove: createRoute({
      ...{ ...one, method: "delete", path: `${base}/channels/{id}`, summary: "Take a channel away, with its rules" },
      responses: { 204: done("It is gone."), ...problems(401, 403, 404, 409) },
    }),
    test: createRoute({
      ...{ ...one, method: "post", path: `${base}/channels/{id}/test`, summary: "Send a test over a channel, now" },
      responses: { 200: jsonReply(ChannelTest, "What became of it."), ...problems(401, 403, 404, 409) },
    }),
    ask: createRoute({
      ...{ ...one, method: "post", path: `${base}/channels/{id}/code`, summary: "Send another code to an address" },
      responses: { 204: done("It is on its way."), ...problems(401, 403, 404, 409, 429) },
    }),
    confirm: createRoute({
      ...{ ...guarded, method: "post", path: `${base}/channels/{id}/confirm` },
      summary: "Confirm an address by the code in the letter",
      request: { params: idParams, body: jsonBody(VerifyNoticeChannel) },
      responses: { 200: jsonReply(NoticeChannel, "As it is now."), ...problems(401, 403, 404, 413, 422) },
    }),
  };
}

function describeRules(whose: Whose) {
  const { base, tag, whose: word } = PLACES[whose];
  const guarded = { tags: [tag], security: bearer };
  return {
    rules: createRoute({
      ...{ ...guarded, method: "get", path: `${base}/rules`, summary: `What of ${word} events is told where` },
      responses: { 200: jsonReply(NoticeRules, "Of rules that fit, the narrowest wins."), ...problems(401, 403) },
    }),
    put: createRoute({
      ...{
        ...guarded,
        method: "put",
        path: `${base}/rules`,
        summary: "Set the rule of a channel, a topic and a scope",
      },
      request: { body: jsonBody(PutNoticeRule) },
      responses: { 200: jsonReply(NoticeRule, "The rule."), ...problems(401, 403, 404, 409, 413, 422) },
    }),
    remove: createRoute({
      ...{ ...guarded, method: "delete", path: `${base}/rules/{id}`, summary: "Take a rule away" },
      request: { params: idParams },
      responses: { 204: done("It is gone."), ...problems(401, 403, 404) },
    }),
    settings: createRoute({
      ...{ ...guarded, method: "get", path: `${base}/settings`, summary: "Quiet hours, digest and repeats" },
      responses: { 200: jsonReply(NoticeSettings, "The settings."), ...problems(401, 403) },
    }),
    putSettings: createRoute({
      ...{ ...guarded, method: "put", path: `${base}/settings`, summary: "Set quiet hours, digest and repeats" },
      request: { body: jsonBody(PutNoticeSettings) },
      responses: { 200: jsonReply(NoticeSettings, "As they are now."), ...problems(401, 403, 413, 422) },
    }),
    deliveries: createRoute({
      ...{ ...guarded, method: "get", path: `${base}/deliveries`, summary: `What became of ${word} notices` },
      request: { query: ListDeliveries },
      responses: { 200: jsonReply(DeliveryPage, "The newest first."), ...problems(401, 403, 422) },
    }),
    inbox: createRoute({
      ...{ ...guarded, method: "get", path: `${base}/inbox`, summary: "Notices that the app shows" },
      request: { query: PageQuery },
      responses: { 200: jsonReply(InboxPage, "The newest first."), ...problems(401, 403, 422) },
    }),
    read: createRoute({
      ...{ ...guarded, method: "post", path: `${base}/inbox/read`, summary: "Note up to when notices were read" },
      request: { body: jsonBody(ReadInbox) },
      responses: { 204: done("Noted."), ...problems(401, 403, 413, 422) },
    }),
  };
}

/** Channels, rules and what became of notices: of the person who asks, or of the deployment. */
export function notificationRoutes(whose: Whose, ways: (env: Env) => NoticeWays) {
  const context = (c: ApiContext): NoticeContext => {
    const ctx = { ...c.get("service"), ways: ways(c.env) };
    return whose === "person" ? ctx : ofDeployment(ctx);
  };
  const routes = describe(whose);
  return new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid })
    .openapi(routes.channels, async (c) => c.json(await listChannels({ ctx: context(c) }), 200))
    .openapi(routes.create, async (c) =>
      c.json(await createChannel({ ctx: context(c), input: c.req.valid("json") }), 201),
    )
    .openapi(routes.change, async (c) => {
      const input = { ...c.req.valid("param"), change: c.req.valid("json") };
      return c.json(await changeChannel({ ctx: context(c), input }), 200);
    })
    .openapi(routes.remove, async (c) => {
      await removeChannel({ ctx: context(c), input: c.req.valid("param") });
      return c.body(null, 204);
    })
    .openapi(routes.test, async (c) => c.json(await testChannel({ ctx: context(c), input: c.req.valid("param") }), 200))
    .openapi(routes.ask, async (c) => {
      await sendCodeAgain({ ctx: context(c), input: c.req.valid("param") });
      return c.body(null, 204);
    })
    .openapi(routes.confirm, async (c) => {
      const input = { ...c.req.valid("param"), ...c.req.valid("json") };
      return c.json(await confirmAddress({ ctx: context(c), input }), 200);
    })
    .route("/", ruleRoutes(whose, context));
}

function ruleRoutes(whose: Whose, context: (c: ApiContext) => NoticeContext) {
  const routes = describeRules(whose);
  return new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid })
    .openapi(routes.rules, async (c) => c.json(await listRules({ ctx: context(c) }), 200))
    .openapi(routes.put, async (c) => c.json(await putRule({ ctx: context(c), input: c.req.valid("json") }), 200))
    .openapi(routes.remove, async (c) => {
      await removeRule({ ctx: context(c), input: c.req.valid("param") });
      return c.body(null, 204);
    })
    .openapi(routes.settings, async (c) => c.json(await readSettings({ ctx: context(c) }), 200))
    .openapi(routes.putSettings, async (c) =>
      c.json(await putSettings({ ctx: context(c), input: c.req.valid("json") }), 200),
    )
    .openapi(routes.deliveries, async (c) =>
      c.json(await listDeliveries({ ctx: context(c), input: c.req.valid("query") }), 200),
    )
    .openapi(routes.inbox, async (c) => c.json(await readInbox({ ctx: context(c), input: c.req.valid("query") }), 200))
    .openapi(routes.read, async (c) => {
      await markRead({ ctx: context(c), input: c.req.valid("json") });
      return c.body(null, 204);
    });
}
