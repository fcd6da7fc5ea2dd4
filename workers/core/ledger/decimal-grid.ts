import {
  type Decimal,
  DecimalError,
  divideUnits,
  ofUnits,
  type Price,
  type Quantity,
  type Rounding,
} from "./decimal.ts";
import { formatDecimal } from "./decimal-text.ts";

/** Which way an order trades. */
export type Side = "buy" | "sell";

export function oppositeSide(side: Side): Side {
  return side === "buy" ? "sell" : "buy";
}

/** The rounding of a limit price that never trades worse than asked: a buyer's down, a seller's up. */
export function safeRounding(side: Side): Rounding {
  return side === "buy" ? "floor" : "ceil";
}

/** A multiple of `step`, rounded as named. Throws DecimalError where the step is not above zero. */
export function roundToStep<T extends Decimal>(
  value: T,
  { step, rounding }: { readonly step: Decimal; readonly rounding: Rounding },
): T {
  return ofUnits(divideUnits(value, positiveStep(step), rounding) * step);
}

/** A limit price on the tick grid, to the side that never trades worse than asked. */
export function roundPriceToTick(price: Price, tick: Decimal, side: Side): Price {
  return roundToStep(price, { step: tick, rounding: safeRounding(side) });
}

/** A quantity on the lot grid, never more than asked. */
export function roundQuantityToLot(quantity: Quantity, lot: Decimal): Quantity {
  return roundToStep(quantity, { step: lot, rounding: "floor" });
}

/** How many steps a value is. Throws DecimalError with field, rule and value where it is not a multiple. */
export function stepsOf(value: Decimal, step: Decimal, field: string): bigint {
  if (value % positiveStep(step) !== 0n) {
    throw new DecimalError(`${field} must be a multiple of ${formatDecimal(step)}, was ${formatDecimal(value)}`);
  }
  return value / step;
}

/** `count` steps as a value. */
export function ofSteps<T extends Decimal>(count: bigint, step: Decimal): T {
  return ofUnits(count * positiveStep(step));
}

export function isMultiple(value: Decimal, step: Decimal): boolean {
  return value % positiveStep(step) === 0n;
}

function positiveStep(step: Decimal): Decimal {
  if (step <= 0n) throw new DecimalError(`step must be above 0, was ${formatDecimal(step)}`);
  return step;
}
