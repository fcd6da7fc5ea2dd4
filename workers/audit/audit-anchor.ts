import { and, asc, eq, gt, lt } from "drizzle-orm";
import { auditHeads } from "../../schema/tables/outbox.ts";
import { openDatabase } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";
import { logEvent } from "../platform/log-event.ts";
import { objectName } from "../platform/object-name.ts";
import type { AuditHead } from "./audit-chain.ts";

/**
 * Heads of the owners' chains, kept in R2 where whoever edits a chain does not reach. An anchor holds a number and a
 * hash, under a name that is an HMAC: nothing about a person. Its key names its content and is written once and never
 * again; a lock rule of the bucket on `ANCHOR_PREFIX` makes that a promise of the platform, which the Worker cannot break.
 * What they prove ends where the last one was written, so they are written each hour.
 */
export const ANCHOR_PREFIX = "audit/anchors/";

const HOUR_MS = 3_600_000;
// Three calls an anchor, of the thousand that one tick of cron may make; the next minute takes what is left.
const ANCHORS_A_TICK_MAX = 100;
// R2 lists a thousand keys a page: eleven years of an anchor each hour.
const LIST_PAGES_MAX = 100;
const DELETED_A_CALL = 1_000;
// So that keys are listed in the order of the chain.
const SEQ_DIGITS = 12;
const KEY_END = new RegExp(`/(\\d{${SEQ_DIGITS}})-([0-9a-f]{64})\\.json$`);

/** A head with the time, in UTC milliseconds, at which it was written down. */
export interface AuditAnchor extends AuditHead {
  readonly at: number;
}

/**
 * Writes an anchor of each chain that moved since its last one, unless that was written in this hour. A row is marked
 * only after its anchor is there, and the same anchor again is the same key: a kill at any point, or two ticks at once,
 * change nothing. One that fails holds up no other; the call throws once all were tried. Returns how many are anchored.
 */
export async function anchorAudit(env: Env, nowMs: number): Promise<number> {
  const database = openDatabase(env.DB);
  const { ownerId, seq, hash, anchoredSeq, anchoredAt } = auditHeads;
  const hourStart = nowMs - (nowMs % HOUR_MS);
  const due = await database
    .select({ ownerId, seq, hash })
    .from(auditHeads)
    .where(and(gt(seq, anchoredSeq), lt(anchoredAt, hourStart)))
    .orderBy(asc(anchoredAt))
    .limit(ANCHORS_A_TICK_MAX);
  let failed = 0;
  for (const head of due) {
    try {
      await writeAnchor(env.BUCKET, { ...head, at: nowMs });
      const isOlder = and(eq(ownerId, head.ownerId), lt(anchoredSeq, head.seq));
      await database.update(auditHeads).set({ anchoredSeq: head.seq, anchoredAt: nowMs }).where(isOlder);
    } catch (error) {
      failed += 1;
      logEvent("audit_anchor_failed", { ownerId: head.ownerId, error });
    }
  }
  if (failed > 0) throw new Error(`${failed} of ${due.length} anchors could not be written`);
  return due.length;
}

/** Every anchor of an owner's chain, by number. */
export async function readAnchors(env: Env, owner: string): Promise<AuditAnchor[]> {
  const anchors: AuditAnchor[] = [];
  for await (const { key, uploaded } of listAnchors(env, owner)) {
    const [, seq, hash] = KEY_END.exec(key) ?? [];
    if (seq !== undefined && hash !== undefined) anchors.push({ seq: Number(seq), hash, at: uploaded.getTime() });
  }
  return anchors;
}

/** The head that the drain saw last, which is newer than the last anchor. Undefined where nothing was drained yet. */
export async function readWitness(env: Env, owner: string): Promise<AuditHead | undefined> {
  const { ownerId, seq, hash } = auditHeads;
  const rows = await openDatabase(env.DB).select({ seq, hash }).from(auditHeads).where(eq(ownerId, owner)).limit(1);
  return rows[0];
}

/**
 * Forgets an erased owner's anchors. Where a lock keeps them, they stay until it ends and tell nothing of a person: the
 * chain they were heads of, and the owner's id that their name was made from, are gone. Returns whether all were removed.
 */
export async function forgetAnchors(env: Env, owner: string): Promise<boolean> {
  await openDatabase(env.DB).delete(auditHeads).where(eq(auditHeads.ownerId, owner));
  const keys: string[] = [];
  for await (const { key } of listAnchors(env, owner)) keys.push(key);
  try {
    for (let from = 0; from < keys.length; from += DELETED_A_CALL) {
      await env.BUCKET.delete(keys.slice(from, from + DELETED_A_CALL));
    }
    return true;
  } catch (error) {
    logEvent("audit_anchors_kept", { error });
    return false;
  }
}

async function writeAnchor(
  bucket: R2Bucket,
  { ownerId, seq, hash, at }: AuditAnchor & { ownerId: string },
): Promise<void> {
  const key = `${await prefixOf(ownerId)}${String(seq).padStart(SEQ_DIGITS, "0")}-${hash}.json`;
  // Asked first: a locked key would refuse the write with an error, though the anchor is there.
  if ((await bucket.head(key)) !== null) return;
  // Answers null where another tick was here in between; the object that it wrote says the same.
  await bucket.put(key, JSON.stringify({ seq, hash, at }), {
    onlyIf: { etagDoesNotMatch: "*" },
    httpMetadata: { contentType: "application/json" },
  });
}

async function* listAnchors(env: Env, ownerId: string): AsyncGenerator<R2Object> {
  const prefix = await prefixOf(ownerId);
  let cursor: string | undefined;
  for (let page = 0; page < LIST_PAGES_MAX; page += 1) {
    const listed: R2Objects = await env.BUCKET.list({ prefix, ...(cursor === undefined ? {} : { cursor }) });
    yield* listed.objects;
    if (!listed.truncated) return;
    cursor = listed.cursor;
  }
  throw new Error(`an owner must have at most ${LIST_PAGES_MAX} pages of anchors, had more`);
}

async function prefixOf(ownerId: string): Promise<string> {
  return `${ANCHOR_PREFIX}${await objectName({ kind: "audit-anchor", ownerId, id: "trail" })}/`;
}
