import type { Money, Price, Quantity } from "./decimal.ts";
import type { LedgerEvent } from "./ledger-event.ts";
import { ledgerText } from "./ledger-text.ts";
import { RecordReader } from "./record-reader.ts";

const SIDES = ["buy", "sell"] as const;
const TYPES = [
  "fill",
  "fee",
  "funding",
  "deposit",
  "withdrawal",
  "cash-adjustment",
  "position-adjustment",
] as const satisfies readonly LedgerEvent["type"][];

/** An event as text to be stored: canonical JSON, decimals as text. `parseLedgerEvent` reads it back as it was. */
export function ledgerEventText(event: LedgerEvent): string {
  return ledgerText(event);
}

/** The event of a stored text. Throws RecordError or DecimalError where it is not what was written. */
export function parseLedgerEvent(text: string): LedgerEvent {
  const record = RecordReader.ofText(text, "event");
  const type = record.oneOf("type", TYPES);
  const happened = { id: record.text("id"), at: record.whole("at") };
  switch (type) {
    case "fill":
      return {
        type,
        ...happened,
        order: record.optional("order", () => record.text("order")),
        ...trade(record),
        fee: record.decimal<Money>("fee"),
        feeCurrency: record.text("feeCurrency"),
      };
    case "position-adjustment":
      return { type, ...happened, ...trade(record), reason: record.text("reason") };
    case "funding":
      return { type, ...happened, instrument: record.text("instrument"), ...amount(record) };
    case "cash-adjustment":
      return { type, ...happened, ...amount(record), reason: record.text("reason") };
    case "fee":
    case "deposit":
    case "withdrawal":
      return { type, ...happened, ...amount(record) };
  }
}

function trade(record: RecordReader) {
  return {
    instrument: record.text("instrument"),
    quote: record.text("quote"),
    side: record.oneOf("side", SIDES),
    quantity: record.decimal<Quantity>("quantity"),
    price: record.decimal<Price>("price"),
  };
}

function amount(record: RecordReader) {
  return { currency: record.text("currency"), amount: record.decimal<Money>("amount") };
}
