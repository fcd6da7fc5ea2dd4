import type { Instrument } from "../candle/instrument.ts";
import { Account } from "../engine/account.ts";
import { Book } from "../engine/book.ts";
import { type Snapshot, snapshotField, snapshotList, snapshotNumber } from "../engine/snapshot.ts";
import { roundToLot } from "../strategy/sizing.ts";
import { Booking } from "./booking.ts";
import { EntrySizer, type SizingSite } from "./entry-sizer.ts";
import { liquidationBetween, liquidationPrice } from "./margin.ts";
import {
  MARKET,
  makeOrder,
  type Order,
  type OrderDraft,
  protectiveLegs,
  restsAsLimit,
  STOP_LIMIT,
  stopLevel,
  TRAILING,
  waitsForStop,
} from "./order.ts";
import { lowFirst } from "./path.ts";
import { isMarketable, reachedBetween, trail } from "./reach.ts";
import type { VenueSettings } from "./venue-settings.ts";

/**
 * The simulated venue: working orders met by prices. A candle is walked open → one extreme → the other → close; at the
 * open everything that waits meets that one price, and along each leg of the walk orders fill in the order in which the
 * price reaches them. Orders born on the way (protective legs) live from that point of the path on.
 */
export class Venue {
  readonly account: Account;
  readonly books: readonly Book[];
  readonly sizer: EntrySizer;
  /** Volatility a year of each instrument as a share, for volatility sizing; set by the run before each candle. */
  readonly volatility: Float64Array;
  private readonly instruments: readonly Instrument[];
  private readonly settings: VenueSettings;
  private readonly booking: Booking;
  private nextOrder = 1;
  /** The candle being walked. */
  private index = 0;
  private time = 0;
  private volume = 0;
  /** Quantity that the running candle of each instrument may still fill, and the candle this was set for. */
  private readonly capacities: Float64Array;
  private readonly begun: Float64Array;

  constructor(instruments: readonly Instrument[], settings: VenueSettings) {
    this.instruments = instruments;
    this.settings = settings;
    this.account = new Account(settings.cash, instruments.length, settings.keepTrades ?? "all");
    this.books = instruments.map(() => new Book());
    this.sizer = new EntrySizer(this.account, settings);
    this.booking = new Booking(this.account, this.sizer, settings.fees);
    this.volatility = new Float64Array(instruments.length).fill(Number.NaN);
    this.capacities = new Float64Array(instruments.length);
    this.begun = new Float64Array(instruments.length).fill(-1);
  }

  /** Adds an order to the book of instrument `index`; it meets its first price at the next one that is walked. */
  place(index: number, draft: Omit<OrderDraft, "id">): void {
    this.books[index].add(makeOrder({ ...draft, id: this.nextOrder++ }));
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

  /** Closes the whole position at one price whatever the volume, as liquidations and the end of a run do. */
  closeOut(index: number, price: number, time: number, reason: "liquidation" | "end"): void {
    const { candle } = this.books[index];
    this.books[index].cancelAll();
    if (this.account.positions[index].quantity === 0) return;
    this.booking.closeOut(this.nextOrder++, { instrument: index, time, candle }, price, reason);
  }

  /** Sets the bounds between which the instrument's candles need no walk. */
  settle(index: number): void {
    const level = liquidationPrice(this.account, index, this.settings.maintenance);
    this.books[index].settle(level, this.account.positions[index].quantity);
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
    return this.capacities[this.index] > 0 && !this.waitsForFlat(order);
  }

  /** An entry against an open position waits until its exit is done. */
  private waitsForFlat(order: Order): boolean {
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
    if (this.waitsForFlat(order)) return;
    const wanted =
      order.role === "entry" ? this.sizer.quantity(order, this.site(), price, taker) : this.exitQuantity(order);
    let quantity = Math.min(wanted, this.capacities[this.index]);
    if (quantity < wanted) quantity = roundToLot(quantity, this.instruments[this.index].lot);
    if (!(quantity > 0)) {
      const given = order.role === "entry" && this.settings.remainder === "cancel";
      if (!(wanted > 0) || given) this.books[this.index].remove(order);
      return;
    }
    const place = { instrument: this.index, time: this.time, candle: this.books[this.index].candle };
    this.booking.fill(order, place, { site: this.site(), reference: price, quantity, taker });
    this.capacities[this.index] -= quantity;
    order.filled += quantity;
    const done = quantity >= wanted || (order.role === "entry" && this.settings.remainder === "cancel");
    if (done) this.books[this.index].remove(order);
    if (order.role === "entry") this.protect(order, price);
    else this.afterExit(order);
  }

  /** Places the protective legs of an entry once it has filled; they meet the price of the fill at once. */
  private protect(entry: Order, price: number): void {
    const book = this.books[this.index];
    if (book.orders.some((order) => order.role === "leg" && order.group === entry.id)) return;
    for (const leg of protectiveLegs(entry, price)) book.add(makeOrder({ ...leg, id: this.nextOrder++ }));
    for (const order of book.orders) if (order.role === "leg" && order.group === entry.id) this.meet(order, price);
  }

  private afterExit(order: Order): void {
    const book = this.books[this.index];
    const position = this.account.positions[this.index];
    // What an entry still lacks is not bought after its protection has fired.
    if (order.role === "leg") book.cancelEntry(order.group);
    if (position.quantity === 0) book.cancelExits();
    else if (order.role === "leg" && position.quantityOf(order.group) === 0) book.cancelGroup(order.group);
  }

  private site(): SizingSite {
    return {
      instrument: this.instruments[this.index],
      volume: this.volume,
      volatility: this.volatility[this.index],
    };
  }

  private exitQuantity(order: Order): number {
    const position = this.account.positions[this.index];
    if (position.quantity * order.side >= 0) return 0;
    if (order.role === "leg") return Math.abs(position.quantityOf(order.group));
    const left = Number.isNaN(order.quantity) ? Number.POSITIVE_INFINITY : order.quantity - order.filled;
    return Math.min(Math.abs(position.quantity), left);
  }

  private liquidateAt(price: number): void {
    const { quantity } = this.account.positions[this.index];
    if (quantity === 0) return;
    const level = liquidationPrice(this.account, this.index, this.settings.maintenance);
    if (!(level > 0) || (quantity > 0 ? price > level : price < level)) return;
    this.account.liquidations++;
    this.closeOut(this.index, price, this.time, "liquidation");
  }

  snapshot(): Snapshot {
    return {
      account: this.account.snapshot(),
      books: this.books.map((book) => book.snapshot()),
      refusals: this.sizer.refusals.snapshot(),
      volatility: this.volatility.slice(),
      nextOrder: this.nextOrder,
    };
  }

  restore(snapshot: Snapshot): void {
    this.account.restore(snapshotField(snapshot, "account"));
    snapshotList(snapshot, "books").forEach((saved, index) => {
      this.books[index].restore(saved);
    });
    this.sizer.refusals.restore(snapshotField(snapshot, "refusals"));
    this.volatility.set(snapshotField(snapshot, "volatility") as Float64Array);
    this.nextOrder = snapshotNumber(snapshot, "nextOrder");
  }
}
