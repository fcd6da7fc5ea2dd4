import { and, eq, isNotNull, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { bots, fills, journal, journalTags, orders, tradingAccounts } from "../../../schema/tables/trading.ts";
import type { ReplayState } from "../../../schema/wire/market.ts";
import type { PageQuery } from "../../../schema/wire/primitive.ts";
import {
  ACCOUNTS_MAX,
  type CreateTradingAccount,
  type RenameTradingAccount,
  type TradingAccount,
} from "../../../schema/wire/trading.ts";
import { prepareAudit } from "../../audit/prepare-audit.ts";
import type { Instrument } from "../../core/candle/instrument.ts";
import { SIM_INSTRUMENTS } from "../../core/sim/sim-instrument.ts";
import { replayFeed } from "../../feed/live/market-feed.ts";
import { dashboardOf } from "../../live/dashboard.ts";
import { newId } from "../../platform/ids.ts";
import { conflict, notFound } from "../../platform/problem-error.ts";
import { type DatasetRow, findDatasets } from "../dataset.ts";
import { once } from "../idempotency.ts";
import { type ServiceContext, trailOf } from "../service-context.ts";
import { accountObject, botObject } from "./account-object-of.ts";
import { planMarket } from "./market-plan.ts";
import { behindCursor, newestFirst, pageOf } from "./page-cursor.ts";
import { obeyPlatformSwitch } from "./platform-switch.ts";

export type AccountRow = typeof tradingAccounts.$inferSelect;
const PLACE = { at: tradingAccounts.createdAt, id: tradingAccounts.id };
const MILLION = 1_000_000;
/** Rows that are dealt with in one go while an account is deleted. */
const ROWS_AT_ONCE = 50;

export function accountOf(row: AccountRow): TradingAccount {
  const { id, name, mode, market, currency, method, cash, fees, slippage, latencyMs, volumeLimitPpm, createdAt } = row;
  const volumeLimit = volumeLimitPpm === null ? null : volumeLimitPpm / MILLION;
  return { id, name, mode, market, currency, method, cash, fees, slippage, latencyMs, volumeLimit, createdAt };
}

/** Throws 404. */
export async function findAccount(ctx: ServiceContext, id: string): Promise<AccountRow> {
  const row = await ctx.owned.find(tradingAccounts, eq(tradingAccounts.id, id));
  if (row === undefined) throw notFound("account");
  return row;
}

export async function listAccounts(call: { ctx: ServiceContext; input: PageQuery }) {
  const { ctx, input } = call;
  const rows = await ctx.owned.list(tradingAccounts, {
    where: behindCursor(PLACE, input.cursor),
    orderBy: newestFirst(PLACE),
    limit: input.limit + 1,
  });
  const page = pageOf(rows, input.limit, (row) => [row.createdAt, row.id]);
  return { rows: page.rows.map(accountOf), next: page.next };
}

export async function getAccount(call: { ctx: ServiceContext; input: { id: string } }): Promise<TradingAccount> {
  return accountOf(await findAccount(call.ctx, call.input.id));
}

/**
 * Makes a paper account with its money and the limits that protect it. Throws 422 where the market does not fit, 409 beyond
 * the most accounts that a person may have.
 */
export async function createAccount(call: {
  ctx: ServiceContext;
  input: CreateTradingAccount & { idempotencyKey?: string | undefined };
}): Promise<TradingAccount> {
  const { ctx } = call;
  const { idempotencyKey: key, ...input } = call.input;
  return once({
    ...{ ctx, scope: "account", key, input },
    read: async (id) => accountOf(await findAccount(ctx, id)),
    make: (remember) => makeAccount(ctx, input, remember),
  });
}

async function makeAccount(
  ctx: ServiceContext,
  input: CreateTradingAccount,
  remember: (id: string) => readonly BatchItem<"sqlite">[],
): Promise<TradingAccount> {
  if ((await ctx.owned.count(tradingAccounts)) >= ACCOUNTS_MAX) {
    throw conflict("too_many_accounts", `A person may have at most ${ACCOUNTS_MAX} accounts. Delete one first.`);
  }
  const plan = await planMarket(ctx, input);
  const { market, mode, connectionId, currency, cash, instruments } = plan;
  const { volumeLimit, ...rest } = input;
  const volumeLimitPpm = volumeLimit === undefined ? null : Math.round(volumeLimit * MILLION);
  const made = { market, mode, connectionId, currency, cash, fees: plan.fees ?? rest.fees };
  const row = { ...rest, ...made, id: newId("acc"), volumeLimitPpm, createdAt: ctx.now() };
  const account = accountOf({ ...row, ownerId: ctx.ownerId, platformVersion: 0 });
  // The objects first: a row is only there once everything behind it is, and objects without a row are never reached.
  await plan.begin(account);
  const { object } = await accountObject(ctx, row.id);
  await object.begin({ ownerId: ctx.ownerId, account, instruments: [...instruments], limits: firstLimits(account) });
  await ctx.owned.batch([
    ctx.owned.prepareInsert(tradingAccounts, row),
    prepareAudit(trailOf(ctx), {
      action: "account.create",
      subject: { kind: "account", id: row.id },
      after: { name: row.name, market: row.market, cash: row.cash, currency: row.currency },
    }),
    ...remember(row.id),
  ]);
  // After the row is there: whoever stops everything from now on finds it, and who did before is asked here.
  await obeyStandingSwitches(ctx, row.id);
  return account;
}

async function obeyStandingSwitches(ctx: ServiceContext, accountId: string): Promise<void> {
  const { ownerId } = ctx;
  await obeyPlatformSwitch(ctx.env, ctx.database, { id: accountId, ownerId });
  const trading = await (await dashboardOf(ctx.env, ownerId)).object.userTrading({ ownerId });
  if (trading === "ACTIVE") return;
  const { object } = await accountObject(ctx, accountId);
  await object.kill({ ownerId, scope: { kind: "user" }, flatten: false });
}

/** What an account is protected by until its owner says otherwise. */
function firstLimits({ cash }: TradingAccount) {
  const share = (part: number) => String(Math.floor(Number(cash) * part * 100) / 100);
  return {
    caps: {
      orderNotional: share(1),
      positionNotional: share(1),
      grossExposure: share(3),
      leverage: "3",
      openOrders: "100",
      dailyLoss: share(0.1),
      drawdown: "0.3",
    },
  };
}

/** Gives an account another name. Throws 404. */
export async function renameAccount(call: {
  ctx: ServiceContext;
  input: { id: string } & RenameTradingAccount;
}): Promise<TradingAccount> {
  const { ctx, input } = call;
  const row = await findAccount(ctx, input.id);
  const { name } = input;
  await ctx.owned.batch([
    ctx.owned.prepareUpdate(tradingAccounts, { name }, eq(tradingAccounts.id, row.id)),
    prepareAudit(trailOf(ctx), {
      action: "account.rename",
      subject: { kind: "account", id: row.id },
      before: { name: row.name },
      after: { name },
    }),
  ]);
  const { object } = await accountObject(ctx, row.id);
  await object.rename({ ownerId: ctx.ownerId, name });
  return accountOf({ ...row, name });
}

/** Where the replay of an account is. Throws 404 also where it trades another market. */
export async function readReplay(call: { ctx: ServiceContext; input: { id: string } }): Promise<ReplayState> {
  const { ctx, input } = call;
  const row = await findAccount(ctx, input.id);
  const { object } = await replayFeed(ctx.env, { ownerId: ctx.ownerId, accountId: row.id });
  const state = row.market.kind === "replay" ? await object.state({ ownerId: ctx.ownerId }) : undefined;
  if (state === undefined) throw notFound("replay");
  return state;
}

/** Deletes an account with its orders and trades. Throws 409 while bots of it are not stopped. */
export async function removeAccount(call: { ctx: ServiceContext; input: { id: string } }): Promise<void> {
  const { ctx, input } = call;
  const row = await findAccount(ctx, input.id);
  const mine = and(eq(bots.accountId, row.id), eq(bots.archived, false));
  if ((await ctx.owned.count(bots, mine)) > 0) {
    throw conflict("account_has_bots", "Stop and archive the bots of this account first.");
  }
  const { object } = await accountObject(ctx, row.id);
  await object.destroy(ctx.ownerId);
  if (row.market.kind === "replay") {
    await (await replayFeed(ctx.env, { ownerId: ctx.ownerId, accountId: row.id })).object.destroy(ctx.ownerId);
  }
  await (await dashboardOf(ctx.env, ctx.ownerId)).object.forgetAccount({ ownerId: ctx.ownerId, accountId: row.id });
  await forgetBots(ctx, row.id);
  await forgetPictures(ctx, row.id);
  const tagged = sql`${journalTags.tradeId} in (select ${journal.id} from ${journal} where ${journal.accountId} = ${row.id})`;
  await ctx.owned.batch([
    ctx.owned.prepareRemove(orders, eq(orders.accountId, row.id)),
    ctx.owned.prepareRemove(fills, eq(fills.accountId, row.id)),
    ctx.owned.prepareRemove(journalTags, tagged),
    ctx.owned.prepareRemove(journal, eq(journal.accountId, row.id)),
    ctx.owned.prepareRemove(tradingAccounts, eq(tradingAccounts.id, row.id)),
    prepareAudit(trailOf(ctx), {
      action: "account.delete",
      subject: { kind: "account", id: row.id },
      before: { name: row.name, market: row.market, cash: row.cash, currency: row.currency },
    }),
  ]);
}

/** Archived bots have objects with their logs. Each goes with its row, so that a repeat goes on where this one ended. */
async function forgetBots(ctx: ServiceContext, accountId: string): Promise<void> {
  for (;;) {
    const rows = await ctx.owned.list(bots, { where: eq(bots.accountId, accountId), limit: ROWS_AT_ONCE });
    if (rows.length === 0) return;
    for (const { id } of rows) {
      await (await botObject(ctx, id)).object.destroy(ctx.ownerId);
      await ctx.owned.remove(bots, eq(bots.id, id));
    }
  }
}

async function forgetPictures(ctx: ServiceContext, accountId: string): Promise<void> {
  const pictured = and(eq(journal.accountId, accountId), isNotNull(journal.pictureKey));
  if (pictured === undefined) throw new Error("a query must say which trades");
  for (;;) {
    const rows = await ctx.owned.list(journal, { where: pictured, limit: ROWS_AT_ONCE });
    if (rows.length === 0) return;
    await ctx.env.BUCKET.delete(rows.flatMap(({ pictureKey }) => pictureKey ?? []));
    const forgotten = rows.map(({ id }) => ctx.owned.prepareUpdate(journal, { pictureKey: null }, eq(journal.id, id)));
    await ctx.owned.batch(forgotten);
  }
}

/** Instruments that an account's market has. */
export async function instrumentsOf(
  ctx: ServiceContext,
  row: AccountRow,
): Promise<readonly (Instrument & { timeframe?: DatasetRow["timeframe"] })[]> {
  if (row.market.kind === "sim") return SIM_INSTRUMENTS;
  if (row.market.kind === "venue") {
    const { object } = await accountObject(ctx, row.id);
    return structuredClone(await object.instruments({ ownerId: ctx.ownerId }));
  }
  const rows = await findDatasets(ctx, row.market.datasetIds);
  return rows.map(({ instrument, timeframe }) => ({ ...instrument, timeframe }));
}
