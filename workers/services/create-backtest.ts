import { eq, inArray, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { backtests } from "../../schema/tables/backtest.ts";
import { trialCounts } from "../../schema/tables/strategy.ts";
import type { Backtest, BacktestSettings, CreateBacktest } from "../../schema/wire/backtest.ts";
import { prepareAudit } from "../audit/prepare-audit.ts";
import { divides, timeframeMs } from "../core/candle/timeframe.ts";
import { newId } from "../platform/ids.ts";
import { conflict, invalid } from "../platform/problem-error.ts";
import { runObject } from "../run/run-live.ts";
import { initialState } from "../run/run-state.ts";
import { backtestOf, findBacktest } from "./backtest.ts";
import { type DatasetRow, findDatasets } from "./dataset.ts";
import { once } from "./idempotency.ts";
import { createProgram, type ResolvedStrategy, resolveStrategy } from "./resolve-strategy.ts";
import { type ServiceContext, trailOf } from "./service-context.ts";

// What one person's page can watch at once; the queue serves everybody.
const RUNS_WAITING_MAX = 50;
// A list that is searched and sorted; old runs are deleted or exported.
const RUNS_MAX = 5_000;

type NewBacktest = Omit<typeof backtests.$inferInsert, "ownerId">;

/**
 * Makes a run and queues it. The same `idempotencyKey` with the same input answers the run made before. Throws 422 where
 * the settings do not fit the data or the strategy, 409 where the key was used for something else or too much waits.
 */
export async function createBacktest(call: {
  ctx: ServiceContext;
  input: CreateBacktest & { idempotencyKey?: string | undefined };
}): Promise<Backtest> {
  const { ctx } = call;
  const { idempotencyKey: key, ...input } = call.input;
  return once({
    ...{ ctx, scope: "backtest", key, input },
    read: async (id) => backtestOf(await findBacktest(ctx, id)),
    make: (remember) => makeRun(ctx, input, remember),
  });
}

async function makeRun(
  ctx: ServiceContext,
  input: CreateBacktest,
  remember: (id: string) => readonly BatchItem<"sqlite">[],
): Promise<Backtest> {
  await requireRoom(ctx);
  const rows = await datasetsOf(ctx, input.settings);
  const resolved = await resolveStrategy(ctx, input.settings.strategy);
  const symbols = rows.map((row) => row.instrument.symbol).sort();
  const { timeframe } = input.settings;
  createProgram(resolved.strategy, resolved.parameters, { timeframe, symbols, symbol: symbols[0] });
  const row = await newRow(ctx, input, rows, resolved);
  const trial = trialStatement(ctx, row.trialSubject);
  await ctx.owned.batch([
    ctx.owned.prepareInsert(backtests, row),
    trial,
    auditStatement(ctx, row),
    ...remember(row.id),
  ]);
  const { object } = await runObject(ctx.env, { ownerId: ctx.ownerId, runId: row.id });
  await object.begin({ ownerId: ctx.ownerId, state: initialState(row.id) });
  await ctx.env.RUNS.send({ runId: row.id, ownerId: ctx.ownerId });
  return backtestOf(await findBacktest(ctx, row.id));
}

async function requireRoom(ctx: ServiceContext): Promise<void> {
  const waiting = await ctx.owned.count(backtests, inArray(backtests.status, ["queued", "running"]));
  if (waiting >= RUNS_WAITING_MAX) {
    throw conflict("too_many_runs", `At most ${RUNS_WAITING_MAX} runs may wait at once. Cancel some or wait for them.`);
  }
  if ((await ctx.owned.count(backtests)) >= RUNS_MAX) {
    throw conflict("too_many_runs", `At most ${RUNS_MAX} runs are kept. Delete some that you no longer need.`);
  }
}

async function datasetsOf(ctx: ServiceContext, settings: BacktestSettings): Promise<DatasetRow[]> {
  const rows = await findDatasets(ctx, settings.datasetIds);
  const found = new Set(rows.map((row) => row.id));
  const missing = settings.datasetIds.findIndex((id) => !found.has(id));
  if (missing >= 0) {
    throw invalid(`settings.datasetIds[${missing}]`, "must be one of your datasets", settings.datasetIds[missing]);
  }
  const symbols = rows.map((row) => row.instrument.symbol);
  const twice = symbols.findIndex((symbol, index) => symbols.indexOf(symbol) !== index);
  if (twice >= 0) throw invalid(`settings.datasetIds[${twice}]`, "must name each symbol once", symbols[twice]);
  // One account holds the cash of a run: amounts of two currencies cannot be added up.
  const [first] = rows;
  const other = rows.findIndex((row) => row.instrument.quote !== first.instrument.quote);
  if (other >= 0) {
    const rule = `must be quoted in ${first.instrument.quote}, as ${first.name} is`;
    throw invalid(`settings.datasetIds[${other}]`, rule, `${rows[other].name} in ${rows[other].instrument.quote}`);
  }
  rows.forEach((row, index) => {
    requireFit(row, settings, index);
  });
  return rows;
}

function requireFit(row: DatasetRow, settings: BacktestSettings, index: number): void {
  if (!divides(row.timeframe, settings.timeframe)) {
    const rule = `must be a multiple of the timeframe of ${row.name}, ${row.timeframe}`;
    throw invalid("settings.timeframe", rule, settings.timeframe);
  }
  if (row.candles === 0) throw invalid(`settings.datasetIds[${index}]`, "must hold candles", row.name);
  const { from, to } = settings;
  if (from !== undefined && from >= row.toMs) {
    throw invalid("settings.from", `must be before the end of ${row.name}, ${isoTime(row.toMs)}`, isoTime(from));
  }
  if (to !== undefined && to <= row.fromMs) {
    throw invalid("settings.to", `must be after the start of ${row.name}, ${isoTime(row.fromMs)}`, isoTime(to));
  }
  const span = Math.min(to ?? row.toMs, row.toMs) - Math.max(from ?? row.fromMs, row.fromMs);
  if (span < 2 * timeframeMs(settings.timeframe)) {
    throw invalid(
      "settings.timeframe",
      `must leave at least 2 candles of ${row.name} in the chosen period`,
      settings.timeframe,
    );
  }
}

async function newRow(
  ctx: ServiceContext,
  input: CreateBacktest,
  rows: readonly DatasetRow[],
  resolved: ResolvedStrategy,
): Promise<NewBacktest & { trialSubject: string }> {
  const { settings } = input;
  const subject = trialSubject(rows);
  const symbols = rows.map((row) => row.instrument.symbol).sort();
  const nowMs = ctx.now();
  const name = input.name === undefined || input.name === "" ? undefined : input.name;
  return {
    id: newId("run"),
    name: name ?? `${resolved.title} on ${symbols.join(", ")} ${settings.timeframe}`,
    status: "queued",
    strategyTitle: resolved.title,
    symbols,
    simulated: rows.some((row) => row.source === "simulated"),
    settings: { ...settings, strategy: { ...settings.strategy, parameters: { ...resolved.parameters } } },
    document: resolved.document,
    trials: 1 + (await trialsBefore(ctx, subject)),
    trialSubject: subject,
    aliveAt: nowMs,
    createdAt: nowMs,
  };
}

/** Every run on the same markets is a trial, whatever its strategy: the best of many looks good by luck alone. */
function trialSubject(rows: readonly DatasetRow[]): string {
  return rows
    .map((row) => row.instrument.id)
    .sort()
    .join(",");
}

async function trialsBefore(ctx: ServiceContext, subject: string): Promise<number> {
  return (await ctx.owned.find(trialCounts, eq(trialCounts.subject, subject)))?.trials ?? 0;
}

function trialStatement(ctx: ServiceContext, subject: string) {
  const target = [trialCounts.ownerId, trialCounts.subject];
  return ctx.owned.prepareUpsert(trialCounts, { subject, trials: 1 }, { target, set: { trials: sql`trials + 1` } });
}

function auditStatement(ctx: ServiceContext, { id, name, symbols, settings }: NewBacktest) {
  const { strategy, datasetIds, timeframe, from, to } = settings;
  const chosen =
    strategy.kind === "rules"
      ? { kind: strategy.kind, documentCharacters: strategy.document.length }
      : { ...strategy, parameters: undefined };
  return prepareAudit(trailOf(ctx), {
    action: "backtest.create",
    subject: { kind: "backtest", id },
    after: { name, symbols, datasetIds, timeframe, from, to, strategy: chosen },
  });
}

function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
