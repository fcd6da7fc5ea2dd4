import type { AuditPage, AuditQuery, AuditTail, AuditVerification } from "../../schema/wire/audit.ts";
import { readAnchors, readWitness } from "../audit/audit-anchor.ts";
import { type AuditHead, GENESIS_HASH } from "../audit/audit-chain.ts";
import { readAuditEntry } from "../audit/audit-object.ts";
import { auditObject } from "../audit/drain-audit.ts";
import type { ServiceContext } from "./service-context.ts";

/** A page of the owner's trail, the newest entry first. */
export async function listAudit(call: { ctx: ServiceContext; input: AuditQuery }): Promise<AuditPage> {
  const { ownerId, env } = call.ctx;
  const { before, limit, ...filter } = call.input;
  const object = await auditObject(env, ownerId);
  const entries = await object.list({ ownerId, filter, before, limit });
  const rows = entries.map((entry) => {
    const { seq, record, hash } = readAuditEntry(entry);
    return { ...record, seq, hash };
  });
  const last = rows.at(-1);
  return { rows, next: last === undefined || rows.length < limit || last.seq === 1 ? null : last.seq };
}

/** Recomputes the owner's whole trail and holds it against its anchors. */
export async function verifyAudit({ ctx }: { ctx: ServiceContext }): Promise<AuditVerification> {
  const { ownerId, env } = ctx;
  const [anchors, witness] = await Promise.all([readAnchors(env, ownerId), readWitness(env, ownerId)]);
  // What the drain saw last is no anchor, but finds within the hour what the anchors do not know of yet.
  const known: AuditHead[] = anchors.map(({ seq, hash }) => ({ seq, hash }));
  if (witness !== undefined) known.push(witness);
  const { entries, head, fault } = await (await auditObject(env, ownerId)).verify({ ownerId, anchors: known });
  const lastAnchoredAt = anchors.reduce((latest, { at }) => Math.max(latest, at), 0) || null;
  return { entries, head, fault, anchors: anchors.length, lastAnchoredAt };
}

/**
 * The owner's whole trail as lines of JSON, the oldest entry first: `seq`, `record` and `hash` of one entry each, and at
 * the end an `AuditTail`, by which a file that was cut is told from a whole one. It is read as it is sent.
 */
export async function downloadAudit({ ctx }: { ctx: ServiceContext }): Promise<ReadableStream<Uint8Array>> {
  const { ownerId, env } = ctx;
  const object = await auditObject(env, ownerId);
  // Before the entries: none of them can then be newer than the last entry of a trail that is whole.
  const anchors = await readAnchors(env, ownerId);
  const encoder = new TextEncoder();
  let head: AuditHead = { seq: 0, hash: GENESIS_HASH };
  return new ReadableStream({
    async pull(controller) {
      const entries = await object.following({ ownerId, after: head.seq });
      const last = entries.at(-1);
      if (last === undefined) {
        const tail: AuditTail = { head, anchors };
        controller.enqueue(encoder.encode(`${JSON.stringify(tail)}\n`));
        controller.close();
        return;
      }
      head = { seq: last.seq, hash: last.hash };
      const lines = entries.map(({ seq, record, hash }) => `{"seq":${seq},"record":${record},"hash":"${hash}"}\n`);
      controller.enqueue(encoder.encode(lines.join("")));
    },
  });
}
