import type { Snapshot } from "../engine/snapshot.ts";
import { LIMIT, MARKET, makeOrder, type Order, type OrderDraft, STOP, STOP_LIMIT, TRAILING } from "./order.ts";

export const PAPER_KINDS = ["market", "limit", "stop", "stop-limit", "trailing-stop"] as const;
export type PaperKind = (typeof PAPER_KINDS)[number];
export type PaperPart = "stop" | "target" | "trailing";

/** A protective leg of an order; `price` is a distance where it trails. */
export interface PaperLeg {
  readonly id: string;
  readonly part: PaperPart;
  readonly price: number;
  /** As much as its order asks for; it trades no more than that has filled. */
  readonly quantity: number;
}

/** An order as it comes to a paper book. Numbers are on the instrument's grid; an `exit` only closes. */
export interface PaperOrder {
  readonly id: string;
  /** Symbol. */
  readonly instrument: string;
  readonly side: "buy" | "sell";
  readonly kind: PaperKind;
  readonly role: "entry" | "exit";
  readonly quantity: number;
  readonly limit?: number | undefined;
  readonly stop?: number | undefined;
  readonly trail?: number | undefined;
  readonly legs: readonly PaperLeg[];
}

/** What a paper book tells, in its order. `id` of a fill is undefined where the book took a position away. */
export type PaperNews =
  | {
      readonly type: "fill";
      readonly id: string | undefined;
      readonly instrument: string;
      readonly side: "buy" | "sell";
      readonly quantity: number;
      readonly price: number;
      readonly fee: number;
      readonly taker: boolean;
      /** Begin of the slice it happened in, UTC ms. */
      readonly at: number;
    }
  /** Over without being filled whole; `reason` is a rule it broke, or why nothing was left to do. */
  | { readonly type: "canceled"; readonly id: string; readonly filled: number; readonly reason: string };

/** Why a book does not take an order. */
export interface PaperRefusal {
  readonly code: string;
  readonly message: string;
}

/** A leg of a held order. Once `over` it is not told of again. */
export interface HeldLeg extends PaperLeg {
  filled: number;
  over: boolean;
}

/** An order of a paper book with its legs, until all of them are over. */
export interface HeldOrder {
  readonly id: string;
  readonly index: number;
  /** First instant at which it may meet prices, UTC ms. */
  readonly arrivesAt: number;
  /** The order as it waits to arrive; its id is 0 until it has one in the venue. */
  order: Order;
  arrived: boolean;
  /** What was asked for, and what the venue has filled of it. */
  quantity: number;
  filled: number;
  over: boolean;
  readonly legs: HeldLeg[];
}

const KIND_CODES: Readonly<Record<PaperKind, number>> = {
  market: MARKET,
  limit: LIMIT,
  stop: STOP,
  "stop-limit": STOP_LIMIT,
  "trailing-stop": TRAILING,
};

/** A price that has to be there and above zero, or has to be absent. */
const NEEDED: Readonly<Record<PaperKind, readonly ("limit" | "stop" | "trail")[]>> = {
  market: [],
  limit: ["limit"],
  stop: ["stop"],
  "stop-limit": ["limit", "stop"],
  "trailing-stop": ["trail"],
};

/** What is wrong with an order by itself. */
export function refusalOf(order: PaperOrder): PaperRefusal | undefined {
  const { kind, quantity, legs, role } = order;
  if (!(quantity > 0)) return { code: "QUANTITY", message: `quantity must be above 0, was ${quantity}` };
  for (const field of ["limit", "stop", "trail"] as const) {
    const price = order[field];
    const needed = NEEDED[kind].includes(field);
    if (needed ? price !== undefined && price > 0 : price === undefined) continue;
    const rule = needed ? "must be above 0" : "must be absent";
    return { code: "PRICE", message: `${field} of a ${kind} order ${rule}, was ${price}` };
  }
  if (role === "exit" && legs.length > 0) return { code: "LEGS", message: "legs of an order that closes must be none" };
  const parts = new Set(legs.map(({ part }) => part));
  if (parts.size < legs.length) return { code: "LEGS", message: "legs must be of different kinds" };
  const bad = legs.find(({ price }) => !(price > 0));
  return bad && { code: "LEGS", message: `price of the ${bad.part} leg must be above 0, was ${bad.price}` };
}

export function draftOf(order: PaperOrder): Omit<OrderDraft, "id"> {
  const { side, kind, role, quantity, limit, stop, trail } = order;
  const leg = (part: PaperPart) => order.legs.find((other) => other.part === part)?.price ?? Number.NaN;
  return {
    side: side === "buy" ? 1 : -1,
    kind: KIND_CODES[kind],
    role,
    quantity,
    limit: limit ?? Number.NaN,
    stop: stop ?? Number.NaN,
    trail: trail ?? Number.NaN,
    legStop: leg("stop"),
    legTarget: leg("target"),
    legTrail: leg("trailing"),
  };
}

export function heldOrder(order: PaperOrder, index: number, arrivesAt: number): HeldOrder {
  return {
    id: order.id,
    index,
    arrivesAt,
    order: makeOrder({ ...draftOf(order), id: 0 }),
    arrived: false,
    quantity: order.quantity,
    filled: 0,
    over: false,
    legs: order.legs.map((leg) => ({ ...leg, filled: 0, over: false })),
  };
}

/** The order with another price of a leg that it brings; NaN for none. */
export function withLeg(order: Order, part: PaperPart, price: number): Order {
  switch (part) {
    case "stop":
      return { ...order, legStop: price };
    case "target":
      return { ...order, legTarget: price };
    case "trailing":
      return { ...order, legTrail: price };
  }
}

export function isLegOf(order: Order, held: HeldOrder, part: PaperPart): boolean {
  return order.role === "leg" && order.group === held.order.id && order.reason === part;
}

export function saveHeld(held: HeldOrder): Snapshot {
  return { ...held, order: { ...held.order }, legs: held.legs.map((leg) => ({ ...leg })) };
}

export function restoreHeld(snapshot: Snapshot): HeldOrder {
  const saved = snapshot as unknown as HeldOrder;
  return { ...saved, order: makeOrder(saved.order), legs: saved.legs.map((leg) => ({ ...leg })) };
}
