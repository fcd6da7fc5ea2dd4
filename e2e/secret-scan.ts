import { type Dirent, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { gunzipSync } from "node:zlib";

/** A secret that must be nowhere but in its sealed or hashed form. */
export interface PlantedSecret {
  readonly name: string;
  readonly text: string;
}

interface Needle {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Every way in which a store or a log might hold a secret: as it is, and in six encodings. */
function needlesOf({ name, text }: PlantedSecret): Needle[] {
  const bytes = Buffer.from(text);
  const spellings: Record<string, string> = {
    raw: text,
    "URL-encoded": encodeURIComponent(text),
    "every sign URL-encoded": [...bytes].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""),
    "JSON-escaped": JSON.stringify(text).slice(1, -1),
    hexadecimal: bytes.toString("hex"),
    "upper-case hexadecimal": bytes.toString("hex").toUpperCase(),
  };
  for (const shift of [0, 1, 2]) {
    for (const encoding of ["base64", "base64url"] as const) {
      spellings[`${encoding} at ${shift}`] = insideBase64(bytes, shift, encoding);
    }
  }
  return Object.entries(spellings).map(([spelling, spelled]) => ({
    name: `${name} (${spelling})`,
    bytes: Buffer.from(spelled),
  }));
}

/** The part of the base64 of a longer text that a secret alone decides, where it begins `shift` bytes into a group. */
function insideBase64(bytes: Buffer, shift: number, encoding: "base64" | "base64url"): string {
  const padded = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString(encoding)
    .replace(/=/g, "");
  const known = Math.floor(((shift + bytes.length) * 8) / 6);
  return padded.slice(Math.ceil((shift * 8) / 6), known);
}

/**
 * Looks for secrets in every file of some folders: in the bytes as they lie there, in what gzip packed, and in the rows
 * of databases, since a row may be spread over pages. Returns one line for each find.
 */
export function findSecrets(
  folders: readonly string[],
  secrets: readonly PlantedSecret[],
  except: readonly string[] = [],
) {
  const needles = secrets.flatMap(needlesOf);
  const found: string[] = [];
  let bytes = 0;
  for (const file of folders.flatMap((folder) => [...filesOf(folder)])) {
    if (except.includes(file)) continue;
    for (const content of contentsOf(file)) {
      bytes += content.length;
      for (const needle of needles) if (content.includes(needle.bytes)) found.push(`${needle.name} in ${file}`);
    }
  }
  return { found, bytes };
}

function* filesOf(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true }) as Dirent[]) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesOf(path);
    else if (entry.isFile()) yield path;
  }
}

function* contentsOf(file: string): Generator<Buffer> {
  const bytes = readFileSync(file);
  yield bytes;
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) yield gunzipSync(bytes);
  if (bytes.subarray(0, 15).toString() === "SQLite format 3") yield rowsOf(file);
}

/** Every value of every row, each on a line. */
function rowsOf(file: string): Buffer {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
    const parts: Buffer[] = [];
    for (const { name } of tables) {
      const quoted = `"${String(name).replaceAll('"', '""')}"`;
      const select = database.prepare(`SELECT * FROM ${quoted}`);
      select.setReadBigInts(true);
      for (const row of select.all()) {
        for (const value of Object.values(row)) parts.push(asBytes(value), Buffer.from("\n"));
      }
    }
    return Buffer.concat(parts);
  } finally {
    database.close();
  }
}

function asBytes(value: unknown): Buffer {
  return value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(String(value));
}
