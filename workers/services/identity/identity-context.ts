import type { AuditPlace } from "../../../schema/wire/audit-record.ts";
import { type AuditContext, type AuditEvent, auditContext, prepareAudit } from "../../audit/prepare-audit.ts";
import type { Principal } from "../../auth/principal.ts";
import type { Letter } from "../../mail/letter.ts";
import { prepareLetter } from "../../mail/mail-outbox.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Database } from "../../platform/database.ts";
import type { Env } from "../../platform/env.ts";
import { publicOriginOf } from "../../platform/public-origin.ts";

/** What the verbs of identity work with: the request is where cookies and the origin come from. */
export interface IdentityContext {
  readonly env: Env;
  readonly database: Database;
  readonly request: Request;
  readonly place: AuditPlace;
  readonly now: Clock;
}

/** The same for somebody who is signed in. */
export interface PersonContext extends IdentityContext {
  readonly principal: Principal;
}

/** Where the browser of the request is: what a passkey is bound to. */
export function originOf(ctx: IdentityContext): string {
  return new URL(ctx.request.url).origin;
}

/** Where links in letters lead: to the configured site, so that nobody who sends a request chooses it. */
export function letterOriginOf(ctx: IdentityContext): string {
  return publicOriginOf(ctx.env.PUBLIC_ORIGIN) ?? originOf(ctx);
}

/** Where an entry about a user goes: into that user's own trail. Without a session or key nobody is known to have acted. */
export function auditOf(ctx: IdentityContext, userId: string, grantId = ""): AuditContext {
  const actor =
    grantId === ""
      ? { type: "anonymous" as const, userId: "", grantId: "" }
      : { type: "user" as const, userId, grantId };
  return auditContext(ctx, { ownerId: userId, actor });
}

/** The same for what the person of the context did to another's things, in the trail of that owner. */
export function auditFor(ctx: PersonContext, ownerId: string): AuditContext {
  const { user, grantId } = ctx.principal;
  return { ...auditOf(ctx, user.id, grantId), ownerId };
}

/** A statement that tells the person's own trail what the person did. */
export function prepareOwnAudit(ctx: PersonContext, event: AuditEvent) {
  return prepareAudit(auditOf(ctx, ctx.principal.user.id, ctx.principal.grantId), event);
}

/** Statements that queue a letter to a user. */
export async function prepareLetterTo(ctx: IdentityContext, user: { id: string; email: string }, letter: Letter) {
  const { env, database } = ctx;
  return prepareLetter({ env, database, nowMs: ctx.now() }, { userId: user.id, to: user.email, letter });
}
