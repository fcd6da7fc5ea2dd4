import { type Decimal, type Money, type Price, type Quantity, ZERO } from "../core/ledger/decimal.ts";
import { exactDecimal } from "../core/ledger/decimal-double.ts";
import { parseDecimal, parsePrice } from "../core/ledger/decimal-text.ts";

/**
 * Decimals as venues write them: some put a minus before a zero, or a zero before a number. What is no decimal throws
 * DecimalError with field, rule and value.
 */

/** Nothing, written with a minus. */
const MINUS_ZERO = /^-0(?:\.0+)?$/;

/** A number of either sign. */
export function venueDecimal(text: string, field: string): Decimal {
  return MINUS_ZERO.test(text) ? ZERO : parseDecimal(text, field);
}

/** An amount of some currency, of either sign. */
export function venueMoney(text: string, field: string): Money {
  return venueDecimal(text, field) as Money;
}

/** A quantity with the sign of its side, as positions and OANDA's orders have it. */
export function venueUnits(text: string, field: string): Quantity {
  return venueDecimal(text, field) as Quantity;
}

/** A price, or undefined where the venue leaves it out. Throws where it is zero or below. */
export function venuePrice(text: string | undefined, field: string): Price | undefined {
  return text === undefined ? undefined : parsePrice(text, field);
}

/** An instant such as "2016-10-28T15:11:58.023004583Z" as UTC ms; what is finer is dropped. */
export function venueInstant(text: string, field: string): number {
  const at = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isFinite(at)) throw new RangeError(`${field} must be an instant with its zone, was ${text.slice(0, 40)}`);
  return at;
}

/** Venues write one to nine decimals of a second, and Z or an offset. */
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,12})?(?:Z|[+-]\d{2}:\d{2})$/;

/** A number as JSON has it: with an exponent where it is very small or very large. */
export function venueNumber(text: string, field: string): Decimal {
  return /[eE]/.test(text) ? exactDecimal(Number(text), field) : venueDecimal(text, field);
}
