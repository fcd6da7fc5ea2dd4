import type { Money, Price, Quantity } from "../ledger/decimal.ts";
import { ledgerText } from "../ledger/ledger-text.ts";
import { RecordError, RecordReader } from "../ledger/record-reader.ts";
import { DESK_ORDER_KINDS, DESK_ORDER_ROLES, type DeskOrder } from "./desk-order.ts";
import type { OrderFill, Replacement } from "./order-event.ts";
import { asClientOrderId, type ClientOrderId } from "./order-id.ts";
import { ORDER_STATES } from "./order-table.ts";

const SIDES = ["buy", "sell"] as const;
const LIQUIDITIES = ["maker", "taker"] as const;

/** An order as text to be stored: canonical JSON, decimals as text. `parseOrder` reads it back as it was. */
export function orderText(order: DeskOrder): string {
  return ledgerText(order);
}

/** The order of a stored text. Throws RecordError or DecimalError where it is not what was written. */
export function parseOrder(text: string): DeskOrder {
  const record = RecordReader.ofText(text, "order");
  return {
    id: orderId(record.text("id")),
    account: record.text("account"),
    bot: record.text("bot"),
    instrument: record.text("instrument"),
    side: record.oneOf("side", SIDES),
    kind: record.oneOf("kind", DESK_ORDER_KINDS),
    quantity: record.decimal<Quantity>("quantity"),
    limit: optionalPrice(record, "limit"),
    stop: optionalPrice(record, "stop"),
    trail: optionalPrice(record, "trail"),
    role: record.oneOf("role", DESK_ORDER_ROLES),
    parent: record.optional("parent", () => orderId(record.text("parent"))),
    reduceOnly: record.flag("reduceOnly"),
    signal: record.text("signal"),
    state: record.oneOf("state", ORDER_STATES),
    venueOrderIds: record.texts("venueOrderIds"),
    fills: record.records("fills").map(fill),
    filled: record.decimal<Quantity>("filled"),
    filledAtEnd: record.decimal<Quantity>("filledAtEnd"),
    cancelRequested: record.flag("cancelRequested"),
    replacement: record.optional("replacement", () => replacement(record.record("replacement"))),
    revision: record.whole("revision"),
    revisionAsked: record.whole("revisionAsked"),
    missedChecks: record.whole("missedChecks"),
    missingSince: record.optional("missingSince", () => record.whole("missingSince")),
    released: record.flag("released"),
    reason: record.optional("reason", () => record.text("reason")),
  };
}

function fill(record: RecordReader): OrderFill {
  return {
    tradeId: record.text("tradeId"),
    quantity: record.decimal<Quantity>("quantity"),
    price: record.decimal<Price>("price"),
    fee: record.decimal<Money>("fee"),
    feeCurrency: record.text("feeCurrency"),
    ...record.optional("feeInKind", () => ({ feeInKind: record.flag("feeInKind") })),
    liquidity: record.oneOf("liquidity", LIQUIDITIES),
    at: record.whole("at"),
  };
}

function replacement(record: RecordReader): Replacement {
  return {
    revision: record.whole("revision"),
    quantity: record.decimal<Quantity>("quantity"),
    limit: optionalPrice(record, "limit"),
    stop: optionalPrice(record, "stop"),
  };
}

function optionalPrice(record: RecordReader, field: string): Price | undefined {
  return record.optional(field, () => record.decimal<Price>(field));
}

function orderId(text: string): ClientOrderId {
  const id = asClientOrderId(text);
  if (id === undefined) throw new RecordError(`order.id must be 20 of [a-z0-9], was ${JSON.stringify(text)}`);
  return id;
}
