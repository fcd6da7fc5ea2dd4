import type { TradingCalendar } from "../candle/trading-calendar.ts";
import type { Decimal, Money, Price, Quantity } from "../ledger/decimal.ts";
import type { DeskOrder, OrderIntent } from "../order/desk-order.ts";
import type { EquityTrack } from "./equity-track.ts";
import type { Bucket, BucketRate } from "./token-bucket.ts";
import type { TradingStates } from "./trading-state.ts";

/** Whose share is measured. */
export const RISK_SCOPES = ["bot", "account"] as const;
export type RiskScope = (typeof RISK_SCOPES)[number];

/** The grid and the hours of an instrument, exact. */
export interface InstrumentRules {
  readonly tick: Decimal;
  readonly lot: Decimal;
  readonly quantityMin: Quantity;
  /** In the quote currency. */
  readonly notionalMin: Money;
  readonly calendar: TradingCalendar;
  /** The venue does not trade it any more. */
  readonly isDelisted?: boolean;
}

/** The last price that the feed vouches for. */
export interface Reference {
  readonly price: Price;
  /** When it was true, UTC ms. */
  readonly at: number;
  /** How often one is expected. */
  readonly intervalMs: number;
  /** Units of the account's currency for one of the quote currency. */
  readonly rate: Decimal;
}

/** An intent that passed not long ago. */
export interface PassedIntent {
  readonly intent: OrderIntent;
  readonly at: number;
}

/** What a bot, or the account as a whole, holds and has done. */
export interface ScopeBook {
  /** Signed, by instrument. */
  readonly positions: ReadonlyMap<string, Quantity>;
  readonly equity: EquityTrack;
  /** Times of orders that traded, UTC ms, as far back as the throttle looks. */
  readonly executions: readonly number[];
  readonly rejectsInARow: number;
}

/** Buckets of a second and of a minute. */
export interface MessageBuckets {
  readonly second: Bucket;
  readonly minute: Bucket;
}

/** Everything that a verdict depends on beside the intent, the limits and the time. */
export interface RiskBook {
  readonly bot: ScopeBook;
  readonly account: ScopeBook;
  /** Every order of the account whose end is not certain, in flight and unknown ones included. */
  readonly orders: readonly DeskOrder[];
  readonly instruments: ReadonlyMap<string, InstrumentRules>;
  readonly references: ReadonlyMap<string, Reference>;
  readonly recent: readonly PassedIntent[];
  readonly buckets: Readonly<Record<RiskScope | "venue", MessageBuckets>>;
  /** What the venue takes from the account's key. */
  readonly venueRate: { readonly second: BucketRate; readonly minute: BucketRate };
  readonly states: TradingStates;
}
