import { z } from "zod";
import { add, type Money } from "../../core/ledger/decimal.ts";
import { parseMoney, parsePrice } from "../../core/ledger/decimal-text.ts";
import type { VenueOrder } from "../../core/ledger/venue-report.ts";
import type { ClientOrderId } from "../../core/order/order-id.ts";
import type { OrderToPlace, VenueMark } from "../broker.ts";
import { readJson } from "../request/read-json.ts";
import { readReply, readShape, reliably } from "../request/read-reply.ts";
import { VenueSilence } from "../request/venue-reply.ts";
import type { ClientOutcome, PlacedOrder, VenueClient, VenueHistory, VenueHoldings } from "../venue-client.ts";
import type { VenueNews } from "../venue-news.ts";
import { askBalances } from "./balances.ts";
import { BINANCE_CAPABILITIES } from "./capabilities.ts";
import type { Answer, BinanceConnection } from "./connection.ts";
import { isNoOrder, refuse } from "./errors.ts";
import { binanceFacts } from "./facts.ts";
import { binanceHistory } from "./history.ts";
import { CannotExpress, listParams, needsTouch, orderParams, type Touch } from "./order-params.ts";
import { refused, sent, sentCancel, unsent } from "./outcome.ts";
import {
  BinanceOrder,
  fillsOf,
  instrumentOf,
  nativeIdOf,
  OrderListReply,
  orderOf,
  SymbolName,
  symbolOf,
  Text,
  VENUE,
} from "./parse.ts";
import { replacedId, replaceOutcome } from "./replace.ts";
import type { BinanceSymbol } from "./rules.ts";
import type { Params } from "./sign.ts";
import type { SymbolBook } from "./symbol-book.ts";

/** Weight of asking for all open orders at once, and for those of all symbols' prices. */
const OPEN_ORDERS_WEIGHT = 80;

const OpenOrders = z.array(BinanceOrder).max(10_000);
const Prices = z.array(z.object({ symbol: SymbolName, price: Text })).max(5_000);
const BookTicker = z.object({ bidPrice: Text, askPrice: Text });

export interface BinanceClientParts {
  readonly connection: BinanceConnection;
  readonly symbols: SymbolBook;
  /** UTC ms. */
  readonly now: () => number;
}

/** Binance spot with one key. */
export class BinanceClient implements VenueClient {
  readonly venue = VENUE;
  readonly capabilities = BINANCE_CAPABILITIES;
  private readonly parts: BinanceClientParts;

  constructor(parts: BinanceClientParts) {
    this.parts = parts;
  }

  facts() {
    return binanceFacts(this.parts.connection);
  }

  async instruments() {
    return (await this.parts.symbols.all()).map(({ instrument }) => instrument);
  }

  async place(order: OrderToPlace, maySend?: () => boolean): Promise<ClientOutcome> {
    const prepared = await unsent(async () => {
      const rules = await this.rulesFor(order.instrument);
      const touch = needsTouch(order) ? await this.touch(rules.symbol) : undefined;
      await this.parts.connection.ready();
      if (order.legs.length > 0) return { rules, ...listParams(order, rules, touch) };
      const params: Params = [...orderParams(order, rules, touch), ["newClientOrderId", order.id]];
      return { rules, path: "/api/v3/order", params };
    });
    if ("outcome" in prepared) return prepared;
    const { rules, path } = prepared;
    const params: Params = [...prepared.params, ["newOrderRespType", "FULL"]];
    return sent(async () => {
      const { connection } = this.parts;
      const call = { method: "POST", path, kind: "order", weight: 1, maySend } as const;
      const answer = await connection.send({ ...call, params });
      if (answer.error !== undefined) {
        if (answer.error.code === "-1013") this.parts.symbols.doubt(rules.symbol);
        return refused(answer);
      }
      const reports = order.legs.length > 0 ? listOf(answer) : [readReply(answer.reply.body, BinanceOrder)];
      return placed(order, reports, rules);
    });
  }

  private async rulesFor(instrument: string): Promise<BinanceSymbol> {
    const rules = await this.parts.symbols.of(instrument);
    if (rules === undefined)
      throw new CannotExpress("INSTRUMENT", `instrument must be one of ${VENUE}'s, was ${instrument}`);
    return rules;
  }

  private async touch(symbol: string): Promise<Touch> {
    const call = { method: "GET", path: "/api/v3/ticker/bookTicker", kind: "query", weight: 2 } as const;
    const { reply } = await this.parts.connection.open({ ...call, params: [["symbol", symbol]] });
    const { bidPrice, askPrice } = readReply(reply.body, BookTicker);
    return reliably(() => ({ bid: parsePrice(bidPrice, "bidPrice"), ask: parsePrice(askPrice, "askPrice") }));
  }

  async cancel(order: PlacedOrder): Promise<ClientOutcome> {
    const symbol = symbolOf(order.order.instrument);
    if (symbol === undefined)
      return { outcome: "rejected", code: "INSTRUMENT", message: "no such instrument", news: [] };
    const params: Params = [["symbol", symbol], ...named(order, symbol, ["orderId", "origClientOrderId"])];
    return sentCancel(async () => {
      const call = { method: "DELETE", path: "/api/v3/order", params, kind: "cancel", weight: 1 } as const;
      const answer = await this.parts.connection.send(call);
      if (answer.error !== undefined) return refused(answer);
      // An order of a list takes the whole list with it, and the reply is the list's.
      const body = readJson(answer.reply.body);
      const isList = typeof body === "object" && body !== null && "orderReports" in body;
      const reports = isList ? readShape(body, OrderListReply).orderReports : [readShape(body, BinanceOrder)];
      const shown = reports.map((report) => orderOf(report, order.order.quantity));
      const own = shown.find(
        ({ venueOrderId, clientOrderId }) => venueOrderId === order.venueOrderId || clientOrderId === order.sentAs,
      );
      const news = shown.map((each): VenueNews => ({ type: "order", order: each, reason: "" }));
      const ids = own === undefined ? [] : [[order.order.id, own.venueOrderId] as const];
      return { outcome: "ack", venueOrderIds: new Map(ids), news };
    });
  }

  replacedAs(order: PlacedOrder, revision: number): string {
    return replacedId(order, revision);
  }

  async replace(...[order, revision, terms, maySend]: Parameters<VenueClient["replace"]>): Promise<ClientOutcome> {
    const prepared = await unsent(async () => {
      const { parent } = order;
      if (parent !== undefined || order.order.legs.length > 0) {
        throw new CannotExpress("LISTED", "an order that is tied to others cannot be changed alone");
      }
      const rules = await this.rulesFor(order.order.instrument);
      if (!rules.cancelReplaceAllowed)
        throw new CannotExpress("REPLACE", `${rules.symbol} must allow changes, does not`);
      const touch = needsTouch(order.order) ? await this.touch(rules.symbol) : undefined;
      await this.parts.connection.ready();
      const params = orderParams({ ...order.order, ...terms }, rules, touch);
      return { rules, params };
    });
    if ("outcome" in prepared) return prepared;
    const { rules } = prepared;
    const params: Params = [
      ...prepared.params,
      ["cancelReplaceMode", "STOP_ON_FAILURE"],
      // Of one that has traded nobody knows what is left until it has ended: both together must not trade more than asked.
      ["cancelRestrictions", "ONLY_NEW"],
      ...named(order, rules.symbol, ["cancelOrderId", "cancelOrigClientOrderId"]),
      ["newClientOrderId", replacedId(order, revision)],
      ["newOrderRespType", "FULL"],
    ];
    return sent(async () => {
      const path = "/api/v3/order/cancelReplace";
      const call = { method: "POST", path, params, kind: "order", weight: 1, maySend } as const;
      const answer = await this.parts.connection.send(call);
      return replaceOutcome(answer, { order, revision, quote: rules.quote });
    });
  }

  async order(order: PlacedOrder): Promise<VenueOrder | undefined> {
    const symbol = symbolOf(order.order.instrument);
    if (symbol === undefined) return undefined;
    const found = await this.find([["symbol", symbol], ...named(order, symbol, ["orderId", "origClientOrderId"])]);
    return found && orderOf(found, order.order.quantity);
  }

  private async find(params: Params): Promise<BinanceOrder | undefined> {
    const call = { method: "GET", path: "/api/v3/order", params, kind: "query", weight: 4 } as const;
    const answer = await this.parts.connection.send(call);
    if (answer.error !== undefined) {
      if (answer.error.isDefinite && isNoOrder(answer.error)) return undefined;
      refuse(answer.error);
    }
    return readReply(answer.reply.body, BinanceOrder);
  }

  async clientIdOf({
    instrument,
    venueOrderId,
  }: {
    instrument: string;
    venueOrderId: string;
  }): Promise<string | undefined> {
    const symbol = symbolOf(instrument);
    const id = symbol === undefined ? undefined : nativeIdOf(venueOrderId, symbol);
    if (symbol === undefined || id === undefined) return undefined;
    const found = await this.find([
      ["symbol", symbol],
      ["orderId", id],
    ]);
    return found?.clientOrderId;
  }

  async openOrders(): Promise<readonly VenueOrder[]> {
    const call = { method: "GET", path: "/api/v3/openOrders", kind: "query", weight: OPEN_ORDERS_WEIGHT } as const;
    const body = await this.parts.connection.ask({ ...call, params: [] });
    // A leg whose size depends on what its order brings says none until then; whoever asks for it alone knows it.
    return readReply(body, OpenOrders).flatMap((order) => (order.origQty === undefined ? [] : [orderOf(order)]));
  }

  async holdings(): Promise<VenueHoldings> {
    const rows = await askBalances(this.parts.connection);
    const balances = reliably(() => {
      return rows.map(({ asset, free, locked }): [string, Money] => [
        asset,
        add(parseMoney(free, "free"), parseMoney(locked, "locked")),
      ]);
    });
    return { positions: undefined, balances: new Map(balances) };
  }

  history(asked: { cursor: string; since: number; instruments: readonly string[] }): Promise<VenueHistory> {
    return binanceHistory(this.parts, asked);
  }

  async prices(instruments: readonly string[]): Promise<readonly VenueMark[]> {
    const names = instruments.flatMap((instrument) => symbolOf(instrument) ?? []);
    if (names.length === 0) return [];
    const params: Params = [["symbols", JSON.stringify(names)]];
    const call = { method: "GET", path: "/api/v3/ticker/price", params, kind: "data", weight: 4 } as const;
    const { reply } = await this.parts.connection.open(call);
    const at = this.parts.connection.requests.venueNow();
    const intervalMs = 1_000;
    return reliably(() =>
      readReply(reply.body, Prices).map(({ symbol, price }) => ({
        instrument: instrumentOf(symbol),
        price: parsePrice(price, "price"),
        ...{ at, heardAt: reply.heardAt, intervalMs },
      })),
    );
  }
}

/** The order by the venue's number where that is known, else by our id: one of two names. */
function named(
  { venueOrderId, sentAs }: PlacedOrder,
  symbol: string,
  [byId, bySent]: readonly [string, string],
): Params {
  const id = venueOrderId === undefined ? undefined : nativeIdOf(venueOrderId, symbol);
  return id === undefined ? [[bySent, sentAs]] : [[byId, id]];
}

function listOf({ reply }: Answer): BinanceOrder[] {
  return readReply(reply.body, OrderListReply).orderReports;
}

function placed(order: OrderToPlace, reports: readonly BinanceOrder[], rules: BinanceSymbol): ClientOutcome {
  const ids = new Map<ClientOrderId, string>();
  const news: VenueNews[] = [];
  for (const plain of [order, ...order.legs]) {
    const report = reports.find(({ clientOrderId }) => clientOrderId === plain.id);
    if (report === undefined)
      throw new VenueSilence(`the venue's reply must name ${plain.id}, did not`, { isSent: true });
    const shown = orderOf(report, plain.quantity);
    ids.set(plain.id, shown.venueOrderId);
    const fills = fillsOf(report, rules.quote);
    news.push(...fills.map((fill): VenueNews => ({ type: "fill", fill })));
    if (report.origQty !== undefined) news.push({ type: "order", order: shown, reason: "" });
  }
  return { outcome: "ack", venueOrderIds: ids, news };
}
