import type { ExitReason, Order } from "./order.ts";
import { VenueBooks } from "./venue-books.ts";

/** A trade that happened elsewhere. `at` is its time, UTC ms; `candle` the count of the instrument's candle it fell into. */
export interface HeardFill {
  readonly quantity: number;
  /** How much of the order it filled; the same as `quantity` where it is left out. */
  readonly counted?: number | undefined;
  readonly price: number;
  readonly fee: number;
  readonly at: number;
  readonly candle: number;
}

/** What filled: an order of ours, one of its legs, or the venue taking a position away. */
interface HeardOrder {
  readonly id: number;
  readonly side: number;
  readonly role: Order["role"];
  readonly group: number;
  readonly reason: ExitReason;
  readonly tag: string;
  readonly risk: number;
  readonly equity: number;
}

/** A venue elsewhere: it keeps what was decided and books the fills that it hears of as the simulated venue books its own. */
export class HeardVenue extends VenueBooks {
  /** A fill of an order that was placed here. */
  fill(index: number, order: Order, fill: HeardFill): void {
    const distance = order.side * (fill.price - order.legStop);
    const risk = Number.isNaN(distance) ? order.legTrail : distance > 0 ? distance : Number.NaN;
    this.record(index, { ...order, risk }, fill);
    const filled = order.filled + (fill.counted ?? fill.quantity);
    order.filled = this.grids?.[index].sum(filled) ?? filled;
    if (order.filled >= order.quantity) this.books[index].remove(order);
    if (order.role !== "entry") this.afterExit(index, order);
    this.settle(index);
  }

  /** A fill of a protective leg of an entry that was placed here. */
  fillLeg(index: number, entry: Order, reason: "stop" | "target" | "trailing", fill: HeardFill): void {
    const leg = { role: "leg", group: entry.id } as const;
    const terms = { risk: Number.NaN, equity: Number.NaN, tag: entry.tag };
    this.record(index, { id: 0, side: -entry.side, ...leg, reason, ...terms }, fill);
    this.afterExit(index, leg);
    this.settle(index);
  }

  /** The venue closed the position, or a part of it. What more it traded is not this account's. */
  liquidate(index: number, told: HeardFill): void {
    const held = this.account.positions[index].quantity;
    if (held === 0) return;
    const side = -Math.sign(held);
    const fill = { ...told, quantity: Math.min(told.quantity, Math.abs(held)) };
    this.account.liquidations++;
    this.books[index].cancelAll();
    const terms = { risk: Number.NaN, equity: Number.NaN, tag: "" };
    this.record(index, { id: 0, side, role: "exit", group: 0, reason: "liquidation", ...terms }, fill);
    this.settle(index);
  }

  /** An order of ours has ended. */
  end(index: number, order: Order): void {
    this.books[index].remove(order);
    this.settle(index);
  }

  private record(index: number, order: HeardOrder, { quantity, price, fee, at, candle }: HeardFill): void {
    if (quantity === 0) return;
    const held = this.account.positions[index].quantity;
    const against = held * order.side < 0 ? Math.abs(held) : 0;
    // What arrives late may trade through the position: first it closes, then it opens.
    const closing = against > 0 && against < quantity ? against : quantity;
    const { id, side, group, reason, tag, risk, equity } = order;
    const base = { instrument: index, side, price, reference: price, time: at, candle, order: id, group, reason, tag };
    const terms = { ...base, risk, equityBefore: equity, taker: true };
    this.account.book({ ...terms, quantity: closing, fee: closing === quantity ? fee : (fee * closing) / quantity });
    const rest = this.grids?.[index].sum(quantity - closing) ?? quantity - closing;
    if (rest > 0) this.account.book({ ...terms, quantity: rest, fee: (fee * rest) / quantity });
  }
}
