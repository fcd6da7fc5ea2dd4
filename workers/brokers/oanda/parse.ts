import type { z } from "zod";
import { add, divide, type Money, magnitude, negate, type Price, type Quantity } from "../../core/ledger/decimal.ts";
import { oppositeSide, type Side } from "../../core/ledger/decimal-grid.ts";
import { parsePrice } from "../../core/ledger/decimal-text.ts";
import type { VenueFill, VenueOrder } from "../../core/ledger/venue-report.ts";
import type { VenueMark } from "../broker.ts";
import { readJson } from "../request/read-json.ts";
import { venueInstant, venueMoney, venuePrice, venueUnits } from "../venue-decimal.ts";
import type { OandaOrder, OandaPrice, OandaTrade, OandaTradePart, OandaTransaction } from "./payloads.ts";

/** The venue's name in the ids of its instruments. */
export const OANDA = "OANDA";

/** Reads a body against a schema. Throws where it is no JSON, too large or of another shape. */
export function parseBody<S extends z.ZodType>(schema: S, body: string): z.infer<S> {
  return schema.parse(readJson(body));
}

export function instrumentId(name: string): string {
  return `${OANDA}:${name}`;
}

/** The venue's name of an instrument, or undefined for one of another venue. */
export function nativeName(instrument: string): string | undefined {
  const [venue, name] = instrument.split(":");
  return venue === OANDA && name !== undefined && /^[A-Z0-9]{1,20}_[A-Z0-9]{1,10}$/.test(name) ? name : undefined;
}

/** What an instrument is counted in: the code after the line. */
export function quoteOf(name: string): string {
  return name.slice(name.indexOf("_") + 1);
}

function sideOf(units: Quantity): Side {
  return units < 0n ? "sell" : "buy";
}

/** What is known of an order beyond its own record. */
export interface OrderContext {
  /** What an order trades that protects a trade: it has neither instrument nor units of its own. */
  readonly like: Pick<VenueOrder, "instrument" | "side" | "quantity"> | undefined;
  readonly status: VenueOrder["status"];
  /** How much it traded. */
  readonly filled: Quantity;
}

/** An order as the venue shows it. Throws where it protects a trade that is not known. */
export function venueOrderOf(order: OandaOrder, { like, status, filled }: OrderContext): VenueOrder {
  const own = ownTerms(order) ?? like;
  if (own === undefined) throw new RangeError(`order ${order.id} must have units or a trade that is known`);
  const { instrument, side, quantity } = own;
  const price = venuePrice(order.price, "order.price");
  const isLimit = order.type === "LIMIT" || order.type === "TAKE_PROFIT";
  const isStop = order.type === "STOP" || order.type === "STOP_LOSS" || order.type === "MARKET_IF_TOUCHED";
  return {
    clientOrderId: order.clientExtensions?.id,
    venueOrderId: order.id,
    ...{ instrument, side, quantity, filled, status },
    limit: isLimit ? price : undefined,
    stop: isStop ? price : undefined,
  };
}

function ownTerms({ instrument, units }: OandaOrder): OrderContext["like"] {
  if (instrument === undefined || units === undefined) return undefined;
  const signed = venueUnits(units, "order.units");
  return { instrument: instrumentId(instrument), side: sideOf(signed), quantity: magnitude(signed) };
}

/** What an order trades that protects a trade. A closed trade has no units left: then what it had at first counts. */
export function closingOf({ instrument, currentUnits, initialUnits }: OandaTrade): OrderContext["like"] {
  const now = venueUnits(currentUnits, "trade.currentUnits");
  const units = now === 0n ? venueUnits(initialUnits, "trade.initialUnits") : now;
  return { instrument: instrumentId(instrument), side: oppositeSide(sideOf(units)), quantity: magnitude(units) };
}

/** How the venue's cancellation of an order counts, and why it says it did it. */
export function endingOf(
  cancel: OandaTransaction,
  { reduceOnly }: { readonly reduceOnly: boolean },
): { readonly status: "canceled" | "expired" | "rejected"; readonly reason: string } {
  const reason = cancel.reason ?? "";
  // The batch of a transaction has the number of its first one: this order was created only to be canceled, which is how
  // the venue refuses what it cannot fill. An order that may only reduce and finds nothing has done what it is for.
  const isStillborn = cancel.batchID !== undefined && cancel.batchID === cancel.orderID;
  if (isStillborn && !reduceOnly) return { status: "rejected", reason };
  if (reason === "TIME_IN_FORCE_EXPIRED") return { status: "expired", reason };
  return { status: "canceled", reason: reason === "LINKED_TRADE_CLOSED" ? "linked" : reason };
}

/** Whether a cancellation only makes way for the order's next version. */
export function isReplacement({ reason, replacedByOrderID }: OandaTransaction): boolean {
  return replacedByOrderID !== undefined || reason === "CLIENT_REQUEST_REPLACED";
}

/**
 * The trades of a filled order: one, or one for each price where the venue closed and opened at several. Their ids come
 * from the transaction alone, so that it may be told twice.
 */
export function fillsOf(transaction: OandaTransaction, currency: string): VenueFill[] {
  const { id, instrument, orderID, units } = transaction;
  if (instrument === undefined || orderID === undefined || units === undefined) {
    throw new RangeError(`transaction ${id} must have order, instrument and units to be a fill`);
  }
  const signed = venueUnits(units, "fill.units");
  const fee = chargesOf(transaction);
  const common = {
    clientOrderId: transaction.clientOrderID,
    venueOrderId: orderID,
    instrument: instrumentId(instrument),
    quote: quoteOf(instrument),
    side: sideOf(signed),
    feeCurrency: currency,
    // The venue is the other side of every trade.
    liquidity: "taker" as const,
    at: venueInstant(transaction.time, "fill.time"),
  };
  const priced = pricedParts(transaction, magnitude(signed));
  return priced.map(({ suffix, quantity, price }, index) => ({
    ...common,
    tradeId: `${id}${suffix}`,
    quantity,
    price,
    fee: index === 0 ? fee : (0n as Money),
  }));
}

/** Commission and what a guaranteed stop cost, in the account's currency. */
export function chargesOf({ commission = "0", guaranteedExecutionFee = "0" }: OandaTransaction): Money {
  return add(venueMoney(commission, "fill.commission"), venueMoney(guaranteedExecutionFee, "fill.fee"));
}

/** What a fill opened and closed. */
export function partsOf({ tradesClosed = [], tradeReduced, tradeOpened }: OandaTransaction): {
  readonly closed: readonly OandaTradePart[];
  readonly opened: OandaTradePart | undefined;
} {
  return { closed: tradeReduced === undefined ? tradesClosed : [...tradesClosed, tradeReduced], opened: tradeOpened };
}

interface PricedPart {
  readonly suffix: string;
  readonly quantity: Quantity;
  readonly price: Price;
}

function pricedParts(transaction: OandaTransaction, quantity: Quantity): PricedPart[] {
  const { closed, opened } = partsOf(transaction);
  const parts = opened === undefined ? closed : [...closed, opened];
  const priced = parts.flatMap(({ tradeID, units, price }) =>
    price === undefined
      ? []
      : [{ suffix: `.${tradeID}`, quantity: magnitude(venueUnits(units, "part.units")), price: at(price) }],
  );
  const total = priced.reduce((sum, part) => sum + part.quantity, 0n);
  const isWhole = priced.length === parts.length && total === quantity && priced.length > 0;
  const [first] = priced;
  if (isWhole && priced.some(({ price }) => price !== first.price)) return priced;
  // Where the parts have one price it is the exact one; the fill's own is deprecated, and all that old recordings have.
  if (isWhole) return [{ suffix: "", quantity, price: first.price }];
  if (transaction.price === undefined) throw new RangeError(`transaction ${transaction.id} must have a price`);
  return [{ suffix: "", quantity, price: at(transaction.price) }];
}

function at(price: string): Price {
  return parsePrice(price, "fill.price");
}

/** The middle between the best bid and the best ask; undefined where the instrument does not trade. */
export function markOf(price: OandaPrice, heardAt: number, intervalMs: number): VenueMark | undefined {
  const [bid] = price.bids;
  const [ask] = price.asks;
  const isTrading = price.tradeable ?? price.status === "tradeable";
  if (bid === undefined || ask === undefined || !isTrading) return undefined;
  const sum = add(parsePrice(bid.price, "price.bid"), parsePrice(ask.price, "price.ask"));
  const middle = divide(sum, TWO, { decimals: 18, rounding: "half-even" }) as Price;
  const time = venueInstant(price.time, "price.time");
  return { instrument: instrumentId(price.instrument), price: middle, at: time, heardAt, intervalMs };
}

const TWO = parsePrice("2", "two");

/** What an open trade cost, in the currency that its instrument is counted in; below zero for a short one. */
export function costOf({ price, currentUnits }: OandaTrade): Money {
  return signedNotional(parsePrice(price, "trade.price"), venueUnits(currentUnits, "trade.currentUnits"));
}

/** price × units with the sign of the units, exact for the decimals that the venue has. */
export function signedNotional(price: Price, units: Quantity): Money {
  const size = (price * magnitude(units)) / 10n ** 18n;
  return (units < 0n ? negate(size as Money) : size) as Money;
}
