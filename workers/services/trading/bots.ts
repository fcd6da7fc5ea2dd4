import { and, eq, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { bots } from "../../../schema/tables/trading.ts";
import {
  BOTS_PER_ACCOUNT_MAX,
  type Bot,
  type BotDefinition,
  type CreateBot,
  type EditBot,
  type ListBots,
} from "../../../schema/wire/bot.ts";
import { coreLimits } from "../../account/account-view.ts";
import { prepareAudit } from "../../audit/prepare-audit.ts";
import type { BotRecord } from "../../bot/bot-record.ts";
import { divides } from "../../core/candle/timeframe.ts";
import { parseDecimal } from "../../core/ledger/decimal-text.ts";
import { missingBotLimits } from "../../core/risk/cap.ts";
import { dashboardOf } from "../../live/dashboard.ts";
import { newId } from "../../platform/ids.ts";
import { conflict, invalid, notFound } from "../../platform/problem-error.ts";
import { once } from "../idempotency.ts";
import { createProgram, resolveStrategy } from "../resolve-strategy.ts";
import { type ServiceContext, trailOf } from "../service-context.ts";
import { botObject } from "./account-object-of.ts";
import { accountOf, findAccount, instrumentsOf } from "./accounts.ts";
import { requirePaperRun } from "./live-gate.ts";
import { behindCursor, newestFirst, pageOf } from "./page-cursor.ts";

export type BotRow = typeof bots.$inferSelect;
const PLACE = { at: bots.createdAt, id: bots.id };

export function botOf(row: BotRow): Bot {
  const { ownerId: _owner, document: _document, dueAt: _due, ...bot } = row;
  return bot;
}

/** Throws 404. */
export async function findBot(ctx: ServiceContext, id: string): Promise<BotRow> {
  const row = await ctx.owned.find(bots, eq(bots.id, id));
  if (row === undefined) throw notFound("bot");
  return row;
}

export async function listBots(call: { ctx: ServiceContext; input: ListBots }) {
  const { ctx, input } = call;
  const text = input.search?.toLowerCase() ?? "";
  const where = and(
    behindCursor(PLACE, input.cursor),
    eq(bots.archived, input.archived === "true"),
    input.accountId === undefined ? undefined : eq(bots.accountId, input.accountId),
    input.status === undefined ? undefined : eq(bots.status, input.status),
    text === "" ? undefined : sql`instr(lower(${bots.name} || ' ' || ${bots.strategyTitle}), ${text}) > 0`,
  );
  const rows = await ctx.owned.list(bots, { where, orderBy: newestFirst(PLACE), limit: input.limit + 1 });
  const page = pageOf(rows, input.limit, (row) => [row.createdAt, row.id]);
  return { rows: page.rows.map(botOf), next: page.next };
}

export async function getBot(call: { ctx: ServiceContext; input: { id: string } }): Promise<Bot> {
  return botOf(await findBot(call.ctx, call.input.id));
}

/** What a definition comes to: instruments of the account's market, a strategy that compiles, limits that are set. */
export async function resolveBot(ctx: ServiceContext, accountId: string, definition: BotDefinition) {
  const row = await findAccount(ctx, accountId);
  const known = await instrumentsOf(ctx, row);
  const chosen = definition.instruments.map((id, index) => {
    const instrument = known.find((one) => one.id === id);
    if (instrument === undefined) {
      throw invalid(`definition.instruments[${index}]`, `must be one of ${known.map((one) => one.id).join(", ")}`, id);
    }
    if (instrument.quote !== row.currency) {
      throw invalid(
        `definition.instruments[${index}]`,
        `must be quoted in ${row.currency}, the account's currency`,
        id,
      );
    }
    const { timeframe = "1m", ...plain } = instrument;
    if (!divides(timeframe, definition.timeframe)) {
      throw invalid(
        "definition.timeframe",
        `must be a multiple of the market's candles, ${timeframe}`,
        definition.timeframe,
      );
    }
    return { instrument: plain, timeframe };
  });
  const twice = definition.instruments.findIndex((id, index, all) => all.indexOf(id) !== index);
  if (twice >= 0)
    throw invalid(`definition.instruments[${twice}]`, "must be named once", definition.instruments[twice]);
  if (definition.strategy.kind === "signals" && definition.shadowBound !== undefined) {
    const rule = "must be left out where signals drive the bot: without rules it has no backtest beside it";
    throw invalid("definition.shadowBound", rule, definition.shadowBound);
  }
  const resolved = await resolveStrategy(ctx, definition.strategy);
  const symbols = chosen.map(({ instrument }) => instrument.symbol).sort();
  const { timeframe } = definition;
  createProgram(resolved.strategy, resolved.parameters, { timeframe, symbols, symbol: symbols[0] });
  const strategy = { ...definition.strategy, parameters: { ...resolved.parameters } };
  return { row, account: accountOf(row), instruments: chosen, resolved, definition: { ...definition, strategy } };
}

/** Refuses a definition without the limits that every bot must have, or with limits of no meaning. */
function requireLimits(definition: BotDefinition): void {
  const limits = { ...definition.limits, instruments: definition.limits.instruments ?? definition.instruments };
  const missing = missingBotLimits({ version: 1, ...coreLimits(limits) });
  if (missing.length > 0) {
    const [first] = missing;
    throw invalid(`definition.limits.caps.${first}`, "must be set before the bot may start", missing.join(", "));
  }
}

/** Makes a bot, stopped. Throws 422 where the definition breaks a rule, 409 beyond the most of an account. */
export async function createBot(call: {
  ctx: ServiceContext;
  input: CreateBot & { idempotencyKey?: string | undefined };
}): Promise<Bot> {
  const { ctx } = call;
  const { idempotencyKey: key, ...input } = call.input;
  return once({
    ...{ ctx, scope: "bot", key, input },
    read: async (id) => botOf(await findBot(ctx, id)),
    make: (remember) => makeBot(ctx, input, remember),
  });
}

async function makeBot(
  ctx: ServiceContext,
  input: CreateBot,
  remember: (id: string) => readonly BatchItem<"sqlite">[],
): Promise<Bot> {
  const { account, instruments, resolved, definition } = await resolveBot(ctx, input.accountId, input.definition);
  requireLimits(definition);
  await requireRoom(ctx, { accountId: account.id, cash: account.cash, capital: definition.capital });
  const id = newId("bot");
  const row = {
    id,
    accountId: account.id,
    name: input.name,
    strategyTitle: resolved.title,
    document: resolved.document,
    version: 1,
    definition,
    status: "stopped" as const,
    reason: null,
    simulated: account.mode === "simulated",
    spark: [],
    createdAt: ctx.now(),
  };
  const record: BotRecord = {
    ...{ ownerId: ctx.ownerId, botId: id, name: input.name, account, version: 1, definition, instruments },
    ...{ strategyTitle: resolved.title, document: resolved.document },
  };
  const { object } = await botObject(ctx, id);
  await object.begin(record);
  await ctx.owned.batch([
    ctx.owned.prepareInsert(bots, row),
    prepareAudit(trailOf(ctx), {
      action: "bot.create",
      subject: { kind: "bot", id },
      after: {
        name: row.name,
        accountId: account.id,
        strategy: resolved.title,
        definition: auditDefinition(definition),
      },
    }),
    ...remember(id),
  ]);
  return botOf(await findBot(ctx, id));
}

/** A definition as the trail shows it: a long rule text by its length. */
export function auditDefinition({ strategy, ...rest }: BotDefinition): unknown {
  if (strategy.kind !== "rules") return { ...rest, strategy };
  const { document, ...other } = strategy;
  return { ...rest, strategy: { ...other, documentCharacters: document.length } };
}

/** What bots trade with must be there: their capitals together no more than the account began with. */
async function requireRoom(
  ctx: ServiceContext,
  { accountId, cash, capital, except }: { accountId: string; cash: string; capital: string; except?: string },
): Promise<void> {
  const mine = and(eq(bots.accountId, accountId), eq(bots.archived, false));
  const rows = await ctx.owned.list(bots, { where: mine, limit: BOTS_PER_ACCOUNT_MAX + 1 });
  if (except === undefined && rows.length >= BOTS_PER_ACCOUNT_MAX) {
    throw conflict("too_many_bots", `An account may have at most ${BOTS_PER_ACCOUNT_MAX} bots. Archive one first.`);
  }
  const others = rows.filter((row) => row.id !== except);
  const used = others.reduce((sum, row) => sum + parseDecimal(row.definition.capital, "capital"), 0n);
  const total = parseDecimal(cash, "cash");
  if (used + parseDecimal(capital, "capital") <= total) return;
  const left = Number(total - used) / 1e18;
  throw invalid("definition.capital", `must be at most what the account has left, ${left}`, capital);
}

/** Changes name, definition or archive. A new definition is a new version; it applies once the bot holds nothing. */
export async function editBot(call: { ctx: ServiceContext; input: EditBot & { id: string } }): Promise<Bot> {
  const { ctx, input } = call;
  const before = await findBot(ctx, input.id);
  if (input.archived === true) await requireStopped(ctx, before);
  if (input.archived === false && before.archived) {
    const { cash } = await findAccount(ctx, before.accountId);
    const { capital } = before.definition;
    await requireRoom(ctx, { accountId: before.accountId, cash, capital, except: before.id });
  }
  const asked = input.definition;
  const changed = asked === undefined ? undefined : await resolveBot(ctx, before.accountId, asked);
  if (changed !== undefined) {
    requireLimits(changed.definition);
    const { account, definition } = changed;
    // Another strategy on a bot that may be running with real money is a strategy that begins with it.
    if (account.mode === "live") await requirePaperRun(ctx, { definition, document: changed.resolved.document });
    await requireRoom(ctx, {
      ...{ accountId: account.id, cash: account.cash, capital: definition.capital, except: before.id },
    });
  }
  const name = input.name ?? before.name;
  const version = changed === undefined ? before.version : before.version + 1;
  const values = {
    name,
    version,
    ...(input.archived === undefined ? {} : { archived: input.archived }),
    ...(changed === undefined
      ? {}
      : {
          definition: changed.definition,
          strategyTitle: changed.resolved.title,
          document: changed.resolved.document,
        }),
  };
  const current = and(eq(bots.id, before.id), eq(bots.version, before.version));
  if (current === undefined) throw new Error("an update must say which row");
  const rows = await ctx.owned.batch([
    ctx.owned.prepareUpdate(bots, values, current),
    prepareAudit(trailOf(ctx), {
      action: input.archived === true ? "bot.archive" : "bot.edit",
      subject: { kind: "bot", id: before.id },
      before: { name: before.name, version: before.version, definition: auditDefinition(before.definition) },
      after: { name, version, ...(changed === undefined ? {} : { definition: auditDefinition(changed.definition) }) },
    }),
  ]);
  if (rows[0] === 0) throw conflict("bot_changed", "Somebody else changed this bot meanwhile. Load it again.");
  // After the row, whose version decides between two who edit at once; a start repairs what is lost here.
  const after = await findBot(ctx, before.id);
  const { object } = await botObject(ctx, before.id);
  if (changed !== undefined) await object.begin(await recordOf(ctx, after));
  if (input.archived === true) {
    await object.endReports({ ownerId: ctx.ownerId });
    await (await dashboardOf(ctx.env, ctx.ownerId)).object.forgetBot({ ownerId: ctx.ownerId, botId: before.id });
  }
  return botOf(await findBot(ctx, before.id));
}

/** What the bot's object is told of a row. */
export async function recordOf(ctx: ServiceContext, row: BotRow): Promise<BotRecord> {
  const { account, instruments } = await resolveBot(ctx, row.accountId, row.definition);
  const { name, version, definition, strategyTitle, document } = row;
  return {
    ownerId: ctx.ownerId,
    botId: row.id,
    name,
    account,
    version,
    definition,
    strategyTitle,
    document,
    instruments,
  };
}

async function requireStopped(ctx: ServiceContext, row: BotRow): Promise<void> {
  const { object } = await botObject(ctx, row.id);
  using state = await object.state({ ownerId: ctx.ownerId });
  if (state.status !== "stopped") throw conflict("bot_not_stopped", "Stop the bot before it is archived.");
  if (state.positions.length > 0) throw conflict("bot_holds", "The bot holds a position. Stop it with flatten first.");
}

/** A copy of a bot, stopped, under a name of its own. */
export async function cloneBot(call: { ctx: ServiceContext; input: { id: string } }): Promise<Bot> {
  const { ctx, input } = call;
  const { name, accountId, definition } = await findBot(ctx, input.id);
  return createBot({ ctx, input: { name: `${name} (copy)`.slice(0, 80), accountId, definition } });
}
