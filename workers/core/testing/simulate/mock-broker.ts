import type { Money, Quantity } from "../../ledger/decimal.ts";
import type { Side } from "../../ledger/decimal-grid.ts";
import type { VenueFill, VenueOrder, VenueReport } from "../../ledger/venue-report.ts";
import type { DeskOrder } from "../../order/desk-order.ts";
import type { OrderEvent, Replacement } from "../../order/order-event.ts";
import { price } from "../orders.ts";
import type { Chance, FaultRates } from "./chance.ts";

/** How long the broker says it may take to show an order that it took, ms. */
export const LATE_ACCEPT_MS = 30_000;
const REPLY_DEADLINE_MS = 5_000;
const PRICE = price("100");
/** A tenth of a percent of the value. */
const FEE_DIVISOR = 1_000n;
const ONE = 10n ** 18n;

/** What the broker received, for those who watch. */
export interface Receipt {
  readonly order: DeskOrder;
  readonly receivedAt: number;
}

/** Something that comes to the desk at a time. */
export type Delivery = { readonly at: number } & (
  | {
      readonly type: "reply";
      readonly id: string;
      readonly outcome: "ack" | "reject" | "timeout";
      readonly venueOrderId: string;
    }
  | {
      readonly type: "replace-reply";
      readonly id: string;
      readonly revision: number;
      readonly outcome: "refused" | "timeout";
    }
  | { readonly type: "cancel-reply"; readonly id: string; readonly outcome: "refused" | "timeout" }
  | { readonly type: "stream"; readonly id: string; readonly event: Exclude<OrderEvent, { type: "fill" }> }
  | { readonly type: "stream-fill"; readonly fill: VenueFill }
  | { readonly type: "report"; readonly report: VenueReport; readonly cursor: number }
  | { readonly type: "report-failed" }
);

type BrokerOrder = { -readonly [Field in keyof VenueOrder]: VenueOrder[Field] } & { readonly acceptAt: number };

/**
 * A broker with books of its own, which the desk is held against. It does not mind an id that comes twice, as some real
 * ones do not. It loses requests and replies, takes orders late, and its events come twice, late, in any order or never.
 */
export class MockBroker {
  readonly receipts: Receipt[] = [];
  readonly orders: BrokerOrder[] = [];
  readonly fills: VenueFill[] = [];
  position = 0n;
  cash = 0n;
  /** Most that trades of others have moved the position by. */
  external = 0n;
  faults: FaultRates;
  /** Counts whatever changes, so that nobody looks at the same books twice. */
  changes = 0;
  private readonly chance: Chance;
  private now = 0;

  constructor(chance: Chance, faults: FaultRates) {
    this.chance = chance;
    this.faults = faults;
  }

  place(order: DeskOrder, now: number): Delivery[] {
    const { chance, faults } = this;
    const [lost, late, refused] = [faults.requestLost, faults.lateAccept, faults.rejected].map((rate) =>
      chance.happens(rate),
    );
    const replyLost = chance.happens(faults.replyLost);
    const promised = chance.whole(1_000, LATE_ACCEPT_MS - 1_000);
    const lateMs = chance.happens(faults.brokenPromise) ? promised + 2 * LATE_ACCEPT_MS : promised;
    const venueOrderId = `v${this.orders.length + 1}`;
    const timeout: Delivery = {
      type: "reply",
      at: now + REPLY_DEADLINE_MS,
      id: order.id,
      outcome: "timeout",
      venueOrderId,
    };
    if (lost) return [timeout];
    this.changes++;
    this.receipts.push({ order, receivedAt: now });
    const reply = (outcome: "ack" | "reject"): Delivery => ({
      type: "reply",
      at: now + 500,
      id: order.id,
      outcome,
      venueOrderId,
    });
    if (refused) return [replyLost ? timeout : reply("reject")];
    const { id, instrument, side, quantity, limit, stop } = order;
    const acceptAt = late ? now + lateMs : now;
    const form = { instrument, side, quantity, limit, stop, filled: 0n as Quantity };
    this.orders.push({ clientOrderId: id, venueOrderId, ...form, status: "open", acceptAt });
    const accepted = this.stream({ type: "stream", at: acceptAt + 500, id, event: { type: "accepted", venueOrderId } });
    return [late || replyLost ? timeout : reply("ack"), ...accepted];
  }

  cancel(id: string, now: number): Delivery[] {
    const [lost, replyLost] = [this.faults.requestLost, this.faults.replyLost].map((rate) => this.chance.happens(rate));
    const order = this.orders.find((known) => known.clientOrderId === id && known.acceptAt <= now);
    if (lost) return [{ type: "cancel-reply", at: now + REPLY_DEADLINE_MS, id, outcome: "timeout" }];
    if (order === undefined || order.status !== "open") {
      return [{ type: "cancel-reply", at: now + 500, id, outcome: replyLost ? "timeout" : "refused" }];
    }
    return this.end(order, "canceled");
  }

  replace(id: string, { revision, quantity }: Replacement, now: number): Delivery[] {
    const [lost, replyLost] = [this.faults.requestLost, this.faults.replyLost].map((rate) => this.chance.happens(rate));
    const timeout: Delivery = { type: "replace-reply", at: now + REPLY_DEADLINE_MS, id, revision, outcome: "timeout" };
    if (lost) return [timeout];
    const order = this.orders.find((known) => known.clientOrderId === id && known.acceptAt <= now);
    if (order === undefined || order.status !== "open" || quantity <= order.filled) {
      return [replyLost ? timeout : { type: "replace-reply", at: now + 500, id, revision, outcome: "refused" }];
    }
    order.quantity = quantity;
    this.changes++;
    const event = { type: "replaced", revision, venueOrderId: order.venueOrderId } as const;
    return this.stream({ type: "stream", at: now + 500, id, event });
  }

  /** Half a second of the market. */
  step(now: number): Delivery[] {
    this.now = now;
    const deliveries: Delivery[] = [];
    for (const order of this.orders) {
      if (order.status !== "open" || order.acceptAt > now) continue;
      if (this.chance.happens(0.15)) deliveries.push(...this.trade(order));
      else if (this.chance.happens(this.faults.venueCancels)) deliveries.push(...this.end(order, "expired"));
    }
    if (this.chance.happens(this.faults.external)) this.tradeExternally();
    return deliveries;
  }

  private trade(order: BrokerOrder): Delivery[] {
    const left = Number((order.quantity - order.filled) / ONE);
    const quantity = (BigInt(this.chance.whole(1, left)) * ONE) as Quantity;
    order.filled = (order.filled + quantity) as Quantity;
    if (order.filled === order.quantity) order.status = "filled";
    const fill = this.book(order, quantity);
    return this.stream({ type: "stream-fill", at: this.now + 500, fill });
  }

  private tradeExternally(): void {
    const side = this.chance.pick<Side>(["buy", "sell"]);
    const quantity = ONE as Quantity;
    this.external += ONE;
    this.book({ clientOrderId: undefined, venueOrderId: "elsewhere", instrument: "SIM:BTC-USD", side }, quantity);
  }

  private book(
    order: Pick<VenueOrder, "clientOrderId" | "venueOrderId" | "instrument" | "side">,
    quantity: Quantity,
  ): VenueFill {
    const value = (quantity * PRICE) / ONE;
    const fee = (value / FEE_DIVISOR) as Money;
    const sign = order.side === "buy" ? 1n : -1n;
    this.position += sign * quantity;
    this.cash -= sign * value + fee;
    const { clientOrderId, venueOrderId, instrument, side } = order;
    const whose = { clientOrderId, venueOrderId, instrument, quote: "USD", side };
    const trade = { tradeId: `t${this.fills.length + 1}`, quantity, price: PRICE, fee, feeCurrency: "USD" };
    this.changes++;
    const fill: VenueFill = { ...whose, ...trade, liquidity: "taker", at: this.now };
    this.fills.push(fill);
    return fill;
  }

  private end(order: BrokerOrder, status: "canceled" | "expired"): Delivery[] {
    order.status = status;
    this.changes++;
    return this.stream({
      type: "stream",
      at: this.now + 500,
      id: order.clientOrderId ?? "",
      event: { type: status, filled: order.filled },
    });
  }

  /** What becomes of an event on its way: nothing, itself, or itself twice, each as late as it likes. */
  private stream(delivery: Delivery): Delivery[] {
    const { chance, faults } = this;
    const [dropped, twice] = [faults.eventDropped, faults.eventTwice].map((rate) => chance.happens(rate));
    const copies = twice ? [delivery, delivery] : [delivery];
    const delayed = copies.map((copy) => ({ ...copy, at: copy.at + chance.share(faults.eventDelayMs) }));
    return dropped ? [] : delayed;
  }

  /** The books as they are now, told half a second later; a page of trades may be all that comes. */
  report(cursor: number, now: number): Delivery {
    const fails = this.chance.happens(this.faults.reportFails);
    const partial = this.chance.happens(this.faults.reportPartial);
    const unread = this.fills.slice(cursor);
    const fills = partial ? unread.slice(0, Math.floor(unread.length / 2)) : unread;
    const orders = this.orders.filter((order) => order.acceptAt <= now).map((order) => ({ ...order }));
    const report: VenueReport = {
      askedAt: now,
      orders,
      ordersComplete: true,
      fills,
      fillsComplete: fills.length === unread.length,
      movements: [],
      positions: new Map([["SIM:BTC-USD", this.position as Quantity]]),
      balances: new Map([["USD", this.cash as Money]]),
    };
    if (fails) return { type: "report-failed", at: now + REPLY_DEADLINE_MS };
    return {
      type: "report",
      at: now + 500 + this.chance.share(this.faults.eventDelayMs / 4),
      report,
      cursor: cursor + fills.length,
    };
  }

  /** What the broker may still trade for us on a side, orders included that it has not shown yet. */
  openQuantity(side: Side): bigint {
    return this.orders
      .filter((order) => order.status === "open" && order.side === side)
      .reduce((sum, order) => sum + order.quantity - order.filled, 0n);
  }
}
