import type { OrderToPlace, SendOutcome, VenueEvent } from "../../../brokers/broker.ts";
import type { Quantity } from "../../../core/ledger/decimal.ts";
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

/** An order as it is when the broker has taken it. */
export function takenOrder(
  { id, bot, instrument, side, quantity, limit, stop, reduceOnly }: Omit<OrderToPlace, "legs">,
  place: Pick<BrokerOrder, "venueOrderId" | "parent" | "acceptAt">,
): BrokerOrder {
  const form = { instrument, side, quantity, limit, stop, reduceOnly };
  const filled = 0n as Quantity;
  return { id, clientOrderId: id, bot, ...form, filled, status: "open", ...place, shown: false, fired: false };
}

/** Orders in the order in which they came. None is ever taken away, and one that has ended is never open again. */
export class BrokerOrders {
  readonly all: BrokerOrder[] = [];
  private opened: readonly BrokerOrder[] = [];
  /** By the id of their entry. */
  private readonly groups = new Map<string, BrokerOrder[]>();

  add(order: BrokerOrder): void {
    this.all.push(order);
    this.opened = [...this.opened, order];
    const entry = order.parent ?? order.id;
    this.groups.set(entry, [...(this.groups.get(entry) ?? []), order]);
  }

  open(): readonly BrokerOrder[] {
    if (this.opened.some(({ status }) => status !== "open")) {
      this.opened = this.opened.filter(({ status }) => status === "open");
    }
    return this.opened;
  }

  /** The entry of a leg, and all legs of it. */
  groupOf({ parent }: BrokerOrder): readonly BrokerOrder[] {
    return this.groups.get(parent ?? "") ?? [];
  }
}

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
