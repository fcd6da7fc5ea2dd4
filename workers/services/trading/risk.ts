import { inArray } from "drizzle-orm";
import { bots } from "../../../schema/tables/trading.ts";
import type { RiskLimits, RiskView, VerdictLogEntry } from "../../../schema/wire/risk.ts";
import type {
  AccountState,
  EquityHistory,
  KillResult,
  KillSwitch,
  SetTradingState,
} from "../../../schema/wire/trading.ts";
import type { SwitchScope } from "../../account/desk-switches.ts";
import { handOf, type KillTarget, killAccounts, wakeKilled } from "../../account/kill-accounts.ts";
import { prepareAudit } from "../../audit/prepare-audit.ts";
import { dashboardOf } from "../../live/dashboard.ts";
import { logEvent } from "../../platform/log-event.ts";
import { invalid } from "../../platform/problem-error.ts";
import { type ServiceContext, trailOf } from "../service-context.ts";
import { accountObject } from "./account-object-of.ts";
import { type AccountRow, findAccount, instrumentsOf, listAccounts } from "./accounts.ts";
import { findBot } from "./bots.ts";
import { isLooser } from "./looser-limits.ts";

/** Points of an equity chart. */
const EQUITY_POINTS_MAX = 5_000;
const ACCOUNTS_AT_ONCE = 200;
/** Bots that are told of a kill at once; others see it at their next candle. */
const BOTS_WOKEN_MAX = 200;

type AccountCall = { readonly ctx: ServiceContext; readonly input: { readonly id: string } };

export async function readAccountState({ ctx, input }: AccountCall): Promise<AccountState> {
  const row = await findAccount(ctx, input.id);
  const { object } = await accountObject(ctx, row.id);
  return structuredClone(await object.state({ ownerId: ctx.ownerId }));
}

export async function readEquity(call: {
  ctx: ServiceContext;
  input: { readonly id: string; readonly from?: number | undefined };
}): Promise<EquityHistory> {
  const { ctx, input } = call;
  const row = await findAccount(ctx, input.id);
  const { object } = await accountObject(ctx, row.id);
  const asked = { ownerId: ctx.ownerId, from: input.from ?? 0, limit: EQUITY_POINTS_MAX };
  return { points: structuredClone(await object.equity(asked)) };
}

export async function readRisk({ ctx, input }: AccountCall): Promise<RiskView> {
  const row = await findAccount(ctx, input.id);
  const { object } = await accountObject(ctx, row.id);
  return structuredClone(await object.risk({ ownerId: ctx.ownerId }));
}

/** A page of verdicts, the newest first. Throws 422 for a cursor that is not one of ours. */
export async function listVerdicts(call: {
  ctx: ServiceContext;
  input: { id: string; cursor?: string | undefined; limit: number; denied?: "true" | "false" | undefined };
}): Promise<{ rows: VerdictLogEntry[]; next: string | null }> {
  const { ctx, input } = call;
  const row = await findAccount(ctx, input.id);
  const before = input.cursor === undefined ? undefined : Number(input.cursor);
  if (before !== undefined && !Number.isSafeInteger(before)) {
    throw invalid("cursor", "must be the `next` of an earlier page", input.cursor);
  }
  const denied = input.denied === undefined ? undefined : input.denied === "true";
  const { object } = await accountObject(ctx, row.id);
  const page = structuredClone(await object.verdicts({ ownerId: ctx.ownerId, before, denied, limit: input.limit }));
  return { rows: page.rows, next: page.next === undefined ? null : String(page.next) };
}

/** Whether new limits of an account are looser than what holds now. */
export async function isRaise(call: {
  ctx: ServiceContext;
  input: { id: string; limits: RiskLimits };
}): Promise<boolean> {
  const { ctx, input } = call;
  const view = await readRisk({ ctx, input });
  const now = view.limits.find((entry) => entry.level === "account");
  return now === undefined || isLooser(now.limits, input.limits);
}

/** Sets the limits of an account. Lower ones hold at once, higher ones after a minute. */
export async function setAccountLimits(call: {
  ctx: ServiceContext;
  input: { id: string; limits: RiskLimits };
}): Promise<RiskView> {
  const { ctx, input } = call;
  const row = await findAccount(ctx, input.id);
  const { object } = await accountObject(ctx, row.id);
  const before = (await readRisk({ ctx, input })).limits.find((entry) => entry.level === "account")?.limits;
  await ctx.owned.batch([
    prepareAudit(trailOf(ctx), {
      action: "account.limits",
      subject: { kind: "account", id: row.id },
      before,
      after: input.limits,
    }),
  ]);
  return structuredClone(await object.setLimits({ ownerId: ctx.ownerId, limits: input.limits }));
}

/** Whether a state lets through more than the one that an account, or an instrument in it, has now. Throws 404. */
export async function isLoosening({ ctx, input }: { ctx: ServiceContext; input: { id: string } & SetTradingState }) {
  const { state, instrument } = input;
  if (state !== "REDUCING") return state === "ACTIVE";
  const { states } = await readRisk({ ctx, input });
  const [scope, id] = instrument === undefined ? ["account", ""] : ["instrument", instrument];
  return states.some((entry) => entry.scope === scope && entry.id === id && entry.state === "HALTED");
}

/** Sets the state of an account, or of one instrument in it, by hand. */
export async function setTradingState(call: {
  ctx: ServiceContext;
  input: { id: string } & SetTradingState;
}): Promise<AccountState> {
  const { ctx, input } = call;
  const row = await findAccount(ctx, input.id);
  const { state, instrument, scope: reach } = input;
  if (reach === "user" && state !== "ACTIVE") throw invalid("state", "must be ACTIVE for the scope user", state);
  if (reach === "user" && instrument !== undefined) {
    throw invalid("instrument", "must be absent for the scope user", instrument);
  }
  if (instrument !== undefined) await requireInstrument(ctx, row, instrument);
  await ctx.owned.batch([
    prepareAudit(trailOf(ctx), {
      action: "account.trading-state",
      subject: { kind: "account", id: row.id },
      after: { state, instrument, ...(reach === "user" ? { scope: reach } : {}) },
    }),
  ]);
  if (reach === "account") {
    const { object } = await accountObject(ctx, row.id);
    const scope: SwitchScope = instrument === undefined ? { kind: "account" } : { kind: "instrument", instrument };
    await object.setSwitch({ ownerId: ctx.ownerId, scope, state, reason: "by hand", by: handOf(ctx.actor) });
  }
  if (reach === "user") await armEverywhere(ctx);
  return readAccountState({ ctx, input });
}

/** Takes back what a person stopped everywhere: that is one switch, and each desk has a copy. */
async function armEverywhere(ctx: ServiceContext): Promise<void> {
  await (await dashboardOf(ctx.env, ctx.ownerId)).object.setUserTrading({ ownerId: ctx.ownerId, state: "ACTIVE" });
  const { rows } = await listAccounts({ ctx, input: { limit: ACCOUNTS_AT_ONCE } });
  const { ownerId } = ctx;
  await Promise.all(
    rows.map(async ({ id }) => {
      const { object } = await accountObject(ctx, id);
      await object.setSwitch({ ownerId, scope: { kind: "user" }, state: "ACTIVE", reason: "by hand" });
    }),
  );
}

/**
 * The kill switch. Desks are told first and the trail after: a database that does not answer must not keep trading going.
 * An account that cannot be reached is named; its owner tries again.
 */
export async function killTrading(call: { ctx: ServiceContext; input: KillSwitch }): Promise<KillResult> {
  const { ctx, input } = call;
  const { scope, flatten } = input;
  if (scope.kind === "user") await stopNewAccounts(ctx);
  const targets = await targetsOf(ctx, scope);
  const result = await killAccounts(ctx.env, { ownerId: ctx.ownerId, targets, flatten, by: handOf(ctx.actor) });
  const { object } = await dashboardOf(ctx.env, ctx.ownerId);
  const { actor, place } = ctx;
  await Promise.all([
    object.noteKill({ ownerId: ctx.ownerId, entry: { actor, place, at: ctx.now(), scope, flatten } }),
    wakeBots(ctx, new Set(targets.map(({ accountId }) => accountId))),
  ]);
  return result;
}

/** Accounts that are made from now on begin stopped. The desks that are there are told whether this works or not. */
async function stopNewAccounts(ctx: ServiceContext): Promise<void> {
  try {
    await (await dashboardOf(ctx.env, ctx.ownerId)).object.setUserTrading({ ownerId: ctx.ownerId, state: "HALTED" });
  } catch (error) {
    logEvent("kill_not_reached", { id: ctx.ownerId, error });
  }
}

async function requireInstrument(ctx: ServiceContext, row: AccountRow, instrument: string): Promise<void> {
  const known = await instrumentsOf(ctx, row);
  if (known.some(({ id }) => id === instrument)) return;
  throw invalid("instrument", `must be one of ${known.map(({ id }) => id).join(", ")}`, instrument);
}

/** Bots see at once that their desk is halted, and say so. Never throws: what is stopped stays stopped without it. */
async function wakeBots(ctx: ServiceContext, accountIds: ReadonlySet<string>): Promise<void> {
  try {
    const active = inArray(bots.status, ["starting", "running", "paused"]);
    const rows = await ctx.owned.list(bots, { where: active, limit: BOTS_WOKEN_MAX });
    const mine = rows.filter((row) => accountIds.has(row.accountId));
    await wakeKilled(
      ctx.env,
      ctx.ownerId,
      mine.map(({ id }) => id),
    );
  } catch (error) {
    logEvent("bots_not_woken", { ownerId: ctx.ownerId, error });
  }
}

async function targetsOf(ctx: ServiceContext, scope: KillSwitch["scope"]): Promise<KillTarget[]> {
  switch (scope.kind) {
    case "user": {
      const { rows } = await listAccounts({ ctx, input: { limit: ACCOUNTS_AT_ONCE } });
      return rows.map(({ id }) => ({ accountId: id, switched: { kind: "user" } }));
    }
    case "account":
      return [{ accountId: (await findAccount(ctx, scope.accountId)).id, switched: { kind: "account" } }];
    case "instrument": {
      const { instrument } = scope;
      const row = await findAccount(ctx, scope.accountId);
      await requireInstrument(ctx, row, instrument);
      return [{ accountId: row.id, switched: { kind: "instrument", instrument } }];
    }
    case "bot": {
      const { id, accountId } = await findBot(ctx, scope.botId);
      return [{ accountId, switched: { kind: "bot", bot: id }, botId: id }];
    }
  }
}
