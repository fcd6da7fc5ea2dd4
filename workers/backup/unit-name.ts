import { DAY_MS } from "../core/candle/timeframe.ts";
import type { UnitHeader } from "./sealed-unit.ts";

/** Everything under it is written once and never again; a lock rule of the bucket makes that a promise of the platform. */
export const BACKUP_PREFIX = "backups/";
const UNITS = `${BACKUP_PREFIX}units/`;
export const MANIFESTS = `${BACKUP_PREFIX}manifests/`;
/**
 * Halves of owners' keys. They are kept apart from all units, not under the lock, and go with their owner at once: so that
 * no backup opens the secrets of somebody who was erased.
 */
export const OWNER_KEYS = "owner-keys/";

/** A unit by its name alone. */
export interface NamedUnit extends UnitHeader {
  readonly key: string;
  readonly sha256: string;
}

const NUMBER_DIGITS = 7;
const KEY =
  /^backups\/units\/(\d{4}-\d{2}-\d{2})\/(database|[A-Za-z]+\/[\w-]+)\/(\d{13}-[0-9a-f]{8})\/(\d{7})-(\d{7})([ml])-(\d{7})-(\d{13})-([0-9a-f]{64})$/;

/** The name of a unit: by the day of its base, so that old ones are found and dropped by their day. */
export function unitKeyOf(header: UnitHeader, sha256: string): string {
  const { source, epoch, number, part, isLast, covers, at } = header;
  const digits = (value: number) => String(value).padStart(NUMBER_DIGITS, "0");
  const place = `${digits(number)}-${digits(part)}${isLast ? "l" : "m"}-${digits(covers)}-${at}`;
  return `${UNITS}${dayOf(epochAt(epoch))}/${source}/${epoch}/${place}-${sha256}`;
}

/** What a name says; undefined for a name that is not one of ours. */
export function readUnitKey(key: string): NamedUnit | undefined {
  const [whole, day, source, epoch, number, part, last, covers, at, sha256] = KEY.exec(key) ?? [];
  if (whole === undefined || dayOf(epochAt(epoch)) !== day) return undefined;
  return {
    ...{ key, source, epoch, sha256, isLast: last === "l" },
    ...{ number: Number(number), part: Number(part), covers: Number(covers), at: Number(at) },
  };
}

/** Names of the units whose base was made on a day begin with this. */
export function dayPrefix(day: string): string {
  return `${UNITS}${day}/`;
}

/** Such as `2026-03-01`, UTC. */
export function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

/** Every UTC day from one instant to another. */
export function daysBetween(fromMs: number, toMs: number): string[] {
  const days: string[] = [];
  for (let day = Math.floor(fromMs / DAY_MS); day <= Math.floor(toMs / DAY_MS); day++) days.push(dayOf(day * DAY_MS));
  return days;
}

export function newEpoch(atMs: number): string {
  const chance = crypto.getRandomValues(new Uint8Array(4));
  return `${String(atMs).padStart(13, "0")}-${Array.from(chance, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** When the base of an epoch was begun, UTC ms. */
export function epochAt(epoch: string): number {
  return Number(epoch.slice(0, 13));
}
