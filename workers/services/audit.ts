import type { AuditPage, AuditQuery, AuditVerification } from "../../schema/wire/audit.ts";
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

/** Recomputes the owner's whole trail. */
export async function verifyAudit({ ctx }: { ctx: ServiceContext }): Promise<AuditVerification> {
  const { ownerId, env } = ctx;
  const { entries, head, fault } = await (await auditObject(env, ownerId)).verify({ ownerId, anchors: [] });
  return { entries, head, fault, anchored: false };
}
