import { LIMIT, type Order, STOP, STOP_LIMIT } from "../fill/order.ts";

/** What one of the orders of a placing is: the order itself, or one of its protective legs. */
export type OrderPart = "main" | "stop" | "target" | "trailing";

/**
 * What a trader wants done at a venue. All numbers are doubles that their decimal texts read back as. `ref` names an order
 * for ever; `candleTime` (open of the candle that was decided on, UTC ms), `leg` and `ordinal` are what it is derived from.
 */
export type TraderCommand =
  | {
      readonly type: "place";
      readonly ref: string;
      readonly candleTime: number;
      readonly leg: "entry" | "exit";
      readonly ordinal: number;
      /** Index in the definition's list. */
      readonly instrument: number;
      readonly side: "buy" | "sell";
      readonly kind: "market" | "limit" | "stop" | "stop-limit";
      readonly role: "entry" | "exit";
      readonly quantity: number;
      readonly limit: number | undefined;
      readonly stop: number | undefined;
      /** Prices of the protective stop and the target, distance of the trailing stop. */
      readonly legs: {
        readonly stop: number | undefined;
        readonly target: number | undefined;
        readonly trail: number | undefined;
      };
      readonly reason: "enter long" | "enter short" | "close";
      /** What the strategy called it, where it did. */
      readonly tag: string;
    }
  | {
      readonly type: "cancel";
      readonly ref: string;
      readonly instrument: number;
      readonly reason: "signal" | "expired";
    };

/** What became of a command. Each is told once, in the order in which it happened at the venue. */
export type TraderEvent =
  | {
      readonly type: "fill";
      readonly ref: string;
      readonly part: OrderPart;
      readonly quantity: number;
      /** How much of the order it filled, where that is not what came: a venue may take its fee from coins. */
      readonly counted?: number;
      readonly price: number;
      readonly fee: number;
      /** When it traded, UTC ms. */
      readonly at: number;
    }
  /** The order is over without (more) fills: canceled, rejected, denied or expired. */
  | { readonly type: "ended"; readonly ref: string; readonly part: OrderPart }
  /** The venue closed a position, and with it every order of the instrument. */
  | {
      readonly type: "liquidation";
      readonly instrument: number;
      readonly quantity: number;
      readonly price: number;
      readonly fee: number;
      readonly at: number;
    };

/** Where an order comes from. */
export interface OrderKey {
  readonly candleTime: number;
  readonly leg: "entry" | "exit";
  readonly ordinal: number;
}

export function refOf({ candleTime, leg, ordinal }: OrderKey): string {
  return `${candleTime}.${leg}.${ordinal}`;
}

/** The command that sends an order. */
export function placeCommand(order: Order, instrument: number, key: OrderKey): TraderCommand {
  return {
    type: "place",
    ref: refOf(key),
    ...key,
    instrument,
    side: order.side > 0 ? "buy" : "sell",
    kind: kindOf(order),
    role: key.leg,
    quantity: order.quantity,
    limit: present(order.limit),
    stop: present(order.stop),
    legs: { stop: present(order.legStop), target: present(order.legTarget), trail: present(order.legTrail) },
    reason: key.leg === "exit" ? "close" : order.side > 0 ? "enter long" : "enter short",
    tag: order.tag,
  };
}

function kindOf({ kind }: Order): "market" | "limit" | "stop" | "stop-limit" {
  if (kind === LIMIT) return "limit";
  if (kind === STOP) return "stop";
  return kind === STOP_LIMIT ? "stop-limit" : "market";
}

function present(price: number): number | undefined {
  return Number.isNaN(price) ? undefined : price;
}
