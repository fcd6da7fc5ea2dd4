import { z } from "zod";
import {
  add,
  type Decimal,
  type Money,
  multiply,
  negate,
  notional,
  ONE,
  type Price,
  type Quantity,
  ZERO,
} from "../../core/ledger/decimal.ts";
import { formatDecimal, parsePrice, parseQuantity } from "../../core/ledger/decimal-text.ts";
import type { VenueFill, VenueOrder } from "../../core/ledger/venue-report.ts";
import { VenueSilence } from "../request/venue-reply.ts";
import type { VenueHoldings } from "../venue-client.ts";
import { venueDecimal, venueMoney } from "../venue-decimal.ts";
import type { Movement } from "../venue-journal.ts";

/** Instruments of terminals are named by their symbol, with whatever their broker adds to it. */
export const MT5_PREFIX = "MT5:";

const Id = z.string().min(1).max(64);
const Text = z.string().max(200);
const DecimalText = z.string().regex(/^-?\d{1,18}(\.\d{1,18})?$/, "must be a decimal");
const At = z.string().regex(/^\d{1,15}$/, "must be UTC ms");
const Side = z.enum(["buy", "sell"]);

/** States of an order as a terminal names them: ENUM_ORDER_STATE, and `waiting` for a leg whose entry has not filled. */
const STATUS: Readonly<Record<string, VenueOrder["status"]>> = {
  waiting: "open",
  started: "open",
  placed: "open",
  partial: "open",
  request_add: "open",
  request_modify: "open",
  request_cancel: "open",
  filled: "filled",
  canceled: "canceled",
  rejected: "rejected",
  expired: "expired",
};

export const BridgeOrder = z.object({
  order: Id,
  cid: z.string().max(31),
  symbol: Id,
  side: Side,
  volume: DecimalText,
  filled: DecimalText,
  price: DecimalText,
  stop: DecimalText,
  contract: DecimalText,
  state: z.string().refine((state) => state in STATUS, "must be a state of an order"),
  reason: Text,
});
export type BridgeOrder = z.infer<typeof BridgeOrder>;

export const BridgeDeal = z.object({
  deal: Id,
  order: Id,
  cid: z.string().max(31),
  symbol: z.string().max(64),
  /** ENUM_DEAL_TYPE: `trade` for buys and sells, the others move money only. */
  kind: z.enum(["trade", "balance", "other"]),
  side: Side,
  /** ENUM_DEAL_ENTRY: `out_by` closes two positions against one another and trades nothing. */
  entry: z.enum(["in", "out", "inout", "out_by"]),
  volume: DecimalText,
  price: DecimalText,
  commission: DecimalText,
  swap: DecimalText,
  profit: DecimalText,
  contract: DecimalText,
  quote: z.string().max(16),
  currency: z.string().min(1).max(16),
  at: At,
});
export type BridgeDeal = z.infer<typeof BridgeDeal>;

const BridgePosition = z.object({
  symbol: Id,
  side: Side,
  volume: DecimalText,
  price: DecimalText,
  contract: DecimalText,
  quote: z.string().min(1).max(16),
});
const BridgeMoney = z.object({
  currency: z.string().min(1).max(16),
  balance: DecimalText,
  positions: z.array(BridgePosition).max(5_000),
});

/** Reads what a terminal answered. Throws VenueSilence for what is not of its form: it says nothing that can be relied on. */
export function readAnswer<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const field = parsed.error.issues[0]?.path.join(".") ?? "";
  throw new VenueSilence(`the terminal's answer must have its form, at ${field}`, { isSent: true });
}

/** Money that lots of a symbol are worth at a price of one: lots × contract size. Throws DecimalError. */
export function unitsOf(volume: string, contract: string): Quantity {
  const lots = parseQuantity(volume, "volume");
  return multiply(lots, parsePrice(contract, "contract"), { decimals: 18, rounding: "half-even" }) as Quantity;
}

/** Lots of a quantity. Throws RangeError where the quantity is no whole part of a lot of eight decimals. */
export function lotsOf(quantity: Quantity, contract: Decimal): string {
  const units = (quantity * ONE) / contract;
  const lots = units as Decimal;
  const exact = (lots * contract) / ONE === quantity && units % 10n ** 10n === 0n;
  if (!exact) throw new RangeError(`quantity must be a part of a lot, was ${formatDecimal(quantity)}`);
  return formatDecimal(lots);
}

export function orderOf(order: BridgeOrder): VenueOrder {
  const { cid, side } = order;
  return {
    clientOrderId: cid === "" ? undefined : cid,
    venueOrderId: order.order,
    instrument: `${MT5_PREFIX}${order.symbol}`,
    side,
    quantity: unitsOf(order.volume, order.contract),
    limit: priceOf(order.price),
    stop: priceOf(order.stop),
    filled: unitsOf(order.filled, order.contract),
    status: STATUS[order.state] ?? "open",
  };
}

/** What a deal says: a trade, a movement of money, or both where a swap was paid with it. */
export function dealNews(deal: BridgeDeal): { readonly fill: VenueFill | undefined; readonly movements: Movement[] } {
  const at = Number(deal.at);
  if (deal.kind !== "trade") return { fill: undefined, movements: moneyMovements(deal, at) };
  const instrument = `${MT5_PREFIX}${deal.symbol}`;
  const swap = venueMoney(deal.swap, "swap");
  const { currency } = deal;
  const movements: Movement[] =
    swap === 0n ? [] : [{ type: "funding", id: `swap:${deal.deal}`, at, instrument, currency, amount: negate(swap) }];
  if (deal.entry === "out_by") return { fill: undefined, movements: [...movements, ...commissionOf(deal, at)] };
  const fill: VenueFill = {
    ...{ tradeId: deal.deal, clientOrderId: deal.cid === "" ? undefined : deal.cid, venueOrderId: deal.order },
    ...{ instrument, quote: deal.quote, side: deal.side, quantity: unitsOf(deal.volume, deal.contract) },
    price: parsePrice(deal.price, "price"),
    // The terminal writes what it took below zero.
    fee: negate(venueMoney(deal.commission, "commission")),
    ...{ feeCurrency: currency, liquidity: "taker" as const, at },
  };
  return { fill, movements };
}

function commissionOf({ deal, commission, currency }: BridgeDeal, at: number): Movement[] {
  const amount = negate(venueMoney(commission, "commission"));
  return amount === 0n ? [] : [{ type: "fee", id: `commission:${deal}`, at, currency, amount }];
}

function moneyMovements({ deal, kind, profit, currency }: BridgeDeal, at: number): Movement[] {
  const amount = venueMoney(profit, "profit");
  if (amount === 0n) return [];
  const id = `money:${deal}`;
  if (kind === "other") return [{ type: "fee", id, at, currency, amount: negate(amount) }];
  return amount > 0n
    ? [{ type: "deposit", id, at, currency, amount }]
    : [{ type: "withdrawal", id, at, currency, amount: negate(amount) }];
}

/**
 * What is held. A terminal counts what was earned and leaves what positions cost out of it; the ledger counts what was
 * paid for them as gone. So from the balance each position's cost is taken, in the currency that it is quoted in.
 */
export function holdingsOf(value: unknown): VenueHoldings {
  const { currency, balance, positions } = readAnswer(BridgeMoney, value);
  const held = new Map<string, Quantity>();
  const cash = new Map<string, Money>([[currency, venueMoney(balance, "balance")]]);
  for (const { symbol, side, volume, price, contract, quote } of positions) {
    const quantity = unitsOf(volume, contract);
    const instrument = `${MT5_PREFIX}${symbol}`;
    const signed = side === "buy" ? quantity : negate(quantity);
    held.set(instrument, add(held.get(instrument) ?? (ZERO as Quantity), signed));
    const cost = notional(parsePrice(price, "price"), quantity, "half-even");
    cash.set(quote, add(cash.get(quote) ?? (ZERO as Money), side === "buy" ? negate(cost) : cost));
  }
  return { positions: held, balances: cash };
}

/** The balance as the terminal shows it. */
export function balanceOf(value: unknown): string {
  return formatDecimal(venueMoney(readAnswer(BridgeMoney, value).balance, "balance"));
}

/** A price; zero stands for none. */
export function priceOf(text: string): Price | undefined {
  const value = venueDecimal(text, "price");
  return value === 0n ? undefined : parsePrice(text, "price");
}
