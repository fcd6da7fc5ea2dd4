import { type Decimal, ofUnits } from "./decimal.ts";
import { formatDecimal } from "./decimal-text.ts";

/**
 * Events and ledgers as canonical text: keys in order, decimals as text, absent fields left out. Equal values give equal
 * text, so that a replay can be held against what is stored by a hash. `textOf` makes the texts of what is inside, for who
 * has some of them at hand.
 */
export function ledgerText(value: unknown, textOf: (inner: unknown) => string = ledgerText): string {
  switch (typeof value) {
    case "bigint":
      return `"${formatDecimal(ofUnits<Decimal>(value))}"`;
    case "number":
      return Number.isFinite(value) ? `${value}` : "null";
    case "boolean":
      return value ? "true" : "false";
    case "object":
      break;
    default:
      return JSON.stringify(value ?? null);
  }
  if (value === null) return "null";
  if (Array.isArray(value)) return `[${value.map((inner) => textOf(inner)).join(",")}]`;
  let text = "";
  const isMap = value instanceof Map;
  for (const key of (isMap ? [...value.keys()] : Object.keys(value)).sort()) {
    const field: unknown = isMap ? value.get(key) : value[key as keyof typeof value];
    if (field === undefined) continue;
    const name = PLAIN.test(key) ? `"${key}"` : JSON.stringify(key);
    text += `${text === "" ? "" : ","}${name}:${textOf(field)}`;
  }
  return `{${text}}`;
}

/** A name that JSON writes as it is. */
const PLAIN = /^\w+$/;
