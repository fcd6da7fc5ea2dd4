import { and, count, eq, isNull, ne, type SQL } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { z } from "zod";
import { users } from "../../../schema/tables/identity.ts";
import type { AskClosing, Closing } from "../../../schema/wire/admin.ts";
import { TimeMs } from "../../../schema/wire/primitive.ts";
import { prepareAuditOfChange } from "../../audit/prepare-audit.ts";
import {
  type DeploymentFact,
  factIs,
  prepareFactChange,
  readFact,
  type StoredFact,
} from "../../platform/deployment-fact.ts";
import { newId } from "../../platform/ids.ts";
import { conflict, forbidden, notFound } from "../../platform/problem-error.ts";
import { auditFor, type PersonContext } from "../identity/identity-context.ts";
import { type SwitchDecision, setPlatformTrading } from "../trading/platform-switch.ts";

/** Long enough to wake a second person, short enough that nobody agrees to what was asked on another day. */
export const CLOSING_OPEN_MS = 30 * 60_000;

const Stored = z.object({
  id: z.string(),
  reason: z.string(),
  askedBy: z.string(),
  askedAt: TimeMs,
  decision: z.object({ outcome: z.enum(["confirmed", "withdrawn"]), by: z.string(), at: TimeMs }).nullable(),
});
type Stored = z.infer<typeof Stored>;
const CLOSING: DeploymentFact<Stored> = { name: "closing", schema: Stored };

/** The last closing that was asked for; null before the first. */
export async function readClosing({ ctx }: { ctx: PersonContext }): Promise<Closing | null> {
  const stored = await readFact(ctx.database, CLOSING);
  return stored === undefined ? null : viewOf(stored.value, ctx.now());
}

/**
 * Stops all trading at once, and asks for every position to be closed: that moves everybody's money, so it waits for another
 * administrator. Throws 409 where one is open already, or where there is nobody who could agree.
 */
export async function askClosing(call: { ctx: PersonContext; input: AskClosing }): Promise<Closing> {
  const { ctx, input } = call;
  const userId = ctx.principal.user.id;
  if ((await countOthers(ctx, userId)) === 0) {
    throw conflict(
      "second_administrator",
      "Closing everybody's positions needs a second administrator, and there is none. Trading can be stopped by one.",
    );
  }
  const before = await readFact(ctx.database, CLOSING);
  if (before !== undefined && viewOf(before.value, ctx.now()).state === "open") throw alreadyOpen();
  const asked = { id: newId("cls"), reason: input.reason, askedBy: userId, askedAt: ctx.now(), decision: null };
  // First what cannot wait: a closing that is refused below leaves trading stopped, and says so.
  await setPlatformTrading({ ctx, input: { state: "HALTED", flatten: false, reason: input.reason } });
  if (!(await store(ctx, before, asked, "platform.closing.ask"))) throw alreadyOpen();
  return viewOf(asked, ctx.now());
}

/**
 * Agrees to a closing: every desk cancels what is open and closes what is held, at the market. Throws 404, 403 for whoever
 * asked for it, and 409 where it is no longer open.
 */
export async function confirmClosing(call: { ctx: PersonContext; input: { id: string } }): Promise<Closing> {
  const { ctx } = call;
  const open = await findOpen(ctx, call.input.id);
  const userId = ctx.principal.user.id;
  if (open.value.askedBy === userId) {
    throw forbidden("second_administrator", "You asked for this closing. Another administrator has to agree to it.");
  }
  const decided: Stored = { ...open.value, decision: { outcome: "confirmed", by: userId, at: ctx.now() } };
  const decision: SwitchDecision = {
    store: (where) => storing(ctx, { before: open, value: decided, action: "platform.closing.confirm", where }),
    isStored: factIs(CLOSING, JSON.stringify(decided)),
  };
  try {
    await setPlatformTrading({ ctx, input: { state: "HALTED", flatten: true, reason: open.value.reason }, decision });
  } catch (error) {
    // Where it is decided as we did, desks that were not told yet are told by the next minute's tick.
    const stored = await readFact(ctx.database, CLOSING);
    if (stored?.text === JSON.stringify(decided)) return viewOf(decided, ctx.now());
    // Another decision came first, where it is no longer open.
    await findOpen(ctx, call.input.id);
    throw error;
  }
  return viewOf(decided, ctx.now());
}

/** Takes a closing back; trading stays stopped. Throws 404, and 409 where it is no longer open. */
export async function withdrawClosing(call: { ctx: PersonContext; input: { id: string } }): Promise<Closing> {
  const { ctx } = call;
  const open = await findOpen(ctx, call.input.id);
  const by = ctx.principal.user.id;
  const decided: Stored = { ...open.value, decision: { outcome: "withdrawn", by, at: ctx.now() } };
  if (!(await store(ctx, open, decided, "platform.closing.withdraw"))) throw ended();
  return viewOf(decided, ctx.now());
}

/** Administrators whose account is open, but for one. */
export async function countOthers({ database }: PersonContext, userId: string): Promise<number> {
  const others = and(eq(users.role, "administrator"), isNull(users.disabledAt), ne(users.id, userId));
  const [row] = await database.select({ rows: count() }).from(users).where(others);
  return row?.rows ?? 0;
}

async function findOpen(ctx: PersonContext, id: string): Promise<StoredFact<Stored>> {
  const stored = await readFact(ctx.database, CLOSING);
  if (stored === undefined || stored.value.id !== id) throw notFound("closing");
  if (viewOf(stored.value, ctx.now()).state !== "open") throw ended();
  return stored;
}

/** Whether it is stored: of two changes at the same moment one is. */
async function store(
  ctx: PersonContext,
  before: StoredFact<Stored> | undefined,
  value: Stored,
  action: string,
): Promise<boolean> {
  const [change, entry] = storing(ctx, { before, value, action });
  const [changed] = await ctx.database.batch([change, entry]);
  return (changed as D1Result).meta.changes > 0;
}

function storing(
  ctx: PersonContext,
  change: {
    readonly before: StoredFact<Stored> | undefined;
    readonly value: Stored;
    readonly action: string;
    readonly where?: SQL;
  },
): [BatchItem<"sqlite">, BatchItem<"sqlite">] {
  const { before, action, ...stored } = change;
  return [
    prepareFactChange(ctx.database, CLOSING, { ...stored, before: before?.text, nowMs: ctx.now() }),
    prepareAuditOfChange(auditFor(ctx, ctx.principal.user.id), {
      action,
      subject: { kind: "closing", id: stored.value.id },
      after: { reason: stored.value.reason },
    }),
  ];
}

function viewOf({ id, reason, askedBy, askedAt, decision }: Stored, nowMs: number): Closing {
  const expiresAt = askedAt + CLOSING_OPEN_MS;
  const undecided = nowMs < expiresAt ? ("open" as const) : ("expired" as const);
  return {
    ...{ id, reason, askedBy, askedAt, expiresAt },
    state: decision?.outcome ?? undecided,
    decidedBy: decision?.by ?? null,
    decidedAt: decision?.at ?? null,
  };
}

function alreadyOpen() {
  return conflict("closing_open", "A closing is open already: agree to it, or withdraw it first.");
}

function ended() {
  return conflict("closing_ended", "This closing is no longer open: it was decided, or nobody agreed in time.");
}
