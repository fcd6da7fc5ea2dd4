import { and, desc, eq, like, or, sql } from "drizzle-orm";
import { bots, tradingAccounts } from "../../../schema/tables/trading.ts";
import type { AdminObject, AdminObjectDetail, ObjectKind } from "../../../schema/wire/admin.ts";
import { auditContext, prepareAudit } from "../../audit/prepare-audit.ts";
import { logEvent } from "../../platform/log-event.ts";
import { notFound, unavailable } from "../../platform/problem-error.ts";
import type { ServiceContext } from "../service-context.ts";
import { accountObject, botObject } from "../trading/account-object-of.ts";

/** Of each kind: whoever looks for one thing types more of its name. */
const FOUND_MAX = 50;
const ASK_AGAIN_SECONDS = 10;

type OfObject = { readonly ctx: ServiceContext; readonly input: { readonly kind: ObjectKind; readonly id: string } };

/** Bots and accounts by the start of their id or their owner's, or a part of their name; bots that are late first. */
export async function findObjects({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { search: string };
}): Promise<AdminObject[]> {
  const { database } = ctx;
  const nowMs = ctx.now();
  const text = input.search.replace(/[%_\\]/g, "").slice(0, 40);
  const named = (table: typeof bots | typeof tradingAccounts) =>
    text === ""
      ? undefined
      : or(
          like(table.name, `%${text}%`),
          // Ids hold the sign that stands for any other one.
          sql`substr(${table.id}, 1, ${input.search.length}) = ${input.search}`,
          sql`substr(${table.ownerId}, 1, ${input.search.length}) = ${input.search}`,
        );
  const [foundBots, foundAccounts] = await Promise.all([
    database
      .select()
      .from(bots)
      .where(and(named(bots), eq(bots.archived, false)))
      .orderBy(sql`${bots.dueAt} is null`, bots.dueAt, desc(bots.createdAt))
      .limit(FOUND_MAX),
    database
      .select()
      .from(tradingAccounts)
      .where(named(tradingAccounts))
      .orderBy(desc(tradingAccounts.createdAt))
      .limit(FOUND_MAX),
  ]);
  return [...foundBots.map((row) => botOf(row, nowMs)), ...foundAccounts.map(accountOf)];
}

/** One of them, with what it says itself. Throws 404. */
export async function inspectObject(call: OfObject): Promise<AdminObjectDetail> {
  const found = await requireObject(call);
  try {
    return { ...found, live: await ask(call.ctx, found) };
  } catch (error) {
    logEvent("object_not_asked", { id: found.id, error });
    return { ...found, live: null };
  }
}

/** Has it look at what is due, as its alarm would. Throws 404, and 503 where it does not answer. */
export async function wakeObject(call: OfObject): Promise<AdminObjectDetail> {
  const found = await requireObject(call);
  const { ctx } = call;
  const subject = { kind: found.kind, id: found.id };
  const owners = new Set([found.ownerId, ctx.actor.userId]);
  const event = { action: "object.wake", subject, before: { state: found.state, dueAt: found.dueAt } };
  const [first, ...others] = Array.from(owners, (ownerId) =>
    prepareAudit(auditContext(ctx, { ownerId, actor: ctx.actor }), event),
  );
  if (first !== undefined) await ctx.database.batch([first, ...others]);
  const whose = { env: ctx.env, ownerId: found.ownerId };
  try {
    if (found.kind === "bot") await (await botObject(whose, found.id)).object.wake({ ownerId: found.ownerId });
    else await (await accountObject(whose, found.id)).object.wake({ ownerId: found.ownerId });
  } catch (error) {
    logEvent("object_not_woken", { id: found.id, error });
    throw unavailable("It did not answer. The log says why.", ASK_AGAIN_SECONDS);
  }
  return inspectObject(call);
}

async function ask({ env }: ServiceContext, { kind, id, ownerId }: AdminObject): Promise<AdminObjectDetail["live"]> {
  const whose = { env, ownerId };
  if (kind === "bot") return (await botObject(whose, id)).object.inspect({ ownerId });
  return (await accountObject(whose, id)).object.inspect({ ownerId });
}

async function requireObject({ ctx, input }: OfObject): Promise<AdminObject> {
  const { database } = ctx;
  if (input.kind === "bot") {
    const [row] = await database.select().from(bots).where(eq(bots.id, input.id)).limit(1);
    if (row !== undefined) return botOf(row, ctx.now());
  } else {
    const [row] = await database.select().from(tradingAccounts).where(eq(tradingAccounts.id, input.id)).limit(1);
    if (row !== undefined) return accountOf(row);
  }
  throw notFound(input.kind);
}

function botOf(row: typeof bots.$inferSelect, nowMs: number): AdminObject {
  const { id, name, ownerId, status, reason, dueAt, createdAt } = row;
  const isDue = dueAt !== null && (status === "starting" || status === "running" || status === "paused");
  const late = isDue ? Math.max(0, nowMs - dueAt) : null;
  // Else it is a person's own words, or says how much was lost.
  const shown = status === "error" || /^[A-Z_]{1,40}$/.test(reason ?? "") ? reason : null;
  return {
    kind: "bot",
    id,
    name,
    ownerId,
    state: status,
    reason: shown,
    dueAt: isDue ? dueAt : null,
    lateMs: late,
    createdAt,
  };
}

function accountOf({ id, name, ownerId, mode, createdAt }: typeof tradingAccounts.$inferSelect): AdminObject {
  return { kind: "account", id, name, ownerId, state: mode, reason: null, dueAt: null, lateMs: null, createdAt };
}
