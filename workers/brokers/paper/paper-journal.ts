import type { PaperNews } from "../../core/fill/paper-order.ts";
import { add, type Money, negate, notional, type Price, type Quantity, subtract } from "../../core/ledger/decimal.ts";
import { exactDecimal } from "../../core/ledger/decimal-double.ts";
import { formatDecimal, parseMoney, parsePosition } from "../../core/ledger/decimal-text.ts";
import type { TransferBooked } from "../../core/ledger/ledger-event.ts";
import { ledgerText } from "../../core/ledger/ledger-text.ts";
import { RecordReader } from "../../core/ledger/record-reader.ts";
import type { VenueFill } from "../../core/ledger/venue-report.ts";
import { asClientOrderId } from "../../core/order/order-id.ts";
import type { VenueEvent } from "../broker.ts";
import type { PaperStore } from "./paper-store.ts";

/** Events handed out at once. */
const EVENTS_MAX = 1_000;
/** Trades of one page of a report. */
const ENTRIES_MAX = 1_000;

/** An event as it is stored; what else belongs to it is read from its order or its entry. */
export type StoredEvent =
  | { readonly type: "accepted"; readonly id: string }
  | { readonly type: "rejected"; readonly id: string; readonly code: string }
  | { readonly type: "fill"; readonly entry: number }
  | { readonly type: "canceled"; readonly id: string; readonly filled: string; readonly reason: string }
  | { readonly type: "replaced" | "replace-rejected"; readonly id: string; readonly revision: number };

type FillNews = Extract<PaperNews, { type: "fill" }>;

/** The venue's own books of an account, by entries that are numbered, and what it tells, by events that are. */
export class PaperJournal {
  readonly currency: string;
  private readonly store: PaperStore;

  constructor(store: PaperStore, currency: string) {
    this.store = store;
    this.currency = currency;
  }

  deposit(amount: Money, at: number): void {
    this.store.addEntry(ledgerText({ type: "deposit", at, amount }));
    this.moveCash(amount);
  }

  /** Books a trade and tells of it. Its numbers are exact: what was computed with is what is booked. */
  fill(news: FillNews, venueOrderId: string): void {
    const quantity = exactDecimal<Quantity>(news.quantity, "fill.quantity");
    const price = exactDecimal<Price>(news.price, "fill.price");
    const fee = exactDecimal<Money>(news.fee, "fill.fee");
    const { id: clientOrderId, instrument, side, at } = news;
    const liquidity = news.taker ? "taker" : "maker";
    const trade = { clientOrderId, venueOrderId, instrument, side, quantity, price, fee, liquidity, at };
    const entry = this.store.addEntry(ledgerText({ type: "fill", ...trade }));
    this.tell({ type: "fill", entry });
    const value = notional(price, quantity, "half-even");
    this.moveCash(subtract(side === "buy" ? negate(value) : value, fee));
    const held = this.holdings().get(instrument) ?? (0n as Quantity);
    this.store.putHolding(instrument, formatDecimal(add(held, side === "buy" ? quantity : negate(quantity))));
  }

  tell(event: StoredEvent): void {
    this.store.addEvent(JSON.stringify(event));
  }

  get cash(): Money {
    return parseMoney(this.store.read<string>("cash") ?? "0", "cash");
  }

  /** Signed. */
  holdings(): Map<string, Quantity> {
    return new Map(
      this.store.holdings().map(({ instrument, quantity }) => [instrument, parsePosition(quantity, "holding")]),
    );
  }

  private moveCash(amount: Money): void {
    this.store.write("cash", formatDecimal(add(this.cash, amount)));
  }

  /** Entries after a number, in pages. */
  entriesAfter(number: number): {
    fills: VenueFill[];
    movements: TransferBooked[];
    last: number;
    complete: boolean;
  } {
    const rows = this.store.entriesAfter(number, ENTRIES_MAX);
    const entries = rows.map((row) => this.readEntry(row.number, row.text));
    return {
      fills: entries.flatMap((entry) => ("type" in entry ? [] : [entry])),
      movements: entries.flatMap((entry) => ("type" in entry ? [entry] : [])),
      last: rows.at(-1)?.number ?? number,
      complete: rows.length < ENTRIES_MAX,
    };
  }

  eventsAfter(sequence: number): VenueEvent[] {
    return this.store.eventsAfter(sequence, EVENTS_MAX).map((row) => this.readEvent(row.sequence, row.text));
  }

  private readEvent(sequence: number, text: string): VenueEvent {
    const event = JSON.parse(text) as StoredEvent;
    if (event.type === "fill") {
      const fill = this.readEntry(event.entry, this.store.entry(event.entry));
      if ("type" in fill) throw new Error(`entry ${event.entry} must be a fill`);
      return { sequence, type: "fill", fill };
    }
    const id = asClientOrderId(event.id);
    const order = this.store.order(event.id);
    if (id === undefined || order === undefined) throw new Error(`event ${sequence} must be of an order of ours`);
    const { venueOrderId } = order;
    switch (event.type) {
      case "accepted":
        return { sequence, type: event.type, id, venueOrderId };
      case "rejected":
        return { sequence, type: event.type, id, code: event.code };
      case "canceled": {
        const filled = parsePosition(event.filled, "event.filled");
        return { sequence, type: event.type, id, filled, reason: event.reason };
      }
      case "replaced":
      case "replace-rejected":
        return { sequence, type: event.type, id, revision: event.revision, venueOrderId };
    }
  }

  private readEntry(number: number, text: string): VenueFill | TransferBooked {
    const record = RecordReader.ofText(text, "entry");
    const at = record.whole("at");
    if (record.text("type") === "deposit") {
      const amount = record.decimal<Money>("amount");
      return { type: "deposit", id: `deposit:${number}`, at, currency: this.currency, amount };
    }
    return {
      tradeId: `t${number}`,
      clientOrderId: record.optional("clientOrderId", () => record.text("clientOrderId")),
      venueOrderId: record.text("venueOrderId"),
      instrument: record.text("instrument"),
      quote: this.currency,
      side: record.oneOf("side", ["buy", "sell"]),
      quantity: record.decimal<Quantity>("quantity"),
      price: record.decimal<Price>("price"),
      fee: record.decimal<Money>("fee"),
      feeCurrency: this.currency,
      liquidity: record.oneOf("liquidity", ["maker", "taker"]),
      at,
    };
  }
}
