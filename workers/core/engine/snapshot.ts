/**
 * State that can be stored and restored to the bit: JSON values, numbers of any kind (NaN, infinities and minus zero
 * included) and typed arrays.
 */
export type Snapshot =
  | null
  | boolean
  | number
  | string
  | Float64Array
  | Int32Array
  | Uint8Array
  | readonly Snapshot[]
  | { readonly [key: string]: Snapshot };

const SPECIAL = new Map<string, number>([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
  ["-0", -0],
]);

/** Texts of parts that do not change any more; empty until they are made. */
const LASTING = new WeakMap<object, string>();

/** A part that nobody changes any more: its text is made once, however many snapshots it is in. */
export function lasting<T extends Snapshot & object>(part: T): T {
  LASTING.set(part, "");
  return part;
}

/** The snapshot as JSON text. Numbers keep every bit; typed arrays become base64 of their little-endian bytes. */
export function encodeSnapshot(snapshot: Snapshot): string {
  return textOf(snapshot);
}

/** The inverse of `encodeSnapshot`. Throws where the text is not one of its results. */
export function decodeSnapshot(text: string): Snapshot {
  return unpack(JSON.parse(text));
}

/** Reads a field of a snapshot that must be an object; throws with the field's name otherwise. */
export function snapshotField(snapshot: Snapshot, field: string): Snapshot {
  if (snapshot === null || typeof snapshot !== "object" || Array.isArray(snapshot) || ArrayBuffer.isView(snapshot)) {
    throw new TypeError(`snapshot must be an object with the field ${field}`);
  }
  const value = (snapshot as { readonly [key: string]: Snapshot })[field];
  if (value === undefined) throw new TypeError(`snapshot lacks the field ${field}`);
  return value;
}

export function snapshotNumber(snapshot: Snapshot, field: string): number {
  const value = snapshotField(snapshot, field);
  if (typeof value !== "number") throw new TypeError(`snapshot field ${field} must be a number, was ${typeof value}`);
  return value;
}

export function snapshotFloats(snapshot: Snapshot, field: string): Float64Array {
  const value = snapshotField(snapshot, field);
  if (!(value instanceof Float64Array)) throw new TypeError(`snapshot field ${field} must be a column of floats`);
  return value;
}

export function snapshotList(snapshot: Snapshot, field: string): readonly Snapshot[] {
  const value = snapshotField(snapshot, field);
  if (!Array.isArray(value)) throw new TypeError(`snapshot field ${field} must be a list`);
  return value as readonly Snapshot[];
}

/** Written in one go: bots store theirs at each candle, and a copy of every object to be made text of costs as much again. */
function textOf(value: Snapshot): string {
  if (typeof value === "number") {
    if (Number.isFinite(value) && !Object.is(value, -0)) return String(value);
    return `{"$n":"${Object.is(value, -0) ? "-0" : value}"}`;
  }
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  // Most of a bot's columns are empty: they need no view of their bytes.
  if (value instanceof Float64Array) return `{"$f64":"${value.length === 0 ? "" : encodeBytes(bytesOf(value))}"}`;
  if (value instanceof Int32Array) return `{"$i32":"${encodeBytes(bytesOf(value))}"}`;
  if (value instanceof Uint8Array) return `{"$u8":"${encodeBytes(value)}"}`;
  const known = LASTING.get(value);
  if (known !== undefined && known !== "") return known;
  const text = textOfParts(value);
  if (known !== undefined) LASTING.set(value, text);
  return text;
}

function textOfParts(value: readonly Snapshot[] | { readonly [key: string]: Snapshot }): string {
  let text = "";
  if (Array.isArray(value)) {
    for (const entry of value) text += `${text === "" ? "" : ","}${textOf((entry ?? null) as Snapshot)}`;
    return `[${text}]`;
  }
  const fields = value as { readonly [key: string]: Snapshot };
  for (const name of Object.keys(fields)) {
    // As JSON does: what has no value is left out.
    if (fields[name] === undefined) continue;
    text += `${text === "" ? "" : ","}${fieldText(name)}${textOf(fields[name])}`;
  }
  return `{${text}}`;
}

/** Names of fields are few and the same each time. */
const FIELDS_KEPT = 500;
const FIELD_TEXTS = new Map<string, string>();

function fieldText(name: string): string {
  let text = FIELD_TEXTS.get(name);
  if (text === undefined) {
    text = `${JSON.stringify(name)}:`;
    if (FIELD_TEXTS.size < FIELDS_KEPT) FIELD_TEXTS.set(name, text);
  }
  return text;
}

function unpack(value: unknown): Snapshot {
  if (value === null || typeof value !== "object") return value as Snapshot;
  if (Array.isArray(value)) return value.map(unpack);
  const entries = value as Record<string, unknown>;
  if (typeof entries.$n === "string") return SPECIAL.get(entries.$n) ?? Number.NaN;
  if (typeof entries.$f64 === "string") return new Float64Array(decodeBytes(entries.$f64).buffer);
  if (typeof entries.$i32 === "string") return new Int32Array(decodeBytes(entries.$i32).buffer);
  if (typeof entries.$u8 === "string") return decodeBytes(entries.$u8);
  return Object.fromEntries(Object.entries(entries).map(([key, entry]) => [key, unpack(entry)]));
}

function bytesOf(view: Float64Array | Int32Array): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const DIGIT_CODES = Uint8Array.from(DIGITS, (digit) => digit.charCodeAt(0));
const DIGIT_VALUES = new Uint8Array(128);
DIGIT_CODES.forEach((code, value) => {
  DIGIT_VALUES[code] = value;
});
const PADDING = "=".charCodeAt(0);
/** Characters made into a string at once: far below the most arguments a call may have. */
const TEXT_PIECE = 8_192;
/** Below this, digits are put one behind the other: most columns of a bot are a number or two long. */
const SHORT_BYTES = 128;

function encodeBytes(bytes: Uint8Array): string {
  return bytes.length < SHORT_BYTES ? encodeShort(bytes) : encodeLong(bytes);
}

function encodeShort(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const word = wordAt(bytes, at);
    text += DIGITS[word >> 18] + DIGITS[(word >> 12) & 63];
    text += left > 1 ? DIGITS[(word >> 6) & 63] : "=";
    text += left > 2 ? DIGITS[word & 63] : "=";
  }
  return text;
}

/** Three bytes as one number; those behind the end count as zero. */
function wordAt(bytes: Uint8Array, at: number): number {
  const left = bytes.length - at;
  return (bytes[at] << 16) | ((left > 1 ? bytes[at + 1] : 0) << 8) | (left > 2 ? bytes[at + 2] : 0);
}

function encodeLong(bytes: Uint8Array): string {
  const codes = new Uint8Array(Math.ceil(bytes.length / 3) * 4);
  let out = 0;
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const word = wordAt(bytes, at);
    codes[out++] = DIGIT_CODES[(word >> 18) & 63];
    codes[out++] = DIGIT_CODES[(word >> 12) & 63];
    codes[out++] = left > 1 ? DIGIT_CODES[(word >> 6) & 63] : PADDING;
    codes[out++] = left > 2 ? DIGIT_CODES[word & 63] : PADDING;
  }
  const pieces: string[] = [];
  for (let at = 0; at < codes.length; at += TEXT_PIECE) {
    pieces.push(String.fromCharCode(...codes.subarray(at, at + TEXT_PIECE)));
  }
  return pieces.join("");
}

function decodeBytes(text: string): Uint8Array<ArrayBuffer> {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let out = 0;
  for (let at = 0; at < text.length; at += 4) {
    let word = 0;
    for (let digit = 0; digit < 4; digit++) word = (word << 6) | DIGIT_VALUES[text.charCodeAt(at + digit) & 127];
    for (let shift = 16; shift >= 0 && out < bytes.length; shift -= 8) bytes[out++] = (word >> shift) & 255;
  }
  return bytes;
}
