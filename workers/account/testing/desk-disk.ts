import { type DeskOrder, isReserved } from "../../core/order/desk-order.ts";
import type { ClientOrderId } from "../../core/order/order-id.ts";
import { orderText, parseOrder } from "../../core/order/order-text.ts";
import type { StoredEvent, StoredOrder, TradePart } from "../desk-store.ts";

/**
 * An order as a file would hold it. What is written is frozen, so that its text says the same whenever it is asked for:
 * most texts are replaced before anybody reads them.
 */
export class OrderRow {
  /** As whoever wrote it had it; who starts anew reads the text. */
  readonly written: DeskOrder;
  readonly rest: Omit<StoredOrder, "order">;
  /** Whether its end is not certain: what a file would have an index of. */
  readonly reserved: boolean;
  /** Who wrote it, and the same as a whole. */
  readonly writer: object;
  readonly stored: StoredOrder;
  private text: string | undefined;
  private readAs: StoredOrder | undefined;

  constructor(stored: StoredOrder, writer: object) {
    const { order, verdict, createdAt, updatedAt } = stored;
    this.written = frozen(order);
    this.rest = { verdict, createdAt, updatedAt };
    this.reserved = isReserved(order);
    this.writer = writer;
    this.stored = stored;
  }

  get body(): string {
    this.text ??= orderText(this.written);
    return this.text;
  }

  /** What the text is read as: a row is never changed, so that it is read once. */
  read(): StoredOrder {
    this.readAs ??= { ...this.rest, order: parseOrder(this.body) };
    return this.readAs;
  }
}

/** Whoever changes it in place from now on fails. */
function frozen(order: DeskOrder): DeskOrder {
  const { fills, venueOrderIds, replacement } = order;
  for (const part of [order, fills, venueOrderIds, replacement, ...fills]) Object.freeze(part);
  return order;
}

/** What a write replaced: a value of a map, or the end of a list. */
type Undo =
  | { readonly map: Map<string, unknown>; readonly key: string; readonly before: unknown }
  | { readonly list: unknown[] };

/**
 * What a desk wrote down. It remembers what each write replaced since the last time that everything was certain to
 * survive, so that a transaction that fails, or a process that ends, can leave nothing behind.
 */
export class DeskDisk {
  readonly documents = new Map<string, string>();
  readonly orders = new Map<string, OrderRow>();
  readonly events: StoredEvent[] = [];
  readonly booked = new Map<string, string>();
  readonly parts: TradePart[] = [];
  /** Counts whatever changes. */
  changes = 0;
  private undos: Undo[] = [];

  put<T>(map: Map<string, T>, key: string, value: T): void {
    this.changes++;
    this.undos.push({ map: map as Map<string, unknown>, key, before: map.get(key) });
    map.set(key, value);
  }

  append<T>(list: T[], item: T): void {
    this.changes++;
    this.undos.push({ list });
    list.push(item);
  }

  /** Where we are, to go back to. */
  place(): number {
    return this.undos.length;
  }

  /** Undoes every write since a place, the last one first. */
  backTo(place: number): void {
    while (this.undos.length > place) {
      const undo = this.undos.pop();
      this.changes++;
      if (undo === undefined) return;
      if ("list" in undo) undo.list.pop();
      else if (undo.before === undefined) undo.map.delete(undo.key);
      else undo.map.set(undo.key, undo.before);
    }
  }

  /** Everything written so far would survive. */
  keep(): void {
    this.undos = [];
  }

  /** What was not kept is gone. */
  lose(): void {
    this.backTo(0);
  }

  /** An order as it would survive now. */
  keptOrder(id: ClientOrderId): OrderRow | undefined {
    const undo = this.undos.find((each) => "map" in each && each.map === this.orders && each.key === id);
    return undo !== undefined && "map" in undo ? (undo.before as OrderRow | undefined) : this.orders.get(id);
  }

  copy(): DeskDisk {
    const copy = new DeskDisk();
    for (const [name, text] of this.documents) copy.documents.set(name, text);
    for (const [id, row] of this.orders) copy.orders.set(id, row);
    for (const [id, text] of this.booked) copy.booked.set(id, text);
    copy.events.push(...this.events);
    copy.parts.push(...this.parts);
    return copy;
  }
}
