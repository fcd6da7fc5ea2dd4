import type { Quantity } from "../../../workers/core/ledger/decimal.ts";
import { roundQuantityToLot } from "../../../workers/core/ledger/decimal-grid.ts";
import type { EmulatedBook } from "../emulated-book.ts";
import { type EmulatedOrder, type EmulatedTerms, isLive } from "../emulated-order.ts";
import { canceledJson, fullJson, listIdOf, listJson, orderJson, queryJson } from "./binance-json.ts";
import { EmulatedError, refusalError } from "./emulated-error.ts";
import type { EmulatedRate } from "./emulated-rate.ts";
import { type Asked, clientIdOf, listTerms, required, singleTerms } from "./order-terms.ts";

/** Orders of the emulated Binance: what its requests do to the book. */
export class BinanceOrders {
  /** Under which client id the cancel under way was asked for. */
  cancelId = "";
  readonly book: EmulatedBook;
  private readonly rate: EmulatedRate;
  private made = 0;

  constructor(book: EmulatedBook, rate: EmulatedRate) {
    this.book = book;
    this.rate = rate;
  }

  private readonly fresh = (): string => {
    this.made++;
    return `emulated${this.made}`;
  };

  place(asked: Asked, { isTest = false } = {}): Record<string, unknown> {
    const terms = singleTerms(asked, this.fresh, this.book.prices.get(required(asked, "symbol")));
    this.check(terms);
    if (isTest) return {};
    this.count();
    return this.shown(this.book.place(terms), asked);
  }

  private shown(order: EmulatedOrder, asked: Asked): Record<string, unknown> {
    if (asked.get("newOrderRespType") !== "ACK") return fullJson(order, this.book.fills);
    const { symbol, orderId, orderListId, clientOrderId, transactTime } = orderJson(order);
    return { symbol, orderId, orderListId, clientOrderId, transactTime };
  }

  private check(terms: EmulatedTerms, { waits = false } = {}): void {
    if (this.book.liveOrders().some(({ clientId }) => clientId === terms.clientId)) {
      throw new EmulatedError(-2010, "Duplicate order sent.");
    }
    const refusal = this.book.refusalOf(terms, { waits });
    if (refusal !== undefined) throw refusalError(refusal);
  }

  private count(): void {
    if (this.rate.countOrder(this.book.now())) return;
    const text = "Too many new orders; current limit is 50 orders per 10 SECOND.";
    throw new EmulatedError(-1015, text, { status: 429 });
  }

  placeList(path: string, asked: Asked): Record<string, unknown> {
    const { working, pending, sellsProceeds } = listTerms(path, asked, this.fresh);
    if (working !== undefined) this.check(working);
    // What waits is held against the funds only when it wakes.
    for (const terms of pending) this.check(terms, { waits: working !== undefined });
    this.count();
    const listId = this.book.nextId();
    const contingency = working === undefined ? "OCO" : "OTO";
    const listClientId = asked.get("listClientOrderId") ?? this.fresh();
    const note = { listId: listId.toString(), contingency, listClientId };
    const main = working === undefined ? undefined : this.book.place({ ...working, note });
    const legNote = sellsProceeds ? { ...note, sellsProceeds: "yes" } : note;
    const ties = {
      ...(pending.length > 1 ? { group: listId } : {}),
      ...(main === undefined ? {} : { parent: main.id }),
    };
    const legs = pending.map((terms) => {
      const quantity = main?.status === "filled" && sellsProceeds ? this.proceedsOf(main) : terms.quantity;
      return this.book.place({ ...terms, quantity, note: legNote }, ties);
    });
    const isGone = main !== undefined && !isLive(main) && main.status !== "filled";
    if (isGone) for (const leg of legs) this.book.end(leg, "canceled");
    const all = main === undefined ? legs : [main, ...legs];
    return listJson(all, (order) => (order === main ? fullJson(order, this.book.fills) : orderJson(order)), false);
  }

  /** A leg that wakes sells what its order brought: less than was ordered where the fee was taken from it. */
  sizeByProceeds(leg: EmulatedOrder): void {
    const parent = leg.parent === undefined ? undefined : this.book.orders.get(leg.parent);
    if (leg.note?.sellsProceeds === "yes" && parent !== undefined) leg.quantity = this.proceedsOf(parent);
  }

  private proceedsOf(order: EmulatedOrder): Quantity {
    const instrument = this.book.instruments.get(order.symbol);
    if (instrument === undefined) return order.filled;
    const own = this.book.fills.filter((fill) => fill.order.id === order.id && fill.feeCurrency === instrument.base);
    const fees = own.reduce((sum, { fee }) => sum + fee, 0n);
    return roundQuantityToLot((order.filled - fees) as Quantity, instrument.lot);
  }

  find(
    asked: Asked,
    [byId, byClient]: readonly [string, string] = ["orderId", "origClientOrderId"],
  ): EmulatedOrder | undefined {
    const symbol = required(asked, "symbol");
    const id = asked.get(byId);
    if (id !== undefined) {
      const order = this.book.orders.get(BigInt(id));
      return order?.symbol === symbol ? order : undefined;
    }
    const clientId = asked.get(byClient);
    if (clientId === undefined)
      throw new EmulatedError(-1102, `Param '${byClient}' or '${byId}' must be sent, but both were empty/null!`);
    return this.book.orderOfClient(clientId, symbol);
  }

  query(asked: Asked): Record<string, unknown> {
    const order = this.find(asked);
    if (order === undefined) throw new EmulatedError(-2013, "Order does not exist.");
    return queryJson(order);
  }

  /** Cancels an order, or the list that it is one of. */
  cancel(asked: Asked): Record<string, unknown> {
    const order = this.find(asked);
    if (order === undefined || !isLive(order)) throw new EmulatedError(-2011, "Unknown order sent.");
    if (asked.get("cancelRestrictions") === "ONLY_NEW" && order.filled > 0n) {
      throw new EmulatedError(-2011, "Order was not canceled due to cancel restrictions.");
    }
    return this.cancelFound(order, clientIdOf(asked, "newClientOrderId", this.fresh));
  }

  private cancelFound(order: EmulatedOrder, cancelId: string): Record<string, unknown> {
    const listId = listIdOf(order);
    const all = listId === "-1" ? [order] : this.book.liveOrders().filter((each) => listIdOf(each) === listId);
    this.cancelId = cancelId;
    for (const each of all) this.book.end(each, "canceled");
    this.cancelId = "";
    if (all.length === 1) return canceledJson(order, cancelId);
    return listJson(all, (each) => canceledJson(each, cancelId), true);
  }

  cancelList(asked: Asked): Record<string, unknown> {
    const id = asked.get("orderListId");
    const own = (each: EmulatedOrder) =>
      id === undefined ? each.note?.listClientId === asked.get("listClientOrderId") : listIdOf(each) === id;
    const live = this.book.liveOrders().filter((order) => listIdOf(order) !== "-1" && own(order));
    if (live.length === 0) throw new EmulatedError(-2011, "Unknown order list sent.");
    const cancelId = this.fresh();
    this.cancelFound(live[0], cancelId);
    return listJson(live, (order) => canceledJson(order, cancelId), true);
  }

  cancelAll(asked: Asked): Record<string, unknown>[] {
    const symbol = required(asked, "symbol");
    const live = this.book.liveOrders().filter((order) => order.symbol === symbol);
    if (live.length === 0) throw new EmulatedError(-2011, "Unknown order sent.");
    return live.filter(isLive).map((order) => this.cancelFound(order, this.fresh()));
  }

  cancelReplace(asked: Asked): Record<string, unknown> {
    const order = this.find(asked, ["cancelOrderId", "cancelOrigClientOrderId"]);
    const isOnlyNew = asked.get("cancelRestrictions") === "ONLY_NEW";
    const restricted = isOnlyNew && order !== undefined && order.filled > 0n;
    if (order === undefined || !isLive(order) || restricted) {
      const msg = restricted ? "Order was not canceled due to cancel restrictions." : "Unknown order sent.";
      throw replaceFailed(-2022, "Order cancel-replace failed.", {
        ...{ cancelResult: "FAILURE", newOrderResult: "NOT_ATTEMPTED" },
        ...{ cancelResponse: { code: -2011, msg }, newOrderResponse: null },
      });
    }
    const cancelResponse = this.cancelFound(order, clientIdOf(asked, "cancelNewClientOrderId", this.fresh));
    try {
      const newOrderResponse = this.place(asked);
      return { cancelResult: "SUCCESS", newOrderResult: "SUCCESS", cancelResponse, newOrderResponse };
    } catch (error) {
      if (!(error instanceof EmulatedError)) throw error;
      throw replaceFailed(-2021, "Order cancel-replace partially failed.", {
        ...{ cancelResult: "SUCCESS", newOrderResult: "FAILURE", cancelResponse, newOrderResponse: error.json },
      });
    }
  }
}

function replaceFailed(code: number, message: string, data: Record<string, unknown>): EmulatedError {
  return new EmulatedError(code, message, { status: code === -2021 ? 409 : 400, data });
}
