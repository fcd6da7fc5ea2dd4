import type { AuditHead } from "../audit/audit-chain.ts";
import type { MasterKeys } from "../platform/key-ring.ts";
import { BackupFault, backupKey, base64, bytesOf } from "./sealed-unit.ts";
import type { SourceBackup } from "./source-backup.ts";
import { MANIFESTS } from "./unit-name.ts";

const FORMAT = "apextrade-backup-manifest-1";
const SALT_BYTES = 16;

/** What a source adds to a full backup. */
export interface ManifestEntry extends SourceBackup {
  /** Head of a trail before it was backed up: the restored chain must go through it. */
  readonly auditHead?: AuditHead | undefined;
}

/** A full backup: what it is made of, and how much that is. */
export interface Manifest {
  readonly format: typeof FORMAT;
  /** Also its name. */
  readonly id: string;
  readonly startedAt: number;
  /** As of when all of it is there, UTC ms. */
  readonly madeAt: number;
  /** Version of the code, and the last migration of the database. */
  readonly version: string;
  readonly schema: string;
  readonly entries: readonly ManifestEntry[];
}

export type NewManifest = Omit<Manifest, "format">;

/** Such as `20260301T031500Z-5f2c81aa`: sorts by time. */
export function newBackupId(atMs: number, chance: string): string {
  return `${new Date(atMs).toISOString().replace(/[-:]|\.\d+/g, "")}-${chance}`;
}

export function manifestKey(id: string): string {
  return `${MANIFESTS}${id}.json`;
}

/** The id that a name holds; undefined for a name that is none of a manifest. */
export function manifestId(key: string): string | undefined {
  return /^backups\/manifests\/(\d{8}T\d{6}Z-[0-9a-f]{8})\.json$/.exec(key)?.[1];
}

/** When the backup of an id was begun, UTC ms, to the second. */
export function manifestAt(id: string): number {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-/.exec(id) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** A manifest under an HMAC of a key that is derived from the current master key. */
export async function signManifest(keys: MasterKeys, manifest: NewManifest): Promise<Uint8Array> {
  const body = JSON.stringify({ format: FORMAT, ...manifest });
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const key = await backupKey(keys, { keyId: keys.current, salt, purpose: "manifest" });
  const hmac = new Uint8Array(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(body)));
  const text = JSON.stringify({ keyId: keys.current, salt: base64(salt), hmac: base64(hmac), body });
  return new TextEncoder().encode(text);
}

/** The manifest behind a name. Throws `BackupFault` where it was changed, stands under another name, or is of another key. */
export async function readManifest(keys: MasterKeys, key: string, bytes: Uint8Array): Promise<Manifest> {
  const { keyId, salt, hmac, body } = readSigned(bytes);
  const use = await backupKey(keys, { keyId, salt: bytesOf(salt), purpose: "manifest" });
  const isGenuine = await crypto.subtle.verify("HMAC", use, bytesOf(hmac), new TextEncoder().encode(body));
  if (!isGenuine) throw new BackupFault("not_authentic", `${key} is not what was signed`);
  const manifest = JSON.parse(body) as Manifest;
  if (manifest.format !== FORMAT) throw new BackupFault("unknown_format", `a manifest must have the format ${FORMAT}`);
  if (manifestKey(manifest.id) !== key) throw new BackupFault("misplaced", `${key} holds the manifest ${manifest.id}`);
  return manifest;
}

function readSigned(bytes: Uint8Array): { keyId: string; salt: string; hmac: string; body: string } {
  try {
    const signed = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)) as object;
    const { keyId, salt, hmac, body } = signed as Record<string, unknown>;
    if ([keyId, salt, hmac, body].every((text) => typeof text === "string")) {
      return { keyId, salt, hmac, body } as { keyId: string; salt: string; hmac: string; body: string };
    }
  } catch {
    // Said below.
  }
  throw new BackupFault("unknown_format", "a manifest must be what was signed");
}
