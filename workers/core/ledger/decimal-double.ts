import {
  DECIMALS_MAX,
  type Decimal,
  DecimalError,
  divideUnits,
  INTEGER_DIGITS_MAX,
  ONE,
  ofUnits,
  type Rounding,
} from "./decimal.ts";
import { formatDecimal } from "./decimal-text.ts";

/**
 * The one doorway between the engine's doubles and exact decimals. The engine computes in float64 on prices and
 * quantities of an instrument's grid; a sum of a few of them is off the grid by some units in the last place. So a double
 * that is within float error of a multiple means this multiple, whatever the rounding; any other is rounded as named.
 */

/** Bits of a double's fraction, less six for what a few additions and multiplications lose. */
const SNAP_BITS = 46n;
/** Smallest grid there is: what an instrument without one trades on. */
const FINEST_STEP = 1n as Decimal;
const DOUBLE_END = 10 ** INTEGER_DIGITS_MAX;

/** The multiple of `step` that a double stands for. Throws DecimalError where it is not finite or out of bounds. */
export function fromDouble<T extends Decimal>(
  value: number,
  { step, rounding, field }: { readonly step: Decimal; readonly rounding: Rounding; readonly field: string },
): T {
  checkDouble(value, field);
  if (step <= 0n) throw new DecimalError(`step must be above 0, was ${formatDecimal(step)}`);
  const { numerator, denominator } = exactRatio(value);
  const units = numerator * ONE;
  const grid = denominator * step;
  const nearest = divideUnits(units, grid, "half-even");
  const away = units - nearest * grid;
  const error = away < 0n ? -away : away;
  const size = units < 0n ? -units : units;
  const near = error << SNAP_BITS <= size;
  return ofUnits((near ? nearest : divideUnits(units, grid, rounding)) * step);
}

/**
 * A tick or lot as a decimal: the shortest decimal that reads as the double, so that 0.1 is a tenth. 0, the engine's "no
 * grid", is the finest grid there is.
 */
export function gridStep(value: number, field: string): Decimal {
  checkDouble(value, field);
  if (value < 0) throw new DecimalError(`${field} must be 0 or above, was ${value}`);
  return value === 0 ? FINEST_STEP : exactDecimal(value, field);
}

/**
 * The shortest decimal that reads back as the double. Throws DecimalError where that takes more decimals than there are,
 * which is never the case for what `settledDouble` and `gridDouble` answer.
 */
export function exactDecimal<T extends Decimal>(value: number, field: string): T {
  checkDouble(value, field);
  const [digits, exponent] = value.toExponential().split("e");
  const places = (digits.split(".")[1] ?? "").length;
  const shift = DECIMALS_MAX + Number(exponent) - places;
  if (shift < 0) throw new DecimalError(`${field} must have at most ${DECIMALS_MAX} decimals, was ${value}`);
  return ofUnits(BigInt(digits.replace(".", "")) * 10n ** BigInt(shift));
}

/** From here on the 17 digits that tell any double apart end within 18 decimals. */
const SHORT_ENOUGH_FROM = 0.01;

/** The double nearest to the value that some decimal reads back as: the value itself unless it is tiny. */
export function settledDouble(value: number): number {
  if (Math.abs(value) >= SHORT_ENOUGH_FROM || value === 0) return value;
  return toDouble(fromDouble(value, { step: FINEST_STEP, rounding: "half-even", field: "value" }));
}

/** The multiple of a tick or lot that a double stands for, as the double that its decimal text reads back as. */
export function gridDouble(value: number, { step, rounding }: { step: Decimal; rounding: Rounding }): number {
  return toDouble(fromDouble(value, { step, rounding, field: "value" }));
}

/** The double nearest to a value: for charts, statistics and the engine, never back into accounts. */
export function toDouble(value: Decimal): number {
  return Number(formatDecimal(value));
}

/** The text of a double that is on a grid: the shortest decimal that reads back as it. Throws DecimalError where it is none. */
export function exactText(value: number): string {
  return formatDecimal(exactDecimal(value, "value"));
}

function checkDouble(value: number, field: string): void {
  if (!Number.isFinite(value)) throw new DecimalError(`${field} must be a finite number, was ${value}`);
  if (Math.abs(value) >= DOUBLE_END)
    throw new DecimalError(`${field} must be below 1e${INTEGER_DIGITS_MAX}, was ${value}`);
}

/** A double as the ratio it is exactly: a whole number over a power of two, at most 2^1074 (IEEE 754). */
function exactRatio(value: number): { numerator: bigint; denominator: bigint } {
  let scaled = value;
  let places = 0;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    places++;
  }
  return { numerator: BigInt(scaled), denominator: 1n << BigInt(places) };
}
