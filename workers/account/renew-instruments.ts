import type { StoredInstrument } from "../brokers/stored-instrument.ts";
import type { Instrument } from "../core/candle/instrument.ts";
import type { OpenAccount } from "./account-outbox.ts";
import { renewDeskInstruments } from "./account-record.ts";

/** Rules that orders have to keep, as people call them. */
const RULES = [
  ["tick", "the price step"],
  ["lot", "the quantity step"],
  ["quantityMin", "the least quantity"],
  ["quantityMax", "the largest quantity"],
  ["notionalMin", "the least value"],
] as const;

export interface RenewedInstruments {
  readonly instruments: readonly Instrument[];
  /** What changed, in sentences; `isGrave`: orders of it can no longer be sent. */
  readonly told: readonly { readonly message: string; readonly isGrave: boolean }[];
}

/**
 * An account's instruments as its venue has them now. `offered`: those of them that the venue still lists; one that it does
 * not is taken for delisted, and keeps the rules that it had.
 */
export function renewedInstruments(
  known: readonly Instrument[],
  offered: readonly StoredInstrument[],
): RenewedInstruments {
  const now = new Map(offered.map((instrument) => [instrument.id, instrument]));
  const told: { message: string; isGrave: boolean }[] = [];
  const instruments = known.map((before) => {
    const after: StoredInstrument = now.get(before.id) ?? { ...(before as StoredInstrument), status: "delisted" };
    const [was, is] = [(before as StoredInstrument).status, after.status];
    if (was !== is) told.push({ message: statusWords(before.id, is), isGrave: is === "delisted" });
    const rules = RULES.filter(([rule]) => (before as StoredInstrument)[rule] !== after[rule]);
    const words = rules.map(([rule, name]) => `${name} is ${after[rule] ?? "any"} now`);
    if (words.length > 0) told.push({ message: `${before.id}: ${words.join(", ")}.`, isGrave: false });
    return after;
  });
  return { instruments, told };
}

/** Has an account go by the rules that its venue has now, and tells its owner of each change. Answers how many. */
export function renewInstruments(
  { desk, record }: OpenAccount,
  { kv, key }: { readonly kv: SyncKvStorage; readonly key: string },
  offered: readonly StoredInstrument[],
): number {
  const { instruments, told } = renewedInstruments(record.instruments, offered);
  if (told.length === 0) return 0;
  record.instruments = [...instruments];
  kv.put(key, record);
  renewDeskInstruments(desk.books.account, record);
  desk.books.write(() => {
    for (const { message, isGrave } of told) {
      const level = isGrave ? "critical" : "warning";
      desk.books.alert({ level, botId: null, code: isGrave ? "DELISTED" : "INSTRUMENT_CHANGED", message });
    }
  });
  return told.length;
}

function statusWords(id: string, status: StoredInstrument["status"]): string {
  if (status === "delisted") return `${id} is no longer traded at the venue: orders for it are denied here.`;
  return status === "halted" ? `The venue has halted ${id}.` : `${id} is traded again.`;
}
