import type { Snapshot } from "../engine/snapshot.ts";

export const MARKET = 0;
export const LIMIT = 1;
export const STOP = 2;
export const STOP_LIMIT = 3;
export const TRAILING = 4;

/** Why a trade ended; the numbers are what the trade log stores. */
export const EXIT_REASONS = ["signal", "stop", "target", "trailing", "liquidation", "end", "open"] as const;
export type ExitReason = (typeof EXIT_REASONS)[number];

/** Stands for "no price": orders carry plain numbers so that they store and restore to the bit. */
export const NO_PRICE = Number.NaN;

/**
 * An order in the simulated book of one instrument. `entry` opens or adds, `exit` closes the whole position, `leg`
 * protects the lots of one entry (`group`); legs of a group cancel one another since they share those lots.
 */
export interface Order {
  readonly id: number;
  /** 1 buys, -1 sells. */
  readonly side: number;
  readonly kind: number;
  readonly role: "entry" | "exit" | "leg";
  /** Entry whose lots a leg protects. */
  readonly group: number;
  readonly reason: ExitReason;
  readonly tag: string;
  readonly limit: number;
  readonly stop: number;
  readonly trail: number;
  /** Prices of the legs that an entry brings with it. */
  readonly legStop: number;
  readonly legTarget: number;
  readonly legTrail: number;
  /** Quantity asked for; NaN leaves it to the sizing rule at the first fill. */
  quantity: number;
  /** Share of equity asked for; NaN for the sizing rule. */
  readonly share: number;
  /** Share of the sizing rule's size. */
  readonly scale: number;
  /** Equity at the close that decided on it, where its size was fixed there; NaN where that waits for the fill. */
  readonly equity: number;
  filled: number;
  /** Fees by the rates so far, and what was paid with the least fee an order counted. */
  feeOwed: number;
  feePaid: number;
  /** Best price since a trailing stop began. */
  extreme: number;
  /** Its stop part has been met. */
  triggered: boolean;
  /** It has met a price: a limit that is marketable before that pays the taker's fee. */
  arrived: boolean;
  /** Candle count of its instrument at which it is cancelled. */
  readonly expiresAt: number;
}

/** What an order is made of; everything left out is absent. */
export type OrderDraft = Pick<Order, "id" | "side" | "kind" | "role"> & Partial<Order>;

export function makeOrder(draft: OrderDraft): Order {
  return {
    id: draft.id,
    side: draft.side,
    kind: draft.kind,
    role: draft.role,
    group: draft.group ?? 0,
    reason: draft.reason ?? "signal",
    tag: draft.tag ?? "",
    limit: draft.limit ?? NO_PRICE,
    stop: draft.stop ?? NO_PRICE,
    trail: draft.trail ?? NO_PRICE,
    legStop: draft.legStop ?? NO_PRICE,
    legTarget: draft.legTarget ?? NO_PRICE,
    legTrail: draft.legTrail ?? NO_PRICE,
    quantity: draft.quantity ?? Number.NaN,
    share: draft.share ?? Number.NaN,
    scale: draft.scale ?? 1,
    equity: draft.equity ?? Number.NaN,
    filled: draft.filled ?? 0,
    feeOwed: draft.feeOwed ?? 0,
    feePaid: draft.feePaid ?? 0,
    extreme: draft.extreme ?? NO_PRICE,
    triggered: draft.triggered ?? false,
    arrived: draft.arrived ?? false,
    expiresAt: draft.expiresAt ?? Number.POSITIVE_INFINITY,
  };
}

/** What an order of a bare draft has. */
const ABSENT = makeOrder({ id: 0, side: 0, kind: MARKET, role: "entry" });

/** Without what is absent: a bot stores a hundred orders with each candle, and of most a dozen prices are none. */
export function saveOrder(order: Order): Snapshot {
  const { id, side, kind, role } = order;
  const parts = Object.entries(order).filter(([name, value]) => !Object.is(value, ABSENT[name as keyof Order]));
  return { id, side, kind, role, ...Object.fromEntries(parts) };
}

export function restoreOrder(snapshot: Snapshot): Order {
  return makeOrder(snapshot as unknown as OrderDraft);
}

/** Price at which the stop part of an order fires now: fixed, or `trail` behind the best price. */
export function stopLevel(order: Order): number {
  return order.kind === TRAILING ? order.extreme + order.side * order.trail : order.stop;
}

/** Whether the order waits for its stop part. */
export function waitsForStop(order: Order): boolean {
  return !order.triggered && (order.kind === STOP || order.kind === STOP_LIMIT || order.kind === TRAILING);
}

/** Whether the order now rests as a limit. */
export function restsAsLimit(order: Order): boolean {
  return order.kind === LIMIT || (order.kind === STOP_LIMIT && order.triggered);
}

/** The protective legs that an entry filled at `price` brings with it: stop, trailing stop, target. */
export function protectiveLegs(entry: Order, price: number): Omit<OrderDraft, "id">[] {
  const base = { side: -entry.side, role: "leg", group: entry.id, tag: entry.tag } as const;
  const legs: Omit<OrderDraft, "id">[] = [];
  if (!Number.isNaN(entry.legStop)) legs.push({ ...base, kind: STOP, stop: entry.legStop, reason: "stop" });
  if (!Number.isNaN(entry.legTrail)) {
    legs.push({ ...base, kind: TRAILING, trail: entry.legTrail, extreme: price, reason: "trailing" });
  }
  if (!Number.isNaN(entry.legTarget)) legs.push({ ...base, kind: LIMIT, limit: entry.legTarget, reason: "target" });
  return legs;
}
