import type { Instrument } from "../candle/instrument.ts";
import { Account } from "../engine/account.ts";
import { Book } from "../engine/book.ts";
import { type Snapshot, snapshotField, snapshotFloats, snapshotList, snapshotNumber } from "../engine/snapshot.ts";
import { Booking } from "./booking.ts";
import { EntrySizer, type SizingSite } from "./entry-sizer.ts";
import { ExactGrid } from "./exact-grid.ts";
import { liquidationPrice } from "./margin.ts";
import { makeOrder, type Order, type OrderDraft } from "./order.ts";
import type { VenueSettings } from "./venue-settings.ts";

/**
 * What every venue of the engine keeps, whether it finds the fills itself or hears of them: working orders by instrument,
 * the account that fills are booked on, and what becomes of the orders after a fill.
 */
export class VenueBooks {
  readonly account: Account;
  readonly books: readonly Book[];
  readonly sizer: EntrySizer;
  /** Exact grids of the instruments, where sizes are fixed at the decision. */
  readonly grids: readonly ExactGrid[] | undefined;
  /** Volatility a year of each instrument as a share, for volatility sizing; set by the run before each candle. */
  readonly volatility: Float64Array;
  /** Volume of the last of the smallest candles of each instrument, for sizes that are fixed at the decision. */
  readonly volumes: Float64Array;
  /** Sees every order as it is placed; legs are not placed but born. */
  observer: ((index: number, order: Order) => void) | undefined;
  protected readonly instruments: readonly Instrument[];
  protected readonly settings: VenueSettings;
  protected readonly booking: Booking;
  protected nextOrder = 1;

  constructor(instruments: readonly Instrument[], settings: VenueSettings) {
    this.instruments = instruments;
    this.settings = settings;
    this.grids =
      settings.sizeAt === "decision" ? instruments.map((instrument) => new ExactGrid(instrument)) : undefined;
    this.account = new Account(settings.cash, instruments.length, settings.keepTrades ?? "all", this.grids);
    this.books = instruments.map(() => new Book());
    this.sizer = new EntrySizer(this.account, settings);
    this.booking = new Booking(this.account, this.sizer, settings.fees);
    this.volatility = new Float64Array(instruments.length).fill(Number.NaN);
    this.volumes = new Float64Array(instruments.length);
  }

  /** Adds an order to the book of instrument `index`; it meets its first price at the next one that is walked. */
  place(index: number, draft: Omit<OrderDraft, "id">): Order {
    const order = makeOrder({ ...draft, id: this.nextOrder++ });
    this.books[index].add(order);
    if (this.observer !== undefined) this.observer(index, order);
    return order;
  }

  /** Closes the whole position at one price whatever the volume, as liquidations and the end of a run do. */
  closeOut(index: number, price: number, time: number, reason: "liquidation" | "end"): void {
    const { candle } = this.books[index];
    this.books[index].cancelAll();
    if (this.account.positions[index].quantity === 0) return;
    const place = { instrument: index, time, candle };
    this.booking.closeOut(this.nextOrder++, place, { price, reason, grid: this.grids?.[index] });
  }

  /** Sets the bounds between which the instrument's candles need no walk. */
  settle(index: number): void {
    const level = liquidationPrice(this.account, index, this.settings.maintenance);
    this.books[index].settle(level, this.account.positions[index].quantity);
  }

  /** Where an order of the instrument is sized or filled, in a candle of `volume`. */
  site(index: number, volume: number): SizingSite {
    return {
      instrument: this.instruments[index],
      volume,
      volatility: this.volatility[index],
      grid: this.grids?.[index],
      purse: undefined,
    };
  }

  /** What a fill of an exit or a leg makes pointless goes. `order` is the leg, or anything of its role and group. */
  protected afterExit(index: number, order: Pick<Order, "role" | "group">): void {
    const book = this.books[index];
    const position = this.account.positions[index];
    // What an entry still lacks is not bought after its protection has fired.
    if (order.role === "leg") book.cancelEntry(order.group);
    if (position.quantity === 0) book.cancelExits();
    else if (order.role === "leg" && position.quantityOf(order.group) === 0) book.cancelGroup(order.group);
  }

  snapshot(): Snapshot {
    return {
      account: this.account.snapshot(),
      books: this.books.map((book) => book.snapshot()),
      refusals: this.sizer.refusals.snapshot(),
      volatility: this.volatility.slice(),
      nextOrder: this.nextOrder,
      ...(this.grids === undefined ? {} : { volumes: this.volumes.slice() }),
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
    if (this.grids !== undefined) this.volumes.set(snapshotFloats(snapshot, "volumes"));
  }
}
