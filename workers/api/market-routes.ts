import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { DashboardState } from "../../schema/wire/bot.ts";
import { MarketCandleQuery, MarketCandleSeries, MarketQuery } from "../../schema/wire/market.ts";
import { ACCESS } from "../auth/access-matrix.ts";
import { replayFeed, simFeed, venueFeed } from "../feed/live/market-feed.ts";
import { dashboardOf } from "../live/dashboard.ts";
import type { DashboardWatcher } from "../live/dashboard-kill.ts";
import { instrumentMarket } from "../services/account-market.ts";
import { readMarketCandles } from "../services/market-candles.ts";
import type { ApiContext, ApiEnv } from "./api-types.ts";
import { isAllowed } from "./authorize.ts";
import { CHANNEL_ANSWERS, channelText, openChannel, ResumeQuery, requireUpgrade } from "./open-channel.ts";
import { bearer, jsonReply, problems } from "./route-parts.ts";
import { refuseInvalid } from "./validation.ts";

const KILL_ACCESS = ACCESS["POST /api/v1/kill"];

const candles = createRoute({
  method: "get",
  path: "/api/v1/markets/candles",
  tags: ["Markets"],
  security: bearer,
  summary: "Closed candles of a market up to its moment",
  description:
    "Of the simulated market as it runs, or of an account's replay. The newest ones where `from` is left out.",
  request: { query: MarketCandleQuery },
  responses: {
    200: jsonReply(MarketCandleSeries, "Columns of one length, oldest first."),
    ...problems(401, 404, 409, 422, 503),
  },
});

const live = createRoute({
  method: "get",
  path: "/api/v1/markets/live",
  tags: ["Markets"],
  summary: "Watch a market over a web socket",
  description: channelText("The last price, the running minute and the last one that closed."),
  request: { query: MarketQuery.extend(ResumeQuery.shape) },
  responses: { ...CHANNEL_ANSWERS, ...problems(401, 403, 404, 422) },
});

const dashboard = createRoute({
  method: "get",
  path: "/api/v1/dashboard",
  tags: ["Dashboard"],
  security: bearer,
  summary: "Accounts, bots and alerts at a glance",
  responses: { 200: jsonReply(DashboardState, "Keys are ids."), ...problems(401) },
});

const dashboardLive = createRoute({
  method: "get",
  path: "/api/v1/dashboard/live",
  tags: ["Dashboard"],
  summary: "Watch the dashboard over a web socket",
  description: channelText("Everything that GET /api/v1/dashboard answers."),
  request: { query: z.strictObject(ResumeQuery.shape) },
  responses: { ...CHANNEL_ANSWERS, ...problems(401, 403, 422) },
});

/** What moves: markets, and everything of a person at a glance. */
export function marketRoutes() {
  return new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid })
    .openapi(candles, async (c) =>
      c.json(await readMarketCandles({ ctx: c.get("service"), input: c.req.valid("query") }), 200),
    )
    .openapi(live, async (c) => {
      requireUpgrade(c);
      const ctx = c.get("service");
      const { instrument } = c.req.valid("query");
      const market = await instrumentMarket(ctx, c.req.valid("query"));
      if (market.kind === "sim") return openSimulated(c, instrument);
      if (market.kind === "venue") {
        const { ownerId } = ctx;
        return openChannel(c, { kind: "venue", ...(await venueFeed(c.env, { ownerId, instrument, ...market })) });
      }
      const replay = await replayFeed(c.env, { ownerId: ctx.ownerId, accountId: market.accountId });
      return openChannel(c, { kind: "replay", ...replay });
    })
    .openapi(dashboard, async (c) => {
      const { ownerId } = c.get("service");
      const { object } = await dashboardOf(c.env, ownerId);
      return c.json(await object.state({ ownerId }), 200);
    })
    .openapi(dashboardLive, async (c) => {
      requireUpgrade(c);
      const { ownerId, actor, place } = c.get("service");
      const watcher: DashboardWatcher = { actor, place, mayTrade: isAllowed(c.get("principal"), KILL_ACCESS) };
      return openChannel(c, { kind: "dashboard", ...(await dashboardOf(c.env, ownerId)), watcher });
    });
}

/** The market's own object, or a relay of it where that has no room. */
async function openSimulated(c: ApiContext, instrument: string): Promise<Response> {
  const feed = simFeed(c.env, instrument);
  const reply = await openChannel(c, { kind: "market", ...feed });
  if (reply.status !== 429) return reply;
  const name = await feed.object.relay();
  return openChannel(c, { kind: "relay", name, object: c.env.RELAY.getByName(name) });
}
