import type { z } from "zod";
import { type Money, magnitude, negate, type Price, type Quantity, subtract } from "../../core/ledger/decimal.ts";
import { parsePrice, parseQuantity } from "../../core/ledger/decimal-text.ts";
import type { VenueFill, VenueOrder } from "../../core/ledger/venue-report.ts";
import { readJson } from "../request/read-json.ts";
import type { VenueHoldings } from "../venue-client.ts";
import { venueInstant, venueMoney, venueNumber, venuePrice, venueUnits } from "../venue-decimal.ts";
import type { AlpacaFill, AlpacaOrder, account, positionsReply } from "./payloads.ts";

/** The venue's name in the ids of its instruments. */
export const ALPACA = "ALPACA";
/** What all that it trades is paid in. */
export const CURRENCY = "USD";

/** Reads a body against a schema. Throws where it is no JSON, too large or of another shape. */
export function parseBody<S extends z.ZodType>(schema: S, body: string): z.infer<S> {
  return schema.parse(readJson(body));
}

export function instrumentId(symbol: string): string {
  return `${ALPACA}:${symbol}`;
}

const SYMBOL = /^[A-Z0-9.]{1,16}(?:\/[A-Z0-9]{1,8})?$/;

/** The venue's symbol of an instrument, or undefined for one of another venue. */
export function nativeSymbol(instrument: string): string | undefined {
  const cut = instrument.indexOf(":");
  const symbol = instrument.slice(cut + 1);
  return instrument.slice(0, cut) === ALPACA && SYMBOL.test(symbol) ? symbol : undefined;
}

export function isCoin(symbol: string): boolean {
  return symbol.includes("/");
}

/**
 * A symbol as instruments are named. The venue writes a pair of coins with and without its slash; a stock has at most five
 * letters before a point, so what is longer and ends in a currency is a pair.
 */
export function symbolOf(raw: string, assetClass?: string | null): string {
  if (raw.includes("/") || (assetClass ?? "crypto") !== "crypto") return raw;
  const isPair = assetClass === "crypto" || /^[A-Z0-9]{6,}$/.test(raw);
  const [, base, quote] = (isPair ? /^([A-Z0-9]+?)(USDT|USDC|USD|BTC)$/.exec(raw) : undefined) ?? [];
  return base === undefined ? raw : `${base}/${quote}`;
}

/** How each state counts. What is not named here is open: an order may end only where the venue says so. */
const ENDED: Readonly<Record<string, VenueOrder["status"]>> = {
  filled: "filled",
  canceled: "canceled",
  expired: "expired",
  rejected: "rejected",
  replaced: "canceled",
};

export type AlpacaLeg = NonNullable<AlpacaOrder["legs"]>[number];

/** An order as the venue shows it, under `clientOrderId`. Throws where it has no symbol or no quantity. */
export function venueOrderOf(order: AlpacaOrder | AlpacaLeg, clientOrderId = order.client_order_id): VenueOrder {
  const type = typeOf(order);
  const { id, symbol, asset_class: assetClass, qty, side, filled_qty: filledText } = order;
  if (!symbol || !qty) throw new RangeError(`order ${id} must have symbol and quantity`);
  const hasStop = type === "stop" || type === "stop_limit";
  const filled = parseQuantity(filledText, "order.filled_qty");
  // A day that is over ends only what was for that day.
  const isOver = order.status === "done_for_day" && order.time_in_force === "day";
  return {
    clientOrderId,
    venueOrderId: id,
    instrument: instrumentId(symbolOf(symbol, assetClass)),
    side,
    quantity: parseQuantity(qty, "order.qty"),
    limit:
      type === "limit" || type === "stop_limit"
        ? venuePrice(order.limit_price ?? undefined, "order.limit_price")
        : undefined,
    stop: hasStop ? venuePrice(order.stop_price ?? undefined, "order.stop_price") : undefined,
    filled,
    status: isOver ? "canceled" : (ENDED[order.status] ?? "open"),
  };
}

export function typeOf({ type, order_type: orderType }: Pick<AlpacaOrder, "type" | "order_type">): string {
  return type ?? orderType ?? "";
}

/** A trade. The venue tells it under its own id of the order alone. */
export function fillOf(activity: AlpacaFill): VenueFill {
  const { id, order_id: venueOrderId, symbol, side, qty, price, transaction_time: time } = activity;
  const name = symbolOf(symbol);
  return {
    tradeId: id,
    clientOrderId: undefined,
    venueOrderId,
    instrument: instrumentId(name),
    quote: isCoin(name) ? name.slice(name.indexOf("/") + 1) : CURRENCY,
    side: side === "buy" ? "buy" : "sell",
    quantity: parseQuantity(qty, "fill.qty"),
    price: parsePrice(price, "fill.price"),
    // What it costs is told apart, at the end of the day.
    fee: 0n as Money,
    feeCurrency: CURRENCY,
    liquidity: "taker",
    at: venueInstant(time, "fill.transaction_time"),
  };
}

/** Positions with their sign, and cash. */
export function holdingsOf(facts: z.infer<typeof account>, positions: z.infer<typeof positionsReply>): VenueHoldings {
  const held = positions.map(({ symbol, asset_class: assetClass, qty, side }) => {
    const size = magnitude(venueUnits(qty, "position.qty"));
    const signed: Quantity = side === "short" ? negate(size) : size;
    return [instrumentId(symbolOf(symbol, assetClass)), signed] as const;
  });
  return { positions: new Map(held), balances: new Map([[facts.currency, cashOf(facts)]]) };
}

/**
 * Money that is not in positions. What the venue calls cash leaves out what open orders hold back; then it is the equity
 * less what is in positions, both of which are rounded.
 */
function cashOf({ cash, equity, position_market_value: inPositions }: z.infer<typeof account>): Money {
  const told = venueMoney(cash, "account.cash");
  if (!inPositions) return told;
  const value = venueMoney(inPositions, "account.position_market_value");
  const rest = subtract(venueMoney(equity, "account.equity"), value);
  return magnitude(subtract(rest, told)) <= ROUNDING ? told : rest;
}

/** How far two amounts that the venue rounds to cents may be apart. */
const ROUNDING = venueMoney("0.02", "rounding");

/** A price of market data, which the venue writes as a number. */
export function dataPrice(text: string): Price {
  const price = venueNumber(text, "price") as Price;
  if (price <= 0n) throw new RangeError(`price must be above 0, was ${text}`);
  return price;
}
