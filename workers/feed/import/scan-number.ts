/** Powers of ten that a double holds exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, power) => 10 ** power);

/** Digits after which a mantissa may pass 2^53 and the fast way would round twice. */
const EXACT_DIGITS = 15;

const decoder = new TextDecoder();

/**
 * The decimal number in `bytes[start, end)`, correctly rounded, or NaN. Up to 15 digits are read in place: an integer
 * and a power of ten that are both exact give the nearest double in one division. Anything else goes to `Number`.
 * `point` is the decimal mark, a byte.
 */
export function scanNumber(bytes: Uint8Array, start: number, end: number, point: number): number {
  let at = start;
  const negative = bytes[at] === 45;
  if (negative) at++;
  let mantissa = 0;
  let digits = 0;
  let decimals = -1;
  for (; at < end; at++) {
    const digit = bytes[at] - 48;
    if (digit >= 0 && digit <= 9) {
      mantissa = mantissa * 10 + digit;
      if (mantissa !== 0) digits++;
      if (decimals >= 0) decimals++;
    } else if (bytes[at] === point && decimals < 0) {
      decimals = 0;
    } else {
      return slowNumber(bytes, start, end, point);
    }
  }
  if (at === start || (negative && at === start + 1)) return Number.NaN;
  if (digits > EXACT_DIGITS || decimals > 22) return slowNumber(bytes, start, end, point);
  const value = decimals > 0 ? mantissa / POWERS[decimals] : mantissa;
  return negative ? -value : value;
}

function slowNumber(bytes: Uint8Array, start: number, end: number, point: number): number {
  const text = decoder.decode(bytes.subarray(start, end)).trim();
  // Number() takes what no price file means: empty text, hexadecimal and binary literals.
  if (!/^[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?$/.test(text)) return Number.NaN;
  if (point === 44) return Number(text.replace(",", "."));
  return Number(text);
}
