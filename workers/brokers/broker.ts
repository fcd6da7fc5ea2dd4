import type { Price, Quantity } from "../core/ledger/decimal.ts";
import type { Side } from "../core/ledger/decimal-grid.ts";
import type { VenueFill, VenueOrder, VenueReport } from "../core/ledger/venue-report.ts";
import type { DeskOrderKind, DeskOrderRole } from "../core/order/desk-order.ts";
import type { ClientOrderId } from "../core/order/order-id.ts";

/** An order as the desk hands it to a venue. Its legs go with it, in one call. */
export interface OrderToPlace {
  readonly id: ClientOrderId;
  /** Whose order it is: venues that keep books apart by bot use it; empty for a person's. */
  readonly bot: string;
  readonly instrument: string;
  readonly side: Side;
  readonly kind: DeskOrderKind;
  readonly role: DeskOrderRole;
  readonly quantity: Quantity;
  readonly limit: Price | undefined;
  readonly stop: Price | undefined;
  readonly trail: Price | undefined;
  readonly reduceOnly: boolean;
  /** Protect what this order opens; each has `parent` set to it. They wake with its fill and cancel one another. */
  readonly legs: readonly Omit<OrderToPlace, "legs">[];
}

/**
 * How a call that changes something ended. `ack` and `rejected` are certain; everything else is `unknown`: a time-out, a
 * dropped connection, a reply that cannot be read, a refusal that is not on the venue's list of definite ones.
 */
export type SendOutcome =
  | { readonly outcome: "ack"; readonly venueOrderIds: ReadonlyMap<ClientOrderId, string> }
  | { readonly outcome: "rejected"; readonly code: string; readonly message: string }
  | { readonly outcome: "unknown"; readonly message: string };

export interface ReplaceTerms {
  readonly quantity: Quantity;
  readonly limit: Price | undefined;
  readonly stop: Price | undefined;
}

/** What a venue says of itself unasked, in its order. `sequence` rises by one; a gap is filled by asking. */
export type VenueEvent =
  | { readonly sequence: number; readonly type: "accepted"; readonly id: ClientOrderId; readonly venueOrderId: string }
  | { readonly sequence: number; readonly type: "rejected"; readonly id: ClientOrderId; readonly code: string }
  | { readonly sequence: number; readonly type: "fill"; readonly fill: VenueFill }
  | {
      readonly sequence: number;
      readonly type: "canceled" | "expired";
      readonly id: ClientOrderId;
      readonly filled: Quantity;
      /** Why, where the venue says: `linked` for a leg that its sibling ended. */
      readonly reason: string;
    }
  | {
      readonly sequence: number;
      readonly type: "replaced" | "replace-rejected";
      readonly id: ClientOrderId;
      readonly revision: number;
      readonly venueOrderId: string;
    };

/** The last price of an instrument, at the market's time and at ours. */
export interface VenueMark {
  readonly instrument: string;
  readonly price: Price;
  /** The market's time, UTC ms. */
  readonly at: number;
  /** When it reached us, UTC ms: what staleness is measured by. */
  readonly heardAt: number;
  /** How often one is expected, ms. */
  readonly intervalMs: number;
}

export interface VenueTold {
  readonly events: readonly VenueEvent[];
  readonly marks: readonly VenueMark[];
  /** The market's time, UTC ms; undefined before its first price. */
  readonly marketAt: number | undefined;
}

/** What a venue can do, and what the desk must do for it. */
export interface BrokerCapabilities {
  readonly kinds: readonly DeskOrderKind[];
  /** Legs are linked by the venue itself. Where they are not, the desk refuses them. */
  readonly legs: boolean;
  readonly replace: boolean;
  /** How late the venue may show an order that it took, ms. */
  readonly lateAcceptMs: number;
  /** Its owner may trade on the account at the venue itself: it is looked at also while we hold and want nothing. */
  readonly tradedElsewhere?: true;
  /** Messages that its key may send. */
  readonly messagesPerSecond: number;
  readonly messagesPerMinute: number;
}

/**
 * The port to a venue. Calls that change something answer with an outcome and never throw; calls that ask throw where the
 * venue does not answer. Whoever implements it enforces a deadline of its own on each.
 */
export interface Broker {
  readonly capabilities: BrokerCapabilities;
  /**
   * `maySend` is asked at the last moment before anything of the order leaves: a kill switch may have been pulled while
   * prices were asked for or legs taken back. Where it says no, the order is rejected as not sent.
   */
  place(order: OrderToPlace, maySend?: () => boolean): Promise<SendOutcome>;
  cancel(id: ClientOrderId, venueOrderId: string | undefined): Promise<SendOutcome>;
  /** `maySend` as in `place`. */
  replace(id: ClientOrderId, revision: number, terms: ReplaceTerms, maySend?: () => boolean): Promise<SendOutcome>;
  /** One order by its client id, or undefined where the venue shows none. */
  order(id: ClientOrderId): Promise<VenueOrder | undefined>;
  /**
   * Orders first, then positions and balances, trades last; from `cursor` on, which is what the last report answered and
   * empty at first.
   */
  report(cursor: string): Promise<{ readonly report: VenueReport; readonly cursor: string }>;
  /** Events after `sequence`, with the last prices. */
  events(sequence: number): Promise<VenueTold>;
}
