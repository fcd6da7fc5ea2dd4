/**
 * Exact decimal numbers: a bigint that counts units of 10^-18. One scale for all of them, so that values of one kind are
 * compared and added as they are, by `<`, `===` and `add`.
 *
 *   add, subtract, negate, magnitude    kind ± kind → the same kind, exact
 *   notional                            price × quantity → money, rounded at 18 decimals
 *   multiply, divide                    any × or ÷ any → decimal, rounded at the decimals asked for
 *
 * A result beyond the bounds is an error, never a wrapped or a saturated number.
 */
export type Decimal = bigint & { readonly decimal: true };
/** What one unit of an instrument costs, in its quote currency. */
export type Price = Decimal & { readonly price: true };
/** How much of an instrument; signed where it is a position, else not below zero. */
export type Quantity = Decimal & { readonly quantity: true };
/** An amount of one currency. Whoever holds it (a posting, a balance) names the currency. */
export type Money = Decimal & { readonly money: true };

/** Decimals that a value keeps: enough for every venue's price × quantity to be exact, and for a coin's smallest unit. */
export const DECIMALS_MAX = 18;
/** Digits before the point: more than any amount traded, few enough that a value stays a short text. */
export const INTEGER_DIGITS_MAX = 18;

/** Units in one. */
export const ONE = 10n ** BigInt(DECIMALS_MAX);
const UNITS_END = 10n ** BigInt(DECIMALS_MAX + INTEGER_DIGITS_MAX);
const UNITS_START = -UNITS_END;
/** Units of a step of so many decimals, from none to all. */
const STEPS: readonly bigint[] = Array.from(
  { length: DECIMALS_MAX + 1 },
  (_, kept) => 10n ** BigInt(DECIMALS_MAX - kept),
);

/** `floor` toward minus infinity, `ceil` toward plus infinity, `half-even` to the nearest, a tie to the even one. */
export const ROUNDINGS = ["floor", "ceil", "half-even"] as const;
export type Rounding = (typeof ROUNDINGS)[number];

/** A value that is none, or is out of bounds. The message names field, rule and value. */
export class DecimalError extends RangeError {
  override readonly name = "DecimalError";
}

export const ZERO = 0n as Decimal;
export const NO_MONEY = 0n as Money;
export const NO_QUANTITY = 0n as Quantity;

/** A count of units as a value of the kind asked for. Throws DecimalError beyond the bounds. */
export function ofUnits<T extends Decimal>(units: bigint): T {
  if (units >= UNITS_END || units <= UNITS_START) {
    throw new DecimalError(`result must have at most ${INTEGER_DIGITS_MAX} digits before the point, was ${units}e-18`);
  }
  return units as T;
}

export function add<T extends Decimal>(left: T, right: T): T {
  return ofUnits((left as bigint) + (right as bigint));
}

export function subtract<T extends Decimal>(left: T, right: T): T {
  return ofUnits((left as bigint) - (right as bigint));
}

export function negate<T extends Decimal>(value: T): T {
  return ofUnits(-(value as bigint));
}

/** The value without its sign. */
export function magnitude<T extends Decimal>(value: T): T {
  return value < 0n ? negate(value) : value;
}

export function smaller<T extends Decimal>(left: T, right: T): T {
  return right < left ? right : left;
}

export function larger<T extends Decimal>(left: T, right: T): T {
  return right > left ? right : left;
}

/** -1, 0 or 1, for sorting. */
export function compare(left: Decimal, right: Decimal): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

export interface Precision {
  /** Decimals that the result keeps, 0 to 18. */
  readonly decimals: number;
  readonly rounding: Rounding;
}

/** left × right, rounded once. */
export function multiply(left: Decimal, right: Decimal, { decimals, rounding }: Precision): Decimal {
  const step = unitsOfStep(decimals);
  return ofUnits(divideUnits(left * right, ONE * step, rounding) * step);
}

/** left ÷ right, rounded once. Throws DecimalError for a divisor of zero. */
export function divide(left: Decimal, right: Decimal, { decimals, rounding }: Precision): Decimal {
  if (right === 0n) throw new DecimalError("divisor must not be zero, was 0");
  const step = unitsOfStep(decimals);
  return ofUnits(divideUnits(left * ONE, right * step, rounding) * step);
}

/** left × right ÷ divisor in one step, so that a share of a whole is rounded once. */
export function proportion<T extends Decimal>(
  whole: T,
  { part, of, rounding }: { readonly part: Decimal; readonly of: Decimal; readonly rounding: Rounding },
): T {
  if (of === 0n) throw new DecimalError("divisor must not be zero, was 0");
  return ofUnits(divideUnits(whole * part, of, rounding));
}

/** Price × quantity in the quote currency. Exact while their decimals together are no more than 18. */
export function notional(price: Price, quantity: Quantity, rounding: Rounding): Money {
  return ofUnits(divideUnits(price * quantity, ONE, rounding));
}

/** numerator ÷ denominator as a whole number, rounded as named. The denominator must not be zero. */
export function divideUnits(numerator: bigint, denominator: bigint, rounding: Rounding): bigint {
  const over = denominator < 0n ? -numerator : numerator;
  const under = denominator < 0n ? -denominator : denominator;
  const towardZero = over / under;
  const left = over - towardZero * under;
  if (left === 0n) return towardZero;
  // bigint division drops the fraction, which for negative values rounds up.
  const floor = left < 0n ? towardZero - 1n : towardZero;
  if (rounding === "floor") return floor;
  if (rounding === "ceil") return floor + 1n;
  const twice = 2n * (left < 0n ? left + under : left);
  if (twice === under) return floor % 2n === 0n ? floor : floor + 1n;
  return twice < under ? floor : floor + 1n;
}

function unitsOfStep(decimals: number): bigint {
  if (!Number.isInteger(decimals) || decimals < 0 || decimals > DECIMALS_MAX) {
    throw new DecimalError(`decimals must be a whole number from 0 to ${DECIMALS_MAX}, was ${decimals}`);
  }
  return STEPS[decimals];
}
