import type { Decimal, Money, Quantity } from "./decimal.ts";
import type { Ledger } from "./ledger.ts";
import { COST_METHODS, type Lot, type Position } from "./position.ts";
import { RecordReader } from "./record-reader.ts";

/** The ledger that `ledgerText` wrote. Throws RecordError or DecimalError where the text is no such. */
export function parseLedger(text: string): Ledger {
  return readLedger(RecordReader.ofText(text, "ledger"));
}

export function readLedger(record: RecordReader): Ledger {
  const balances = record.record("balances");
  const positions = record.record("positions");
  return {
    method: record.oneOf("method", COST_METHODS),
    balances: new Map(balances.names().map((key) => [key, balances.decimal<Decimal>(key)])),
    positions: new Map(positions.names().map((key) => [key, position(positions.record(key))])),
  };
}

function position(record: RecordReader): Position {
  return { instrument: record.text("instrument"), quote: record.text("quote"), lots: record.records("lots").map(lot) };
}

function lot(record: RecordReader): Lot {
  return {
    quantity: record.decimal<Quantity>("quantity"),
    cost: record.decimal<Money>("cost"),
    openedBy: record.text("openedBy"),
    openedAt: record.whole("openedAt"),
  };
}
