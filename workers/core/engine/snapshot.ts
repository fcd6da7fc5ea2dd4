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

/** The snapshot as JSON text. Numbers keep every bit; typed arrays become base64 of their little-endian bytes. */
export function encodeSnapshot(snapshot: Snapshot): string {
  return JSON.stringify(pack(snapshot));
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

function pack(value: Snapshot): unknown {
  if (typeof value === "number") {
    if (Number.isFinite(value) && !Object.is(value, -0)) return value;
    return { $n: Object.is(value, -0) ? "-0" : String(value) };
  }
  if (value === null || typeof value !== "object") return value;
  if (value instanceof Float64Array) return { $f64: encodeBytes(bytesOf(value)) };
  if (value instanceof Int32Array) return { $i32: encodeBytes(bytesOf(value)) };
  if (value instanceof Uint8Array) return { $u8: encodeBytes(value) };
  if (Array.isArray(value)) return value.map((entry) => pack(entry as Snapshot));
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, pack(entry as Snapshot)]));
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
const DIGIT_VALUES = new Map([...DIGITS].map((digit, value) => [digit.charCodeAt(0), value]));

function encodeBytes(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const word = (bytes[at] << 16) | ((left > 1 ? bytes[at + 1] : 0) << 8) | (left > 2 ? bytes[at + 2] : 0);
    parts.push(
      DIGITS[(word >> 18) & 63] +
        DIGITS[(word >> 12) & 63] +
        (left > 1 ? DIGITS[(word >> 6) & 63] : "=") +
        (left > 2 ? DIGITS[word & 63] : "="),
    );
  }
  return parts.join("");
}

function decodeBytes(text: string): Uint8Array<ArrayBuffer> {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let out = 0;
  for (let at = 0; at < text.length; at += 4) {
    let word = 0;
    for (let digit = 0; digit < 4; digit++) word = (word << 6) | (DIGIT_VALUES.get(text.charCodeAt(at + digit)) ?? 0);
    for (let shift = 16; shift >= 0 && out < bytes.length; shift -= 8) bytes[out++] = (word >> shift) & 255;
  }
  return bytes;
}
