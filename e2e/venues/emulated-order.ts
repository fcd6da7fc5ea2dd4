import type { Decimal, Money, Price, Quantity } from "../../workers/core/ledger/decimal.ts";
import type { Side } from "../../workers/core/ledger/decimal-grid.ts";

/** An instrument of an emulated venue. Tests change its grid and status while it trades. */
export interface EmulatedInstrument {
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  tick: Decimal;
  lot: Decimal;
  quantityMin: Decimal;
  notionalMin: Decimal;
  status: "trading" | "halted" | "delisted";
}

export type EmulatedKind = "market" | "limit" | "stop" | "stop-limit" | "trailing-stop";

/** What an order is placed with. */
export interface EmulatedTerms {
  readonly clientId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly kind: EmulatedKind;
  readonly quantity: Quantity;
  readonly limit?: Price | undefined;
  readonly stop?: Price | undefined;
  /** How far a trailing stop stays behind the best price: as a price, or in hundredths of a percent of it. */
  readonly trail?: { readonly price: Price } | { readonly bips: bigint } | undefined;
  /** `ioc` and `fok` end what does not trade at once; `fok` trades nothing unless it can trade all. */
  readonly life?: "rest" | "ioc" | "fok";
  /** Refused where it would trade at once. */
  readonly makerOnly?: boolean;
  /** A trigger by a price that falls to it where a stop rises to it, and the other way round. */
  readonly takesProfit?: boolean;
  readonly reduceOnly?: boolean;
  /** Whatever the venue's own protocol says of it beyond. */
  readonly note?: Readonly<Record<string, string>>;
}

export interface EmulatedOrder extends EmulatedTerms {
  readonly id: bigint;
  quantity: Quantity;
  limit: Price | undefined;
  stop: Price | undefined;
  /** `pending`: waits for the order it protects. `armed`: waits for its trigger. `open`: rests in the book. */
  status: "pending" | "armed" | "open" | "filled" | "canceled" | "expired" | "rejected";
  filled: Quantity;
  /** Sum of price × quantity of its trades. */
  value: Money;
  /** Orders of one group end one another; orders of one parent wake with its fill. */
  readonly group: bigint | undefined;
  readonly parent: bigint | undefined;
  /** Best price since a trailing stop was armed. */
  best: Price | undefined;
  /** Whether a stop was triggered. */
  triggered: boolean;
  readonly createdAt: number;
  updatedAt: number;
}

export interface EmulatedFill {
  readonly id: bigint;
  readonly order: EmulatedOrder;
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: Quantity;
  readonly price: Price;
  readonly fee: Money;
  readonly feeCurrency: string;
  readonly isMaker: boolean;
  readonly at: number;
}

/** What happened in the book, in order; venues make frames of it. */
export type BookEvent =
  | { readonly type: "new" | "armed" | "woken" | "canceled" | "expired" | "replaced"; readonly order: EmulatedOrder }
  | { readonly type: "rejected"; readonly order: EmulatedOrder; readonly code: BookRefusal }
  | { readonly type: "fill"; readonly order: EmulatedOrder; readonly fill: EmulatedFill };

/** Why the book refuses an order. */
export type BookRefusal =
  | "no-instrument"
  | "not-trading"
  | "off-tick"
  | "off-lot"
  | "too-small"
  | "too-cheap"
  | "no-funds"
  | "would-trade"
  | "would-trigger"
  | "no-price";

export function isLive({ status }: EmulatedOrder): boolean {
  return status === "pending" || status === "armed" || status === "open";
}
