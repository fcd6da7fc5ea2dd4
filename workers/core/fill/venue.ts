import type { Instrument } from "../candle/instrument.ts";
import { roundToLot } from "../strategy/sizing.ts";
import type { ExactGrid } from "./exact-grid.ts";
import { liquidationBetween, liquidationPrice } from "./margin.ts";
import {
  MARKET,
  makeOrder,
  type Order,
  protectiveLegs,
  restsAsLimit,
  STOP_LIMIT,
  stopLevel,
  TRAILING,
  waitsForStop,
} from "./order.ts";
import { lowFirst } from "./path.ts";
import { isMarketable, reachedBetween, trail } from "./reach.ts";
import { VenueBooks } from "./venue-books.ts";
import type { VenueSettings } from "./venue-settings.ts";

/**
 * The simulated venue: working orders met by prices. A candle is walked open → one extreme → the other → close; at the
 * open everything that waits meets that one price, and along each leg of the walk orders fill in the order in which the
 * price reaches them. Orders born on the way (protective legs) live from that point of the path on.
 */
export class Venue extends VenueBooks {
  /** The candle being walked. */
  private index = 0;
  private time = 0;
  private volume = 0;
  /** Quantity that the running candle of each instrument may still fill, and the candle this was set for. */
  private readonly capacities: Float64Array;
  private readonly begun: Float64Array;

  constructor(instruments: readonly Instrument[], settings: VenueSettings) {
    super(instruments, settings);
    this.capacities = new Float64Array(instruments.length);
    this.begun = new Float64Array(instruments.length).fill(-1);
  }

  /** Starts a candle (or a finer one inside it): what it may fill, and when that is. */
  begin(index: number, time: number, volume: number): void {
    const limit = this.settings.volumeLimit;
    this.capacities[index] = limit === undefined ? Number.POSITIVE_INFINITY : limit * volume;
    this.begun[index] = this.books[index].candle;
    this.select(index, time, volume);
  }

  /** Goes on with a candle of the instrument, with what it may still fill. */
  resume(index: number, time: number, volume: number): void {
    if (this.begun[index] === this.books[index].candle) this.select(index, time, volume);
    else this.begin(index, time, volume);
  }

  private select(index: number, time: number, volume: number): void {
    this.index = index;
    this.time = time;
    this.volume = volume;
  }

  /** Walks one candle of the instrument that `begin` named. */
  walk(open: number, high: number, low: number, close: number): void {
    this.walkOpen(open);
    this.walkOn(open, high, low, close);
  }

  /** The open of a candle: what has expired goes, what waits meets the price. */
  walkOpen(open: number): void {
    const book = this.books[this.index];
    if (book.expiry <= book.candle) book.expire();
    this.meetAll(open);
  }

  /** The rest of a candle after its open. */
  walkOn(open: number, high: number, low: number, close: number): void {
    const position = this.account.positions[this.index];
    const held = Math.sign(position.quantity);
    const first = lowFirst(this.settings.path, open, high, low, held, this.books[this.index].awaited());
    this.leg(open, first ? low : high);
    this.leg(first ? low : high, first ? high : low);
    this.leg(first ? high : low, close);
    position.mark = close;
    this.settle(this.index);
  }

  /** Everything that waits meets one price. */
  private meetAll(price: number): void {
    const book = this.books[this.index];
    const position = this.account.positions[this.index];
    position.extend(price, price);
    position.mark = price;
    this.liquidateAt(price);
    for (const order of book.orders) if (order.role !== "entry") this.meet(order, price);
    for (const order of book.orders) if (order.role === "entry") this.meet(order, price);
  }

  /** Market orders alone meet a price, for runs that fill at the deciding close; legs born there wait for the next candle. */
  meetMarkets(price: number): void {
    const book = this.books[this.index];
    this.account.positions[this.index].mark = price;
    for (const order of book.orders) if (order.kind === MARKET && order.role !== "entry") this.fill(order, price, true);
    for (const order of book.orders) if (order.kind === MARKET && order.role === "entry") this.fill(order, price, true);
    this.settle(this.index);
  }

  private leg(from: number, to: number): void {
    const book = this.books[this.index];
    const position = this.account.positions[this.index];
    let at = from;
    for (;;) {
      const liquidation = liquidationBetween(this.account, this.index, this.settings.maintenance, at, to);
      let next: Order | undefined;
      let nearest = liquidation;
      for (const order of book.orders) {
        const price = reachedBetween(order, at, to, this.settings.touch);
        if (Number.isNaN(price) || (restsAsLimit(order) && !this.canFill(order))) continue;
        if (Number.isNaN(nearest) || Math.abs(price - at) < Math.abs(nearest - at)) {
          nearest = price;
          next = order;
        }
      }
      if (Number.isNaN(nearest)) break;
      at = nearest;
      position.extend(at, at);
      position.mark = at;
      if (next === undefined) this.liquidateAt(at);
      else this.reach(next, at);
    }
    position.extend(to, to);
    for (const order of book.orders) if (order.kind === TRAILING && !order.triggered) trail(order, to);
  }

  private canFill(order: Order): boolean {
    return this.available() > 0 && (this.settings.nets === true || !this.opposes(order));
  }

  /** What the candle may still fill, in whole lots: a part of one would be asked for for ever. */
  private available(): number {
    const capacity = this.capacities[this.index];
    return this.grids?.[this.index].quantity(capacity) ?? roundToLot(capacity, this.instruments[this.index].lot);
  }

  /** An entry against an open position: it waits until its exit is done, or reduces the position first. */
  private opposes(order: Order): boolean {
    return order.role === "entry" && this.account.positions[this.index].quantity * order.side < 0;
  }

  /** The walk has come to the price of the order. */
  private reach(order: Order, price: number): void {
    if (!waitsForStop(order)) {
      this.fill(order, price, false);
      return;
    }
    order.triggered = true;
    if (order.kind !== STOP_LIMIT) this.fill(order, price, true);
    else if (isMarketable(order, price)) this.fill(order, price, true);
  }

  /** The order meets a price that is simply there: its arrival, or the open after a gap. */
  private meet(order: Order, price: number): void {
    if (!this.books[this.index].orders.includes(order)) return;
    const arrived = order.arrived;
    order.arrived = true;
    if (waitsForStop(order)) {
      if (order.kind === TRAILING && Number.isNaN(order.extreme)) order.extreme = price;
      if ((price - stopLevel(order)) * order.side >= 0) this.reach(order, price);
      else if (order.kind === TRAILING) trail(order, price);
    } else if (restsAsLimit(order)) {
      if (isMarketable(order, price) && this.canFill(order)) this.fill(order, price, !arrived);
    } else {
      this.fill(order, price, true);
    }
  }

  private fill(order: Order, price: number, taker: boolean): void {
    if (this.opposes(order) && !(this.settings.nets === true && this.reduces(order, price, taker))) return;
    const grid = this.grids?.[this.index];
    const wanted =
      order.role === "entry"
        ? this.sizer.quantity(order, this.site(this.index, this.volume), price, taker)
        : this.exitQuantity(order, grid);
    let quantity = Math.min(wanted, this.capacities[this.index]);
    if (quantity < wanted)
      quantity = grid?.quantity(quantity) ?? roundToLot(quantity, this.instruments[this.index].lot);
    if (!(quantity > 0)) {
      const given = order.role === "entry" && this.settings.remainder === "cancel";
      if (!(wanted > 0) || given) this.books[this.index].remove(order);
      return;
    }
    this.trade(order, { reference: price, quantity, taker });
    const done = quantity >= wanted || (order.role === "entry" && this.settings.remainder === "cancel");
    if (done) this.books[this.index].remove(order);
    if (order.role === "entry") this.protect(order, price);
    else this.afterExit(this.index, order);
  }

  /** An entry against the position takes that away first. Says whether some of it is left to open with. */
  private reduces(order: Order, price: number, taker: boolean): boolean {
    const held = Math.abs(this.account.positions[this.index].quantity);
    const left = order.quantity - order.filled;
    const most = Math.min(held, left, this.capacities[this.index]);
    const quantity = this.grids?.[this.index].quantity(most) ?? roundToLot(most, this.instruments[this.index].lot);
    if (!(quantity > 0)) return false;
    this.trade(order, { reference: price, quantity, taker });
    if (quantity >= left) this.books[this.index].remove(order);
    this.afterExit(this.index, { role: "exit", group: 0 });
    return quantity < left && this.account.positions[this.index].quantity === 0;
  }

  private trade(order: Order, fill: { reference: number; quantity: number; taker: boolean }): void {
    const place = { instrument: this.index, time: this.time, candle: this.books[this.index].candle };
    this.booking.fill(order, place, { site: this.site(this.index, this.volume), ...fill });
    this.capacities[this.index] -= fill.quantity;
    const filled = order.filled + fill.quantity;
    order.filled = this.grids?.[this.index].sum(filled) ?? filled;
  }

  /** Places the protective legs of an entry once it has filled; they meet the price of the fill at once. */
  private protect(entry: Order, price: number): void {
    const book = this.books[this.index];
    if (book.orders.some((order) => order.role === "leg" && order.group === entry.id)) return;
    for (const leg of protectiveLegs(entry, price)) book.add(makeOrder({ ...leg, id: this.nextOrder++ }));
    for (const order of book.orders) if (order.role === "leg" && order.group === entry.id) this.meet(order, price);
  }

  private exitQuantity(order: Order, grid: ExactGrid | undefined): number {
    const position = this.account.positions[this.index];
    if (position.quantity * order.side >= 0) return 0;
    if (order.role === "leg") return Math.abs(position.quantityOf(order.group));
    const left = Number.isNaN(order.quantity) ? Number.POSITIVE_INFINITY : order.quantity - order.filled;
    const quantity = Math.min(Math.abs(position.quantity), left);
    return grid === undefined ? quantity : grid.quantity(quantity);
  }

  private liquidateAt(price: number): void {
    const { quantity } = this.account.positions[this.index];
    if (quantity === 0) return;
    const level = liquidationPrice(this.account, this.index, this.settings.maintenance);
    if (!(level > 0) || (quantity > 0 ? price > level : price < level)) return;
    this.account.liquidations++;
    this.closeOut(this.index, price, this.time, "liquidation");
  }
}
