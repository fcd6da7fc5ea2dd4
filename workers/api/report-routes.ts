import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { IndicatorQuery, IndicatorSeries } from "../../schema/wire/indicator.ts";
import { REPORT_PARTS, Trade } from "../../schema/wire/report.ts";
import { ACCESS } from "../auth/access-matrix.ts";
import { runObject, stateOfRow } from "../run/run-live.ts";
import type { RunWatcher } from "../run/run-watcher.ts";
import { findBacktest, readReportPart } from "../services/backtest.ts";
import { readIndicators } from "../services/read-indicators.ts";
import { tradesCsv } from "../services/trades-csv.ts";
import type { ApiContext, ApiEnv } from "./api-types.ts";
import { isAllowed } from "./authorize.ts";
import { CHANNEL_ANSWERS, channelText, openChannel, requireUpgrade } from "./open-channel.ts";
import { bearer, fileReply, idParams, jsonReply, problems, storedJsonReply } from "./route-parts.ts";
import { refuseInvalid } from "./validation.ts";

const tags = ["Reports"];
// A socket may be opened by whoever may look; what it says must not do more than the route of the same verb allows.
const CANCEL_ACCESS = ACCESS["POST /api/v1/backtests/{id}/cancel"];

const part = createRoute({
  method: "get",
  path: "/api/v1/backtests/{id}/report/{part}",
  tags,
  security: bearer,
  summary: "One part of a report",
  request: { params: idParams.extend({ part: z.enum(REPORT_PARTS) }) },
  responses: {
    200: storedJsonReply("The part, in the shape of its name."),
    ...problems(401, 404, 409, 422),
  },
});

const trades = createRoute({
  method: "get",
  path: "/api/v1/backtests/{id}/trades.csv",
  tags,
  security: bearer,
  summary: "The trades as a table for spreadsheets",
  request: { params: idParams },
  responses: { 200: fileReply("text/csv", "One row a trade, times in ISO 8601, UTC."), ...problems(401, 404, 409) },
});

const indicators = createRoute({
  method: "get",
  path: "/api/v1/backtests/{id}/indicators",
  tags,
  security: bearer,
  summary: "The strategy's indicators on candles of the run",
  description: "The newest candles of the window where it holds more than a chart shows; `truncated` then says so.",
  request: { params: idParams, query: IndicatorQuery },
  responses: { 200: jsonReply(IndicatorSeries, "Columns of one length."), ...problems(401, 404, 409, 422) },
});

const live = createRoute({
  method: "get",
  path: "/api/v1/backtests/{id}/live",
  tags,
  summary: "Watch a run over a web socket",
  description: channelText("How far the run is."),
  request: { params: idParams },
  responses: {
    ...CHANNEL_ANSWERS,
    ...problems(401, 403, 404),
  },
});

/** Reports, the indicators beside them, and the socket that tells how far a run is. */
export function reportRoutes() {
  return new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid })
    .openapi(part, async (c) => {
      const object = await readReportPart({ ctx: c.get("service"), input: c.req.valid("param") });
      return new Response(object.body, { headers: { "Content-Type": "application/json" } });
    })
    .openapi(trades, async (c) => {
      const { id } = c.req.valid("param");
      const object = await readReportPart({ ctx: c.get("service"), input: { id, part: "trades" } });
      return new Response(tradesCsv(z.array(Trade).parse(await object.json())), {
        headers: {
          "Content-Type": "text/csv; charset=utf-8",
          "Content-Disposition": `attachment; filename="trades-${id.replace(/[^\w-]/g, "")}.csv"`,
        },
      });
    })
    .openapi(indicators, async (c) => {
      const input = { ...c.req.valid("query"), ...c.req.valid("param") };
      return c.json(await readIndicators({ ctx: c.get("service"), input }), 200);
    })
    .openapi(live, (c) => openSocket(c, c.req.valid("param").id));
}

async function openSocket(c: ApiContext, id: string): Promise<Response> {
  requireUpgrade(c);
  const ctx = c.get("service");
  const { actor, place, ownerId } = ctx;
  const watcher: RunWatcher = { actor, place, mayCancel: isAllowed(c.get("principal"), CANCEL_ACCESS) };
  const row = await findBacktest(ctx, id);
  const { name, object } = await runObject(c.env, { ownerId, runId: row.id });
  await object.begin({ ownerId, state: stateOfRow(row) });
  return openChannel(c, { kind: "run", name, object, watcher });
}
