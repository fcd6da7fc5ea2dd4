import { z } from "zod";
import { AuditRow } from "./audit.ts";
import { PlatformTrading } from "./platform.ts";
import { Reason, TimeMs } from "./primitive.ts";

/** While it is on, the API answers 503 and pages say why; desks, bots and their streams go on. */
export const Maintenance = z.object({
  isOn: z.boolean(),
  /** What people are told. */
  message: z.string(),
  /** When it shall be over; null where nobody knows. */
  until: TimeMs.nullable(),
  changedAt: TimeMs.nullable(),
});
export type Maintenance = z.infer<typeof Maintenance>;

export const SetMaintenance = z.discriminatedUnion("isOn", [
  z.strictObject({ isOn: z.literal(true), message: Reason, until: TimeMs.nullable().default(null) }),
  z.strictObject({ isOn: z.literal(false) }),
]);
export type SetMaintenance = z.infer<typeof SetMaintenance>;

/** That every position of the deployment shall be closed: asked for by one administrator, done once another agrees. */
export const Closing = z.object({
  id: z.string(),
  reason: z.string(),
  askedBy: z.string(),
  askedAt: TimeMs,
  /** From then on it is void. */
  expiresAt: TimeMs,
  state: z.enum(["open", "expired", "withdrawn", "confirmed"]),
  decidedBy: z.string().nullable(),
  decidedAt: TimeMs.nullable(),
});
export type Closing = z.infer<typeof Closing>;
export const AskClosing = z.strictObject({ reason: Reason });
export type AskClosing = z.infer<typeof AskClosing>;

/** The switches of the whole deployment. */
export const PlatformSwitches = z.object({
  trading: PlatformTrading,
  maintenance: Maintenance,
  /** The last time that closing was asked for. */
  closing: Closing.nullable(),
  /** Administrators who could agree to a closing. */
  administrators: z.number().int(),
});
export type PlatformSwitches = z.infer<typeof PlatformSwitches>;

export const JOB_KINDS = ["run", "export", "backfill", "letter"] as const;
export const JobKind = z.enum(JOB_KINDS);
export type JobKind = z.infer<typeof JobKind>;

/** `stuck`: nobody has said a word of it for longer than its worker may be silent. */
export const JOB_STATES = ["waiting", "working", "stuck", "failed", "cancelled", "done"] as const;
export const JobState = z.enum(JOB_STATES);
export type JobState = z.infer<typeof JobState>;

/** A piece of work that a queue does for somebody. */
export const AdminJob = z.object({
  kind: JobKind,
  id: z.string(),
  ownerId: z.string(),
  title: z.string(),
  state: JobState,
  createdAt: TimeMs,
  /** Last sign of life of a worker or of the queue. */
  aliveAt: TimeMs,
  finishedAt: TimeMs.nullable(),
  /** Times that it was sent again since it last got on, or that a letter was tried. */
  attempts: z.number().int(),
  error: z.string().nullable(),
  /** What may be done with it now. */
  verbs: z.array(z.enum(["redrive", "cancel"])),
});
export type AdminJob = z.infer<typeof AdminJob>;

export const JobQuery = z.object({
  kind: JobKind,
  state: JobState.optional(),
  cursor: z.string().max(100).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});
export type JobQuery = z.infer<typeof JobQuery>;

/** What waits and what went wrong, of each kind of work. */
export const JobCounts = z.array(
  z.object({
    kind: JobKind,
    waiting: z.number().int(),
    working: z.number().int(),
    stuck: z.number().int(),
    /** Within the last day. */
    failed: z.number().int(),
    oldestWaitingAt: TimeMs.nullable(),
  }),
);
export type JobCounts = z.infer<typeof JobCounts>;

export const ObjectKind = z.enum(["bot", "account"]);
export type ObjectKind = z.infer<typeof ObjectKind>;

/** A bot or an account as lists know it. */
export const AdminObject = z.object({
  kind: ObjectKind,
  id: z.string(),
  name: z.string(),
  ownerId: z.string(),
  /** Of a bot its state, of an account what money it has. */
  state: z.string(),
  reason: z.string().nullable(),
  /** When it shall wake next, as its list says; null where it rests, and for accounts. */
  dueAt: TimeMs.nullable(),
  /** How long it is past that, ms. */
  lateMs: z.number().int().nullable(),
  createdAt: TimeMs,
});
export type AdminObject = z.infer<typeof AdminObject>;

/** The same with what the object itself says; `live` is null where it could not be asked. */
export const AdminObjectDetail = AdminObject.extend({
  live: z
    .object({
      alarmAt: TimeMs.nullable(),
      databaseBytes: z.number().int(),
      sockets: z.number().int(),
      /** Names and values as the object gives them, for reading. */
      facts: z.array(z.object({ name: z.string(), value: z.string() })),
    })
    .nullable(),
});
export type AdminObjectDetail = z.infer<typeof AdminObjectDetail>;

/** A thing that the deployment needs, asked just now. */
export const Dependency = z.object({
  name: z.string(),
  state: z.enum(["working", "failing", "unset"]),
  elapsedMs: z.number(),
  /** What is wrong, or what it said. */
  note: z.string(),
});
export type Dependency = z.infer<typeof Dependency>;

export const DeploymentHealth = z.object({
  dependencies: z.array(Dependency),
  version: z.string(),
  deployment: z.string(),
  /** The newest change of the database that was made. */
  migration: z.string(),
  /** Jobs of the night, and when each was last through. */
  nightly: z.array(z.object({ name: z.string(), day: z.string(), doneAt: TimeMs })),
});
export type DeploymentHealth = z.infer<typeof DeploymentHealth>;

/** What the deployment's people did, from their trails, the newest first. */
export const OperatorEntry = AuditRow.extend({ ownerId: z.string() });
export const OperatorTrail = z.object({
  rows: z.array(OperatorEntry),
  /** Whose trails were read. */
  people: z.array(z.object({ id: z.string(), name: z.string(), email: z.string() })),
  /** UTC ms: read on with `to`; null at the end. */
  next: TimeMs.nullable(),
});
export type OperatorTrail = z.infer<typeof OperatorTrail>;
