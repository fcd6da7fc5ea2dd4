import type { PaperLeg, PaperOrder, PaperPart } from "../../core/fill/paper-order.ts";
import { toDouble } from "../../core/ledger/decimal-double.ts";
import type { OrderToPlace } from "../broker.ts";

type LegToPlace = OrderToPlace["legs"][number];

/** An order as a book takes it: decimals as the doubles that they read as. */
export function paperOrderOf(order: OrderToPlace): PaperOrder {
  const { id, instrument, side, kind, quantity, limit, stop, trail, legs } = order;
  const opens = order.role === "entry" || order.role === "external";
  return {
    id,
    instrument,
    side,
    kind,
    role: opens && !order.reduceOnly ? "entry" : "exit",
    quantity: toDouble(quantity),
    limit: limit && toDouble(limit),
    stop: stop && toDouble(stop),
    trail: trail && toDouble(trail),
    legs: legs.map(paperLegOf),
  };
}

/** Throws RangeError for a leg that protects nothing. */
function paperLegOf({ id, role, quantity, limit, stop, trail }: LegToPlace): PaperLeg {
  const part = partOf(role);
  const price = part === "stop" ? stop : part === "target" ? limit : trail;
  return { id, part, price: price === undefined ? Number.NaN : toDouble(price), quantity: toDouble(quantity) };
}

function partOf(role: LegToPlace["role"]): PaperPart {
  if (role === "stop" || role === "target" || role === "trailing") return role;
  throw new RangeError(`role of a leg must be stop, target or trailing, was ${role}`);
}
