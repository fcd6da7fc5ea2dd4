import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { ReplayState } from "../../schema/wire/market.ts";
import { Page, PageQuery } from "../../schema/wire/primitive.ts";
import { ListVerdicts, RiskLimits, RiskView, VerdictPage } from "../../schema/wire/risk.ts";
import {
  AccountState,
  CreateTradingAccount,
  EquityHistory,
  KillResult,
  KillSwitch,
  RenameTradingAccount,
  SetTradingState,
  SettleDifference,
  TradingAccount,
} from "../../schema/wire/trading.ts";
import { accountObject } from "../services/trading/account-object-of.ts";
import {
  createAccount,
  findAccount,
  getAccount,
  listAccounts,
  readReplay,
  removeAccount,
  renameAccount,
} from "../services/trading/accounts.ts";
import { isLiveChoice } from "../services/trading/live-gate.ts";
import {
  isLoosening,
  isRaise,
  killTrading,
  listVerdicts,
  readAccountState,
  readEquity,
  readRisk,
  setAccountLimits,
  setTradingState,
} from "../services/trading/risk.ts";
import { settleAccountDifference } from "../services/trading/settle-difference.ts";
import type { ApiEnv } from "./api-types.ts";
import { requireFreshFactor, requireFreshProof } from "./authorize.ts";
import { CHANNEL_ANSWERS, channelText, openChannel, ResumeQuery, requireUpgrade } from "./open-channel.ts";
import { bearer, createHeaders, done, idParams, jsonBody, jsonReply, problems } from "./route-parts.ts";
import { refuseInvalid } from "./validation.ts";

const guarded = { tags: ["Accounts"], security: bearer };
const one = { ...guarded, request: { params: idParams } };

const create = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/accounts",
  summary: "Make an account",
  description:
    "One that trades real money needs a second factor and a fresh proof. With an `Idempotency-Key`, the same request again answers the account that the first one made.",
  request: { headers: createHeaders, body: jsonBody(CreateTradingAccount) },
  responses: { 201: jsonReply(TradingAccount, "The account."), ...problems(401, 403, 409, 413, 422, 503) },
});
const list = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/accounts",
  summary: "Your accounts",
  request: { query: PageQuery },
  responses: { 200: jsonReply(Page(TradingAccount), "One page, the newest first."), ...problems(401, 422) },
});
const get = createRoute({
  ...one,
  method: "get",
  path: "/api/v1/accounts/{id}",
  summary: "One account",
  responses: { 200: jsonReply(TradingAccount, "The account."), ...problems(401, 404) },
});
const remove = createRoute({
  ...one,
  method: "delete",
  path: "/api/v1/accounts/{id}",
  summary: "Delete an account with its orders and trades",
  responses: { 204: done("It is gone."), ...problems(401, 403, 404, 409) },
});
const rename = createRoute({
  ...guarded,
  method: "patch",
  path: "/api/v1/accounts/{id}",
  summary: "Give an account another name",
  request: { params: idParams, body: jsonBody(RenameTradingAccount) },
  responses: { 200: jsonReply(TradingAccount, "The account."), ...problems(401, 403, 404, 413, 422) },
});
const replay = createRoute({
  ...one,
  method: "get",
  path: "/api/v1/accounts/{id}/replay",
  summary: "Where an account's replay is",
  responses: { 200: jsonReply(ReplayState, "As it is now; 404 for an account without one."), ...problems(401, 404) },
});
const state = createRoute({
  ...one,
  method: "get",
  path: "/api/v1/accounts/{id}/state",
  summary: "Equity, positions, open orders and switches of an account",
  responses: { 200: jsonReply(AccountState, "As it is now."), ...problems(401, 404) },
});
const equity = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/accounts/{id}/equity",
  summary: "Equity over time",
  request: { params: idParams, query: z.object({ from: z.coerce.number().int().min(0).optional() }) },
  responses: {
    200: jsonReply(EquityHistory, "Minutes of the last two days, hours before."),
    ...problems(401, 404, 422),
  },
});
const risk = createRoute({
  ...one,
  method: "get",
  path: "/api/v1/accounts/{id}/risk",
  summary: "Caps by level, how much of each is used, and switches",
  responses: { 200: jsonReply(RiskView, "As verdicts see it."), ...problems(401, 404) },
});
const verdicts = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/accounts/{id}/verdicts",
  summary: "Why orders passed or were denied",
  request: { params: idParams, query: ListVerdicts },
  responses: { 200: jsonReply(VerdictPage, "One page, the newest first."), ...problems(401, 404, 422) },
});
const limits = createRoute({
  ...guarded,
  method: "put",
  path: "/api/v1/accounts/{id}/limits",
  summary: "Set the limits of an account",
  description: "Lower limits hold at once. Raising one needs a fresh proof and begins to hold after a minute.",
  request: { params: idParams, body: jsonBody(RiskLimits) },
  responses: { 200: jsonReply(RiskView, "As it is now."), ...problems(401, 403, 404, 413, 422) },
});
const tradingState = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/accounts/{id}/trading-state",
  summary: "Arm, reduce or halt an account or an instrument of it",
  request: { params: idParams, body: jsonBody(SetTradingState) },
  responses: { 200: jsonReply(AccountState, "As it is now."), ...problems(401, 403, 404, 413, 422) },
});
const settle = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/accounts/{id}/differences/settle",
  summary: "Take the venue's figure over where the books differ from it",
  description:
    "The venue is asked once more, then the difference is booked as an adjustment with the reason. It makes no profit. Where less is held than bots have shares in, these shrink with it, their orders there are cancelled and these bots halt (`figures.shares`). What was halted stays halted until it is armed. Refused while an order that bears on it may have traded unheard. Needs a fresh proof.",
  request: { params: idParams, body: jsonBody(SettleDifference) },
  responses: { 200: jsonReply(AccountState, "As it is now."), ...problems(401, 403, 404, 409, 413, 422, 503) },
});
const kill = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/kill",
  summary: "The kill switch",
  description:
    "Once it answers nothing new is sent in its scope; open orders are cancelled; `flatten` closes positions.",
  request: { body: jsonBody(KillSwitch) },
  responses: { 200: jsonReply(KillResult, "Who acknowledged."), ...problems(401, 403, 404, 413, 422) },
});
const live = createRoute({
  method: "get",
  path: "/api/v1/accounts/{id}/live",
  tags: ["Accounts"],
  summary: "Watch an account over a web socket",
  description: channelText("Everything that GET /api/v1/accounts/{id}/state answers."),
  request: { params: idParams, query: ResumeQuery },
  responses: { ...CHANNEL_ANSWERS, ...problems(401, 403, 404) },
});

/** Accounts: make, look, limit, stop. */
export function tradingAccountRoutes() {
  return new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid })
    .openapi(create, async (c) => {
      const input = { ...c.req.valid("json"), idempotencyKey: c.req.valid("header")["idempotency-key"] };
      if (await isLiveChoice(c.get("service"), input.market)) await requireFreshFactor(c);
      return c.json(await createAccount({ ctx: c.get("service"), input }), 201);
    })
    .openapi(list, async (c) => c.json(await listAccounts({ ctx: c.get("service"), input: c.req.valid("query") }), 200))
    .openapi(get, async (c) => c.json(await getAccount({ ctx: c.get("service"), input: c.req.valid("param") }), 200))
    .openapi(remove, async (c) => {
      await removeAccount({ ctx: c.get("service"), input: c.req.valid("param") });
      return c.body(null, 204);
    })
    .openapi(rename, async (c) => {
      const input = { ...c.req.valid("param"), ...c.req.valid("json") };
      return c.json(await renameAccount({ ctx: c.get("service"), input }), 200);
    })
    .openapi(replay, async (c) => c.json(await readReplay({ ctx: c.get("service"), input: c.req.valid("param") }), 200))
    .openapi(state, async (c) =>
      c.json(await readAccountState({ ctx: c.get("service"), input: c.req.valid("param") }), 200),
    )
    .openapi(equity, async (c) => {
      const input = { ...c.req.valid("param"), ...c.req.valid("query") };
      return c.json(await readEquity({ ctx: c.get("service"), input }), 200);
    })
    .openapi(risk, async (c) => c.json(await readRisk({ ctx: c.get("service"), input: c.req.valid("param") }), 200))
    .openapi(verdicts, async (c) => {
      const input = { ...c.req.valid("param"), ...c.req.valid("query") };
      return c.json(await listVerdicts({ ctx: c.get("service"), input }), 200);
    })
    .openapi(limits, async (c) => {
      const ctx = c.get("service");
      const input = { ...c.req.valid("param"), limits: c.req.valid("json") };
      if (await isRaise({ ctx, input })) requireFreshProof(c);
      return c.json(await setAccountLimits({ ctx, input }), 200);
    })
    .openapi(tradingState, async (c) => {
      const input = { ...c.req.valid("param"), ...c.req.valid("json") };
      // Stopping never waits for a proof. What was stopped is armed again by a person, and by no program.
      const ctx = c.get("service");
      if (await isLoosening({ ctx, input })) requireFreshProof(c);
      return c.json(await setTradingState({ ctx, input }), 200);
    })
    .openapi(settle, async (c) => {
      const input = { ...c.req.valid("param"), ...c.req.valid("json") };
      return c.json(await settleAccountDifference({ ctx: c.get("service"), input }), 200);
    })
    .openapi(kill, async (c) => c.json(await killTrading({ ctx: c.get("service"), input: c.req.valid("json") }), 200))
    .openapi(live, async (c) => {
      requireUpgrade(c);
      const ctx = c.get("service");
      const { id } = await findAccount(ctx, c.req.valid("param").id);
      return openChannel(c, { kind: "account", ...(await accountObject(ctx, id)) });
    });
}
