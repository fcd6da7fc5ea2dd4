import { z } from "zod";
import { add, type Quantity } from "../../core/ledger/decimal.ts";
import { formatDecimal } from "../../core/ledger/decimal-text.ts";
import type { VenueOrder } from "../../core/ledger/venue-report.ts";
import type { OrderToPlace, ReplaceTerms, VenueMark } from "../broker.ts";
import { VenueRefusal, VenueSilence } from "../request/venue-reply.ts";
import type { ClientOutcome, PlacedOrder, VenueClient, VenueHistory, VenueInstrument } from "../venue-client.ts";
import type { XtsMarketData } from "./candles.ts";
import { XTS_CAPABILITIES } from "./capabilities.ts";
import { cashOf, fillOf, instrumentKey, orderOf, positionsOf, readAs, readRows, XtsOrder, XtsTrade } from "./parse.ts";
import type { XtsSession } from "./sign.ts";

const Placed = z.object({ AppOrderID: z.string().regex(/^\d{1,20}$/, "must be a number") });
const Profile = z.object({ ClientId: z.string().max(64).optional() });

/** How long a book that was read stays good for other questions, ms: the venue lets one through a second. */
const BOOK_MS = 1_000;
const DECIMALS = 10n ** 18n;

export interface XtsClientParts {
  readonly session: XtsSession;
  readonly data: XtsMarketData;
  /** What orders are held as: to the end of the day, for delivery, or carried on. */
  readonly product: "MIS" | "CNC" | "NRML";
  /** Whose account it is, where the key is a dealer's; empty for a client's own. */
  readonly clientId: string;
  /** UTC ms. */
  readonly now: () => number;
}

interface Book {
  readonly at: number;
  readonly orders: readonly { readonly order: VenueOrder; readonly row: XtsOrder }[];
}

/**
 * XTS of Symphony as many of India's brokers have it. The book of the day is all that it shows of orders, so an order is
 * found by reading the whole book for its identifier.
 */
export class XtsClient implements VenueClient {
  readonly venue = "XTS";
  readonly capabilities = XTS_CAPABILITIES;
  private readonly parts: XtsClientParts;
  private book: Book | undefined;

  constructor(parts: XtsClientParts) {
    this.parts = parts;
  }

  async facts() {
    const { session, data, clientId } = this.parts;
    const call = { method: "GET", path: `/user/profile${this.query()}`, family: "profile", kind: "query" } as const;
    const profile = readAs(Profile, await session.call(call), "profile");
    const token = await session.token();
    // The other pair of keys: without prices nothing could be traded either.
    await data.status();
    const isDealer = token.isInvestorClient === false;
    const warnings = ["Brokerage and taxes are not told by the API: the ledger shows trades without them."];
    if (isDealer && clientId === "") warnings.push("This is a dealer's key: name the client that it shall trade for.");
    return {
      accountNumber: profile.ClientId ?? (clientId === "" ? token.userID : clientId),
      currency: "INR",
      canTrade: !(isDealer && clientId === ""),
      // Money leaves over the broker's own pages only.
      canWithdraw: false,
      // Brokers bind keys to addresses, and do not say so here.
      addressBound: undefined,
      permissions: [isDealer ? "dealer" : "investor"],
      warnings,
    };
  }

  instruments(): Promise<readonly VenueInstrument[]> {
    return this.parts.data.instruments();
  }

  place(order: OrderToPlace): Promise<ClientOutcome> {
    return outcomeOf(async () => {
      const body = this.orderBody(order);
      const call = { method: "POST", path: "/orders", family: "orders", kind: "order", body } as const;
      const placed = readAs(Placed, await this.change(call), "reply to an order");
      return this.afterPlacing(order, placed.AppOrderID);
    });
  }

  /** A reply says that the order was passed on. Whether it stands is what the book says. */
  private async afterPlacing(order: OrderToPlace, venueOrderId: string): Promise<ClientOutcome> {
    const shown = await this.find({ identifier: order.id, venueOrderId }).catch(() => undefined);
    if (shown === undefined) return unknown("the venue has passed the order on and does not show it yet");
    const { order: now, row } = shown;
    if (now.status === "rejected") {
      return { outcome: "rejected", code: "REJECTED", message: row.cancelrejectreason ?? "", news: [] };
    }
    return {
      outcome: "ack",
      venueOrderIds: new Map([[order.id, venueOrderId]]),
      news: [{ type: "order", order: now, reason: row.cancelrejectreason ?? "" }],
    };
  }

  cancel(placed: PlacedOrder): Promise<ClientOutcome> {
    return outcomeOf(async () => {
      const appOrderId = await this.numberOf(placed);
      const query = this.query({ appOrderID: appOrderId, orderUniqueIdentifier: placed.sentAs });
      await this.change({ method: "DELETE", path: `/orders${query}`, family: "orders", kind: "cancel" });
      return { outcome: "ack", venueOrderIds: new Map([[placed.order.id, appOrderId]]), news: [] };
    });
  }

  replace(placed: PlacedOrder, _revision: number, terms: ReplaceTerms): Promise<ClientOutcome> {
    return outcomeOf(async () => {
      const appOrderId = await this.numberOf(placed);
      const { kind } = placed.order;
      const body = {
        appOrderID: Number(appOrderId),
        modifiedProductType: this.parts.product,
        modifiedOrderType: TYPES[kind],
        modifiedOrderQuantity: wholeOf(terms.quantity),
        modifiedDisclosedQuantity: 0,
        modifiedLimitPrice: numberOf(terms.limit),
        modifiedStopPrice: numberOf(terms.stop),
        modifiedTimeInForce: "DAY",
        orderUniqueIdentifier: placed.sentAs,
        ...(this.parts.clientId === "" ? {} : { clientID: this.parts.clientId }),
      };
      await this.change({ method: "PUT", path: "/orders", family: "orders", kind: "order", body });
      const shown = await this.find({ identifier: placed.sentAs, venueOrderId: appOrderId }).catch(() => undefined);
      const { quantity, limit, stop } = shown?.order ?? {};
      const isDone = quantity === terms.quantity && limit === terms.limit && stop === terms.stop;
      if (shown === undefined || !isDone) return unknown("the venue has passed the change on and does not show it yet");
      return { outcome: "ack", venueOrderIds: new Map([[placed.order.id, appOrderId]]), news: [] };
    });
  }

  async order(placed: PlacedOrder): Promise<VenueOrder | undefined> {
    const found = await this.find({ identifier: placed.sentAs, venueOrderId: placed.venueOrderId });
    return found?.order;
  }

  async openOrders(): Promise<readonly VenueOrder[]> {
    return (await this.orders()).map(({ order }) => order).filter(({ status }) => status === "open");
  }

  async holdings() {
    const { session } = this.parts;
    const position = { dayOrNet: "NetWise" };
    const path = `/portfolio/positions${this.query(position)}`;
    const { held, flows } = positionsOf(
      await session.call({ method: "GET", path, family: "positions", kind: "query" }),
    );
    const money = { method: "GET", path: `/user/balance${this.query()}`, family: "balance", kind: "query" } as const;
    const cash = cashOf(await session.call(money));
    return { positions: held, balances: new Map([["INR", add(cash, flows)]]) };
  }

  /** The trades of the day, all of them: there are no pages and no other days. What is known already counts once. */
  async history({ cursor, since }: { cursor: string; since: number }): Promise<VenueHistory> {
    const path = `/orders/trades${this.query()}`;
    const result = await this.parts.session.call({ method: "GET", path, family: "trades", kind: "query" });
    const fills = readRows(XtsTrade, result, "trades").map(fillOf);
    // Times have no milliseconds: a trade of the second in which the account began with us is ours to tell.
    const ours = fills.filter(({ at }) => at >= Math.floor(since / 1_000) * 1_000);
    return { fills: ours, movements: [], cursor, complete: true };
  }

  prices(instruments: readonly string[]): Promise<readonly VenueMark[]> {
    return this.parts.data.pricesOf(instruments);
  }

  private orderBody(order: OrderToPlace): Record<string, unknown> {
    const key = instrumentKey(order.instrument);
    if (key === undefined)
      throw new VenueRefusal("INSTRUMENT", `instrument must be one of XTS, was ${order.instrument}`);
    return {
      exchangeSegment: key.segment,
      exchangeInstrumentID: Number(key.number),
      productType: this.parts.product,
      orderType: TYPES[order.kind],
      orderSide: order.side.toUpperCase(),
      timeInForce: "DAY",
      disclosedQuantity: 0,
      orderQuantity: wholeOf(order.quantity),
      limitPrice: numberOf(order.limit),
      stopPrice: numberOf(order.stop),
      orderUniqueIdentifier: order.id,
      ...(this.parts.clientId === "" ? {} : { clientID: this.parts.clientId }),
    };
  }

  /** The venue's number of an order, from the book where it was not told yet. */
  private async numberOf(placed: PlacedOrder): Promise<string> {
    if (placed.venueOrderId !== undefined) return placed.venueOrderId;
    const found = await this.find({ identifier: placed.sentAs, venueOrderId: undefined });
    if (found === undefined) throw new VenueSilence("the venue shows no such order", { isSent: false });
    return found.order.venueOrderId;
  }

  private async find(asked: { readonly identifier: string; readonly venueOrderId: string | undefined }) {
    const orders = await this.orders();
    const { identifier, venueOrderId } = asked;
    const named = orders.filter(({ order }) => order.clientOrderId === identifier);
    const byNumber =
      venueOrderId === undefined ? undefined : orders.find(({ order }) => order.venueOrderId === venueOrderId);
    if (byNumber !== undefined || named.length <= 1) return byNumber ?? named[0];
    // Ours are never sent twice: somebody else uses our names, or the venue doubled one.
    throw new VenueSilence(`the venue shows ${named.length} orders under ${identifier}`, { isSent: true });
  }

  /** The book of the day, read anew unless it was within this second and nothing was changed since. */
  private async orders(): Promise<Book["orders"]> {
    const { now, session } = this.parts;
    const known = this.book;
    if (known !== undefined && now() - known.at < BOOK_MS) return known.orders;
    const at = now();
    const path = `/orders${this.query()}`;
    const result = await session.call({ method: "GET", path, family: "book", kind: "query" });
    const orders = readRows(XtsOrder, result, "orders").map((row) => ({ order: orderOf(row), row }));
    this.book = { at, orders };
    return orders;
  }

  /** A change makes what was read before old, when it is sent and when it is answered. */
  private async change(call: Parameters<XtsSession["call"]>[0]): Promise<unknown> {
    this.book = undefined;
    try {
      return await this.parts.session.call(call);
    } finally {
      this.book = undefined;
    }
  }

  private query(fields: Readonly<Record<string, string>> = {}): string {
    const { clientId } = this.parts;
    const query = new URLSearchParams({ ...fields, ...(clientId === "" ? {} : { clientID: clientId }) }).toString();
    return query === "" ? "" : `?${query}`;
  }
}

const TYPES: Readonly<Record<OrderToPlace["kind"], string>> = {
  market: "MARKET",
  limit: "LIMIT",
  stop: "STOPMARKET",
  "stop-limit": "STOPLIMIT",
  // Not among what we say it can do.
  "trailing-stop": "",
};

/** Shares are whole. Throws VenueRefusal for anything else. */
function wholeOf(quantity: Quantity): number {
  if (quantity % DECIMALS === 0n && quantity / DECIMALS <= 2_147_483_647n) return Number(quantity / DECIMALS);
  throw new VenueRefusal("QUANTITY", `quantity must be a whole number, was ${formatDecimal(quantity)}`);
}

/** Prices of its grid, of two decimals or four, are written by a double as they are. */
function numberOf(price: Parameters<typeof formatDecimal>[0] | undefined): number {
  return price === undefined ? 0 : Number(formatDecimal(price));
}

function unknown(message: string): ClientOutcome {
  return { outcome: "unknown", message, news: [] };
}

/** Every end of a call that changes something is an outcome. What certainly never left was certainly not taken. */
async function outcomeOf(call: () => Promise<ClientOutcome>): Promise<ClientOutcome> {
  try {
    return await call();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof VenueRefusal) return { outcome: "rejected", code: error.code, message, news: [] };
    return unknown(message);
  }
}
