import type { OrderToPlace, ReplaceTerms, SendOutcome, VenueEvent, VenueTold } from "../../../brokers/broker.ts";
import type { Money, Quantity } from "../../../core/ledger/decimal.ts";
import type { Side } from "../../../core/ledger/decimal-grid.ts";
import type { VenueFill, VenueOrder, VenueReport } from "../../../core/ledger/venue-report.ts";
import type { ClientOrderId } from "../../../core/order/order-id.ts";
import { money } from "../../../core/testing/orders.ts";
import {
  atMost,
  type BrokerOrder,
  BrokerOrders,
  keyOf,
  type Reply,
  signed,
  takenOrder,
  type Unnumbered,
  type Way,
} from "./broker-order.ts";
import type { Chance, FaultRates } from "./chance.ts";
import { INSTRUMENTS, type Market } from "./market.ts";

/** How long the broker says it may take to show an order that it took, ms. */
export const LATE_ACCEPT_MS = 30_000;
/** After this long a call that was not answered has failed. */
const REPLY_DEADLINE_MS = 5_000;
const REPLY_MS = 500;
export const CAPITAL = money("100000");
/** A tenth of a percent of the value. */
const FEE_DIVISOR = 1_000n;
const ONE = 10n ** 18n;

interface BrokerParts {
  readonly chance: Chance;
  readonly faults: FaultRates;
  readonly market: Market;
  readonly tell: (at: number, event: VenueEvent) => void;
}

/**
 * A broker with books of its own, which the desk is held against. It does not mind an id that comes twice, as some real
 * ones do not. It loses requests and replies, takes orders late, and its events come twice, late, in any order or never.
 */
export class MockBroker {
  private readonly list = new BrokerOrders();
  readonly orders: readonly BrokerOrder[] = this.list.all;
  readonly fills: VenueFill[] = [];
  /** Everything it had to say, in order. */
  readonly log: VenueEvent[] = [];
  readonly positions = new Map<string, bigint>();
  cash: bigint = CAPITAL;
  /** Most that trades of others have moved a position by. */
  external = 0n;
  faults: FaultRates;
  /** Counts whatever changes, so that nobody looks at the same books twice. */
  changes = 0;
  private readonly botPositions = new Map<string, bigint>();
  private readonly chance: Chance;
  private readonly market: Market;
  private readonly tell: (at: number, event: VenueEvent) => void;
  /** Orders that ended, in the order in which they did. */
  private readonly ended: BrokerOrder[] = [];
  private untold: readonly { readonly at: number; readonly fill: VenueFill }[] = [];
  private now = 0;

  /** `tell` takes an event on its way, with the time at which it comes. */
  constructor({ chance, faults, market, tell }: BrokerParts) {
    this.chance = chance;
    this.faults = faults;
    this.market = market;
    this.tell = tell;
  }

  /** Takes an order, or loses it. `received` is called at the moment it is there. */
  place(order: OrderToPlace, now: number, received: () => void): Reply<SendOutcome> {
    const { chance, faults } = this;
    const [late, refused] = [faults.lateAccept, faults.rejected].map((rate) => chance.happens(rate));
    const promised = chance.whole(1_000, LATE_ACCEPT_MS - 1_000);
    const lateMs = chance.happens(faults.brokenPromise) ? promised + 2 * LATE_ACCEPT_MS : promised;
    const way = this.way(now);
    if (way.lost) return way.reply({ outcome: "unknown", message: "time-out" });
    this.changes++;
    received();
    if (refused) {
      this.emit({ type: "rejected", id: order.id, code: "VENUE" }, now);
      return way.reply({ outcome: "rejected", code: "VENUE", message: "" });
    }
    const acceptAt = late ? now + lateMs : now;
    const taken = [order, ...order.legs].map((each) =>
      this.take(each, each === order ? undefined : order.id, acceptAt),
    );
    if (late) return { at: now + REPLY_DEADLINE_MS, answer: { outcome: "unknown", message: "time-out" } };
    for (const each of taken) this.show(each, now);
    return way.reply({ outcome: "ack", venueOrderIds: new Map(taken.map((each) => [each.id, each.venueOrderId])) });
  }

  private take(order: Omit<OrderToPlace, "legs">, parent: ClientOrderId | undefined, acceptAt: number): BrokerOrder {
    const taken = takenOrder(order, { venueOrderId: `v${this.orders.length + 1}`, parent, acceptAt });
    this.list.add(taken);
    return taken;
  }

  private show(order: BrokerOrder, now: number): void {
    order.shown = true;
    this.emit({ type: "accepted", id: order.id, venueOrderId: order.venueOrderId }, now);
  }

  /** What happens to a request and to its reply. */
  private way(now: number): Way {
    const { chance, faults } = this;
    const [lost, busy, taken, replyLost] = [faults.requestLost, faults.busy, 0.5, faults.replyLost].map((rate) =>
      chance.happens(rate),
    );
    const silent = lost || (replyLost && !busy);
    const at = now + (silent ? REPLY_DEADLINE_MS : REPLY_MS);
    const unknown: SendOutcome = { outcome: "unknown", message: silent ? "time-out" : "503" };
    const reply = (outcome: SendOutcome) => ({ at, answer: silent || busy ? unknown : outcome });
    return { lost: lost || (busy && !taken), reply };
  }

  cancel(id: ClientOrderId, now: number): Reply<SendOutcome> {
    const way = this.way(now);
    const ack: SendOutcome = { outcome: "ack", venueOrderIds: new Map() };
    if (way.lost) return way.reply(ack);
    const order = this.openOrder(id, now);
    if (order === undefined) return way.reply({ outcome: "rejected", code: "NOT_OPEN", message: "" });
    this.end(order, "canceled", { reason: "asked", now });
    return way.reply(ack);
  }

  replace(id: ClientOrderId, revision: number, { quantity, limit }: ReplaceTerms, now: number): Reply<SendOutcome> {
    const way = this.way(now);
    const ack: SendOutcome = { outcome: "ack", venueOrderIds: new Map() };
    if (way.lost) return way.reply(ack);
    const order = this.openOrder(id, now);
    if (order === undefined || quantity <= order.filled) {
      return way.reply({ outcome: "rejected", code: "NOT_OPEN", message: "" });
    }
    Object.assign(order, { quantity, limit });
    this.emit({ type: "replaced", id, revision, venueOrderId: order.venueOrderId }, now);
    return way.reply(ack);
  }

  private openOrder(id: ClientOrderId, now: number): BrokerOrder | undefined {
    return this.list.open().find((order) => order.id === id && order.acceptAt <= now);
  }

  /** Half a second of the market. */
  step(now: number): void {
    this.now = now;
    if (this.untold.length > 0) {
      const told = this.untold.filter(({ at }) => at <= now);
      this.untold = this.untold.filter(({ at }) => at > now);
      for (const { fill } of told) this.emit({ type: "fill", fill }, now);
    }
    for (const order of this.list.open()) {
      if (order.status !== "open" || order.acceptAt > now) continue;
      if (!order.shown) this.show(order, now);
      this.fire(order);
      if (this.isOver(order)) this.end(order, "canceled", { reason: "linked", now });
      else if (this.chance.happens(0.15) && order.fired && this.market.meets(order)) this.trade(order);
      else if (this.chance.happens(this.faults.venueCancels)) this.end(order, "expired", { reason: "venue", now });
    }
    if (this.chance.happens(this.faults.external)) this.tradeExternally();
  }

  /** A leg whose entry can trade no more and left nothing to close, or an order that only closes with nothing there. */
  private isOver(order: BrokerOrder): boolean {
    if (order.parent === undefined) return order.reduceOnly && this.room(order) === 0n;
    const parent = this.list.groupOf(order).find(({ id }) => id === order.parent);
    return parent?.status !== "open" && this.room(order) === 0n;
  }

  /** A stop that was reached once stays so; that of a leg once there is something that it closes. */
  private fire(order: BrokerOrder): void {
    if (order.fired || !this.market.fires(order)) return;
    order.fired = order.parent === undefined || this.room(order) > 0n;
  }

  /** How much of an order may trade now. */
  room(order: BrokerOrder): bigint {
    const left: bigint = order.quantity - order.filled;
    if (order.parent === undefined && !order.reduceOnly) return left;
    const held = this.botPositions.get(keyOf(order)) ?? 0n;
    const closes = order.side === "sell" ? held : -held;
    if (order.parent === undefined) return atMost(left, closes);
    let open = 0n;
    for (const { parent, filled } of this.list.groupOf(order)) open += parent === undefined ? filled : -filled;
    return atMost(left, closes, open);
  }

  private trade(order: BrokerOrder): void {
    const left = Number(this.room(order) / ONE);
    if (left === 0) return;
    const quantity = (BigInt(this.chance.whole(1, left)) * ONE) as Quantity;
    order.filled = (order.filled + quantity) as Quantity;
    if (order.filled === order.quantity) {
      order.status = "filled";
      this.ended.push(order);
    }
    const key = keyOf(order);
    this.botPositions.set(key, (this.botPositions.get(key) ?? 0n) + signed(order.side, quantity));
    this.book(order, quantity);
  }

  private tradeExternally(): void {
    const side = this.chance.pick<Side>(["buy", "sell"]);
    const instrument = this.chance.pick(INSTRUMENTS);
    this.external += ONE;
    this.book({ clientOrderId: undefined, venueOrderId: "elsewhere", instrument, side }, ONE as Quantity);
  }

  private book(
    order: Pick<VenueOrder, "clientOrderId" | "venueOrderId" | "instrument" | "side">,
    quantity: Quantity,
  ): void {
    const { clientOrderId, venueOrderId, instrument, side } = order;
    const price = this.market.price(instrument);
    const value = (quantity * price) / ONE;
    const fee = (value / FEE_DIVISOR) as Money;
    this.positions.set(instrument, this.position(instrument) + signed(side, quantity));
    this.cash -= signed(side, value) + fee;
    const whose = { clientOrderId, venueOrderId, instrument, quote: "USD", side };
    const trade = { tradeId: `t${this.fills.length + 1}`, quantity, price, fee, feeCurrency: "USD" };
    const fill: VenueFill = { ...whose, ...trade, liquidity: "taker", at: this.now };
    this.fills.push(fill);
    const late = this.chance.happens(this.faults.fillToldLate);
    const lateMs = this.chance.whole(1_000, 10_000);
    if (late) this.untold = [...this.untold, { at: this.now + lateMs, fill }];
    else this.emit({ type: "fill", fill }, this.now);
  }

  /** Whether it has nothing open and nothing left to say. */
  isQuiet(): boolean {
    return this.untold.length === 0 && this.list.open().length === 0;
  }

  position(instrument: string): bigint {
    return this.positions.get(instrument) ?? 0n;
  }

  botPosition(bot: string, instrument: string): bigint {
    return this.botPositions.get(keyOf({ bot, instrument })) ?? 0n;
  }

  private end(
    order: BrokerOrder,
    status: "canceled" | "expired",
    { reason, now }: { readonly reason: string; readonly now: number },
  ): void {
    order.status = status;
    this.ended.push(order);
    this.emit({ type: status, id: order.id, filled: order.filled, reason }, now);
  }

  /** What becomes of an event on its way: nothing, itself, or itself twice, each as late as it likes. */
  private emit(event: Unnumbered, now: number): void {
    this.changes++;
    const { chance, faults } = this;
    const numbered = { ...event, sequence: this.log.length + 1 } as VenueEvent;
    this.log.push(numbered);
    const [dropped, twice] = [faults.eventDropped, faults.eventTwice].map((rate) => chance.happens(rate));
    for (let copy = 0; copy < (twice ? 2 : 1); copy++) {
      const at = now + REPLY_MS + chance.share(faults.eventDelayMs);
      if (!dropped) this.tell(at, numbered);
    }
  }

  events(sequence: number, now: number): Reply<VenueTold> {
    const fails = this.chance.happens(this.faults.reportFails);
    const told: VenueTold = { events: this.log.slice(sequence), marks: [], marketAt: undefined };
    return fails ? { at: now + REPLY_DEADLINE_MS, answer: undefined } : { at: now + REPLY_MS, answer: told };
  }

  /** The books as they are now, told half a second later; a page of trades may be all that comes. */
  report(cursor: string, now: number): Reply<{ readonly report: VenueReport; readonly cursor: string }> {
    const fails = this.chance.happens(this.faults.reportFails);
    const partial = this.chance.happens(this.faults.reportPartial);
    const delay = this.chance.share(this.faults.eventDelayMs / 4);
    if (fails) return { at: now + REPLY_DEADLINE_MS, answer: undefined };
    const [from, since] = cursor === "" ? [0, 0] : cursor.split(".").map(Number);
    const unread = this.fills.slice(from);
    const fills = partial ? unread.slice(0, Math.floor(unread.length / 2)) : unread;
    const fillsComplete = fills.length === unread.length;
    const open = this.list.open().filter(({ acceptAt }) => acceptAt <= now);
    const report: VenueReport = {
      askedAt: now,
      orders: [...open, ...this.ended.slice(since)].map((order) => ({ ...order })),
      ordersComplete: true,
      fills,
      fillsComplete,
      movements: [{ type: "deposit", id: "deposit:1", at: 0, currency: "USD", amount: CAPITAL }],
      positions: new Map([...this.positions].map(([instrument, held]) => [instrument, held as Quantity])),
      balances: new Map([["USD", this.cash as Money]]),
    };
    // What ended is told once, but again until all trades have been told.
    const next = `${from + fills.length}.${fillsComplete ? this.ended.length : since}`;
    return { at: now + REPLY_MS + delay, answer: { report, cursor: next } };
  }
}
