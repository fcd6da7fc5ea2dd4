import type { Money, Price, Quantity } from "../ledger/decimal.ts";

/** One trade of an order as the venue tells it. `tradeId` is unique for a venue and an account. */
export interface OrderFill {
  readonly tradeId: string;
  readonly quantity: Quantity;
  readonly price: Price;
  /** What the venue took; below zero for a rebate. */
  readonly fee: Money;
  readonly feeCurrency: string;
  /** The fee was taken in units of the instrument: from the coins that were bought. */
  readonly feeInKind?: boolean | undefined;
  readonly liquidity: "maker" | "taker";
  /** When it traded, UTC ms. */
  readonly at: number;
}

/** What an order becomes when the venue agrees to a replacement. */
export interface Replacement {
  /** Counts the replacements of an order from 1: a reply that is late or told twice names one already known. */
  readonly revision: number;
  readonly quantity: Quantity;
  readonly limit: Price | undefined;
  readonly stop: Price | undefined;
}

/** Code of a rejection of our own: nothing has left, as where no line to the venue stood. It says nothing of the order. */
export const NOT_SENT = "NOT_SENT";

/**
 * What can happen to an order. We `deny`, `submit`, `release` and ask for cancels and replacements; the venue accepts,
 * rejects, fills, cancels and lets expire; asking the venue shows that an order is `missing` or has to be counted `lost`.
 * `accepted` means that the venue answers for the order, not that it took a message.
 */
export type OrderEvent =
  | { readonly type: "deny"; readonly code: string }
  | { readonly type: "submit" }
  | { readonly type: "accepted"; readonly venueOrderId: string }
  | { readonly type: "rejected"; readonly code: string }
  /** The send ended without an answer that can be relied on, or the process ended during it. */
  | { readonly type: "outcome-unknown" }
  /** The venue was asked at `at` and showed no such order. */
  | { readonly type: "missing"; readonly at: number }
  | { readonly type: "lost" }
  /** A person, or the end of the venue's day, says that a lost order cannot come back. */
  | { readonly type: "release" }
  | { readonly type: "cancel-requested" }
  | { readonly type: "cancel-rejected" }
  /** `filled` is the venue's count of all it traded of the order: trades may still be on their way to us. */
  | { readonly type: "canceled"; readonly filled: Quantity }
  | { readonly type: "replace-requested"; readonly replacement: Replacement }
  | { readonly type: "replaced"; readonly revision: number; readonly venueOrderId: string }
  | { readonly type: "replace-rejected"; readonly revision: number }
  | { readonly type: "expired"; readonly filled: Quantity }
  | { readonly type: "fill"; readonly fill: OrderFill };

export const ORDER_EVENT_TYPES = [
  "deny",
  "submit",
  "accepted",
  "rejected",
  "outcome-unknown",
  "missing",
  "lost",
  "release",
  "cancel-requested",
  "cancel-rejected",
  "canceled",
  "replace-requested",
  "replaced",
  "replace-rejected",
  "expired",
  "fill",
] as const satisfies readonly OrderEvent["type"][];
export type OrderEventType = (typeof ORDER_EVENT_TYPES)[number];
