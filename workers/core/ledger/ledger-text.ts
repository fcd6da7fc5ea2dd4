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
  const fields: (readonly [string, unknown])[] = value instanceof Map ? [...value] : Object.entries(value);
  let text = "";
  for (const [key, field] of fields.sort(byKey)) {
    if (field !== undefined) text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${textOf(field)}`;
  }
  return `{${text}}`;
}

function byKey([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : 1;
}
