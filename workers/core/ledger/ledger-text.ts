import { type Decimal, ofUnits } from "./decimal.ts";
import { formatDecimal } from "./decimal-text.ts";

/**
 * Events and ledgers as canonical text: keys in order, decimals as text, absent fields left out. Equal values give equal
 * text, so that a replay can be held against what is stored by a hash. `textOf` makes the texts of what is inside, for who
 * has some of them at hand.
 */
export function ledgerText(value: unknown, textOf: (inner: unknown) => string = ledgerText): string {
  if (typeof value === "bigint") return `"${formatDecimal(ofUnits<Decimal>(value))}"`;
  if (value === null || typeof value !== "object") return JSON.stringify(value ?? null);
  if (Array.isArray(value)) return `[${value.map((inner) => textOf(inner)).join(",")}]`;
  return value instanceof Map
    ? recordText([...value.keys()], (key) => value.get(key), textOf)
    : recordText(Object.keys(value), (key) => value[key as keyof typeof value], textOf);
}

/** A name that JSON writes as it is. */
const PLAIN = /^\w+$/;

function recordText(keys: string[], fieldOf: (key: string) => unknown, textOf: (inner: unknown) => string): string {
  let text = "";
  for (const key of keys.sort()) {
    const field = fieldOf(key);
    if (field === undefined) continue;
    const name = PLAIN.test(key) ? `"${key}"` : JSON.stringify(key);
    text += `${text === "" ? "" : ","}${name}:${textOf(field)}`;
  }
  return `{${text}}`;
}
