import type { ClientOrderId } from "../../core/order/order-id.ts";
import type { DeskStore, StoredEvent, StoredOrder, TradePart } from "../desk-store.ts";
import { type DeskDisk, OrderRow } from "./desk-disk.ts";

/** A desk's store in memory. `checkpoint` is called around each write and may throw, as a process that ends does. */
export class MemoryDeskStore implements DeskStore {
  readonly disk: DeskDisk;
  protected readonly checkpoint: () => void;
  private depth = 0;
  /** Who this process is: what it wrote itself it knows; what an earlier one left is read from its text. */
  private readonly self = {};

  constructor(disk: DeskDisk, checkpoint: () => void = () => undefined) {
    this.disk = disk;
    this.checkpoint = checkpoint;
  }

  transaction<T>(act: () => T): T {
    if (this.depth > 0) return act();
    const before = this.disk.place();
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
        this.disk.backTo(before);
      }
      throw error;
    }
  }

  async sync(): Promise<void> {
    this.checkpoint();
    this.disk.keep();
  }

  read(name: string): string | undefined {
    return this.disk.documents.get(name);
  }

  write(name: string, text: string): void {
    this.disk.put(this.disk.documents, name, text);
  }

  order(id: ClientOrderId): StoredOrder | undefined {
    const row = this.disk.orders.get(id);
    return row === undefined ? undefined : this.stored(row);
  }

  private stored(row: OrderRow): StoredOrder {
    return row.writer === this.self ? row.stored : row.read();
  }

  putOrder(stored: StoredOrder): void {
    this.disk.put(this.disk.orders, stored.order.id, new OrderRow(stored, this.self));
  }

  allOrders(): StoredOrder[] {
    return [...this.disk.orders.values()].map((row) => this.stored(row));
  }

  reservedOrders(): readonly StoredOrder[] {
    return [...this.disk.orders.values()].filter(({ reserved }) => reserved).map((row) => this.stored(row));
  }

  orderOfVenue(venueOrderId: string): StoredOrder | undefined {
    // As a file's index would find it: only the row that is found is read.
    for (const row of this.disk.orders.values()) {
      if (row.written.venueOrderIds.includes(venueOrderId)) return this.stored(row);
    }
    return undefined;
  }

  appendEvent(event: Omit<StoredEvent, "sequence">): number {
    const sequence = this.disk.events.length + 1;
    this.disk.append(this.disk.events, { ...event, sequence });
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
    this.disk.put(this.disk.booked, id, text);
  }

  booked(id: string): string | undefined {
    return this.disk.booked.get(id);
  }

  addTradePart(part: TradePart): void {
    this.disk.append(this.disk.parts, part);
  }
}
