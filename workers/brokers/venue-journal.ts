import type { Price, Quantity } from "../core/ledger/decimal.ts";
import { formatDecimal, parseDecimal } from "../core/ledger/decimal-text.ts";
import type { FillBooked, LedgerEvent } from "../core/ledger/ledger-event.ts";
import type { VenueFill } from "../core/ledger/venue-report.ts";
import type { ClientOrderId } from "../core/order/order-id.ts";
import type { PlacedOrder } from "./venue-client.ts";

/** A change of an order that was sent and has not been answered for certain. */
export interface Replacing {
  readonly revision: number;
  /** Client id under which the venue would know the new version. */
  readonly sentAs: string;
  readonly quantity: Quantity;
  readonly limit: Price | undefined;
  readonly stop: Price | undefined;
  readonly askedAt: number;
  /** The old version has ended meanwhile: by the change, or by itself. */
  readonly oldEnd: { readonly status: "canceled" | "expired"; readonly reason: string } | undefined;
}

/** An order or a leg as the account remembers it. */
export interface JournalOrder {
  readonly placed: PlacedOrder;
  /** `doubt`: it was sent, and whether the venue has it is not certain. */
  readonly state: "doubt" | "open" | "filled" | "canceled" | "expired" | "rejected";
  /** Terms of its present version, as a whole. */
  readonly quantity: Quantity;
  readonly limit: Price | undefined;
  readonly stop: Price | undefined;
  /** What the venue says it traded of all versions, and what the trades that we know sum to. */
  readonly filled: Quantity;
  readonly known: Quantity;
  /** What earlier versions traded. */
  readonly filledBefore: Quantity;
  readonly pastVenueIds: readonly string[];
  readonly replacing: Replacing | undefined;
  /** Code of its rejection; empty otherwise. */
  readonly code: string;
  /** Number of the last event when it ended, and when that was, UTC ms; undefined while it is open. */
  readonly endedSequence: number | undefined;
  readonly endedAt: number | undefined;
}

export type Movement = Exclude<LedgerEvent, FillBooked>;

/** A trade or a movement of money, each once. */
export type JournalEntry = { readonly fill: VenueFill } | { readonly movement: Movement };

/** What was told of the account, in the order in which it was. */
export type JournalEvent =
  | { readonly type: "accepted"; readonly id: ClientOrderId; readonly venueOrderId: string }
  | { readonly type: "rejected"; readonly id: ClientOrderId; readonly code: string }
  | { readonly type: "fill"; readonly entry: number }
  | {
      readonly type: "canceled" | "expired";
      readonly id: ClientOrderId;
      readonly filled: Quantity;
      readonly reason: string;
    }
  | {
      readonly type: "replaced" | "replace-rejected";
      readonly id: ClientOrderId;
      readonly revision: number;
      readonly venueOrderId: string;
    };

export interface Numbered<T> {
  readonly number: number;
  readonly value: T;
}

/**
 * What an account remembers of a venue: every order that was sent, each trade once, and events with numbers that have no
 * gap. Reads and writes are immediate; what was written survives once `sync` has come back.
 */
export interface VenueJournal {
  /** All or nothing of what `act` writes. */
  transaction<T>(act: () => T): T;
  sync(): Promise<void>;
  read(name: string): string | undefined;
  write(name: string, text: string): void;
  /** Texts whose names begin so, by name. */
  readAll(prefix: string): ReadonlyMap<string, string>;
  order(id: ClientOrderId): JournalOrder | undefined;
  /** By any client id that a version of it was or is being sent under. */
  orderSentAs(sentAs: string): JournalOrder | undefined;
  /** By any id that the venue gave a version of it. */
  orderOfVenue(venueOrderId: string): JournalOrder | undefined;
  legsOf(parent: ClientOrderId): readonly JournalOrder[];
  /** Orders in doubt and open ones, in the order in which they were sent. */
  openOrders(): readonly JournalOrder[];
  /** Orders that ended after an event, in the order in which they were sent. */
  ordersEndedAfter(sequence: number): readonly JournalOrder[];
  /** Orders that are open no more and have traded more than was told, in the order in which they were sent. */
  endedUntold(): readonly JournalOrder[];
  putOrder(order: JournalOrder): void;
  /** Its number; numbers begin at 1 and rise by one. */
  addEvent(event: JournalEvent): number;
  lastEvent(): number;
  eventsAfter(sequence: number, limit: number): readonly Numbered<JournalEvent>[];
  /** Its number, or undefined where one of that key is known. */
  addEntry(key: string, entry: JournalEntry): number | undefined;
  lastEntry(): number;
  entry(number: number): JournalEntry;
  entriesAfter(number: number, limit: number): readonly Numbered<JournalEntry>[];
}

/** Whether the venue may still trade it. */
export function isOpenInJournal({ state }: JournalOrder): boolean {
  return state === "doubt" || state === "open";
}

/** Whether trades of an order are still to be told. */
export function hasUntoldFills({ filled, known }: JournalOrder): boolean {
  return filled > known;
}

/** Every client id and every id of the venue that a version of an order has or may have. */
export function namesOf({ placed, replacing, pastVenueIds }: JournalOrder): {
  readonly sentAs: readonly string[];
  readonly venueIds: readonly string[];
} {
  const sentAs = [placed.order.id, placed.sentAs, ...(replacing === undefined ? [] : [replacing.sentAs])];
  const venueIds = [...pastVenueIds, ...(placed.venueOrderId === undefined ? [] : [placed.venueOrderId])];
  return { sentAs: [...new Set(sentAs)], venueIds };
}

const DECIMAL_KEY = "decimal";

/** A record of the journal as text: decimals are exact, and what is undefined is left out. */
export function journalText(record: JournalOrder | JournalEvent | JournalEntry): string {
  return JSON.stringify(record, (_, value) =>
    typeof value === "bigint" ? { [DECIMAL_KEY]: formatDecimal(value as Quantity) } : value,
  );
}

/** The record of a text that `journalText` made. */
export function readJournalText<T extends JournalOrder | JournalEvent | JournalEntry>(text: string): T {
  return JSON.parse(text, (_, value) =>
    typeof value === "object" && value !== null && typeof value[DECIMAL_KEY] === "string"
      ? parseDecimal(value[DECIMAL_KEY], "journal")
      : value,
  ) as T;
}
