import { type DeskOrder, isReserved } from "../../core/order/desk-order.ts";
import type { ClientOrderId } from "../../core/order/order-id.ts";
import { orderText, parseOrder } from "../../core/order/order-text.ts";
import type { DeskStore, StoredEvent, StoredOrder, TradePart } from "../desk-store.ts";

/** What a desk wrote down. Replaced as a whole when a transaction ends, so that a process that ends inside leaves nothing. */
export interface DeskDisk {
  documents: ReadonlyMap<string, string>;
  /** Orders as text, as a file would hold them. */
  orders: ReadonlyMap<string, { readonly body: string; readonly rest: Omit<StoredOrder, "order"> }>;
  events: readonly StoredEvent[];
  booked: ReadonlyMap<string, string>;
  parts: readonly TradePart[];
}

export function emptyDisk(): DeskDisk {
  return { documents: new Map(), orders: new Map(), events: [], booked: new Map(), parts: [] };
}

/** What rows were read as: a row is never changed, so that each is read once. */
const READ = new WeakMap<object, DeskOrder>();

function readRow(row: { readonly body: string; readonly rest: Omit<StoredOrder, "order"> }): StoredOrder {
  const order = READ.get(row) ?? parseOrder(row.body);
  READ.set(row, order);
  return { ...row.rest, order };
}

/** A desk's store in memory. `checkpoint` is called around each write and may throw, as a process that ends does. */
export class MemoryDeskStore implements DeskStore {
  readonly disk: DeskDisk;
  protected readonly checkpoint: () => void;
  private depth = 0;

  constructor(disk: DeskDisk, checkpoint: () => void = () => undefined) {
    this.disk = disk;
    this.checkpoint = checkpoint;
  }

  transaction<T>(act: () => T): T {
    if (this.depth > 0) return act();
    const before = { ...this.disk };
    this.checkpoint();
    this.depth++;
    try {
      const result = act();
      this.depth--;
      this.checkpoint();
      return result;
    } catch (error) {
      if (this.depth > 0) {
        this.depth--;
        Object.assign(this.disk, before);
      }
      throw error;
    }
  }

  async sync(): Promise<void> {
    this.checkpoint();
  }

  read(name: string): string | undefined {
    return this.disk.documents.get(name);
  }

  write(name: string, text: string): void {
    this.disk.documents = new Map(this.disk.documents).set(name, text);
  }

  order(id: ClientOrderId): StoredOrder | undefined {
    const row = this.disk.orders.get(id);
    return row === undefined ? undefined : readRow(row);
  }

  putOrder({ order, ...rest }: StoredOrder): void {
    this.disk.orders = new Map(this.disk.orders).set(order.id, { body: orderText(order), rest });
  }

  allOrders(): StoredOrder[] {
    return [...this.disk.orders.values()].map(readRow);
  }

  reservedOrders(): readonly StoredOrder[] {
    return this.allOrders().filter(({ order }) => isReserved(order));
  }

  orderOfVenue(venueOrderId: string): StoredOrder | undefined {
    return this.allOrders().find(({ order }) => order.venueOrderIds.includes(venueOrderId));
  }

  appendEvent(event: Omit<StoredEvent, "sequence">): number {
    const sequence = this.disk.events.length + 1;
    this.disk.events = [...this.disk.events, { ...event, sequence }];
    return sequence;
  }

  eventsAfter(sequence: number, limit: number, bot?: string): readonly StoredEvent[] {
    const after = this.disk.events.filter((event) => event.sequence > sequence);
    return after.filter((event) => bot === undefined || event.bot === bot).slice(0, limit);
  }

  eventsOfOrder(id: ClientOrderId): readonly StoredEvent[] {
    return this.disk.events.filter((event) => event.order === id);
  }

  isBooked(id: string): boolean {
    return this.disk.booked.has(id);
  }

  book(id: string, text: string): void {
    if (this.disk.booked.has(id)) throw new Error(`ledger event ${id} is booked already`);
    this.disk.booked = new Map(this.disk.booked).set(id, text);
  }

  booked(id: string): string | undefined {
    return this.disk.booked.get(id);
  }

  addTradePart(part: TradePart): void {
    this.disk.parts = [...this.disk.parts, part];
  }
}
