import { type AuditEvent, auditContext, prepareAudit, prepareAuditOfChange } from "../../audit/prepare-audit.ts";
import type { NoticeWays } from "../../notify/notice-ways.ts";
import { OPERATORS } from "../../notify/raised-notice.ts";
import { ownedDatabase } from "../../platform/owned-database.ts";
import type { ServiceContext } from "../service-context.ts";

/** What the verbs of notices work with. The owner is a person, or the deployment's people. */
export interface NoticeContext extends ServiceContext {
  readonly ways: NoticeWays;
}

/** The same about what the deployment's people are told. */
export function ofDeployment(ctx: NoticeContext): NoticeContext {
  return { ...ctx, ownerId: OPERATORS, owned: ownedDatabase(ctx.database, OPERATORS) };
}

/** A statement that tells the trail: the owner's own, or of the deployment's notices that of whoever changed them. */
export function noticeAudit(ctx: NoticeContext, event: AuditEvent) {
  return prepareAudit(trailOf(ctx), event);
}

/** The same right behind a conditional change. */
export function noticeAuditOfChange(ctx: NoticeContext, event: AuditEvent) {
  return prepareAuditOfChange(trailOf(ctx), event);
}

function trailOf(ctx: NoticeContext) {
  return auditContext(ctx, { ownerId: ctx.ownerId === OPERATORS ? ctx.actor.userId : ctx.ownerId, actor: ctx.actor });
}
