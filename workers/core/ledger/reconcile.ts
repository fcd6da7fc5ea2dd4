import { applyOrderEvent, OrderFault } from "../order/apply-order-event.ts";
import { type DeskOrder, isReserved, overfill } from "../order/desk-order.ts";
import type { OrderEvent } from "../order/order-event.ts";
import { asClientOrderId, BOT_PREFIX_CHARACTERS, type ClientOrderId } from "../order/order-id.ts";
import { add } from "./decimal.ts";
import { formatDecimal } from "./decimal-text.ts";
import { bookEvent, type Ledger } from "./ledger.ts";
import type { LedgerEvent } from "./ledger-event.ts";
import { type ReconciledBooks, stateDifferences } from "./reconcile-balances.ts";
import { orderEvents } from "./reconcile-order.ts";
import {
  fillBooked,
  fillId,
  type OurBooks,
  orderFill,
  type VenueFill,
  type VenueOrder,
  type VenueReport,
} from "./venue-report.ts";

/** What is to be done to our books so that they agree with the venue. Each is applied as any event is. */
export type Correction =
  /** An order heard something: its event is applied, and for a fill its ledger event booked. */
  | {
      readonly type: "order-event";
      readonly order: ClientOrderId;
      readonly event: OrderEvent;
      readonly booking: LedgerEvent | undefined;
    }
  /** A trade that no order of ours made: placed elsewhere, or by the venue itself. */
  | { readonly type: "external-fill"; readonly fill: VenueFill }
  /** A trade of an order of ours that it contradicts: booked all the same. */
  | { readonly type: "contradicting-fill"; readonly booking: LedgerEvent }
  /** Money that moved, or a cost, that we had not booked. */
  | { readonly type: "movement"; readonly booking: LedgerEvent }
  /** An open order that was placed elsewhere: it counts against the caps, and is not ours to cancel. */
  | { readonly type: "adopt-order"; readonly order: VenueOrder };

/** Why trading stops, of one instrument or of the account, until a person has looked. Both sides are shown. */
export interface Halt {
  readonly instrument: string | undefined;
  readonly code:
    | "POSITION_DIFFERS"
    | "BALANCE_DIFFERS"
    | "FILLED_DIFFERS"
    | "OVERFILLED"
    | "ORDER_CONTRADICTS"
    | "ORDER_TWICE"
    | "ORDER_UNKNOWN";
  readonly ours: string;
  readonly theirs: string;
}

export interface Reconciliation {
  readonly corrections: readonly Correction[];
  readonly halts: readonly Halt[];
  /** To be handed to the next reconciliation. */
  readonly differences: ReadonlyMap<string, string>;
  /** Keys of those that were found at this one; the others were not compared, and are as they were found before. */
  readonly fresh: ReadonlySet<string>;
}

/**
 * Holds what a venue says against what we know. Trades that we did not know are adopted first, as the venue tells them;
 * no trade is ever made up to explain a difference. Then what became of each order; then whether positions and balances
 * agree. Of an order that ended for the venue, the end is taken over only once all its fills are known, since until then
 * what is left of it counts against the caps.
 */
export function reconcile(ours: OurBooks, report: VenueReport): Reconciliation {
  const work = new Work(ours, report);
  work.adoptFills();
  work.adoptMovements();
  work.compareOrders();
  const { differences, fresh, halts } = stateDifferences({ ...work.compared(), ours }, report);
  return { corrections: work.corrections, halts: [...work.halts, ...halts], differences, fresh };
}

/** Our books while corrections are found: each is applied at once, so that the next sees it. */
class Work {
  readonly corrections: Correction[] = [];
  readonly halts: Halt[] = [];
  private ledger: Ledger;
  private readonly moving = new Set<string>();
  private moneyMoved = false;
  private readonly orders: Map<string, DeskOrder>;
  private readonly byVenueId = new Map<string, string>();
  private readonly booked: Set<string>;
  private readonly ours: OurBooks;
  private readonly report: VenueReport;

  constructor(ours: OurBooks, report: VenueReport) {
    this.ours = ours;
    this.report = report;
    this.ledger = ours.ledger;
    this.booked = new Set(ours.booked);
    this.orders = new Map(ours.orders.map((order) => [order.id, order]));
    for (const { id, venueOrderIds, instrument } of ours.orders) {
      for (const known of venueOrderIds) this.byVenueId.set(known, id);
      if (ours.touched.has(id)) this.moving.add(instrument);
    }
  }

  adoptFills(): void {
    for (const fill of this.report.fills) {
      if (this.booked.has(fillId(fill.tradeId))) continue;
      this.booked.add(fillId(fill.tradeId));
      this.moving.add(fill.instrument);
      const order = this.orderOf(fill);
      if (order === undefined) this.adoptExternal(fill);
      else this.adoptOwn(order, fill);
    }
  }

  private adoptOwn(order: DeskOrder, fill: VenueFill): void {
    if (fill.instrument !== order.instrument || fill.side !== order.side) {
      const [our, their] = [order, fill].map(({ instrument, side }) => `${side} ${instrument}`);
      this.halts.push({ instrument: order.instrument, code: "ORDER_CONTRADICTS", ours: our, theirs: their });
      this.adoptExternal(fill);
      return;
    }
    this.apply(order, { type: "fill", fill: orderFill(fill) }, fillBooked(fill, order.id));
    const after = this.orders.get(order.id) ?? order;
    if (overfill(after) > 0n) {
      const [our, their] = [after.quantity, after.filled].map(formatDecimal);
      this.halts.push({ instrument: order.instrument, code: "OVERFILLED", ours: our, theirs: their });
    }
  }

  /** Trades are facts, whoever made them: the position is the venue's, and what looks like ours but is not stored halts. */
  private adoptExternal(fill: VenueFill): void {
    this.ledger = bookEvent(this.ledger, fillBooked(fill, undefined)).ledger;
    this.corrections.push({ type: "external-fill", fill });
    this.haltIfOursUnknown(fill);
  }

  adoptMovements(): void {
    for (const booking of this.report.movements) {
      if (this.booked.has(booking.id)) continue;
      this.booked.add(booking.id);
      this.ledger = bookEvent(this.ledger, booking).ledger;
      this.moneyMoved = true;
      this.corrections.push({ type: "movement", booking });
    }
  }

  compared(): Pick<ReconciledBooks, "ledger" | "moving" | "moneyMoved"> {
    return { ledger: this.ledger, moving: this.moving, moneyMoved: this.moneyMoved };
  }

  compareOrders(): void {
    const shown = new Map<string, VenueOrder>();
    for (const venueOrder of this.report.orders) {
      const order = this.orderOf(venueOrder);
      if (order === undefined) this.adoptOrder(venueOrder);
      else shown.set(order.id, this.together(order, shown.get(order.id), venueOrder));
    }
    for (const { id } of this.ours.orders) {
      const order = this.orders.get(id);
      if (order === undefined || this.ours.touched.has(id)) continue;
      const found = shown.get(id);
      if (found === undefined && !isReserved(order)) continue;
      const { events, halt } = orderEvents(order, found, { ours: this.ours, report: this.report });
      for (const event of events) this.apply(this.orders.get(id) ?? order, event, undefined);
      if (halt !== undefined) this.halts.push(halt);
    }
  }

  private adoptOrder(order: VenueOrder): void {
    if (order.status === "open") this.corrections.push({ type: "adopt-order", order });
    this.haltIfOursUnknown(order);
  }

  /** Replacing may leave the old order beside the new one under one client id; of any other order there is only one. */
  private together(order: DeskOrder, earlier: VenueOrder | undefined, later: VenueOrder): VenueOrder {
    if (earlier === undefined) return later;
    const [current, other] = earlier.status === "open" ? [earlier, later] : [later, earlier];
    if (other.status !== "open" && order.revisionAsked > 0) {
      return { ...current, filled: add(current.filled, other.filled) };
    }
    const { id, instrument } = order;
    const [ours, theirs] = [`one order ${id}`, `${earlier.venueOrderId}, ${later.venueOrderId}`];
    this.halts.push({ instrument, code: "ORDER_TWICE", ours, theirs });
    return current;
  }

  private haltIfOursUnknown({ clientOrderId, instrument }: VenueOrder | VenueFill): void {
    const id = clientOrderId === undefined ? undefined : asClientOrderId(clientOrderId);
    if (id === undefined || this.orders.has(id)) return;
    if (!this.ours.botPrefixes.has(id.slice(0, BOT_PREFIX_CHARACTERS))) return;
    this.halts.push({ instrument, code: "ORDER_UNKNOWN", ours: "no such intent", theirs: id });
  }

  private orderOf(shown: VenueOrder | VenueFill): DeskOrder | undefined {
    const { clientOrderId, venueOrderId } = shown;
    const byClient = clientOrderId === undefined ? undefined : this.orders.get(clientOrderId);
    return byClient ?? this.orders.get(this.byVenueId.get(venueOrderId) ?? "");
  }

  /** Applies an event to our copy; one that cannot be true halts the instrument, and a trade is booked all the same. */
  private apply(order: DeskOrder, event: OrderEvent, booking: LedgerEvent | undefined): void {
    if (booking !== undefined) this.ledger = bookEvent(this.ledger, booking).ledger;
    try {
      this.orders.set(order.id, applyOrderEvent(order, event));
      this.corrections.push({ type: "order-event", order: order.id, event, booking });
    } catch (error) {
      if (!(error instanceof OrderFault)) throw error;
      const { instrument, state } = order;
      this.halts.push({ instrument, code: "ORDER_CONTRADICTS", ours: state, theirs: error.message });
      if (booking !== undefined) this.corrections.push({ type: "contradicting-fill", booking });
    }
  }
}
