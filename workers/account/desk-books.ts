import type { Price } from "../core/ledger/decimal.ts";
import { bookEvent } from "../core/ledger/ledger.ts";
import type { LedgerEvent } from "../core/ledger/ledger-event.ts";
import { ledgerEventText } from "../core/ledger/ledger-event-text.ts";
import { ledgerText } from "../core/ledger/ledger-text.ts";
import { fillBooked, orderFill, type VenueFill } from "../core/ledger/venue-report.ts";
import { applyOrderEvent, OrderFault } from "../core/order/apply-order-event.ts";
import { type DeskOrder, isReserved, overfill } from "../core/order/desk-order.ts";
import { NOT_SENT, type OrderEvent } from "../core/order/order-event.ts";
import type { ClientOrderId } from "../core/order/order-id.ts";
import { arePricesDue } from "../platform/price-storing.ts";
import { ACCOUNT_SCOPE, botIdOf, type DeskAccount, EXTERNAL_BOT, KILL_REASON } from "./desk-account.ts";
import type { DeskMemory } from "./desk-memory.ts";
import { type DeskMeter, SILENT_METER } from "./desk-meter.ts";
import { ALERTS_KEPT, DeskRecord, newDeskRecord, type StoredAlert } from "./desk-record.ts";
import type { DeskStore, StoredOrder } from "./desk-store.ts";
import { KeptTexts } from "./kept-text.ts";
import {
  newScopeBooks,
  readScopeBooks,
  type ScopeBooks,
  type Switch,
  withBooking,
  withExecution,
} from "./scope-books.ts";
import { daysOf, ScopeValues, withTrade } from "./scope-values.ts";
import { tradeParts } from "./trade-part.ts";

const RECORD = "desk";
const SCOPES = "scopes";

export interface DeskBooksParts {
  readonly store: DeskStore;
  readonly account: DeskAccount;
  /** UTC ms. */
  readonly now: () => number;
  readonly meter?: DeskMeter | undefined;
}

/**
 * Everything the desk knows, in memory as it is written down. Changes are made inside `write`: they are stored as a whole
 * and are in memory only once they are; one that throws leaves both as they were.
 */
export class DeskBooks {
  record: DeskRecord;
  readonly account: DeskAccount;
  readonly now: () => number;
  readonly meter: DeskMeter;
  /** Orders that heard or were sent something since the last report was asked for. */
  readonly touched = new Set<ClientOrderId>();
  private readonly store: DeskStore;
  private scopes = new Map<string, ScopeBooks>();
  private open = new Map<ClientOrderId, StoredOrder>();
  /** The same as a list, made when it is asked for. */
  private openList: readonly StoredOrder[] | undefined;
  /** What memory goes back to where the write that goes on fails: maps are copied before they are changed. */
  private before: DeskMemory | undefined;
  private dirty = new Set<string>();
  /** Documents that are in memory alone as they are, since only prices changed them. */
  readonly unstored = new Set<string>();
  /** When all was stored last, UTC ms. */
  private storedAt = Number.NEGATIVE_INFINITY;
  private readonly valued = new ScopeValues();
  /** Of documents by their names. */
  private readonly texts = new KeptTexts();

  constructor({ store, account, now, meter = SILENT_METER }: DeskBooksParts) {
    this.store = store;
    this.meter = meter;
    this.account = account;
    this.now = now;
    const text = store.read(RECORD);
    this.record = text === undefined ? newDeskRecord() : DeskRecord.parse(JSON.parse(text));
    const names = JSON.parse(store.read(SCOPES) ?? "[]") as string[];
    for (const name of names) this.scopes.set(name, readScopeBooks(store.read(`scope:${name}`) ?? ""));
    for (const stored of store.reservedOrders()) this.open.set(stored.order.id, stored);
  }

  /** The time that ages and rates are measured on, UTC ms. */
  clock(): number {
    return this.account.marketTime ? (this.record.marketAt ?? this.now()) : this.now();
  }

  write<T>(act: () => T): T {
    return this.whole(() => {
      const result = this.store.transaction(() => {
        const made = act();
        if (this.dirty.size > 0) this.flush();
        return made;
      });
      if (this.dirty.size > 0) this.stored();
      return result;
    });
  }

  /**
   * Takes in what only prices change. It is in memory at once and stored with the next document that is, at the latest
   * `PRICES_STORED_EVERY_MS` after the last: a process that ends forgets how prices moved since, as if they had moved between
   * two of them. A new day, and the market's time where that is the desk's clock, are stored at once.
   */
  price(act: () => void): void {
    const isDue = this.account.marketTime || arePricesDue(this.storedAt, this.now());
    const days = daysOf(this.scopes);
    this.whole(() => {
      act();
      for (const name of this.dirty) this.unstored.add(name);
      if (!isDue && daysOf(this.scopes) === days) return;
      this.store.transaction(() => this.flush());
      this.stored();
    });
  }

  /** Memory stays as it was where `act` throws. */
  private whole<T>(act: () => T): T {
    const before = { record: this.record, scopes: this.scopes, open: this.open, outer: this.before };
    this.before = before;
    try {
      return act();
    } catch (error) {
      ({ record: this.record, scopes: this.scopes, open: this.open } = before);
      this.openList = undefined;
      throw error;
    } finally {
      this.before = before.outer;
      this.dirty.clear();
    }
  }

  private flush(): void {
    const names = new Set([...this.unstored, ...this.dirty]);
    if (names.has(RECORD)) this.store.write(RECORD, this.texts.of(RECORD, this.record));
    if (names.has(SCOPES)) this.store.write(SCOPES, JSON.stringify([...this.scopes.keys()]));
    for (const name of names) {
      const books = name.startsWith("scope:") ? this.scopes.get(name.slice("scope:".length)) : undefined;
      if (books !== undefined) this.store.write(name, this.texts.of(name, books));
    }
  }

  private stored(): void {
    this.unstored.clear();
    this.storedAt = this.now();
  }

  note(parts: Partial<DeskRecord>): void {
    this.record = { ...this.record, ...parts };
    this.dirty.add(RECORD);
  }

  scopeNames(): string[] {
    return [...this.scopes.keys()];
  }

  scope(name: string): ScopeBooks {
    return this.scopes.get(name) ?? newScopeBooks(this.account.method);
  }

  putScope(name: string, books: ScopeBooks): void {
    if (!this.scopes.has(name)) this.dirty.add(SCOPES);
    if (this.scopes === this.before?.scopes) this.scopes = new Map(this.scopes);
    this.scopes.set(name, books);
    this.dirty.add(`scope:${name}`);
  }

  order(id: ClientOrderId): StoredOrder | undefined {
    return this.open.get(id) ?? this.store.order(id);
  }

  orderOfVenue(venueOrderId: string): StoredOrder | undefined {
    return this.store.orderOfVenue(venueOrderId);
  }

  isBooked(id: string): boolean {
    return this.store.isBooked(id);
  }

  /** Orders whose end is not certain. */
  openOrders(): readonly StoredOrder[] {
    this.openList ??= [...this.open.values()];
    return this.openList;
  }

  /** The last price of each instrument. */
  marks(): ReadonlyMap<string, Price> {
    return this.valued.prices(this.record.marks);
  }

  /** Stores an order. `events` are what happened to it so far. */
  putOrder(stored: StoredOrder, events: readonly OrderEvent[]): void {
    this.store.putOrder(stored);
    this.openList = undefined;
    if (this.open === this.before?.open) this.open = new Map(this.open);
    if (isReserved(stored.order)) this.open.set(stored.order.id, stored);
    else this.open.delete(stored.order.id);
    for (const event of events) this.append(stored.order, event, stored.updatedAt);
  }

  private append(order: DeskOrder, event: OrderEvent, at: number): void {
    const detail = ledgerText(event);
    this.meter.event(order, event);
    this.store.appendEvent({ at, bot: order.bot, order: order.id, event: event.type, state: order.state, detail });
  }

  /**
   * Applies what an order heard. An event that cannot be true is written down as an alert and halts the bot; nothing else
   * changes. Returns the order afterwards, undefined where there is none of this id.
   */
  hear(id: ClientOrderId, event: OrderEvent): DeskOrder | undefined {
    const stored = this.order(id);
    if (stored === undefined) return undefined;
    this.touched.add(id);
    const next = this.applied(stored.order, event);
    if (next === stored.order) return next;
    const at = this.now();
    this.putOrder({ ...stored, order: next, updatedAt: at }, [event]);
    this.count(stored.order, next, event);
    return next;
  }

  private applied(order: DeskOrder, event: OrderEvent): DeskOrder {
    try {
      return applyOrderEvent(order, event);
    } catch (error) {
      if (!(error instanceof OrderFault)) throw error;
      this.halt(order.bot, "ORDER_FAULT", `What was said of an order cannot be true: ${error.message}.`);
      return order;
    }
  }

  /** Keeps what the throttle counts: orders that traded, and rejections by the venue in a row. */
  private count(before: DeskOrder, after: DeskOrder, event: OrderEvent): void {
    for (const name of [ACCOUNT_SCOPE, after.bot]) {
      const books = this.scope(name);
      const isRefused = event.type === "rejected" && event.code !== NOT_SENT;
      const row = event.type === "accepted" ? 0 : books.rejectsInARow + (isRefused ? 1 : 0);
      if (row !== books.rejectsInARow) this.putScope(name, { ...books, rejectsInARow: row });
      else if (before.filled === 0n && after.filled > 0n) this.putScope(name, withExecution(books, this.clock()));
    }
  }

  /** A trade: books it once, with the order's event in the same write. */
  fill(fill: VenueFill, id: ClientOrderId | undefined): void {
    const stored = id === undefined ? undefined : this.order(id);
    const booking = fillBooked(fill, stored?.order.id);
    if (this.isBooked(booking.id)) return;
    this.book(booking, stored?.order.bot ?? EXTERNAL_BOT);
    if (stored === undefined) return;
    const after = this.hear(stored.order.id, { type: "fill", fill: orderFill(fill) });
    if (after === undefined || overfill(after) <= 0n) return;
    this.halt(after.bot, "OVERFILLED", `order ${after.id} was filled beyond its quantity`);
  }

  /** Books an event on the account, and on the share of a bot where it is its own. */
  book(event: LedgerEvent, bot: string | undefined): void {
    this.store.book(event.id, ledgerEventText(event));
    this.putScope(ACCOUNT_SCOPE, withBooking(this.scope(ACCOUNT_SCOPE), event));
    if (event.type === "fill") this.note({ marks: withTrade(this.record.marks, event, this.now()) });
    if (bot === undefined || bot === EXTERNAL_BOT) return;
    const { ledger, closed } = bookEvent(this.scope(bot).ledger, event);
    this.putScope(bot, { ...this.scope(bot), ledger });
    for (const part of tradeParts(this.store, { bot, event, closed })) this.store.addTradePart(part);
  }

  /** Gives a bot its share of the account's money, or takes some back; the account's own books know nothing of it. */
  allot(bot: string, event: LedgerEvent): void {
    if (this.isBooked(event.id)) return;
    this.store.book(event.id, ledgerEventText(event));
    this.putScope(bot, withBooking(this.scope(bot), event));
  }

  /** Values every scope at the last prices. */
  mark(): void {
    const at = this.account.marketTime ? this.record.marketAt : this.now();
    const terms = { ...this.account, marks: this.marks(), at };
    for (const [name, books] of this.valued.revalue(this.scopes, terms)) this.putScope(name, books);
  }

  setSwitch(name: string, trading: Switch): void {
    this.putScope(name, { ...this.scope(name), trading });
  }

  /** Stops a bot, or the account, until a person arms it again. */
  halt(name: string, code: string, message: string): void {
    const { reason } = this.scope(name).trading;
    // What a person stopped stays stopped by that person: its open orders are cancelled until they are gone.
    if (reason !== code && reason !== KILL_REASON) {
      this.setSwitch(name, { state: "HALTED", reason: code, since: this.clock(), until: undefined });
    }
    this.alert({ level: "critical", botId: botIdOf(name), code, message, stopped: name });
  }

  alert(parts: Omit<StoredAlert, "id" | "at">): void {
    const alertCount = this.record.alertCount + 1;
    const alert = { ...parts, id: String(alertCount), at: this.now() };
    this.note({ alertCount, alerts: [alert, ...this.record.alerts].slice(0, ALERTS_KEPT) });
  }

  sync(): Promise<void> {
    return this.store.sync();
  }
}
