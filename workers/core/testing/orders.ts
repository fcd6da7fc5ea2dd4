import type { Money, Price, Quantity } from "../ledger/decimal.ts";
import { parseMoney, parsePrice, parseQuantity } from "../ledger/decimal-text.ts";
import { type DeskOrder, newDeskOrder, type OrderIntent } from "../order/desk-order.ts";
import type { OrderEvent, OrderFill } from "../order/order-event.ts";
import { clientOrderId } from "../order/order-id.ts";

export const price = (text: string): Price => parsePrice(text, "price");
export const quantity = (text: string): Quantity => parseQuantity(text, "quantity");
export const money = (text: string): Money => parseMoney(text, "amount");

/** An intent to buy 10 at a limit of 100, changed by `parts`. */
export function intentOf(parts: Partial<OrderIntent> = {}): OrderIntent {
  const { account = "account-1", bot = "bot-1" } = parts;
  return {
    id: clientOrderId({ account, bot, candleTime: 1_700_000_000_000, leg: "entry", ordinal: 0 }),
    account,
    bot,
    instrument: "SIM:BTC-USD",
    side: "buy",
    kind: "limit",
    quantity: quantity("10"),
    limit: price("100"),
    stop: undefined,
    trail: undefined,
    role: "entry",
    parent: undefined,
    reduceOnly: false,
    signal: "signal-1",
    ...parts,
  };
}

export function orderOf(parts: Partial<DeskOrder> = {}): DeskOrder {
  return { ...newDeskOrder(intentOf(parts)), ...parts };
}

export function fillOf(tradeId: string, size: string, parts: Partial<OrderFill> = {}): OrderFill {
  return {
    tradeId,
    quantity: quantity(size),
    price: price("100"),
    fee: money("0.1"),
    feeCurrency: "USD",
    liquidity: "taker",
    at: 1_700_000_000_000,
    ...parts,
  };
}

export function fillEvent(tradeId: string, size: string): OrderEvent {
  return { type: "fill", fill: fillOf(tradeId, size) };
}
