/** What stands where a value is not defined. */
export const NONE = "—";
const MINUS = "\u2212";
/** Narrow no-break space: keeps a number and its unit on one line. */
const THIN = "\u202f";
/** Parts a number from the name of its currency. */
const SPACE = "\u00a0";

export type Value = number | null | undefined;

export interface NumberOptions {
  /** Digits after the point. */
  readonly digits?: number;
  /** `always` writes + before gains: for changes, never for levels. */
  readonly sign?: "always" | "negative";
}

const numberFormats = new Map<string, Intl.NumberFormat>();
const digitsOfCurrency = new Map<string, number>();

/** A number with thousands separated, a true minus sign, and a dash where it is not defined. */
export function formatNumber(value: Value, options: NumberOptions = {}): string {
  if (value === null || value === undefined || Number.isNaN(value)) return NONE;
  if (!Number.isFinite(value)) return value > 0 ? "∞" : `${MINUS}∞`;
  const digits = options.digits ?? 2;
  const text = numberFormat(digits).format(Math.abs(value));
  // A value that rounds to nothing carries no sign: "−0.00" says a loss that is not there.
  const rounded = Number(value.toFixed(Math.min(digits, 20)));
  if (rounded < 0) return MINUS + text;
  return options.sign === "always" && rounded > 0 ? `+${text}` : text;
}

/** A count: whole, thousands separated. */
export function formatCount(value: Value): string {
  return formatNumber(value, { digits: 0 });
}

/** A share as percent: 0.1234 is "12.34 %". */
export function formatPercent(share: Value, options: NumberOptions = {}): string {
  if (share === null || share === undefined || Number.isNaN(share)) return NONE;
  return `${formatNumber(share * 100, options)}${THIN}%`;
}

/** An amount of `currency` with as many digits as it has: "1,234.50 USD", "1,235 JPY". */
export function formatMoney(value: Value, currency: string, options: NumberOptions = {}): string {
  if (value === null || value === undefined || Number.isNaN(value)) return NONE;
  const text = formatNumber(value, { digits: currencyDigits(currency), ...options });
  return currency === "" ? text : `${text}${SPACE}${currency}`;
}

/** Digits after the point of a currency's smallest coin (ISO 4217): 0 for the yen. Two for what is no such currency. */
export function currencyDigits(currency: string): number {
  let digits = digitsOfCurrency.get(currency);
  if (digits === undefined) {
    const known = /^[A-Z]{3}$/.test(currency);
    const format = known ? new Intl.NumberFormat("en-US", { style: "currency", currency }) : undefined;
    digits = format?.resolvedOptions().maximumFractionDigits ?? 2;
    digitsOfCurrency.set(currency, digits);
  }
  return digits;
}

/** Large counts in short: 1,250,000 is "1.25 M". */
export function formatShort(value: Value): string {
  if (value === null || value === undefined || Number.isNaN(value)) return NONE;
  const size = Math.abs(value);
  for (const [limit, unit] of [
    [1e9, "G"],
    [1e6, "M"],
    [1e4, "k"],
  ] as const) {
    if (size < limit) continue;
    const divisor = unit === "k" ? 1e3 : limit;
    const scaled = value / divisor;
    return `${formatNumber(scaled, { digits: Math.abs(scaled) < 10 ? 2 : Math.abs(scaled) < 100 ? 1 : 0 })}${THIN}${unit}`;
  }
  return formatNumber(value, { digits: size < 10 && !Number.isInteger(value) ? 2 : 0 });
}

/** A size in bytes in decimal units, as files are listed: "4.2 MB". `whole` is what it is a part of, for its unit. */
export function formatBytes(bytes: Value, whole: Value = bytes): string {
  if (bytes === null || bytes === undefined) return NONE;
  const scale = Math.max(bytes, whole ?? bytes);
  if (scale < 1000) return `${formatCount(bytes)}${THIN}B`;
  const unit = scale < 1e6 ? ("kB" as const) : scale < 1e9 ? ("MB" as const) : ("GB" as const);
  const divisor = { kB: 1e3, MB: 1e6, GB: 1e9 }[unit];
  return `${formatNumber(bytes / divisor, { digits: 1 })}${THIN}${unit}`;
}

/** Digits after the point of a grid step: 0.005 has 3. No grid (0): as many as `fallback`. */
export function stepDigits(step: number, fallback = 2): number {
  if (!(step > 0)) return fallback;
  const text = withoutLastZeros(step.toFixed(10));
  return text.endsWith(".") ? 0 : text.length - text.indexOf(".") - 1;
}

/** A price with the digits of the instrument's tick; with no tick, five significant digits. */
export function formatPrice(value: Value, tick = 0): string {
  if (value === null || value === undefined || Number.isNaN(value)) return NONE;
  return formatNumber(value, { digits: tick > 0 ? stepDigits(tick) : significantDigits(value) });
}

/** A quantity: up to eight digits, trailing zeros left out. */
export function formatQuantity(value: Value): string {
  if (value === null || value === undefined || Number.isNaN(value)) return NONE;
  const size = Math.abs(value);
  const digits = size >= 1000 ? 2 : size >= 1 ? 4 : 8;
  const text = formatNumber(value, { digits });
  return text.includes(".") ? withoutLastZeros(text).replace(/\.$/, "") : text;
}

function withoutLastZeros(text: string): string {
  let length = text.length;
  while (text[length - 1] === "0") length -= 1;
  return text.slice(0, length);
}

function significantDigits(value: number): number {
  const size = Math.abs(value);
  if (size >= 100 || size === 0) return 2;
  return Math.min(10, Math.max(2, 4 - Math.floor(Math.log10(size))));
}

function numberFormat(digits: number): Intl.NumberFormat {
  const key = String(digits);
  let format = numberFormats.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
    numberFormats.set(key, format);
  }
  return format;
}
