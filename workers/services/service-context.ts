import type { AuditActor, AuditPlace } from "../../schema/wire/audit-record.ts";
import { type AuditContext, auditContext } from "../audit/prepare-audit.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";
import type { OwnedDatabase } from "../platform/owned-database.ts";
import type { StrategyCatalogue } from "./strategy-catalogue.ts";

/** What a verb works with: on whose behalf, on which bindings, at what time. */
export interface ServiceContext {
  readonly env: Env;
  readonly ownerId: string;
  readonly owned: OwnedDatabase;
  /** For stores that take an owner with every call, such as the candle archive. */
  readonly database: Database;
  readonly strategies: StrategyCatalogue;
  readonly now: Clock;
  /** Who acts, and from where: for the audit trail. */
  readonly actor: AuditActor;
  readonly place: AuditPlace;
}

/** Where entries about what this context's verbs do go: into the owner's trail. */
export function trailOf(ctx: ServiceContext): AuditContext {
  return auditContext(ctx, ctx);
}
