import type { Fill, Order } from "../../schema/wire/trading.ts";
import type { DeskEvent } from "../account/desk-calls.ts";

/** What the desk has of the bot, as it was last asked. */
export interface DeskView {
  readonly openOrders: readonly Order[];
  readonly fills: readonly Fill[];
}

/** Orders that a bot's page lists as open, and fills. */
const OPEN_SHOWN = 50;
const FILLS_SHOWN = 25;
const ENDED: ReadonlySet<Order["state"]> = new Set(["DENIED", "REJECTED", "CANCELED", "EXPIRED", "FILLED"]);

/** Whether an order trades no more, as far as is known. */
export function isOver(state: Order["state"]): boolean {
  return ENDED.has(state);
}

/** The view after an event of the desk. */
export function deskViewAfter(
  view: DeskView | undefined,
  { order, fill }: { readonly order: Order; readonly fill?: DeskEvent["fill"] },
): DeskView {
  const others = (view?.openOrders ?? []).filter((other) => other.id !== order.id);
  const openOrders = isOver(order.state) ? others : [...others, order].slice(-OPEN_SHOWN);
  if (fill === undefined) return { openOrders, fills: view?.fills ?? [] };
  const { tradeId, quantity, price, fee, at } = fill;
  const { id: orderId, accountId, botId, instrument, side } = order;
  const rest = { feeCurrency: fill.feeCurrency, liquidity: fill.liquidity };
  const told: Fill = { id: tradeId, accountId, botId, orderId, instrument, side, quantity, price, fee, ...rest, at };
  return { openOrders, fills: [told, ...(view?.fills ?? [])].slice(0, FILLS_SHOWN) };
}
