import { type Money, type Quantity, ZERO } from "../../../workers/core/ledger/decimal.ts";
import { parsePrice, parseQuantity } from "../../../workers/core/ledger/decimal-text.ts";
import type { EmulatedBook } from "../emulated-book.ts";
import type { BookRefusal, EmulatedKind, EmulatedOrder, EmulatedTerms } from "../emulated-order.ts";
import { isLive } from "../emulated-order.ts";
import type { EmulatedReply } from "../venue-emulator.ts";
import { fieldError, refused, success } from "./xts-replies.ts";
import type { XtsViews } from "./xts-views.ts";

const KINDS: Readonly<Record<string, EmulatedKind>> = {
  MARKET: "market",
  LIMIT: "limit",
  STOPMARKET: "stop",
  STOPLIMIT: "stop-limit",
};
interface OrderParts {
  readonly book: EmulatedBook;
  readonly views: XtsViews;
  readonly clientId: string;
}

/** Requests that place, change and cancel orders. */
export class XtsOrders {
  /** Rows of orders that the risk checks refused after they had been taken. */
  readonly rejected: Record<string, unknown>[] = [];
  private readonly book: EmulatedBook;
  private readonly views: XtsViews;
  private readonly clientId: string;

  constructor({ book, views, clientId }: OrderParts) {
    this.book = book;
    this.views = views;
    this.clientId = clientId;
  }

  place(fields: Record<string, unknown>): EmulatedReply {
    const terms = termsOf(fields);
    if (typeof terms === "string") return fieldError(terms);
    const refusal = this.book.refusalOf(terms, { checksFunds: false });
    // It is passed on, and refused by the risk checks behind.
    const id = refusal === undefined ? this.book.place(terms).id : this.reject(terms, refusal);
    return success({ AppOrderID: Number(id), OrderUniqueIdentifier: terms.clientId, ClientID: this.clientId });
  }

  private reject(terms: EmulatedTerms, reason: BookRefusal): bigint {
    const at = this.book.now();
    const order: EmulatedOrder = {
      ...terms,
      ...{ id: this.book.nextId(), limit: terms.limit, stop: terms.stop, status: "rejected", filled: ZERO as Quantity },
      ...{ value: ZERO as Money, group: undefined, parent: undefined, best: undefined, triggered: false },
      ...{ createdAt: at, updatedAt: at },
    };
    this.rejected.push({ ...this.views.row(order), CancelRejectReason: `RMS:${reason}` });
    return order.id;
  }

  modify(fields: Record<string, unknown>): EmulatedReply {
    const order = this.book.orders.get(BigInt(String(fields.appOrderID)));
    if (order === undefined || !isLive(order)) return refused(400, "InvalidInput", "Order is not open");
    const limit = Number(fields.modifiedLimitPrice);
    const stop = Number(fields.modifiedStopPrice);
    this.book.amend(order, {
      quantity: parseQuantity(String(fields.modifiedOrderQuantity), "quantity"),
      ...(limit > 0 ? { limit: parsePrice(String(limit), "limit") } : {}),
      ...(stop > 0 ? { stop: parsePrice(String(stop), "stop") } : {}),
    });
    return success({ AppOrderID: Number(order.id), ClientID: this.clientId });
  }

  cancel(query: URLSearchParams): EmulatedReply {
    const order = this.book.orders.get(BigInt(query.get("appOrderID") ?? "0"));
    if (order === undefined || !isLive(order)) return refused(400, "InvalidInput", "Order is not open");
    this.book.end(order, "canceled");
    return success([{ AppOrderID: Number(order.id), ClientID: this.clientId }]);
  }
}

/** What an order asks for, or the name of the field that is not as it must be. */
function termsOf(fields: Record<string, unknown>): EmulatedTerms | string {
  const kind = KINDS[String(fields.orderType)];
  const side = String(fields.orderSide).toLowerCase();
  if (kind === undefined) return "orderType";
  if (side !== "buy" && side !== "sell") return "orderSide";
  if (!Number.isInteger(fields.orderQuantity) || Number(fields.orderQuantity) <= 0) return "orderQuantity";
  if (String(fields.orderUniqueIdentifier ?? "").length > 20) return "orderUniqueIdentifier";
  const price = (name: string) => (Number(fields[name] ?? 0) > 0 ? parsePrice(String(fields[name]), name) : undefined);
  return {
    ...{ clientId: String(fields.orderUniqueIdentifier ?? ""), side, kind },
    symbol: `${fields.exchangeSegment}-${fields.exchangeInstrumentID}`,
    quantity: parseQuantity(String(fields.orderQuantity), "orderQuantity"),
    ...{ limit: price("limitPrice"), stop: price("stopPrice") },
  };
}
