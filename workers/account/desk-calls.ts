import type { AccountState, Order, OrderDetail } from "../../schema/wire/trading.ts";
import type { DeskOrderKind, DeskOrderRole } from "../core/order/desk-order.ts";
import type { ShareCut } from "./desk-record.ts";

/** Whose bot it is where a person places the order. */
export const MANUAL_BOT = "manual";

/** What a bot or a person asks the desk for. Decimals are text: this passes between objects. */
export interface DeskIntent {
  /** Makes the client order id, so that the same intent always has the same: see `clientOrderId`. */
  readonly candleTime: number;
  readonly leg: string;
  readonly ordinal: number;
  readonly instrument: string;
  readonly side: "buy" | "sell";
  readonly kind: DeskOrderKind;
  readonly role: DeskOrderRole;
  readonly quantity: string;
  readonly limit?: string;
  readonly stop?: string;
  readonly trail?: string;
  readonly reduceOnly: boolean;
  readonly signal: string;
  /** Protective orders that go with an entry, each for its whole quantity. */
  readonly protect?: { readonly stop?: string; readonly target?: string; readonly trail?: string };
}

/** What became of an intent: its order, and those of its legs. The same intent again answers the same orders. */
export interface SubmitResult {
  readonly order: Order;
  readonly legs: readonly Order[];
}

/** Something that happened to an order, as bots pull it. `sequence` rises over all orders of the account. */
export interface DeskEvent {
  readonly sequence: number;
  readonly at: number;
  readonly bot: string;
  readonly order: Order;
  /** Name of the order event, such as `fill`. */
  readonly event: string;
  readonly fill?: {
    readonly tradeId: string;
    readonly quantity: string;
    readonly price: string;
    readonly fee: string;
    readonly feeCurrency: string;
    /** It was taken from the coins that were bought. */
    readonly feeInKind?: boolean | undefined;
    readonly liquidity: "maker" | "taker";
    readonly at: number;
  };
}

/** What a bot lost of its share of a position without having traded: see `settleDifference`. Decimals are text. */
export type DeskCut = Omit<ShareCut, "bot">;

/** Whether the desk lets a bot trade, and why it does not. */
export interface DeskTrading {
  readonly state: "ACTIVE" | "REDUCING" | "HALTED";
  readonly reason: string | undefined;
}

/** The calls of bots and of the API to the object of an account; `ownerId` is held against the stored one in each. */
export interface DeskCalls {
  submit(call: { ownerId: string; botId: string; intents: readonly DeskIntent[] }): Promise<SubmitResult[]>;
  cancel(call: { ownerId: string; orderIds: readonly string[] }): Promise<Order[]>;
  /** Events of a bot after `since`, in order, at most a thousand at once. */
  eventsOf(call: { ownerId: string; botId: string; since: number }): Promise<{
    events: DeskEvent[];
    cursor: number;
    trading: DeskTrading;
    /** The last ones of the bot, in the order of their numbers. Left out by a desk of the version before. */
    cuts?: DeskCut[];
  }>;
  state(call: { ownerId: string }): Promise<AccountState>;
  order(call: { ownerId: string; orderId: string }): Promise<OrderDetail | undefined>;
}
