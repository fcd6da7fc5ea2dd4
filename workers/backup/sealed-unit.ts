import type { MasterKeys } from "../platform/key-ring.ts";

/*
 * How a unit of a backup is stored: one line of JSON that says what it is and how it was sealed, then gzip sealed with
 * AES-256-GCM. The key is derived for each unit from a master key of the deployment and a random salt; the line is bound to
 * what is sealed as additional data, so that no unit can stand in for another, at another place or time.
 */

const FORMAT = "apextrade-backup-1";
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
/** The line before what is sealed; ours have some 400 bytes. */
const LINE_BYTES_MAX = 4_096;
/** What a unit may unpack to: an isolate has 128 MB, and one row has at most two. */
export const UNIT_BYTES_MAX = 48_000_000;
const NEW_LINE = 10;

/** What a unit holds. */
export interface UnitHeader {
  /** Class and name of an object, such as `AccountObject/5f…`, or `database`. */
  readonly source: string;
  /** Time of the base that it belongs to, UTC ms, and chance: sorts by time. */
  readonly epoch: string;
  /** 0 for a part of the base, then the number of the increment. */
  readonly number: number;
  /** Number of the increment behind which this one holds every change; 0 for all since the base. */
  readonly covers: number;
  /** Of the base, from 1 on. */
  readonly part: number;
  readonly isLast: boolean;
  /** As of when, UTC ms. */
  readonly at: number;
}

interface SealedLine extends UnitHeader {
  readonly format: string;
  readonly keyId: string;
  readonly salt: string;
  readonly nonce: string;
}

/** Why something of a backup cannot be used. */
export class BackupFault extends Error {
  readonly code:
    | "unknown_format"
    | "unknown_key"
    | "not_authentic"
    | "misplaced"
    | "missing"
    | "incomplete"
    | "too_large";
  constructor(code: BackupFault["code"], detail: string) {
    super(detail);
    this.name = "BackupFault";
    this.code = code;
  }
}

/** Packs and seals lines under the current master key. */
export async function sealUnit(keys: MasterKeys, header: UnitHeader, lines: string): Promise<Uint8Array> {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const line: SealedLine = {
    ...{ format: FORMAT, source: header.source, epoch: header.epoch, number: header.number, covers: header.covers },
    ...{ part: header.part, isLast: header.isLast, at: header.at },
    ...{ keyId: keys.current, salt: base64(salt), nonce: base64(nonce) },
  };
  const head = new TextEncoder().encode(`${JSON.stringify(line)}\n`);
  const packed = await throughStream(new TextEncoder().encode(lines), new CompressionStream("gzip"));
  const key = await unitKey(keys, line.keyId, salt);
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce, additionalData: head }, key, packed);
  const bytes = new Uint8Array(head.byteLength + sealed.byteLength);
  bytes.set(head, 0);
  bytes.set(new Uint8Array(sealed), head.byteLength);
  return bytes;
}

/** The header and the lines of a unit. Throws `BackupFault` where it is not exactly what was sealed. */
export async function openUnit(
  keys: MasterKeys,
  bytes: Uint8Array,
): Promise<{ readonly header: UnitHeader; readonly keyId: string; readonly lines: string }> {
  const end = bytes.subarray(0, LINE_BYTES_MAX).indexOf(NEW_LINE);
  if (end < 0) throw new BackupFault("unknown_format", "a unit must begin with a line that says what it is");
  const head = bytes.slice(0, end + 1);
  const { format, keyId, salt, nonce, ...header } = readLine(head);
  if (format !== FORMAT) throw new BackupFault("unknown_format", `a unit must have the format ${FORMAT}`);
  const key = await unitKey(keys, keyId, bytesOf(salt));
  let packed: Uint8Array<ArrayBuffer>;
  try {
    const parameters = { name: "AES-GCM", iv: bytesOf(nonce), additionalData: head };
    packed = new Uint8Array(await crypto.subtle.decrypt(parameters, key, bytes.slice(end + 1)));
  } catch {
    throw new BackupFault("not_authentic", `a unit of ${header.source} is not what was sealed`);
  }
  const plain = await throughStream(packed, new DecompressionStream("gzip"));
  return { header, keyId, lines: new TextDecoder().decode(plain) };
}

/** SHA-256 of bytes, in lower-case hexadecimal. */
export async function sha256OfBytes(bytes: Uint8Array): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes.slice()));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A key of a purpose, derived from a master key as the vault derives its own. Throws `BackupFault`. */
export async function backupKey(
  keys: MasterKeys,
  use: { readonly keyId: string; readonly salt: Uint8Array; readonly purpose: "unit" | "manifest" },
): Promise<CryptoKey> {
  const master = keys.byId.get(use.keyId);
  if (master === undefined) throw new BackupFault("unknown_key", `the master key ${use.keyId} is not known here`);
  const material = await crypto.subtle.importKey("raw", master.slice(), "HKDF", false, ["deriveKey"]);
  const info = new TextEncoder().encode(JSON.stringify(["apextrade backup", FORMAT, use.purpose]));
  const parameters = { name: "HKDF", hash: "SHA-256", salt: use.salt.slice(), info };
  return use.purpose === "unit"
    ? crypto.subtle.deriveKey(parameters, material, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"])
    : crypto.subtle.deriveKey(parameters, material, { name: "HMAC", hash: "SHA-256", length: 256 }, false, [
        "sign",
        "verify",
      ]);
}

export function base64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** Throws `BackupFault` for what is not base64. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    throw new BackupFault("unknown_format", "a text of a backup must be base64");
  }
}

function unitKey(keys: MasterKeys, keyId: string, salt: Uint8Array): Promise<CryptoKey> {
  return backupKey(keys, { keyId, salt, purpose: "unit" });
}

function readLine(head: Uint8Array): SealedLine {
  try {
    const line = JSON.parse(
      new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(head),
    ) as Partial<SealedLine>;
    const texts = [line.format, line.source, line.epoch, line.keyId, line.salt, line.nonce];
    const numbers = [line.number, line.covers, line.part, line.at];
    const isWhole = texts.every((text) => typeof text === "string") && numbers.every(Number.isSafeInteger);
    if (isWhole && typeof line.isLast === "boolean") return line as SealedLine;
  } catch {
    // Said below.
  }
  throw new BackupFault("unknown_format", "the line before a unit says nothing that is known here");
}

async function throughStream(
  bytes: Uint8Array,
  stream: CompressionStream | DecompressionStream,
): Promise<Uint8Array<ArrayBuffer>> {
  const source = new Response(bytes.slice()).body;
  if (source === null) return new Uint8Array();
  const reader = source.pipeThrough(stream as unknown as ReadableWritablePair<Uint8Array, Uint8Array>).getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > UNIT_BYTES_MAX) {
      await reader.cancel();
      throw new BackupFault("too_large", `a unit must unpack to at most ${UNIT_BYTES_MAX} bytes`);
    }
    chunks.push(value);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}
