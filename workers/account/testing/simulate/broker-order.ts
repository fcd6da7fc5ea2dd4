import type { SendOutcome, VenueEvent } from "../../../brokers/broker.ts";
import type { Side } from "../../../core/ledger/decimal-grid.ts";
import type { VenueOrder } from "../../../core/ledger/venue-report.ts";
import type { ClientOrderId } from "../../../core/order/order-id.ts";

/** What comes back of a call and when; undefined where the call fails. */
export interface Reply<T> {
  readonly at: number;
  readonly answer: T | undefined;
}

/** What happens to a request, and to its reply. */
export interface Way {
  readonly lost: boolean;
  readonly reply: (outcome: SendOutcome) => Reply<SendOutcome>;
}

export type Unnumbered = VenueEvent extends infer Each
  ? Each extends VenueEvent
    ? Omit<Each, "sequence">
    : never
  : never;

/** An order in the broker's own books. */
export type BrokerOrder = { -readonly [Field in keyof VenueOrder]: VenueOrder[Field] } & {
  readonly id: ClientOrderId;
  readonly bot: string;
  readonly parent: ClientOrderId | undefined;
  readonly reduceOnly: boolean;
  readonly acceptAt: number;
  shown: boolean;
  /** Its stop was reached. */
  fired: boolean;
};

export function signed(side: Side, quantity: bigint): bigint {
  return side === "buy" ? quantity : -quantity;
}

/** The least of all, and nothing below zero. */
export function atMost(...quantities: readonly bigint[]): bigint {
  let [least = 0n] = quantities;
  for (const quantity of quantities) if (quantity < least) least = quantity;
  return least > 0n ? least : 0n;
}

export function keyOf({ bot, instrument }: { readonly bot: string; readonly instrument: string }): string {
  return `${bot} ${instrument}`;
}
