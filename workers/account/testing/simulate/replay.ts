import type { VenueEvent } from "../../../brokers/broker.ts";
import { rebuildLedger } from "../../../core/ledger/ledger.ts";
import type { LedgerEvent } from "../../../core/ledger/ledger-event.ts";
import { parseLedgerEvent } from "../../../core/ledger/ledger-event-text.ts";
import { ledgerText } from "../../../core/ledger/ledger-text.ts";
import { asClientOrderId } from "../../../core/order/order-id.ts";
import { ACCOUNT_SCOPE } from "../../desk-account.ts";
import { DeskBooks } from "../../desk-books.ts";
import { hearVenue } from "../../hear-venue.ts";
import type { DeskDisk } from "../desk-disk.ts";
import { MemoryDeskStore } from "../memory-desk-store.ts";
import { ACCOUNT } from "./stage.ts";

const CAPITAL_PREFIX = "capital:";

/** I15: the books of the account and of each bot are what the stored ledger events make. Names what is not. */
export function replay(disk: DeskDisk, books: DeskBooks): string[] {
  const store = new MemoryDeskStore(disk);
  const events = new Map<string, LedgerEvent[]>();
  const put = (name: string, event: LedgerEvent) => events.set(name, [...(events.get(name) ?? []), event]);
  for (const [id, text] of disk.booked) {
    const event = parseLedgerEvent(text);
    if (id.startsWith(CAPITAL_PREFIX)) {
      put(id.slice(CAPITAL_PREFIX.length), event);
      continue;
    }
    put(ACCOUNT_SCOPE, event);
    const order = event.type === "fill" && event.order !== undefined ? asClientOrderId(event.order) : undefined;
    const bot = order === undefined ? undefined : store.order(order)?.order.bot;
    if (bot !== undefined) put(bot, event);
  }
  return books.scopeNames().flatMap((name) => {
    const rebuilt = rebuildLedger(ACCOUNT.method, events.get(name) ?? []);
    const same = ledgerText(rebuilt) === ledgerText(books.scope(name).ledger);
    return same ? [] : [`I15: the ledger of ${name} rebuilt from its events is another`];
  });
}

/**
 * What a process believes is what it wrote: the texts on its disk are those that its values would make anew. So nothing
 * that it keeps was changed in place after its text had been made. Of documents whose prices are not stored yet, prices
 * and what they make of equity are passed over.
 */
export function asWritten(disk: DeskDisk, books: DeskBooks): string[] {
  const texts = books.scopeNames().map((name) => [`scope:${name}`, ledgerText(books.scope(name))]);
  const documents = [["desk", ledgerText(books.record)], ...texts].filter(([name]) => disk.documents.has(name));
  const changed = documents.filter(([name, text]) => {
    const written = disk.documents.get(name) ?? "";
    const isSame = books.unstored.has(name) ? withoutPrices(written) === withoutPrices(text) : written === text;
    return !isSame;
  });
  const orders = books.openOrders().filter(({ order }) => disk.orders.get(order.id)?.body !== ledgerText(order));
  const names = [...changed.map(([name]) => name), ...orders.map(() => "an order")];
  return names.map((name) => `I15: ${name} is not as it was written`);
}

function withoutPrices(text: string): string {
  const { marks: _, marketAt: __, track: ___, ...rest } = JSON.parse(text) as Record<string, unknown>;
  return JSON.stringify(rest);
}

/** I14: all that the venue ever said, heard once more from the beginning, changes nothing. */
export function logTwice(disk: DeskDisk, log: readonly VenueEvent[]): string[] {
  const copy = disk.copy();
  const books = new DeskBooks({ store: new MemoryDeskStore(copy), account: ACCOUNT, now: () => 0 });
  hearVenue(books, { events: log, marks: [], marketAt: undefined });
  const once = standOf(books, copy);
  books.note({ venueSequence: 0 });
  hearVenue(books, { events: log, marks: [], marketAt: undefined });
  return standOf(books, copy) === once ? [] : ["I14: the venue's events heard twice change something"];
}

function standOf(books: DeskBooks, { orders, booked, events }: DeskDisk): string {
  const ledgers = books.scopeNames().map((name) => [name, books.scope(name).ledger]);
  const bodies = [...orders.values()].map(({ body }) => body);
  return [ledgerText([ledgers, booked.size, events.length]), ...bodies].join("\n");
}
