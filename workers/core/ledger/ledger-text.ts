import { type Decimal, ofUnits } from "./decimal.ts";
import { formatDecimal } from "./decimal-text.ts";

/**
 * Events and ledgers as canonical text: keys in order, decimals as text, absent fields left out. Equal values give equal
 * text, so that a replay can be held against what is stored by a hash.
 */
export function ledgerText(value: unknown): string {
  if (typeof value === "bigint") return JSON.stringify(formatDecimal(ofUnits<Decimal>(value)));
  if (Array.isArray(value)) return `[${value.map(ledgerText).join(",")}]`;
  if (value instanceof Map) return objectText([...value]);
  if (value === null || typeof value !== "object") return JSON.stringify(value ?? null);
  return objectText(Object.entries(value));
}

function objectText(entries: readonly (readonly [string, unknown])[]): string {
  const kept = entries.filter(([, value]) => value !== undefined);
  const sorted = kept.sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${sorted.map(([key, value]) => `${JSON.stringify(key)}:${ledgerText(value)}`).join(",")}}`;
}
