const RAW = Symbol("raw");

/** Text that stands in a body as it is, for what `JSON.stringify` would not write. */
export interface RawJson {
  readonly [RAW]: string;
}

function raw(text: string): RawJson {
  return { [RAW]: text };
}

const LONG_TEXT_CHARACTERS = 20_000;
const DEPTH = 300;

/** What programs and attackers send in place of a value. */
export const HOSTILE_VALUES: readonly unknown[] = [
  ...["NaN", "Infinity", "-Infinity", "-0", "1e308", "1e309", "-1e-320", "9007199254740993", "01", "0x10"].map(raw),
  ...["undefined", "{", '{"a":1,"a":2}', '{"__proto__":{"isAdmin":true}}', '{"constructor":{"prototype":{"x":1}}}'].map(
    raw,
  ),
  raw(`${"[".repeat(DEPTH)}${"]".repeat(DEPTH)}`),
  raw(`${'{"a":'.repeat(DEPTH)}1${"}".repeat(DEPTH)}`),
  raw(`{${Array.from({ length: 2_000 }, (_, index) => `"k${index}":1`).join(",")}}`),
  "a".repeat(LONG_TEXT_CHARACTERS),
  ...[null, true, false, 0, -1, 0.1, 2 ** 31, 2 ** 53 + 2, [], {}, [[]], "", " ", "\u0000", "\ud800", "💥", "\u202e"],
  ...[
    "__proto__",
    "constructor",
    "toString",
    "'; DROP TABLE users;--",
    "' OR 1=1 --",
    "../../etc/passwd",
    "%00",
    "%2e%2e%2f",
  ],
  ...[
    "<script>alert(1)</script>",
    "=1+1",
    "\r\nSet-Cookie: a=b",
    "NaN",
    "-1",
    "1e309",
    "null",
    "undefined",
    "[object Object]",
  ],
  ...["2026-02-30", "9999-12-31T23:59:60Z", "https://169.254.169.254/", "javascript:alert(1)"],
];

/** JSON of a value that may hold raw text; undefined entries are left out. */
export function writeJson(value: unknown): string {
  if (isRaw(value)) return value[RAW];
  if (Array.isArray(value))
    return `[${value.map((entry) => (entry === undefined ? "null" : writeJson(entry))).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const parts = Object.entries(value).filter(([, entry]) => entry !== undefined);
    return `{${parts.map(([name, entry]) => `${JSON.stringify(name)}:${writeJson(entry)}`).join(",")}}`;
  }
  return JSON.stringify(value) ?? "";
}

/** A value as text of a path or a query. */
export function writeText(value: unknown): string {
  return typeof value === "string" ? value : writeJson(value);
}

function isRaw(value: unknown): value is RawJson {
  return typeof value === "object" && value !== null && RAW in value;
}
