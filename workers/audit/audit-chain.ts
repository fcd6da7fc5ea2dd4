import type { AuditRecord } from "../../schema/wire/audit-record.ts";
import { sha256 } from "../core/report/sha256.ts";

/** What stands before the first entry. */
export const GENESIS_HASH = "0".repeat(64);

/** One link: the record, its place in the trail from 1 on, and the hash over the link before and itself. */
export interface AuditLink {
  readonly seq: number;
  readonly record: unknown;
  /** SHA-256 in lower-case hexadecimal. */
  readonly hash: string;
}

export interface AuditEntry extends AuditLink {
  readonly record: AuditRecord;
}

/** A head that was written down elsewhere, where whoever edits the trail cannot reach. */
export interface AuditHead {
  readonly seq: number;
  readonly hash: string;
}

/**
 * What is wrong first. `changed`: the entry is not what was hashed. `missing`: entries before it are gone. `order`: it
 * stands where an earlier number should. `truncated`: an anchor names a later entry than the last. `rewritten`: the
 * chain agrees with itself, but not with an anchor of that entry.
 */
export type AuditFaultKind = "changed" | "missing" | "order" | "truncated" | "rewritten";

export interface AuditVerdict {
  readonly entries: number;
  readonly head: AuditHead;
  readonly fault: { readonly seq: number; readonly kind: AuditFaultKind } | null;
}

/**
 * JSON with one spelling for each value: names in the order of their UTF-16 code units, no white space, undefined names
 * left out, numbers and texts as ECMAScript writes them (the rules of RFC 8785). Throws for what JSON cannot hold.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new RangeError(`a number must be finite, was ${value}`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object") throw new TypeError(`a value must be one that JSON holds, was ${typeof value}`);
  const fields = value as Readonly<Record<string, unknown>>;
  let text = "";
  // Without a comparison of one's own, texts are sorted by their UTF-16 code units.
  for (const name of Object.keys(fields).sort()) {
    const entry = fields[name];
    if (entry !== undefined) text += `${text === "" ? "" : ","}${JSON.stringify(name)}:${canonicalJson(entry)}`;
  }
  return `{${text}}`;
}

/** SHA-256 over the hash before, which always has 64 characters, and the canonical JSON of number and record. */
export function linkHash(previous: string, link: { readonly seq: number; readonly record: unknown }): string {
  const { seq, record } = link;
  return sha256(`${previous}${canonicalJson({ seq, record })}`);
}

/** The entries that records make behind a head. */
export function chainRecords(head: AuditHead, records: readonly AuditRecord[]): AuditEntry[] {
  let { seq, hash } = head;
  return records.map((record) => {
    seq += 1;
    hash = linkHash(hash, { seq, record });
    return { seq, record, hash };
  });
}

/** Recomputes a whole trail, in order, and holds it against the anchors. Says the first fault, or none. */
export async function verifyChain(
  entries: AsyncIterable<AuditLink> | Iterable<AuditLink>,
  anchors: readonly AuditHead[],
): Promise<AuditVerdict> {
  // All anchors of an entry count: two that differ tell of two chains, of which one was put in the other's place.
  const anchored = Map.groupBy(anchors, ({ seq }) => seq);
  let head: AuditHead = { seq: 0, hash: GENESIS_HASH };
  const broken = (seq: number, kind: AuditFaultKind) => ({ entries: head.seq, head, fault: { seq, kind } });
  for await (const { seq, record, hash } of entries) {
    const expected = head.seq + 1;
    if (seq !== expected) return broken(expected, seq > expected ? "missing" : "order");
    if (hash !== linkHash(head.hash, { seq, record })) return broken(seq, "changed");
    if (anchored.get(seq)?.some((anchor) => anchor.hash !== hash)) return broken(seq, "rewritten");
    head = { seq, hash };
  }
  const beyond = anchors.filter(({ seq }) => seq > head.seq);
  if (beyond.length > 0) return broken(head.seq + 1, "truncated");
  return { entries: head.seq, head, fault: null };
}
