import { type Order, restoreOrder, saveOrder } from "../fill/order.ts";
import type { VenueBooks } from "../fill/venue-books.ts";
import { lasting, type Snapshot, snapshotField, snapshotList, snapshotNumber } from "./snapshot.ts";
import { type OrderKey, placeCommand, refOf, type TraderCommand } from "./trader-command.ts";

/**
 * Orders that are over and still known, so that a fill told late finds its order. Few, since they are stored with every
 * candle; many more than a venue is ever late by.
 */
const ENDED_KEPT_MAX = 100;

/** An order that was handed out. */
export interface SentOrder {
  readonly ref: string;
  readonly instrument: number;
  readonly order: Order;
  /** It was asked to be cancelled. */
  canceled: boolean;
  /** The cancel was for its age: the book drops it with its next candle, as a run does. */
  expiring: boolean;
  ended: boolean;
}

/** The orders that a trader has handed out, by their refs, and what has to be told of them after each close. */
export class SentOrders {
  private readonly venue: VenueBooks;
  private readonly sent = new Map<string, SentOrder>();
  /** What is stored of those that are over, by their refs. */
  private readonly saved = new Map<string, Snapshot>();
  /** Placed since the last close. */
  private placed: { instrument: number; order: Order }[] = [];

  constructor(venue: VenueBooks) {
    this.venue = venue;
    venue.observer = (instrument, order) => this.placed.push({ instrument, order });
  }

  /** An order that is about to change. Throws RangeError where none is known by this name. */
  change(ref: string): SentOrder {
    const found = this.sent.get(ref);
    if (found === undefined) throw new RangeError(`ref must be that of an order of this trader, was ${ref}`);
    this.saved.delete(ref);
    return found;
  }

  /** Orders of an instrument that have not ended: what was asked to be cancelled may trade all the same. */
  working(index: number): SentOrder[] {
    return [...this.sent.values()].filter(({ instrument, ended }) => instrument === index && !ended);
  }

  /** Entries of which something is held and that came with a stop, or one that trails. */
  guarded(index: number): SentOrder[] {
    const held = new Set(this.venue.account.positions[index].lots.map(({ order }) => order));
    return [...this.sent.values()].filter(
      ({ instrument, order: { id, legStop, legTrail } }) =>
        instrument === index && held.has(id) && !(Number.isNaN(legStop) && Number.isNaN(legTrail)),
    );
  }

  /** What the decisions at a close have changed: first what goes, then what comes. */
  collect(candleTime: number): TraderCommand[] {
    const cancels: TraderCommand[] = [];
    for (const sent of this.sent.values()) {
      if (sent.ended || sent.canceled) continue;
      const { ref, instrument, order } = sent;
      const gone = !this.venue.books[instrument].orders.includes(order);
      if (!gone && !this.expires(instrument, order)) continue;
      sent.canceled = true;
      sent.expiring = !gone;
      cancels.push({ type: "cancel", ref, instrument, reason: gone ? "signal" : "expired" });
    }
    const places = this.placed.flatMap(({ instrument, order }, at) => {
      const leg = order.role === "exit" ? "exit" : "entry";
      const ordinal = this.placed.slice(0, at).filter((other) => (other.order.role === "exit") === (leg === "exit"));
      const key: OrderKey = { candleTime, leg, ordinal: ordinal.length };
      // What is taken back at once, or may not see another candle, is never sent.
      const lives = this.venue.books[instrument].orders.includes(order) && !this.expires(instrument, order);
      if (!lives) return [];
      const ref = refOf(key);
      this.saved.delete(ref);
      this.sent.set(ref, { ref, instrument, order, canceled: false, expiring: false, ended: false });
      return [placeCommand(order, instrument, key)];
    });
    this.placed = [];
    this.forget();
    return [...cancels, ...places];
  }

  /** Whether the order is dropped before it can meet the instrument's next candle. */
  private expires(instrument: number, order: Order): boolean {
    return order.expiresAt <= this.venue.books[instrument].candle + 1;
  }

  private forget(): void {
    const held = new Set(this.venue.account.positions.flatMap(({ lots }) => lots.map((lot) => lot.order)));
    const over = [...this.sent.values()].filter(({ ended, order }) => ended && !held.has(order.id));
    for (const { ref } of over.slice(0, Math.max(0, over.length - ENDED_KEPT_MAX))) {
      this.sent.delete(ref);
      this.saved.delete(ref);
    }
  }

  snapshot(): Snapshot {
    return [...this.sent.values()].map((sent) => this.saved.get(sent.ref) ?? this.save(sent));
  }

  private save({ ref, instrument, order, canceled, expiring, ended }: SentOrder): Snapshot {
    const saved = { ref, instrument, order: saveOrder(order), flags: [canceled, expiring, ended] };
    if (ended) this.saved.set(ref, lasting(saved));
    return saved;
  }

  /** After the venue's books have been restored: an order that is in a book stays the same object. */
  restore(snapshot: Snapshot): void {
    this.sent.clear();
    this.saved.clear();
    for (const saved of snapshot as readonly Snapshot[]) {
      const ref = snapshotField(saved, "ref") as string;
      const instrument = snapshotNumber(saved, "instrument");
      const kept = restoreOrder(snapshotField(saved, "order"));
      const order = this.venue.books[instrument].orders.find(({ id }) => id === kept.id) ?? kept;
      const [canceled, expiring, ended] = snapshotList(saved, "flags") as readonly boolean[];
      this.sent.set(ref, { ref, instrument, order, canceled, expiring, ended });
    }
  }
}
