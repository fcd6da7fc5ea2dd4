import {
  add,
  divide,
  type Money,
  magnitude,
  NO_MONEY,
  NO_QUANTITY,
  negate,
  notional,
  type Price,
  proportion,
  type Quantity,
  smaller,
  subtract,
} from "./decimal.ts";
import type { Side } from "./decimal-grid.ts";

/** How what was paid is matched with what is sold: oldest first, or at the average of all that is held. */
export const COST_METHODS = ["fifo", "average"] as const;
export type CostMethod = (typeof COST_METHODS)[number];

/** What was bought or sold at once and is still held. Quantity and cost have one sign: below zero for a short. */
export interface Lot {
  readonly quantity: Quantity;
  readonly cost: Money;
  /** Event that opened it and when (UTC ms); of merged lots, the first. */
  readonly openedBy: string;
  readonly openedAt: number;
}

/** The position in one instrument: lots of one sign, oldest first. None means flat. */
export interface Position {
  readonly instrument: string;
  readonly quote: string;
  readonly lots: readonly Lot[];
}

/** A change of a position: what was traded, or what is set right. */
export interface PositionChange {
  readonly id: string;
  readonly side: Side;
  readonly quantity: Quantity;
  readonly price: Price;
  readonly at: number;
}

/** A lot, or a part of one, that was closed. Amounts are in the quote currency, before fees. */
export interface ClosedPart {
  readonly openedBy: string;
  readonly openedAt: number;
  readonly closedBy: string;
  readonly closedAt: number;
  /** Below zero for a short. */
  readonly quantity: Quantity;
  /** Paid for a long, received for a short. */
  readonly entry: Money;
  /** Received for a long, paid for a short. */
  readonly exit: Money;
  readonly profit: Money;
}

export interface ChangedPosition {
  readonly position: Position;
  readonly closed: readonly ClosedPart[];
  /** Price × quantity of the whole change. */
  readonly value: Money;
}

/** Signed quantity of a position. */
export function quantityOf(position: Position): Quantity {
  return position.lots.reduce((sum, lot) => add(sum, lot.quantity), NO_QUANTITY);
}

/** What the position cost: below zero for a short, which brought money in. */
export function costOf(position: Position): Money {
  return position.lots.reduce((sum, lot) => add(sum, lot.cost), NO_MONEY);
}

/** Cost ÷ quantity, to 18 decimals; undefined when flat. */
export function averagePrice(position: Position): Price | undefined {
  const quantity = quantityOf(position);
  if (quantity === 0n) return undefined;
  return divide(costOf(position), quantity, { decimals: 18, rounding: "half-even" }) as Price;
}

/** quantity · mark: below zero for a short. */
export function valueAt(position: Position, mark: Price): Money {
  return notional(mark, quantityOf(position), "half-even");
}

/** quantity · mark - cost. */
export function unrealisedProfit(position: Position, mark: Price): Money {
  return subtract(valueAt(position, mark), costOf(position));
}

/**
 * The position after a change, with what it closed. A change against the position closes lots first; what is left of it
 * opens the other way. Shares of an amount are rounded once and the last share takes the rest, so nothing is lost.
 */
export function changePosition(position: Position, change: PositionChange, method: CostMethod): ChangedPosition {
  const value = notional(change.price, change.quantity, "half-even");
  const closing = closeLots(position.lots, change, value);
  const lots = closing.left.quantity > 0n ? openLot(closing, change, method) : closing.lots;
  return { position: { ...position, lots }, closed: closing.closed, value };
}

interface Closing {
  readonly lots: readonly Lot[];
  readonly closed: readonly ClosedPart[];
  /** Of the change: what no lot took. */
  readonly left: { readonly quantity: Quantity; readonly value: Money };
}

function closeLots(lots: readonly Lot[], change: PositionChange, value: Money): Closing {
  const kept: Lot[] = [];
  const closed: ClosedPart[] = [];
  let left = { quantity: change.quantity, value };
  for (const lot of lots) {
    const opposite = change.side === "buy" ? lot.quantity < 0n : lot.quantity > 0n;
    if (!opposite || left.quantity === 0n) {
      kept.push(lot);
      continue;
    }
    const size = magnitude(lot.quantity);
    const part = smaller(size, left.quantity);
    const exit = proportion(left.value, { part, of: left.quantity, rounding: "half-even" });
    const { taken, rest } = splitLot(lot, part);
    closed.push(closedPart(taken, change, exit));
    if (rest !== undefined) kept.push(rest);
    left = { quantity: subtract(left.quantity, part), value: subtract(left.value, exit) };
  }
  return { lots: kept, closed, left };
}

function splitLot(lot: Lot, part: Quantity): { taken: Lot; rest: Lot | undefined } {
  const size = magnitude(lot.quantity);
  if (part === size) return { taken: lot, rest: undefined };
  const quantity = lot.quantity < 0n ? negate(part) : part;
  const cost = proportion(lot.cost, { part, of: size, rounding: "half-even" });
  const rest = { ...lot, quantity: subtract(lot.quantity, quantity), cost: subtract(lot.cost, cost) };
  return { taken: { ...lot, quantity, cost }, rest };
}

function closedPart(lot: Lot, change: PositionChange, exit: Money): ClosedPart {
  const { quantity, openedAt, openedBy } = lot;
  const entry = magnitude(lot.cost);
  const profit = quantity > 0n ? subtract(exit, entry) : subtract(entry, exit);
  return { openedBy, openedAt, closedBy: change.id, closedAt: change.at, quantity, entry, exit, profit };
}

function openLot({ lots, left }: Closing, change: PositionChange, method: CostMethod): readonly Lot[] {
  const sign = <T extends Quantity | Money>(amount: T): T => (change.side === "buy" ? amount : negate(amount));
  const opened = { quantity: sign(left.quantity), cost: sign(left.value), openedBy: change.id, openedAt: change.at };
  const [first] = lots;
  if (method === "fifo" || first === undefined) return [...lots, opened];
  return [{ ...first, quantity: add(first.quantity, opened.quantity), cost: add(first.cost, opened.cost) }];
}
