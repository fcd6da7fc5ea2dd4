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
  if (Array.isArray(value)) return listText(value);
  return value instanceof Map ? mapText(value) : recordText(value as Readonly<Record<string, unknown>>);
}

function listText(list: readonly unknown[]): string {
  let text = "";
  for (const inner of list) text += text === "" ? ledgerText(inner) : `,${ledgerText(inner)}`;
  return `[${text}]`;
}

function mapText(map: ReadonlyMap<string, unknown>): string {
  let text = "";
  for (const { key, first, next } of namesOfMap(map)) text += (text === "" ? first : next) + ledgerText(map.get(key));
  return text === "" ? "{}" : `${text}}`;
}

function recordText(record: Readonly<Record<string, unknown>>): string {
  let text = "";
  for (const { key, first, next } of namesOf(record)) {
    const inner = record[key];
    if (inner !== undefined) text += (text === "" ? first : next) + ledgerText(inner);
  }
  return text === "" ? "{}" : `${text}}`;
}

/** A text as JSON writes it. */
export function jsonOfText(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

/** What JSON writes as it is. */
const PLAIN = /^[\w .,:;+/-]*$/;

/** A name in a record or a map, and how an entry of it begins: the first one, and one behind others. */
export interface Name {
  readonly key: string;
  readonly first: string;
  readonly next: string;
}

/** Names in order. The same list comes again for the same names in the same order. */
export type Names = readonly Name[];

function namesInOrder(keys: readonly string[]): Names {
  return [...keys].sort().map((key) => {
    const name = `${jsonOfText(key)}:`;
    return { key, first: `{${name}`, next: `,${name}` };
  });
}

/** Names of a map, in order. */
export function namesOfMap(map: ReadonlyMap<string, unknown>): Names {
  return namesInOrder([...map.keys()]);
}

/** A record's keys as they come, and their names in order. */
interface Shape {
  readonly keys: readonly string[];
  readonly names: Names;
}

/** Shapes by their first key: what is written has few of them, and they come again and again. */
const SHAPES = new Map<string, Shape[]>();
/** Shapes kept of one first key: as many as a record with some optional fields has. */
const SHAPES_KEPT_MAX = 8;
/** First keys kept: more than there are types. Records by instrument have others. */
const FIRST_KEYS_MAX = 200;
const NO_NAMES: Names = [];

/** Names of a record, in order; those of fields that are undefined, too. */
export function namesOf(record: object): Names {
  const keys = Object.keys(record);
  if (keys.length === 0) return NO_NAMES;
  const known = SHAPES.get(keys[0]) ?? [];
  for (const { keys: other, names } of known) if (isSame(keys, other)) return names;
  const names = namesInOrder(keys);
  if (known.length >= SHAPES_KEPT_MAX) known.shift();
  if (SHAPES.size >= FIRST_KEYS_MAX) SHAPES.clear();
  known.push({ keys, names });
  SHAPES.set(keys[0], known);
  return names;
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
  if (left.length !== right.length) return false;
  for (let at = 0; at < left.length; at++) if (left[at] !== right[at]) return false;
  return true;
}
