import { and, eq, gte, inArray, lt, type SQL, sql } from "drizzle-orm";
import { fills, orders } from "../../../schema/tables/trading.ts";
import type {
  CreateOrder,
  Fill,
  ListFills,
  ListOrders,
  Order,
  OrderDetail,
  OrderPreview,
  Position,
  PreviewOrder,
} from "../../../schema/wire/trading.ts";
import { MANUAL_BOT } from "../../account/desk-calls.ts";
import { prepareAudit } from "../../audit/prepare-audit.ts";
import { parseDecimal } from "../../core/ledger/decimal-text.ts";
import { newId } from "../../platform/ids.ts";
import { conflict, invalid, notFound } from "../../platform/problem-error.ts";
import { type ServiceContext, trailOf } from "../service-context.ts";
import { accountObject } from "./account-object-of.ts";
import { findAccount, instrumentsOf, listAccounts } from "./accounts.ts";
import { behindCursor, newestFirst, pageOf } from "./page-cursor.ts";

const ORDER_PLACE = { at: orders.createdAt, id: orders.id };
const FILL_PLACE = { at: fills.at, id: fills.id };
/** States in which the venue may still trade an order. */
const OPEN = ["SUBMITTING", "ACCEPTED", "UNKNOWN", "PENDING_CANCEL", "PENDING_REPLACE", "LOST"] as const;
/** Rows of a file: what a spreadsheet opens without trouble. */
const CSV_ROWS_MAX = 20_000;
const CSV_PAGE_ROWS = 200;

type OrderRow = typeof orders.$inferSelect;
type FillRow = typeof fills.$inferSelect;

function orderOf({ ownerId: _owner, change: _change, limitPrice, stopPrice, ...row }: OrderRow): Order {
  return { ...row, kind: row.kind as Order["kind"], limit: limitPrice, stop: stopPrice };
}

function fillOf({ ownerId: _owner, tradeId, id: _id, ...row }: FillRow): Fill {
  return { ...row, id: tradeId };
}

function between(
  column: typeof orders.createdAt | typeof fills.at,
  { from, to }: { from?: number | undefined; to?: number | undefined },
): SQL | undefined {
  return and(from === undefined ? undefined : gte(column, from), to === undefined ? undefined : lt(column, to));
}

/** Whether a text holds what somebody looks for, in capitals or not. */
function holds(text: SQL, search: string | undefined): SQL | undefined {
  return search === undefined || search === "" ? undefined : sql`instr(lower(${text}), ${search.toLowerCase()}) > 0`;
}

export async function listOrders(call: { ctx: ServiceContext; input: ListOrders }) {
  const { ctx, input } = call;
  const where = and(
    behindCursor(ORDER_PLACE, input.cursor),
    input.accountId === undefined ? undefined : eq(orders.accountId, input.accountId),
    input.botId === undefined ? undefined : eq(orders.botId, input.botId),
    input.instrument === undefined ? undefined : eq(orders.instrument, input.instrument),
    input.state === undefined ? undefined : eq(orders.state, input.state),
    input.open === "true" ? and(inArray(orders.state, [...OPEN]), eq(orders.released, false)) : undefined,
    between(orders.createdAt, input),
    holds(sql`${orders.id} || ' ' || ${orders.instrument} || ' ' || ${orders.signal}`, input.search),
  );
  const rows = await ctx.owned.list(orders, { where, orderBy: newestFirst(ORDER_PLACE), limit: input.limit + 1 });
  const page = pageOf(rows, input.limit, (row) => [row.createdAt, row.id]);
  return { rows: page.rows.map(orderOf), next: page.next };
}

export async function listFills(call: { ctx: ServiceContext; input: ListFills }) {
  const { ctx, input } = call;
  const where = and(
    behindCursor(FILL_PLACE, input.cursor),
    input.accountId === undefined ? undefined : eq(fills.accountId, input.accountId),
    input.botId === undefined ? undefined : eq(fills.botId, input.botId),
    input.instrument === undefined ? undefined : eq(fills.instrument, input.instrument),
    between(fills.at, input),
    holds(sql`${fills.instrument}`, input.search),
  );
  const rows = await ctx.owned.list(fills, { where, orderBy: newestFirst(FILL_PLACE), limit: input.limit + 1 });
  const page = pageOf(rows, input.limit, (row) => [row.at, row.id]);
  return { rows: page.rows.map(fillOf), next: page.next };
}

/** All rows of a list, up to what a file holds, page by page. */
export async function allRows<T, I extends { cursor?: string | undefined; limit: number }>(
  read: (input: I) => Promise<{ rows: T[]; next: string | null }>,
  input: I,
): Promise<T[]> {
  const rows: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await read({ ...input, cursor, limit: CSV_PAGE_ROWS });
    rows.push(...page.rows);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined && rows.length < CSV_ROWS_MAX);
  return rows;
}

/** An order as its desk has it. Throws 404. */
export async function getOrder(call: { ctx: ServiceContext; input: { id: string } }): Promise<OrderDetail> {
  const { ctx, input } = call;
  const row = await ctx.owned.find(orders, eq(orders.id, input.id));
  if (row === undefined) throw notFound("order");
  return orderAtDesk(ctx, row.accountId, input.id);
}

async function orderAtDesk(ctx: ServiceContext, accountId: string, orderId: string): Promise<OrderDetail> {
  const { object } = await accountObject(ctx, accountId);
  const detail = await object.order({ ownerId: ctx.ownerId, orderId });
  if (detail === undefined) throw notFound("order");
  return structuredClone(detail);
}

/**
 * Places a person's order: by the same desk and under the same caps as a bot's. A denial is answered as an order, with its
 * verdict. With a key, the same request again answers the order that the first one made.
 */
export async function createOrder(call: {
  ctx: ServiceContext;
  input: CreateOrder & { idempotencyKey?: string | undefined };
}): Promise<OrderDetail> {
  const { ctx } = call;
  const { idempotencyKey: key = newId("req"), accountId, reduceOnly, ...input } = call.input;
  const account = await findAccount(ctx, accountId);
  const known = await instrumentsOf(ctx, account);
  if (!known.some((instrument) => instrument.id === input.instrument)) {
    throw invalid("instrument", `must be one of ${known.map((one) => one.id).join(", ")}`, input.instrument);
  }
  const { instrument, side, kind, quantity, limit, stop } = input;
  const { object } = await accountObject(ctx, account.id);
  await ctx.owned.batch([
    prepareAudit(trailOf(ctx), {
      action: "order.create",
      subject: { kind: "account", id: account.id },
      after: { ...input, reduceOnly },
    }),
  ]);
  // The request's key makes the order's id, so that a repeat is the same order.
  const intent = {
    ...{ candleTime: 0, leg: `manual:${key}`, ordinal: 0, instrument, side, kind, quantity, reduceOnly },
    ...{ role: reduceOnly ? ("exit" as const) : ("entry" as const), signal: `by hand ${key}` },
    ...(limit === undefined ? {} : { limit }),
    ...(stop === undefined ? {} : { stop }),
  };
  const [result] = structuredClone(await object.submit({ ownerId: ctx.ownerId, botId: MANUAL_BOT, intents: [intent] }));
  if (result === undefined) throw new Error("the desk must answer each intent, answered none");
  if (!isOrderOf(result.order, call.input)) {
    throw conflict("idempotency_key_reused", "Idempotency-Key was used before for another order. Use a new one.");
  }
  return orderAtDesk(ctx, account.id, result.order.id);
}

/** What would become of a person's order if it were placed now. Throws 404, 422. */
export async function previewOrder(call: { ctx: ServiceContext; input: PreviewOrder }): Promise<OrderPreview> {
  const { ctx } = call;
  const { accountId, ...order } = call.input;
  const account = await findAccount(ctx, accountId);
  const known = await instrumentsOf(ctx, account);
  if (!known.some((instrument) => instrument.id === order.instrument)) {
    throw invalid("instrument", `must be one of ${known.map((one) => one.id).join(", ")}`, order.instrument);
  }
  const { object } = await accountObject(ctx, account.id);
  return structuredClone(await object.preview({ ownerId: ctx.ownerId, order }));
}

/** Whether an order is what a request asked for: a key that comes again must not stand for another order. */
function isOrderOf(order: Order, asked: CreateOrder): boolean {
  const same = (left: string | null, right: string | undefined) =>
    left === null || right === undefined
      ? left === null && right === undefined
      : parseDecimal(left, "order") === parseDecimal(right, "request");
  const { instrument, side, kind } = asked;
  return (
    order.instrument === instrument &&
    order.side === side &&
    order.kind === kind &&
    same(order.quantity, asked.quantity) &&
    same(order.limit, asked.limit) &&
    same(order.stop, asked.stop)
  );
}

/** Asks for an order to be cancelled. It is gone once the venue says so. Throws 404. */
export async function cancelOrder(call: { ctx: ServiceContext; input: { id: string } }): Promise<OrderDetail> {
  const { ctx, input } = call;
  const row = await ctx.owned.find(orders, eq(orders.id, input.id));
  if (row === undefined) throw notFound("order");
  await ctx.owned.batch([
    prepareAudit(trailOf(ctx), { action: "order.cancel", subject: { kind: "order", id: input.id } }),
  ]);
  const { object } = await accountObject(ctx, row.accountId);
  await object.cancel({ ownerId: ctx.ownerId, orderIds: [input.id] });
  return orderAtDesk(ctx, row.accountId, input.id);
}

/**
 * Says of a lost order that it is not at the venue, so that it counts against nothing any more. Throws 404, and 409 for an
 * order that is not lost.
 */
export async function releaseOrder(call: { ctx: ServiceContext; input: { id: string } }): Promise<OrderDetail> {
  const { ctx, input } = call;
  const row = await ctx.owned.find(orders, eq(orders.id, input.id));
  if (row === undefined) throw notFound("order");
  const { state } = (await orderAtDesk(ctx, row.accountId, input.id)).order;
  if (state !== "LOST") throw conflict("order_not_lost", `Only a lost order can be released; this one is ${state}.`);
  await ctx.owned.batch([
    prepareAudit(trailOf(ctx), { action: "order.release", subject: { kind: "order", id: input.id } }),
  ]);
  const { object } = await accountObject(ctx, row.accountId);
  await object.release({ ownerId: ctx.ownerId, orderId: input.id });
  return orderAtDesk(ctx, row.accountId, input.id);
}

/** What is held, over one account or all. */
export async function listPositions(call: {
  ctx: ServiceContext;
  input: { accountId?: string | undefined };
}): Promise<{ rows: Position[] }> {
  const { ctx, input } = call;
  const ids =
    input.accountId === undefined
      ? (await listAccounts({ ctx, input: { limit: CSV_PAGE_ROWS } })).rows.map((account) => account.id)
      : [(await findAccount(ctx, input.accountId)).id];
  const states = await Promise.all(
    ids.map(async (id) => {
      const { object } = await accountObject(ctx, id);
      return structuredClone(await object.state({ ownerId: ctx.ownerId }));
    }),
  );
  return { rows: states.flatMap((state) => state.positions) };
}
