import type { Instrument } from "../core/candle/instrument.ts";
import type { TradingCalendar } from "../core/candle/trading-calendar.ts";
import type { Money, Quantity } from "../core/ledger/decimal.ts";
import type { VenueFill, VenueOrder, VenueReport } from "../core/ledger/venue-report.ts";
import type { DeskOrderKind } from "../core/order/desk-order.ts";
import type { ClientOrderId } from "../core/order/order-id.ts";
import type { BrokerCapabilities, OrderToPlace, ReplaceTerms, VenueMark } from "./broker.ts";
import type { VenueNews } from "./venue-news.ts";

/** What a venue's protocol can do, beyond what the desk has to know. */
export interface VenueCapabilities extends BrokerCapabilities {
  /**
   * The venue refuses a client id that it has seen, for ever: an order in doubt may be sent again under its id once the
   * venue shows none. Where this is false it is never sent again.
   */
  readonly dedupesForEver: boolean;
  /** The end of a canceled order is told later than the reply, so that it has to be asked for. */
  readonly cancelsLater: boolean;
  /**
   * `positions`: the venue counts what is held of each instrument. `assets`: it counts coins, so that a position is what
   * there is of the instrument's base beyond what was there before us.
   */
  readonly holds: "positions" | "assets";
  /** The venue itself sees to it that an order which may only reduce opens nothing. */
  readonly reduceOnly: boolean;
  /** What legs protect is held back for them: an order that closes it is refused while they are open. */
  readonly legsHold: boolean;
  /** A leg can be canceled or changed without its sibling. */
  readonly legsApart: boolean;
}

/** An instrument as a venue trades it. */
export interface VenueInstrument extends Instrument {
  /** The venue's own name or number for it, where requests need another than `symbol`. */
  readonly nativeId: string;
  readonly quantityMax: number | undefined;
  readonly kinds: readonly DeskOrderKind[];
  readonly calendar: TradingCalendar;
  readonly status: "trading" | "halted" | "delisted";
}

/** An order that was handed to a venue, as the account remembers it. */
export interface PlacedOrder {
  /** A leg stands for itself, without legs. */
  readonly order: OrderToPlace;
  readonly parent: ClientOrderId | undefined;
  /** The venue's id of its present version; undefined before the venue has named it. */
  readonly venueOrderId: string | undefined;
  /** Client id under which the venue knows the present version: another one after some venues replaced it. */
  readonly sentAs: string;
  readonly revision: number;
  /** When it was sent first, UTC ms. */
  readonly sentAt: number;
}

/**
 * How a call that changes something ended, with everything else that its reply says. `sentAs` names the client id of an
 * order's new version where the call gave it one.
 */
export type ClientOutcome = { readonly news: readonly VenueNews[] } & (
  | {
      readonly outcome: "ack";
      readonly venueOrderIds: ReadonlyMap<ClientOrderId, string>;
      readonly sentAs?: string;
    }
  | { readonly outcome: "rejected"; readonly code: string; readonly message: string }
  | { readonly outcome: "unknown"; readonly message: string }
);

/** Trades and movements of money after a cursor. */
export interface VenueHistory extends Pick<VenueReport, "fills" | "movements"> {
  readonly cursor: string;
  /** False where more are to be asked for, from `cursor` on. */
  readonly complete: boolean;
}

export interface VenueHoldings {
  readonly positions: ReadonlyMap<string, Quantity> | undefined;
  /** As the ledger counts cash: money that is not in positions, by currency. */
  readonly balances: ReadonlyMap<string, Money> | undefined;
}

/** What an answered connection test tells about a key and its account. */
export interface VenueAccountFacts {
  /** The venue's number of the account, as its owner knows it. */
  readonly accountNumber: string;
  readonly currency: string;
  /** As the venue shows it, in `currency`; left out where it takes another question. */
  readonly balance?: string;
  /** Shares of an order's value that the account pays, as text; left out where the venue does not say. */
  readonly fees?: { readonly maker: string; readonly taker: string };
  readonly canTrade: boolean;
  /** Whether the key could move money out; undefined where the venue does not say. */
  readonly canWithdraw: boolean | undefined;
  /** Whether the key is bound to addresses; undefined where the venue does not say. */
  readonly addressBound: boolean | undefined;
  readonly permissions: readonly string[];
  /** What its owner should know, in sentences. */
  readonly warnings: readonly string[];
}

/**
 * One venue's protocol, spoken with one account's key. It remembers nothing: `LiveBroker` keeps the journal. Calls that
 * change something answer with an outcome and never throw; calls that ask throw `VenueSilence` where no reply came that
 * can be relied on, and `VenueRefusal` where the venue refused for certain.
 */
export interface VenueClient {
  readonly venue: string;
  readonly capabilities: VenueCapabilities;
  facts(): Promise<VenueAccountFacts>;
  instruments(): Promise<readonly VenueInstrument[]>;
  /** Legs go in the same request, or not at all. */
  place(order: OrderToPlace, maySend?: () => boolean): Promise<ClientOutcome>;
  /** Name under which a leg goes before the venue has named it, where its own id is nothing that the venue knows. */
  legSentAs?(leg: OrderToPlace["legs"][number], parent: ClientOrderId): string;
  cancel(placed: PlacedOrder): Promise<ClientOutcome>;
  /** Client id under which a changed order will be known, where that is another; it is written down before it is sent. */
  replacedAs?(placed: PlacedOrder, revision: number): string;
  replace(placed: PlacedOrder, revision: number, terms: ReplaceTerms, maySend?: () => boolean): Promise<ClientOutcome>;
  /** The order as the venue shows it now, under our own id; undefined where it shows none. */
  order(placed: PlacedOrder): Promise<VenueOrder | undefined>;
  /** Every open order of the account, whoever placed it. */
  openOrders(): Promise<readonly VenueOrder[]>;
  holdings(): Promise<VenueHoldings>;
  /** From the account's beginning with us, `since` (UTC ms), where `cursor` is empty. `instruments`: those ever traded. */
  history(asked: {
    readonly cursor: string;
    readonly since: number;
    readonly instruments: readonly string[];
  }): Promise<VenueHistory>;
  /** Last prices of instruments, as far as the venue has any. */
  prices(instruments: readonly string[]): Promise<readonly VenueMark[]>;
  /** The client id of an order by the venue's: for venues that tell trades under the latter alone. */
  clientIdOf?(order: { readonly instrument: string; readonly venueOrderId: string }): Promise<string | undefined>;
}

/** A fill under our own id, for venues that tell trades under their order's. */
export type UnownedFill = Omit<VenueFill, "clientOrderId">;
