import {
  currencyDigits,
  formatMoney,
  formatNumber,
  formatPrice,
  formatQuantity,
  formatShort,
  NONE,
  type NumberOptions,
} from "./format.ts";

/** More decimals than this come out of a division, not off the grid of an instrument. */
const GRID_DIGITS_MAX = 8;

export type DecimalText = string | null | undefined;

/** A decimal of the wire as a number, for drawing and comparing: never for reckoning on with money. */
export function decimalNumber(text: DecimalText): number | null {
  return text === null || text === undefined || text === "" ? null : Number(text);
}

/** An amount of the wire in its currency. */
export function formatAmount(text: DecimalText, currency: string, options: NumberOptions = {}): string {
  return formatMoney(decimalNumber(text), currency, options);
}

/** An amount from which on it is told in short where there is little room. */
const SHORT_FROM = 1_000_000;

/** Below this an amount is told with its fractions also where there is little room: of coins they are most of it. */
const WHOLE_FROM = 1_000;

/** An amount where there is little room: from a thousand on in whole units, from a million in short: "98,795 USD", "1.23 M USD". */
export function formatAmountShort(text: DecimalText, currency: string): string {
  const value = decimalNumber(text);
  if (value !== null && Math.abs(value) < WHOLE_FROM) return formatMoney(value, currency);
  if (value === null || Math.abs(Math.round(value)) < SHORT_FROM) return formatMoney(value, currency, { digits: 0 });
  return `${formatShort(Math.round(value))}\u00a0${currency}`;
}

/** A price of the wire with the digits it came with, at least two; a mean with endless digits is rounded. */
export function formatDecimalPrice(text: DecimalText): string {
  const value = decimalNumber(text);
  if (text === null || text === undefined || value === null) return NONE;
  const digits = decimalsOf(text);
  return digits > GRID_DIGITS_MAX ? formatPrice(value) : formatNumber(value, { digits: Math.max(2, digits) });
}

/** A mean of prices, which is on no grid: two digits, or five that count below 100. */
export function formatMeanPrice(text: DecimalText): string {
  return formatPrice(decimalNumber(text));
}

/** A quantity of the wire. */
export function formatDecimalQuantity(text: DecimalText): string {
  return formatQuantity(decimalNumber(text));
}

/** A quantity of the wire with every digit that it has: one that is at most something must not be rounded up. */
export function formatExactQuantity(text: DecimalText): string {
  if (text === null || text === undefined || text === "") return NONE;
  const [whole = "", part = ""] = text.replace("-", "").split(".");
  const digits = part.slice(0, decimalsOf(text));
  const grouped = BigInt(whole).toLocaleString("en-US");
  return `${text.startsWith("-") ? "−" : ""}${grouped}${digits === "" ? "" : `.${digits}`}`;
}

/** An amount of the wire with every digit that it has, and no fewer than its currency. */
export function formatExactAmount(text: DecimalText, currency: string): string {
  const [whole = "", part = ""] = formatExactQuantity(text).split(".");
  if (whole === NONE) return NONE;
  const digits = part.padEnd(currencyDigits(currency), "0");
  return `${whole}${digits === "" ? "" : `.${digits}`}${currency === "" ? "" : `\u00a0${currency}`}`;
}

/** An amount of the wire that is at most something: cut to the digits of its currency, and never rounded up. */
export function formatAmountDown(text: DecimalText, currency: string): string {
  if (text === null || text === undefined || text === "") return NONE;
  const [whole = "", part = ""] = text.split(".");
  return formatAmount(`${whole}.${part.slice(0, currencyDigits(currency)) || "0"}`, currency);
}

function decimalsOf(text: string): number {
  const point = text.indexOf(".");
  if (point < 0) return 0;
  let length = text.length;
  while (text[length - 1] === "0") length -= 1;
  return Math.max(0, length - point - 1);
}
