import { MANUAL_BOT } from "../../account/desk-calls.ts";
import type { PaperBook } from "../../core/fill/paper-book.ts";
import type { PaperNews, PaperRefusal } from "../../core/fill/paper-order.ts";
import { add, NO_QUANTITY, type Price, type Quantity } from "../../core/ledger/decimal.ts";
import { exactDecimal, toDouble } from "../../core/ledger/decimal-double.ts";
import { formatDecimal, parsePrice } from "../../core/ledger/decimal-text.ts";
import type { VenueOrder, VenueReport } from "../../core/ledger/venue-report.ts";
import type { ClientOrderId } from "../../core/order/order-id.ts";
import type { MarketCall, MarketSlice } from "../../feed/live/market-port.ts";
import type { OrderToPlace, ReplaceTerms, SendOutcome, VenueMark, VenueTold } from "../broker.ts";
import type { PaperBooks } from "./paper-books.ts";
import { paperOrderOf } from "./paper-intake.ts";
import type { PaperJournal } from "./paper-journal.ts";
import type { PaperRow, PaperStore } from "./paper-store.ts";

/** The market's time before the first price. */
const BEFORE_MARKET = 0;

/**
 * The paper venue of one account: it takes orders into books, meets them with slices of the market, and keeps what came of
 * them. Every call is one transaction of whoever owns the storage; nothing is known here that is not stored.
 */
export class PaperVenue {
  private readonly store: PaperStore;
  private readonly books: PaperBooks;
  private readonly journal: PaperJournal;
  private readonly now: () => number;

  constructor(parts: { store: PaperStore; books: PaperBooks; journal: PaperJournal; now: () => number }) {
    this.store = parts.store;
    this.books = parts.books;
    this.journal = parts.journal;
    this.now = parts.now;
  }

  /** The market's time, UTC ms; undefined before its first price. */
  get marketAt(): number | undefined {
    return this.store.marketAt();
  }

  /** Takes an order with its legs; `lateMs` later of the market's time than it says. The same id is the same order. */
  place(order: OrderToPlace, lateMs = 0): SendOutcome {
    const known = this.store.order(order.id);
    if (known !== undefined && !this.isShown(known))
      return { outcome: "unknown", message: "the venue has not answered" };
    if (known !== undefined) return this.outcomeOf(order, known);
    const bot = order.bot === "" ? MANUAL_BOT : order.bot;
    const shownAt = (this.marketAt ?? BEFORE_MARKET) + lateMs;
    const refusal = this.take(order, this.books.find(bot), shownAt);
    const status = refusal === undefined ? "open" : "rejected";
    const code = refusal?.code ?? "";
    for (const { id, instrument, side, quantity, limit, stop } of [order, ...order.legs]) {
      const form = { clientOrderId: id, bot, instrument, side, quantity, limit, stop, filled: NO_QUANTITY };
      const hidden = refusal === undefined && lateMs > 0;
      this.store.addOrder({ ...form, status, revision: 0, code, shownAt: hidden ? shownAt : BEFORE_MARKET });
      if (refusal !== undefined) {
        this.journal.tell({ type: "rejected", id, code });
        this.amend(id, { status });
      } else if (lateMs === 0) this.journal.tell({ type: "accepted", id });
    }
    this.books.save(bot);
    if (refusal !== undefined) return { outcome: "rejected", ...refusal };
    return this.outcomeOf(order, this.row(order.id));
  }

  private take(order: OrderToPlace, book: PaperBook | undefined, at: number): PaperRefusal | undefined {
    if (book === undefined) return { code: "BOOK", message: `bot must have a book here, was ${order.bot}` };
    try {
      return book.place(paperOrderOf(order), at);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return { code: "ORDER", message: error.message };
    }
  }

  cancel(id: string): SendOutcome {
    const row = this.shown(id);
    if (row === undefined) return notFound(id);
    const news = row.status === "open" ? this.books.find(row.bot)?.cancel(id) : undefined;
    if (news === undefined) {
      return { outcome: "rejected", code: "NOT_OPEN", message: `order must be open, was ${row.status}` };
    }
    this.apply(row.bot, news);
    return { outcome: "ack", venueOrderIds: new Map([[id as ClientOrderId, row.venueOrderId]]) };
  }

  replace(id: string, revision: number, { quantity, limit, stop }: ReplaceTerms): SendOutcome {
    const row = this.shown(id);
    if (row === undefined) return notFound(id);
    const venueOrderIds = new Map([[id as ClientOrderId, row.venueOrderId]]);
    // Asked before, and done then.
    if (revision <= row.revision) return { outcome: "ack", venueOrderIds };
    const terms = { quantity: toDouble(quantity), limit: limit && toDouble(limit), stop: stop && toDouble(stop) };
    const refusal = this.books.find(row.bot)?.replace(id, terms);
    if (row.status !== "open" || refusal !== undefined) {
      this.journal.tell({ type: "replace-rejected", id, revision });
      const { code, message } = refusal ?? { code: "NOT_OPEN", message: `order must be open, was ${row.status}` };
      return { outcome: "rejected", code, message };
    }
    this.journal.tell({ type: "replaced", id, revision });
    this.amend(id, { quantity, limit: limit ?? row.limit, stop: stop ?? row.stop, revision });
    this.books.save(row.bot);
    return { outcome: "ack", venueOrderIds };
  }

  order(id: string): VenueOrder | undefined {
    const row = this.shown(id);
    return row && venueOrder(row);
  }

  /**
   * Meets what the market traded. What was met before is passed over, so that a call may come twice. Answers whether it led to
   * anything: what only prices changed is held in memory until `storePrices`.
   */
  meet({ slices, marketAt, intervalMs }: MarketCall): boolean {
    const before = this.marketAt ?? BEFORE_MARKET;
    const at = Math.max(before, marketAt);
    this.store.holdMarket(at);
    const shown = this.store.ordersShown(before, at);
    for (const { clientOrderId: id } of shown) this.journal.tell({ type: "accepted", id });
    const known = new Map(this.store.marks().map((mark) => [mark.instrument, mark.until]));
    const fresh = slices.filter(({ instrument, time }) => time >= (known.get(instrument) ?? Number.NEGATIVE_INFINITY));
    const changed = this.books.names().filter((bot) => fresh.length > 0 && this.walk(bot, fresh));
    for (const slice of fresh) this.mark(slice, intervalMs);
    return shown.length > 0 || changed.length > 0;
  }

  /** Whether that changed more of a book than what it is worth. */
  private walk(bot: string, slices: readonly MarketSlice[]): boolean {
    const book = this.books.find(bot);
    if (book === undefined || book.idle) return false;
    const before = book.standing;
    const news = book.walk(slices);
    const isChanged = news.length > 0 || book.standing !== before;
    if (isChanged) this.apply(bot, news);
    else this.books.reprice(bot);
    return isChanged;
  }

  /** Stores the prices that are held, and books as they stand at them. */
  storePrices(): void {
    this.books.saveRepriced();
    this.store.storePrices();
  }

  private mark({ instrument, time, spanMs, close }: MarketSlice, intervalMs: number): void {
    const price = formatDecimal(exactDecimal<Price>(close, "close"));
    const [at, heard_at, interval_ms] = [time + spanMs, this.now(), intervalMs];
    // A tick takes no time, and still is not met twice.
    this.store.holdMark({ instrument, price, at, heard_at, interval_ms, until: time + Math.max(spanMs, 1) });
  }

  report(cursor: string): { report: VenueReport; cursor: string } {
    const [entry, sequence] = cursor === "" ? [0, 0] : cursor.split(".").map(Number);
    if (!Number.isSafeInteger(entry) || !Number.isSafeInteger(sequence)) {
      throw new RangeError(`cursor must be one of this venue's, was ${cursor}`);
    }
    const orders = this.store.ordersSince(sequence).filter((row) => this.isShown(row));
    const { fills, movements, last, complete } = this.journal.entriesAfter(entry);
    const positions = new Map([...this.journal.holdings()].filter(([, quantity]) => quantity !== 0n));
    const report: VenueReport = {
      askedAt: this.now(),
      orders: orders.map(venueOrder),
      ordersComplete: true,
      fills,
      fillsComplete: complete,
      movements,
      positions,
      balances: new Map([[this.journal.currency, this.journal.cash]]),
    };
    // Orders that ended are told again until all trades have been.
    return { report, cursor: `${last}.${complete ? this.store.lastEvent() : sequence}` };
  }

  told(sequence: number): VenueTold {
    const marks = this.store.marks().map(
      ({ instrument, price, at, heard_at, interval_ms }): VenueMark => ({
        instrument,
        price: parsePrice(price, "mark.price"),
        at,
        heardAt: heard_at,
        intervalMs: interval_ms,
      }),
    );
    return { events: this.journal.eventsAfter(sequence), marks, marketAt: this.marketAt };
  }

  /** Writes what a book has told, and the book as it now is. */
  private apply(bot: string, news: readonly PaperNews[]): void {
    for (const item of news) {
      const row = item.id === undefined ? undefined : this.row(item.id);
      if (item.type === "fill") {
        this.journal.fill(item, row?.venueOrderId ?? "liquidation");
        if (row === undefined) continue;
        const filled = add(row.filled, exactDecimal<Quantity>(item.quantity, "fill.quantity"));
        const status = filled >= row.quantity ? "filled" : row.status;
        this.amend(row.clientOrderId, { filled, status });
      } else if (row !== undefined) {
        const { filled, clientOrderId: id } = row;
        this.journal.tell({ type: "canceled", id, filled: formatDecimal(filled), reason: item.reason });
        this.amend(id, { status: "canceled" });
      }
    }
    this.books.save(bot);
  }

  private amend(id: string, change: Partial<PaperRow>): void {
    this.store.putOrder({ ...this.row(id), ...change });
  }

  private row(id: string): PaperRow {
    const row = this.store.order(id);
    if (row === undefined) throw new Error(`order must be known, was ${id}`);
    return row;
  }

  private shown(id: string): PaperRow | undefined {
    const row = this.store.order(id);
    return row !== undefined && this.isShown(row) ? row : undefined;
  }

  private isShown({ shownAt }: PaperRow): boolean {
    return shownAt <= (this.marketAt ?? BEFORE_MARKET);
  }

  private outcomeOf(order: OrderToPlace, row: PaperRow): SendOutcome {
    if (row.status === "rejected") {
      return { outcome: "rejected", code: row.code, message: `order ${row.clientOrderId} was rejected` };
    }
    const ids = [order.id, ...order.legs.map((leg) => leg.id)];
    return { outcome: "ack", venueOrderIds: new Map(ids.map((id) => [id, this.row(id).venueOrderId])) };
  }
}

function notFound(id: string): SendOutcome {
  return { outcome: "rejected", code: "NOT_FOUND", message: `order must be known, was ${id}` };
}

function venueOrder(row: PaperRow): VenueOrder {
  const { clientOrderId, venueOrderId, instrument, side, quantity, limit, stop, filled, status } = row;
  return { clientOrderId, venueOrderId, instrument, side, quantity, limit, stop, filled, status };
}
