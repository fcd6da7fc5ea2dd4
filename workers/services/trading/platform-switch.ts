import { and, asc, eq, gt, lt, type SQL, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { z } from "zod";
import { tradingAccounts } from "../../../schema/tables/trading.ts";
import type { PlatformTrading } from "../../../schema/wire/platform.ts";
import { prepareAuditOfChange } from "../../audit/prepare-audit.ts";
import { type Database, openDatabase } from "../../platform/database.ts";
import { type DeploymentFact, factIs, prepareFactChange, readFact } from "../../platform/deployment-fact.ts";
import type { Env } from "../../platform/env.ts";
import { logEvent } from "../../platform/log-event.ts";
import { conflict } from "../../platform/problem-error.ts";
import { auditFor, type PersonContext } from "../identity/identity-context.ts";
import { accountObject } from "./account-object-of.ts";

/** Desks that are told at the same time. */
const AT_ONCE = 50;
/** Times that a switch is tried against others who throw it. */
const TRIES_MAX = 5;
/** How long one call tells desks; the rest are told by the next minute's tick. */
const SPREAD_MS_MAX = 20_000;

const Stored = z.object({
  state: z.enum(["ACTIVE", "HALTED"]),
  flatten: z.boolean(),
  version: z.number().int().positive(),
  reason: z.string().optional(),
});
type Stored = z.infer<typeof Stored>;
const TRADING: DeploymentFact<Stored> = { name: "platform-trading", schema: Stored };
/** What a switch is thrown to, and why. */
type Throw = Pick<Stored, "state" | "flatten" | "reason">;
type AccountKey = Pick<typeof tradingAccounts.$inferSelect, "id" | "ownerId">;

/** What is decided together with the switch: both are stored, or neither. */
export interface SwitchDecision {
  /** What stores it, where the switch is still as it was read. */
  readonly store: (switchStands: SQL) => readonly BatchItem<"sqlite">[];
  /** Holds once it is stored. */
  readonly isStored: SQL;
}

/** The switch as it is stored; undefined before it was thrown first. */
export async function readSwitch(database: Database): Promise<Stored | undefined> {
  return (await readFact(database, TRADING))?.value;
}

/** The platform's switch, and how many desks were not told of it yet. */
export async function readPlatformTrading({ ctx: { database } }: { ctx: PersonContext }): Promise<PlatformTrading> {
  const stored = await readFact(database, TRADING);
  if (stored === undefined) return { state: "ACTIVE", changedAt: null, reason: null, untold: 0 };
  const { value, changedAt } = stored;
  const behind = lt(tradingAccounts.platformVersion, value.version);
  const [{ rows }] = await database.select({ rows: sql<number>`count(*)` }).from(tradingAccounts).where(behind);
  return { state: value.state, changedAt, reason: value.reason ?? null, untold: rows };
}

/**
 * Stops all trading of the deployment, or lets it go on. The switch is stored first and every desk told from it, so that
 * one that cannot be reached is told by a later minute, and one that is made later begins as it says.
 */
export async function setPlatformTrading(call: {
  ctx: PersonContext;
  /** With `flatten` what is held is closed, too: only where two administrators said so. */
  input: Throw;
  decision?: SwitchDecision;
}): Promise<PlatformTrading> {
  const { ctx, input } = call;
  for (let attempt = 1; !(await throwSwitch(ctx, input, call.decision)); attempt++) {
    if (attempt === TRIES_MAX)
      throw conflict("switch_moved", "Others throw the switch at this very moment. Look again.");
  }
  const { env } = ctx;
  await spreadPlatformSwitch(env, ctx.now);
  return readPlatformTrading({ ctx });
}

/** Whether it was stored: of two changes at the same moment one is, so that no version stands for two states. */
async function throwSwitch(
  ctx: PersonContext,
  { state, flatten, reason }: Throw,
  decision: SwitchDecision | undefined,
): Promise<boolean> {
  const { database, principal } = ctx;
  const stored = await readFact(database, TRADING);
  if (decision !== undefined && stored === undefined)
    throw new Error("a decision needs a switch that was thrown before");
  const before = stored?.value;
  // Desks that were not told yet of a closing shall not lose it to another halt.
  const closes = flatten || (state === "HALTED" && before?.state === "HALTED" && before.flatten);
  const value = { state, flatten: closes, version: (before?.version ?? 0) + 1, reason };
  const first = decision?.store(factIs(TRADING, stored?.text ?? "")) ?? [];
  const where = decision?.isStored;
  const results = await database.batch([
    ...first,
    prepareFactChange(database, TRADING, {
      ...{ before: stored?.text, value, nowMs: ctx.now() },
      ...(where === undefined ? {} : { where }),
    }),
    prepareAuditOfChange(auditFor(ctx, principal.user.id), {
      action: "platform.trading",
      subject: { kind: "platform", id: "trading" },
      before: { state: before?.state ?? "ACTIVE" },
      after: { state, flatten, reason },
    }),
  ] as unknown as [BatchItem<"sqlite">]);
  return (results[first.length] as D1Result).meta.changes > 0;
}

/** Tells the desks that were not told of the platform's switch yet. Returns how many were. */
export async function spreadPlatformSwitch(env: Env, now: () => number): Promise<number> {
  const database = openDatabase(env.DB);
  const stored = await readSwitch(database);
  if (stored === undefined) return 0;
  const until = now() + SPREAD_MS_MAX;
  let told = 0;
  let after = "";
  for (;;) {
    const rows = await database
      .select({ id: tradingAccounts.id, ownerId: tradingAccounts.ownerId })
      .from(tradingAccounts)
      .where(and(lt(tradingAccounts.platformVersion, stored.version), gt(tradingAccounts.id, after)))
      .orderBy(asc(tradingAccounts.id))
      .limit(AT_ONCE);
    const last = rows.at(-1);
    if (last === undefined || now() > until) return told;
    after = last.id;
    const reached = await Promise.all(rows.map((row) => tellDesk(env, database, row, stored)));
    told += reached.filter(Boolean).length;
  }
}

/** Tells an account that was just made what holds for all. Throws where it cannot be told. */
export async function obeyPlatformSwitch(env: Env, database: Database, account: AccountKey): Promise<void> {
  const stored = await readSwitch(database);
  if (stored !== undefined && !(await tellDesk(env, database, account, stored))) {
    throw new Error("the account could not be told of the platform's switch");
  }
}

async function tellDesk(env: Env, database: Database, { id, ownerId }: AccountKey, stored: Stored): Promise<boolean> {
  try {
    const { object } = await accountObject({ env, ownerId }, id);
    const { state, flatten, version } = stored;
    await object.obeyPlatform({ ownerId, state, flatten, version });
    const older = and(eq(tradingAccounts.id, id), lt(tradingAccounts.platformVersion, stored.version));
    await database.update(tradingAccounts).set({ platformVersion: stored.version }).where(older);
    return true;
  } catch (error) {
    logEvent("platform_switch_not_told", { id, error });
    return false;
  }
}
