import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import {
  EditJournalTrade,
  JOURNAL_PICTURE_BYTES_MAX,
  JournalPage,
  JournalStatistics,
  JournalTrade,
  ListJournal,
} from "../../schema/wire/journal.ts";
import { Page } from "../../schema/wire/primitive.ts";
import {
  CreateOrder,
  Fill,
  ListFills,
  ListOrders,
  Order,
  OrderDetail,
  OrderPreview,
  Position,
  PreviewOrder,
} from "../../schema/wire/trading.ts";
import { tooLarge } from "../platform/problem-error.ts";
import { csvText } from "../services/csv-text.ts";
import { editJournal, journalStatistics, listJournal, putPicture, readPicture } from "../services/trading/journal.ts";
import {
  allRows,
  cancelOrder,
  createOrder,
  getOrder,
  listFills,
  listOrders,
  listPositions,
  previewOrder,
  releaseOrder,
} from "../services/trading/orders.ts";
import type { ApiEnv } from "./api-types.ts";
import { bearer, createHeaders, done, fileReply, idParams, jsonBody, jsonReply, problems } from "./route-parts.ts";
import { refuseInvalid } from "./validation.ts";

const guarded = { tags: ["Orders"], security: bearer };
const one = { ...guarded, request: { params: idParams } };
const journal = { tags: ["Journal"], security: bearer };

const create = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/orders",
  summary: "Place an order by hand",
  description:
    "It passes the same desk and caps as a bot's. A denial is answered as an order in state DENIED with its verdict. " +
    "With an `Idempotency-Key`, the same request again makes no second order.",
  request: { headers: createHeaders, body: jsonBody(CreateOrder) },
  responses: { 201: jsonReply(OrderDetail, "The order."), ...problems(401, 403, 404, 413, 422) },
});
const preview = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/orders/preview",
  summary: "Look at an order before it is placed",
  description:
    "The verdict that it would get now, what it is worth, its fee, and how much every check would let through. " +
    "No order is written down or sent.",
  request: { body: jsonBody(PreviewOrder) },
  responses: { 200: jsonReply(OrderPreview, "As it is now."), ...problems(401, 404, 413, 422) },
});
const list = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/orders",
  summary: "Orders of all accounts",
  request: { query: ListOrders },
  responses: { 200: jsonReply(Page(Order), "One page, the newest first."), ...problems(401, 422) },
});
const ordersCsv = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/orders.csv",
  summary: "Orders as a file",
  request: { query: ListOrders.omit({ cursor: true, limit: true }) },
  responses: { 200: fileReply("text/csv", "The newest first, with a header line."), ...problems(401, 422) },
});
const get = createRoute({
  ...one,
  method: "get",
  path: "/api/v1/orders/{id}",
  summary: "An order with everything that happened to it",
  responses: { 200: jsonReply(OrderDetail, "The order."), ...problems(401, 404) },
});
const cancel = createRoute({
  ...one,
  method: "post",
  path: "/api/v1/orders/{id}/cancel",
  summary: "Ask for an order to be cancelled",
  responses: { 200: jsonReply(OrderDetail, "The order; gone once the venue says so."), ...problems(401, 403, 404) },
});
const release = createRoute({
  ...one,
  method: "post",
  path: "/api/v1/orders/{id}/release",
  summary: "Say of a lost order that the venue does not have it",
  description:
    "It counts against no cap any more. Look at the venue first. Where the venue shows it all the same, it counts again.",
  responses: { 200: jsonReply(OrderDetail, "The order as it is now."), ...problems(401, 403, 404, 409) },
});
const fills = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/fills",
  summary: "Fills of all accounts",
  request: { query: ListFills },
  responses: { 200: jsonReply(Page(Fill), "One page, the newest first."), ...problems(401, 422) },
});
const fillsCsv = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/fills.csv",
  summary: "Fills as a file",
  request: { query: ListFills.omit({ cursor: true, limit: true }) },
  responses: { 200: fileReply("text/csv", "The newest first, with a header line."), ...problems(401, 422) },
});
const positions = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/positions",
  summary: "What is held",
  request: { query: z.object({ accountId: z.string().max(60).optional() }) },
  responses: { 200: jsonReply(z.object({ rows: z.array(Position) }), "By account."), ...problems(401, 404, 422) },
});
const listTrades = createRoute({
  ...journal,
  method: "get",
  path: "/api/v1/journal",
  summary: "Trades with what you wrote about them",
  request: { query: ListJournal },
  responses: { 200: jsonReply(JournalPage, "One page, the newest first."), ...problems(401, 422) },
});
const statistics = createRoute({
  ...journal,
  method: "get",
  path: "/api/v1/journal/statistics",
  summary: "How trades went, by tag",
  responses: { 200: jsonReply(JournalStatistics, "Of all trades and of each tag, by currency."), ...problems(401) },
});
const edit = createRoute({
  ...journal,
  method: "patch",
  path: "/api/v1/journal/{id}",
  summary: "Write about a trade",
  request: { params: idParams, body: jsonBody(EditJournalTrade) },
  responses: { 200: jsonReply(JournalTrade, "The trade."), ...problems(401, 403, 404, 413, 422) },
});
const picture = createRoute({
  ...journal,
  method: "get",
  path: "/api/v1/journal/{id}/picture",
  summary: "The picture of a trade's chart",
  request: { params: idParams },
  responses: { 200: fileReply("image/png", "The picture."), ...problems(401, 404) },
});
const keepPicture = createRoute({
  ...journal,
  method: "put",
  path: "/api/v1/journal/{id}/picture",
  summary: "Keep a picture of a trade's chart",
  request: {
    params: idParams,
    body: { required: true, content: { "image/png": { schema: { type: "string" as const, format: "binary" } } } },
  },
  responses: { 204: done("It is kept."), ...problems(401, 403, 404, 413, 422) },
});

const ORDER_COLUMNS = [
  ...([
    "id",
    "accountId",
    "botId",
    "instrument",
    "side",
    "kind",
    "role",
    "quantity",
    "limit",
    "stop",
    "trail",
  ] as const),
  ...(["filled", "averagePrice", "state", "reason", "signal", "createdAt", "updatedAt"] as const),
];
const FILL_COLUMNS = [
  ...([
    "id",
    "accountId",
    "botId",
    "orderId",
    "instrument",
    "side",
    "quantity",
    "price",
    "fee",
    "feeCurrency",
  ] as const),
  ...(["liquidity", "at"] as const),
];

/** Orders, fills, positions and the journal. */
export function orderRoutes() {
  return new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid })
    .openapi(create, async (c) => {
      const input = { ...c.req.valid("json"), idempotencyKey: c.req.valid("header")["idempotency-key"] };
      return c.json(await createOrder({ ctx: c.get("service"), input }), 201);
    })
    .openapi(preview, async (c) =>
      c.json(await previewOrder({ ctx: c.get("service"), input: c.req.valid("json") }), 200),
    )
    .openapi(list, async (c) => c.json(await listOrders({ ctx: c.get("service"), input: c.req.valid("query") }), 200))
    .openapi(ordersCsv, async (c) => {
      const ctx = c.get("service");
      const asked = { ...c.req.valid("query"), limit: 0, cursor: undefined };
      const rows = await allRows((input: ListOrders) => listOrders({ ctx, input }), asked);
      return csvReply(csvText(ORDER_COLUMNS, rows), "orders");
    })
    .openapi(get, async (c) => c.json(await getOrder({ ctx: c.get("service"), input: c.req.valid("param") }), 200))
    .openapi(cancel, async (c) =>
      c.json(await cancelOrder({ ctx: c.get("service"), input: c.req.valid("param") }), 200),
    )
    .openapi(release, async (c) =>
      c.json(await releaseOrder({ ctx: c.get("service"), input: c.req.valid("param") }), 200),
    )
    .openapi(fills, async (c) => c.json(await listFills({ ctx: c.get("service"), input: c.req.valid("query") }), 200))
    .openapi(fillsCsv, async (c) => {
      const ctx = c.get("service");
      const asked = { ...c.req.valid("query"), limit: 0, cursor: undefined };
      const rows = await allRows((input: ListFills) => listFills({ ctx, input }), asked);
      return csvReply(csvText(FILL_COLUMNS, rows), "fills");
    })
    .openapi(positions, async (c) =>
      c.json(await listPositions({ ctx: c.get("service"), input: c.req.valid("query") }), 200),
    )
    .openapi(listTrades, async (c) =>
      c.json(await listJournal({ ctx: c.get("service"), input: c.req.valid("query") }), 200),
    )
    .openapi(statistics, async (c) => c.json(await journalStatistics({ ctx: c.get("service") }), 200))
    .openapi(edit, async (c) => {
      const input = { ...c.req.valid("param"), ...c.req.valid("json") };
      return c.json(await editJournal({ ctx: c.get("service"), input }), 200);
    })
    .openapi(picture, async (c) => {
      const body = await readPicture({ ctx: c.get("service"), input: c.req.valid("param") });
      return new Response(body, { headers: { "Content-Type": "image/png", "Cache-Control": "private, max-age=60" } });
    })
    .openapi(keepPicture, async (c) => {
      const length = Number(c.req.header("Content-Length") ?? "0");
      if (length > JOURNAL_PICTURE_BYTES_MAX) {
        throw tooLarge(`The picture must have at most ${JOURNAL_PICTURE_BYTES_MAX} bytes, had ${length}.`);
      }
      const { id } = c.req.valid("param");
      await putPicture({ ctx: c.get("service"), input: { id, body: await c.req.arrayBuffer() } });
      return c.body(null, 204);
    });
}

function csvReply(text: string, name: string): Response {
  return new Response(text, {
    headers: {
      "Content-Type": "text/csv; charset=utf-8",
      "Content-Disposition": `attachment; filename="${name}.csv"`,
    },
  });
}
