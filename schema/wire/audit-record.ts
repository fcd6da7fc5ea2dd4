import { z } from "zod";

/** Who did it. `user` acts through a session, `api-key` through a key of that user; `system` is a job of ours. */
export const AuditActor = z.object({
  type: z.enum(["user", "api-key", "system", "anonymous"]),
  /** User whose session or key it was; empty for system and anonymous. */
  userId: z.string(),
  /** Session or key. */
  grantId: z.string(),
});
export type AuditActor = z.infer<typeof AuditActor>;

export const AuditPlace = z.object({ address: z.string(), userAgent: z.string(), requestId: z.string() });
export type AuditPlace = z.infer<typeof AuditPlace>;

export const AuditSubject = z.object({ kind: z.string(), id: z.string() });

/** One entry of an owner's trail: who did what, when, from where, and what it changed. Never holds a secret. */
export const AuditRecord = z.object({
  id: z.string(),
  at: z.number().int(),
  action: z.string(),
  actor: AuditActor,
  place: AuditPlace,
  subject: AuditSubject.nullable(),
  before: z.unknown(),
  after: z.unknown(),
});
export type AuditRecord = z.infer<typeof AuditRecord>;
