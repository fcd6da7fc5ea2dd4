import {
  add,
  type Decimal,
  type Money,
  NO_MONEY,
  NO_QUANTITY,
  negate,
  notional,
  type Price,
  type Quantity,
  smaller,
  subtract,
  ZERO,
} from "../../workers/core/ledger/decimal.ts";
import { isMultiple } from "../../workers/core/ledger/decimal-grid.ts";
import type {
  BookEvent,
  BookRefusal,
  EmulatedFill,
  EmulatedInstrument,
  EmulatedOrder,
  EmulatedTerms,
} from "./emulated-order.ts";
import { isLive } from "./emulated-order.ts";
import { EmulatedTape } from "./emulated-tape.ts";
import { follow, isMarketable, isTriggered, wouldTrigger } from "./emulated-trigger.ts";
import { lockedBy } from "./locked-funds.ts";

export interface BookParts {
  readonly instruments: readonly EmulatedInstrument[];
  /** What there is at first, by coin or currency. */
  readonly funds: Readonly<Record<string, Decimal>>;
  /** `assets`: a buy brings the base coin; `positions`: it changes a position, and money is all there is besides. */
  readonly holds: "assets" | "positions";
  /** UTC ms. */
  readonly now: () => number;
  /** What a trade costs; nothing where it is left out. */
  readonly feeOf?: (
    fill: Omit<EmulatedFill, "fee" | "feeCurrency">,
    instrument: EmulatedInstrument,
  ) => {
    readonly fee: Money;
    readonly feeCurrency: string;
  };
  /** First id of orders and of trades: above 2^53, where a venue's are. */
  readonly firstId?: bigint;
  /** Whether legs wake with the whole fill of their order only. */
  readonly wakes?: "whole" | "first";
}

/** The books of a venue: orders, a price for each instrument that a test moves, trades, money. Everything is immediate. */
export class EmulatedBook {
  readonly instruments = new Map<string, EmulatedInstrument>();
  readonly orders = new Map<bigint, EmulatedOrder>();
  readonly fills: EmulatedFill[] = [];
  readonly prices = new Map<string, Price>();
  readonly funds: Map<string, Decimal>;
  readonly positions = new Map<string, Quantity>();
  readonly tape = new EmulatedTape();
  onEvent: (event: BookEvent) => void = () => undefined;
  /** The market of an instrument has traded, and every order has met it. */
  onTrade: (symbol: string) => void = () => undefined;
  readonly now: () => number;
  private readonly parts: BookParts;
  /** Of orders and trades, which are counted together. */
  lastId: bigint;

  constructor(parts: BookParts) {
    this.parts = parts;
    this.now = parts.now;
    this.funds = new Map(Object.entries(parts.funds));
    for (const instrument of parts.instruments) this.instruments.set(instrument.symbol, instrument);
    this.lastId = (parts.firstId ?? 1n) - 1n;
  }

  nextId(): bigint {
    this.lastId++;
    return this.lastId;
  }

  /** Why an order is refused, undefined where it is not. One that waits is held against the market when it wakes. */
  refusalOf(terms: EmulatedTerms, { checksFunds = true, waits = false } = {}): BookRefusal | undefined {
    const instrument = this.instruments.get(terms.symbol);
    if (instrument === undefined) return "no-instrument";
    if (instrument.status !== "trading") return "not-trading";
    const { tick, lot, quantityMin, notionalMin } = instrument;
    if (!isMultiple(terms.quantity, lot)) return "off-lot";
    if (terms.quantity < quantityMin || terms.quantity === 0n) return "too-small";
    if ([terms.limit, terms.stop].some((price) => price !== undefined && !isMultiple(price, tick))) return "off-tick";
    const last = this.prices.get(terms.symbol);
    if (last === undefined) return "no-price";
    if (notional(terms.limit ?? terms.stop ?? last, terms.quantity, "floor") < notionalMin) return "too-cheap";
    if (waits) return undefined;
    if (terms.makerOnly === true && isMarketable(terms, last)) return "would-trade";
    if (wouldTrigger(terms, last)) return "would-trigger";
    if (checksFunds && !this.canPay(terms, last)) return "no-funds";
    return undefined;
  }

  private canPay(terms: EmulatedTerms, last: Price): boolean {
    const instrument = this.instruments.get(terms.symbol);
    if (instrument === undefined || this.parts.holds === "positions") return true;
    if (terms.side === "sell") return this.free(instrument.base) >= terms.quantity;
    return this.free(instrument.quote) >= notional(terms.limit ?? terms.stop ?? last, terms.quantity, "ceil");
  }

  /** Of a coin or currency what no order holds back. */
  free(asset: string): Decimal {
    return subtract<Decimal>(this.funds.get(asset) ?? ZERO, this.locked(asset));
  }

  locked(asset: string): Decimal {
    return lockedBy(this, asset);
  }

  liveOrders(): EmulatedOrder[] {
    return [...this.orders.values()].filter(isLive);
  }

  /** By the client's id: the order that is live, else the last one that had it. */
  orderOfClient(clientId: string, symbol?: string): EmulatedOrder | undefined {
    const all = [...this.orders.values()].filter(
      (order) => order.clientId === clientId && (symbol === undefined || order.symbol === symbol),
    );
    return all.find(isLive) ?? all.at(-1);
  }

  /**
   * Takes an order that was not refused. `group` and `parent` tie it to others; one with a parent waits for that to fill.
   * It trades at once where it can, at the last price.
   */
  place(terms: EmulatedTerms, ties: { group?: bigint; parent?: bigint } = {}): EmulatedOrder {
    const { group, parent } = ties;
    const at = this.now();
    const waits = parent !== undefined && this.isWaiting(parent);
    const order: EmulatedOrder = {
      ...terms,
      id: this.nextId(),
      ...{ limit: terms.limit, stop: terms.stop, status: waits ? "pending" : "open" },
      ...{ filled: NO_QUANTITY, value: NO_MONEY, group, parent, best: undefined, triggered: false },
      ...{ createdAt: at, updatedAt: at },
    };
    this.orders.set(order.id, order);
    this.onEvent({ type: "new", order });
    if (!waits) this.start(order);
    return order;
  }

  private isWaiting(parent: bigint): boolean {
    const order = this.orders.get(parent);
    if (order === undefined) return false;
    return this.parts.wakes === "first" ? order.filled === 0n : order.status !== "filled";
  }

  private start(order: EmulatedOrder): void {
    const last = this.prices.get(order.symbol);
    if (last === undefined) return;
    if (order.kind === "stop" || order.kind === "stop-limit" || order.kind === "trailing-stop") {
      order.status = "armed";
      follow(order, last);
      return;
    }
    order.status = "open";
    this.match(order, last, undefined, false);
  }

  /** The market is put to a price and trades there; of each order at most `quantity`, where that is given. */
  trade(symbol: string, price: Price, quantity?: Quantity): void {
    if (!this.instruments.has(symbol)) throw new RangeError(`instrument must be one of the venue's, was ${symbol}`);
    this.tape.move(symbol, price, this.now());
    this.meet(symbol, price, quantity);
  }

  /** Markets that have a price go on to where their candles are now. */
  follow(): void {
    for (const instrument of this.instruments.values()) {
      const last = this.prices.get(instrument.symbol);
      if (last === undefined || instrument.status !== "trading") continue;
      const price = this.tape.price(instrument, this.now());
      if (price !== last) this.meet(instrument.symbol, price, undefined);
    }
  }

  private meet(symbol: string, price: Price, quantity: Quantity | undefined): void {
    this.prices.set(symbol, price);
    const live = this.liveOrders().filter((order) => order.symbol === symbol);
    for (const order of live) {
      if (order.status !== "armed") continue;
      follow(order, price);
      if (!isTriggered(order, price)) continue;
      order.triggered = true;
      order.status = "open";
      order.updatedAt = this.now();
      this.onEvent({ type: "armed", order });
    }
    for (const order of live) if (order.status === "open") this.match(order, price, quantity, true);
    this.onTrade(symbol);
  }

  private match(order: EmulatedOrder, last: Price, most: Quantity | undefined, rested: boolean): void {
    if (isMarketable(order, last)) {
      const left = subtract(order.quantity, order.filled);
      const quantity = most === undefined ? left : smaller(left, most);
      const isMaker = rested && order.kind === "limit";
      if (!(order.life === "fok" && quantity < left))
        this.fill(order, { price: isMaker && order.limit ? order.limit : last, quantity, isMaker });
    }
    const ends = order.life === "ioc" || order.life === "fok";
    if (ends && order.status === "open") this.end(order, "expired");
  }

  private fill(order: EmulatedOrder, trade: { price: Price; quantity: Quantity; isMaker: boolean }): void {
    const instrument = this.instruments.get(order.symbol);
    if (instrument === undefined || trade.quantity <= 0n) return;
    const quantity = order.reduceOnly === true ? this.reducible(order, trade.quantity) : trade.quantity;
    if (quantity <= 0n) {
      this.end(order, "canceled");
      return;
    }
    const { price, isMaker } = trade;
    const { symbol, side } = order;
    const made = { id: this.nextId(), order, symbol, side, quantity, price, isMaker, at: this.now() };
    const cost = this.parts.feeOf?.(made, instrument) ?? { fee: NO_MONEY, feeCurrency: instrument.quote };
    const fill: EmulatedFill = { ...made, ...cost };
    this.settle(fill, instrument);
    order.filled = add(order.filled, quantity);
    order.value = add(order.value, notional(price, quantity, "half-even"));
    order.updatedAt = fill.at;
    if (order.filled >= order.quantity) order.status = "filled";
    this.fills.push(fill);
    this.onEvent({ type: "fill", order, fill });
    this.endSiblings(order);
    this.wake(order);
  }

  private reducible({ symbol, side }: EmulatedOrder, quantity: Quantity): Quantity {
    const held = this.positions.get(symbol) ?? NO_QUANTITY;
    const most = side === "sell" ? held : negate(held);
    return most <= 0n ? NO_QUANTITY : smaller(quantity, most);
  }

  private settle(
    { side, quantity, price, fee, feeCurrency, symbol }: EmulatedFill,
    instrument: EmulatedInstrument,
  ): void {
    const value = notional(price, quantity, "half-even");
    const signed = side === "buy" ? quantity : negate(quantity);
    const isOfAssets = this.parts.holds === "assets";
    this.move(instrument.quote, side === "buy" ? negate(value) : value);
    if (isOfAssets) this.move(instrument.base, signed);
    const taken = isOfAssets && feeCurrency === instrument.base ? (fee as Decimal as Quantity) : NO_QUANTITY;
    const held = add(this.positions.get(symbol) ?? NO_QUANTITY, signed);
    this.positions.set(symbol, subtract(held, taken));
    this.move(feeCurrency, negate(fee));
  }

  move(asset: string, by: Decimal): void {
    this.funds.set(asset, add<Decimal>(this.funds.get(asset) ?? ZERO, by));
  }

  private endSiblings(order: EmulatedOrder): void {
    if (order.group === undefined) return;
    for (const other of this.liveOrders()) {
      if (other.group === order.group && other.id !== order.id) this.end(other, "expired");
    }
  }

  private wake(order: EmulatedOrder): void {
    if (this.isWaiting(order.id)) return;
    for (const child of this.liveOrders()) {
      if (child.parent !== order.id || child.status !== "pending") continue;
      child.status = "open";
      child.updatedAt = this.now();
      this.onEvent({ type: "woken", order: child });
      this.start(child);
    }
  }

  /** Ends a live order, and what waits for it where it has traded nothing that wakes them. */
  end(order: EmulatedOrder, status: "canceled" | "expired"): void {
    if (!isLive(order)) return;
    order.status = status;
    order.updatedAt = this.now();
    this.onEvent({ type: status, order });
    for (const child of this.liveOrders()) {
      if (child.parent === order.id && child.status === "pending") this.end(child, "canceled");
    }
  }

  /** Changes a live order where it is. */
  amend(order: EmulatedOrder, terms: { quantity?: Quantity; limit?: Price; stop?: Price }): void {
    if (terms.quantity !== undefined) order.quantity = terms.quantity;
    if (terms.limit !== undefined) order.limit = terms.limit;
    if (terms.stop !== undefined) order.stop = terms.stop;
    order.updatedAt = this.now();
    this.onEvent({ type: "replaced", order });
    const last = this.prices.get(order.symbol);
    if (last !== undefined && order.status === "open") this.match(order, last, undefined, false);
  }
}
