import type { ClientOrderId } from "../core/order/order-id.ts";
import {
  hasUntoldFills,
  isOpenInJournal,
  type JournalEntry,
  type JournalEvent,
  type JournalOrder,
  journalText,
  type Numbered,
  namesOf,
  readJournalText,
  type VenueJournal,
} from "./venue-journal.ts";

/** A journal in memory: for tests, and for whoever only looks at an account. Records pass as text, as on a disk. */
export class MemoryJournal implements VenueJournal {
  private readonly documents = new Map<string, string>();
  private readonly orders = new Map<string, string>();
  private readonly ids = new Map<string, string>();
  private readonly venueIds = new Map<string, string>();
  private readonly events: string[] = [];
  private readonly entries: string[] = [];
  private readonly keys = new Map<string, string>();
  private depth = 0;
  /** What takes back each write that would not survive yet, the first one first. */
  private undos: (() => void)[] = [];

  transaction<T>(act: () => T): T {
    if (this.depth > 0) return act();
    const place = this.undos.length;
    this.depth++;
    try {
      return act();
    } catch (error) {
      this.backTo(place);
      throw error;
    } finally {
      this.depth--;
    }
  }

  private backTo(place: number): void {
    for (const undo of this.undos.splice(place).reverse()) undo();
  }

  /** What was not asked to survive is gone. */
  lose(): void {
    this.backTo(0);
  }

  private put(map: Map<string, string>, key: string, value: string): void {
    const before = map.get(key);
    if (before === value) return;
    this.undos.push(() => (before === undefined ? map.delete(key) : map.set(key, before)));
    map.set(key, value);
  }

  private append(list: string[], text: string): number {
    this.undos.push(() => list.pop());
    return list.push(text);
  }

  async sync(): Promise<void> {
    this.keep();
  }

  /** Everything written so far would survive. */
  keep(): void {
    this.undos = [];
  }

  read(name: string): string | undefined {
    return this.documents.get(name);
  }

  write(name: string, text: string): void {
    this.put(this.documents, name, text);
  }

  readAll(prefix: string): ReadonlyMap<string, string> {
    return new Map([...this.documents].filter(([name]) => name.startsWith(prefix)).sort());
  }

  order(id: ClientOrderId): JournalOrder | undefined {
    return this.stored(id);
  }

  orderSentAs(sentAs: string): JournalOrder | undefined {
    return this.stored(this.ids.get(sentAs));
  }

  orderOfVenue(venueOrderId: string): JournalOrder | undefined {
    return this.stored(this.venueIds.get(venueOrderId));
  }

  private stored(id: string | undefined): JournalOrder | undefined {
    const text = id === undefined ? undefined : this.orders.get(id);
    return text === undefined ? undefined : readJournalText<JournalOrder>(text);
  }

  private all(): JournalOrder[] {
    return [...this.orders.values()].map((text) => readJournalText<JournalOrder>(text));
  }

  legsOf(parent: ClientOrderId): readonly JournalOrder[] {
    return this.all().filter(({ placed }) => placed.parent === parent);
  }

  openOrders(): readonly JournalOrder[] {
    return this.all().filter(isOpenInJournal);
  }

  ordersEndedAfter(sequence: number): readonly JournalOrder[] {
    return this.all().filter(({ endedSequence }) => endedSequence !== undefined && endedSequence > sequence);
  }

  endedUntold(): readonly JournalOrder[] {
    return this.all().filter((order) => !isOpenInJournal(order) && hasUntoldFills(order));
  }

  putOrder(order: JournalOrder): void {
    const { id } = order.placed.order;
    const { sentAs, venueIds } = namesOf(order);
    for (const name of sentAs) this.put(this.ids, name, id);
    for (const name of venueIds) this.put(this.venueIds, name, id);
    this.put(this.orders, id, journalText(order));
  }

  addEvent(event: JournalEvent): number {
    return this.append(this.events, journalText(event));
  }

  lastEvent(): number {
    return this.events.length;
  }

  eventsAfter(sequence: number, limit: number): readonly Numbered<JournalEvent>[] {
    const texts = this.events.slice(sequence, sequence + limit);
    return texts.map((text, index) => ({ number: sequence + index + 1, value: readJournalText<JournalEvent>(text) }));
  }

  addEntry(key: string, entry: JournalEntry): number | undefined {
    if (this.keys.has(key)) return undefined;
    this.put(this.keys, key, "");
    return this.append(this.entries, journalText(entry));
  }

  lastEntry(): number {
    return this.entries.length;
  }

  entry(number: number): JournalEntry {
    return readJournalText<JournalEntry>(this.entries[number - 1]);
  }

  entriesAfter(number: number, limit: number): readonly Numbered<JournalEntry>[] {
    const texts = this.entries.slice(number, number + limit);
    return texts.map((text, index) => ({ number: number + index + 1, value: readJournalText<JournalEntry>(text) }));
  }
}
