import type { Instrument } from "../candle/instrument.ts";
import type { Fill } from "../engine/account.ts";
import { type Snapshot, snapshotField, snapshotList } from "../engine/snapshot.ts";
import type { Order } from "./order.ts";
import {
  type HeldLeg,
  type HeldOrder,
  heldOrder,
  isLegOf,
  type PaperNews,
  type PaperOrder,
  type PaperRefusal,
  refusalOf,
  restoreHeld,
  saveHeld,
  withLeg,
} from "./paper-order.ts";
import type { PaperSettings, PaperTerms, PriceSlice } from "./paper-settings.ts";
import { Venue } from "./venue.ts";

/**
 * The venue's side of one book with money of its own: orders under the ids of whoever sent them, met by slices of prices
 * as the engine's simulated venue meets candles. It takes any order whose quantity its money covers when it fills.
 */
export class PaperBook {
  private readonly instruments: readonly Instrument[];
  private readonly settings: PaperSettings;
  private readonly venue: Venue;
  /** In the order in which they came. */
  private readonly held = new Map<string, HeldOrder>();
  private news: PaperNews[] = [];
  /** Rules that orders broke in the running slices, by the venue's number, and instruments that were liquidated. */
  private readonly broken = new Map<number, string>();
  private readonly liquidated = new Set<number>();

  /** `instruments` in the order of their symbols. */
  constructor(instruments: readonly Instrument[], settings: PaperSettings) {
    this.instruments = instruments;
    this.settings = settings;
    this.venue = new Venue(instruments, {
      ...settings,
      sizing: { kind: "all" },
      sizeAt: "decision",
      keepTrades: "count",
    });
    this.venue.account.observer = (fill) => this.tell(fill);
    this.venue.sizer.observer = (order, rule) => this.broken.set(order.id, rule);
  }

  /** Takes an order that came at `at`, the market's time. The same id again is the same order: nothing happens. */
  place(order: PaperOrder, at: number): PaperRefusal | undefined {
    if (this.held.has(order.id)) return undefined;
    const index = this.instruments.findIndex(({ symbol }) => symbol === order.instrument);
    if (index < 0) return { code: "INSTRUMENT", message: `instrument must be traded here, was ${order.instrument}` };
    const refusal = refusalOf(order);
    if (refusal === undefined) this.held.set(order.id, heldOrder(order, index, at + this.settings.latencyMs));
    return refusal;
  }

  /** Ends an order or a leg; undefined where there is none that is open. */
  cancel(id: string): readonly PaperNews[] | undefined {
    const found = this.find(id);
    if (found === undefined) return undefined;
    const { held, leg } = found;
    const { books } = this.venue;
    if (leg === undefined) {
      if (held.arrived) books[held.index].cancelEntry(held.order.id);
      this.end(held, "canceled");
    } else {
      books[held.index].orders = books[held.index].orders.filter((order) => !isLegOf(order, held, leg.part));
      // Without its price it is not born again by a later part of the entry.
      this.amend(held, withLeg(held.order, leg.part, Number.NaN));
      this.endLeg(leg, "canceled");
    }
    this.venue.settle(held.index);
    return this.conclude();
  }

  /** Gives an order or a leg new terms. Answers why not, or undefined. */
  replace(id: string, terms: PaperTerms): PaperRefusal | undefined {
    const found = this.find(id);
    if (found === undefined) return { code: "NOT_FOUND", message: `order must be open, was ${id}` };
    const { held, leg } = found;
    if (leg !== undefined) return this.replaceLeg(held, leg, terms);
    const { order } = held;
    if (!(terms.quantity > held.filled)) {
      return { code: "QUANTITY", message: `quantity must be above ${held.filled} filled, was ${terms.quantity}` };
    }
    const { limit = order.limit, stop = order.stop } = terms;
    if (limit <= 0 || stop <= 0) return { code: "PRICE", message: `prices must be above 0, were ${limit} and ${stop}` };
    if (Number.isNaN(limit) !== Number.isNaN(order.limit) || Number.isNaN(stop) !== Number.isNaN(order.stop)) {
      return { code: "PRICE", message: "prices must be those that the kind of the order has" };
    }
    // It arrives anew: a limit that is marketable now takes.
    this.amend(held, { ...order, quantity: terms.quantity, limit, stop, arrived: false });
    held.quantity = terms.quantity;
    this.venue.settle(held.index);
    return undefined;
  }

  private replaceLeg(held: HeldOrder, leg: HeldLeg, terms: PaperTerms): PaperRefusal | undefined {
    if (terms.quantity !== leg.quantity) {
      return { code: "QUANTITY", message: `quantity of a leg must stay ${leg.quantity}, was ${terms.quantity}` };
    }
    const price = leg.part === "stop" ? terms.stop : terms.limit;
    if (leg.part === "trailing" || price === undefined || !(price > 0)) {
      return { code: "PRICE", message: `price of a ${leg.part} leg must be above 0, was ${price}` };
    }
    this.amend(held, withLeg(held.order, leg.part, price));
    const book = this.venue.books[held.index];
    book.orders = book.orders.map((order) => {
      if (!isLegOf(order, held, leg.part)) return order;
      return leg.part === "stop" ? { ...order, stop: price } : { ...order, limit: price, arrived: false };
    });
    this.venue.settle(held.index);
    return undefined;
  }

  private amend(held: HeldOrder, order: Order): void {
    const book = this.venue.books[held.index];
    book.orders = book.orders.map((other) => (other === held.order ? order : other));
    held.order = order;
  }

  private find(id: string): { held: HeldOrder; leg: HeldLeg | undefined } | undefined {
    for (const held of this.held.values()) {
      if (held.id === id) return held.over ? undefined : { held, leg: undefined };
      const leg = held.legs.find((other) => other.id === id);
      if (leg !== undefined) return leg.over ? undefined : { held, leg };
    }
    return undefined;
  }

  /** Meets the slices of one moment or of several; those of an instrument never overlap. */
  walk(slices: readonly PriceSlice[]): readonly PaperNews[] {
    const known = slices
      .map((slice) => ({ slice, index: this.instruments.findIndex(({ symbol }) => symbol === slice.instrument) }))
      .filter(({ index }) => index >= 0)
      .sort((a, b) => a.slice.time - b.slice.time || a.index - b.index);
    for (let from = 0; from < known.length; ) {
      let to = from + 1;
      while (to < known.length && known[to].slice.time === known[from].slice.time) to++;
      this.walkTogether(known.slice(from, to));
      from = to;
    }
    return this.conclude();
  }

  equity(): number {
    return this.venue.account.equity();
  }

  get cash(): number {
    return this.venue.account.cash;
  }

  /** Money that comes to the book, or leaves it where it is below zero. */
  deposit(amount: number): void {
    this.venue.account.cash += amount;
  }

  /** Nothing is held and nothing waits: no price can change it. */
  get idle(): boolean {
    return this.held.size === 0 && this.venue.account.positions.every(({ quantity }) => quantity === 0);
  }

  /** Orders and holdings as text: a price that leads to nothing leaves it as it was. */
  get standing(): string {
    const { account, books } = this.venue;
    const orders = books.map((book) => book.orders);
    return JSON.stringify([account.cash, this.quantities(), orders, [...this.held.values()].map(saveHeld)]);
  }

  /** Signed quantity, in the order of the instruments. */
  quantities(): number[] {
    return this.venue.account.positions.map(({ quantity }) => quantity);
  }

  /** All meet their opens before any of them goes on. */
  private walkTogether(moment: readonly { slice: PriceSlice; index: number }[]): void {
    const { venue } = this;
    for (const { slice, index } of moment) {
      this.admit(index, slice.time);
      venue.account.positions[index].mark = slice.open;
    }
    for (const { slice, index } of moment) {
      venue.begin(index, slice.time, slice.volume);
      venue.walkOpen(slice.open);
    }
    for (const { slice, index } of moment) {
      venue.resume(index, slice.time, slice.volume);
      venue.walkOn(slice.open, slice.high, slice.low, slice.close);
    }
  }

  /** Orders that have arrived by the begin of a slice join the venue. */
  private admit(index: number, time: number): void {
    for (const held of this.held.values()) {
      if (held.index !== index || held.arrived || held.arrivesAt > time) continue;
      held.arrived = true;
      const { id: _, ...draft } = held.order;
      held.order = this.venue.place(index, draft);
    }
  }

  private tell(fill: Fill): void {
    const liquidation = fill.reason === "liquidation";
    if (liquidation) this.liquidated.add(fill.instrument);
    const number = fill.group > 0 ? fill.group : fill.order;
    const held = liquidation ? undefined : [...this.held.values()].find(({ order }) => order.id === number);
    const leg = fill.group > 0 ? held?.legs.find(({ part }) => part === fill.reason) : undefined;
    const target = leg ?? held;
    if (target !== undefined) {
      const filled = target.filled + fill.quantity;
      target.filled = this.venue.grids?.[fill.instrument].sum(filled) ?? filled;
    }
    this.news.push({
      type: "fill",
      id: target?.id,
      instrument: this.instruments[fill.instrument].symbol,
      side: fill.side > 0 ? "buy" : "sell",
      quantity: fill.quantity,
      price: fill.price,
      fee: fill.fee,
      taker: fill.taker,
      at: fill.time,
    });
  }

  /** Tells of what the venue has dropped, and answers all there is to tell. */
  private conclude(): readonly PaperNews[] {
    for (const held of this.held.values()) {
      const { orders } = this.venue.books[held.index];
      const gone = held.arrived && !orders.some((order) => order.id === held.order.id);
      if (gone) this.end(held, this.reasonOf(held));
      if (!held.over) continue;
      for (const leg of held.legs) {
        if (!orders.some((order) => isLegOf(order, held, leg.part))) this.endLeg(leg, "linked");
      }
      if (held.legs.every((leg) => leg.over)) this.held.delete(held.id);
    }
    this.broken.clear();
    this.liquidated.clear();
    this.venue.account.trades.clear();
    const { news } = this;
    this.news = [];
    return news;
  }

  private end(held: HeldOrder, reason: string): void {
    if (held.over) return;
    held.over = true;
    // What has not arrived cannot wake its legs any more.
    held.arrived = true;
    if (held.filled >= held.quantity) return;
    this.news.push({ type: "canceled", id: held.id, filled: held.filled, reason });
  }

  private endLeg(leg: HeldLeg, reason: string): void {
    if (leg.over) return;
    leg.over = true;
    if (leg.filled >= leg.quantity) return;
    this.news.push({ type: "canceled", id: leg.id, filled: leg.filled, reason });
  }

  private reasonOf(held: HeldOrder): string {
    if (this.liquidated.has(held.index)) return "liquidation";
    const rule = this.broken.get(held.order.id);
    if (rule !== undefined) return rule;
    if (held.order.role === "exit") return "flat";
    if (held.legs.some((leg) => leg.filled > 0)) return "linked";
    return this.settings.remainder === "cancel" && held.filled < held.order.quantity ? "remainder" : "cash";
  }

  snapshot(): Snapshot {
    return { venue: this.venue.snapshot(), held: [...this.held.values()].map(saveHeld) };
  }

  /** Goes on from a snapshot of a book with the same instruments and settings, as if it had never stopped. */
  restore(snapshot: Snapshot): void {
    this.venue.restore(snapshotField(snapshot, "venue"));
    this.held.clear();
    for (const saved of snapshotList(snapshot, "held")) {
      const held = restoreHeld(saved);
      // What is in a book of the venue stays one object, which the venue changes as it fills.
      const { orders } = this.venue.books[held.index];
      held.order = orders.find(({ id }) => id > 0 && id === held.order.id) ?? held.order;
      this.held.set(held.id, held);
    }
  }
}
