import { type Decimal, ofUnits } from "./decimal.ts";
import { formatDecimal } from "./decimal-text.ts";

/**
 * Events and ledgers as canonical text: keys in order, decimals as text, absent fields left out. Equal values give equal
 * text, so that a replay can be held against what is stored by a hash.
 */
export function ledgerText(value: unknown): string {
  switch (typeof value) {
    case "string":
      return jsonOfText(value);
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
  return Array.isArray(value) ? listText(value) : entriesText(value, ledgerText);
}

/** The text of a record or a map; `textOf` makes those of what is inside, for who has some of them at hand. */
export function entriesText(value: object, textOf: (inner: unknown, key: string) => string): string {
  let text = "";
  if (value instanceof Map) {
    for (const key of [...value.keys()].sort()) text = withEntry(text, jsonOfText(key), textOf(value.get(key), key));
    return `{${text}}`;
  }
  const record = value as Readonly<Record<string, unknown>>;
  for (const { key, name } of inOrder(Object.keys(record))) {
    const inner = record[key];
    if (inner !== undefined) text = withEntry(text, name, textOf(inner, key));
  }
  return `{${text}}`;
}

function withEntry(text: string, name: string, inner: string): string {
  return text === "" ? `${name}:${inner}` : `${text},${name}:${inner}`;
}

function listText(list: readonly unknown[]): string {
  let text = "";
  for (const inner of list) text += text === "" ? ledgerText(inner) : `,${ledgerText(inner)}`;
  return `[${text}]`;
}

/** A text as JSON writes it. */
export function jsonOfText(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

/** What JSON writes as it is. */
const PLAIN = /^[\w .,:;+/-]*$/;

/** A record's keys as they come, and the same in order, each with its name as JSON. */
interface Shape {
  readonly keys: readonly string[];
  readonly ordered: readonly { readonly key: string; readonly name: string }[];
}

/** Shapes by their first key: what is written has few of them, and they come again and again. */
const SHAPES = new Map<string, Shape[]>();
/** Shapes kept of one first key: as many as a record with some optional fields has. */
const SHAPES_KEPT_MAX = 8;
/** First keys kept: more than there are types. Records by instrument have others. */
const FIRST_KEYS_MAX = 200;

function inOrder(keys: readonly string[]): Shape["ordered"] {
  if (keys.length === 0) return [];
  const known = SHAPES.get(keys[0]) ?? [];
  for (const { keys: other, ordered } of known) if (isSame(keys, other)) return ordered;
  const ordered = [...keys].sort().map((key) => ({ key, name: jsonOfText(key) }));
  if (known.length >= SHAPES_KEPT_MAX) known.shift();
  if (SHAPES.size >= FIRST_KEYS_MAX) SHAPES.clear();
  known.push({ keys, ordered });
  SHAPES.set(keys[0], known);
  return ordered;
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
  if (left.length !== right.length) return false;
  for (let at = 0; at < left.length; at++) if (left[at] !== right[at]) return false;
  return true;
}
