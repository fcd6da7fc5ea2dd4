import {
  DECIMALS_MAX,
  type Decimal,
  DecimalError,
  INTEGER_DIGITS_MAX,
  type Money,
  ONE,
  ofUnits,
  type Price,
  type Quantity,
} from "./decimal.ts";

/** Characters of a refused value that an error repeats: enough to recognise it, too few to flood a log. */
const SHOWN_CHARACTERS_MAX = 40;

/** A sign, digits without a leading zero, and digits behind a point: one way to write each value but trailing zeros. */
const PATTERN = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?$/;

/**
 * Reads a decimal such as "-12.50". No exponent, no plus, no space, no leading zero, no bare point, no minus zero, at most
 * 18 digits on either side of the point. Throws DecimalError with field, rule and value.
 */
export function parseDecimal(text: unknown, field: string): Decimal {
  if (typeof text !== "string") throw refusal(field, "must be a decimal as text", String(text));
  const known = text.length <= KNOWN_CHARACTERS_MAX ? KNOWN.get(text) : undefined;
  if (known !== undefined) return known;
  const value = readDecimal(text, field);
  if (text.length > KNOWN_CHARACTERS_MAX) return value;
  if (KNOWN.size >= KNOWN_MAX) KNOWN.clear();
  KNOWN.set(text, value);
  return value;
}

/** Short texts that were read before: quantities, prices and limits come again and again. */
const KNOWN = new Map<string, Decimal>();
const KNOWN_MAX = 1_000;
const KNOWN_CHARACTERS_MAX = 8;

function readDecimal(text: string, field: string): Decimal {
  // Longer than any value in bounds: refused before a pattern is run over it.
  const match = text.length > INTEGER_DIGITS_MAX + DECIMALS_MAX + 2 ? null : PATTERN.exec(text);
  if (match === null) throw refusal(field, 'must be a decimal such as "12.50"', text);
  const [, sign, whole, fraction = ""] = match;
  if (whole.length > INTEGER_DIGITS_MAX) {
    throw refusal(field, `must have at most ${INTEGER_DIGITS_MAX} digits before the point`, text);
  }
  if (fraction.length > DECIMALS_MAX) throw refusal(field, `must have at most ${DECIMALS_MAX} decimals`, text);
  const units = BigInt(whole + fraction.padEnd(DECIMALS_MAX, "0"));
  if (sign === "-" && units === 0n) throw refusal(field, "must not be minus zero", text);
  return ofUnits(sign === "-" ? -units : units);
}

/** A price: above zero. */
export function parsePrice(text: unknown, field: string): Price {
  const value = parseDecimal(text, field);
  if (value <= 0n) throw refusal(field, "must be above 0", String(text));
  return value as Price;
}

/** A quantity: zero or above. */
export function parseQuantity(text: unknown, field: string): Quantity {
  const value = parseDecimal(text, field);
  if (value < 0n) throw refusal(field, "must be 0 or above", String(text));
  return value as Quantity;
}

/** A position: a quantity with a sign. */
export function parsePosition(text: unknown, field: string): Quantity {
  return parseDecimal(text, field) as Quantity;
}

/** An amount of some currency, of either sign. */
export function parseMoney(text: unknown, field: string): Money {
  return parseDecimal(text, field) as Money;
}

/** The shortest text that reads back as the value: no trailing zeros, no exponent. */
export function formatDecimal(value: Decimal): string {
  const known = WRITTEN.get(value);
  if (known !== undefined) return known;
  const text = writeDecimal(value);
  if (WRITTEN.size >= KNOWN_MAX) WRITTEN.clear();
  WRITTEN.set(value, text);
  return text;
}

/** Values that were written before. */
const WRITTEN = new Map<Decimal, string>();

function writeDecimal(value: Decimal): string {
  const whole: bigint = value / ONE;
  if (whole * ONE === value) return whole.toString();
  const digits = (value < 0n ? -value : value).toString().padStart(DECIMALS_MAX + 1, "0");
  const point = digits.length - DECIMALS_MAX;
  let end = digits.length;
  while (end > point && digits[end - 1] === "0") end -= 1;
  const fraction = end === point ? "" : `.${digits.slice(point, end)}`;
  return `${value < 0n ? "-" : ""}${digits.slice(0, point)}${fraction}`;
}

function refusal(field: string, rule: string, value: string): DecimalError {
  const shown = value.length > SHOWN_CHARACTERS_MAX ? `${value.slice(0, SHOWN_CHARACTERS_MAX)}…` : value;
  return new DecimalError(`${field} ${rule}, was ${JSON.stringify(shown)}`);
}
