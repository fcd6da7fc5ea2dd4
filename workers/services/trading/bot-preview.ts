import type { BotDefinition, BotPreview } from "../../../schema/wire/bot.ts";
import { botDefinition } from "../../bot/bot-record.ts";
import { type CandleColumns, joinCandles } from "../../core/candle/candle.ts";
import { candleOpen, DAY_MS, type Timeframe } from "../../core/candle/timeframe.ts";
import { createRun } from "../../core/engine/run.ts";
import { SIM_DEMO_SEED } from "../../core/sim/sim-candles.ts";
import { simSource } from "../../feed/sim-source.ts";
import { type CandleSource, readRange } from "../../feed/source.ts";
import { venueSource } from "../../feed/venue-source.ts";
import { invalid } from "../../platform/problem-error.ts";
import { candlesSpanMs } from "../../run/run-definition.ts";
import { candleSources } from "../candle-sources.ts";
import { answeredByVenue } from "../connections/answered-by-venue.ts";
import { findDatasets } from "../dataset.ts";
import type { ServiceContext } from "../service-context.ts";
import { venueMarket } from "../venue-market.ts";
import { accountObject } from "./account-object-of.ts";
import { resolveBot } from "./bots.ts";

/** How far back the preview looks. */
const PREVIEW_DAYS = 30;
/** A replay that has less than this behind it is shown what it still plays. */
const BEHIND_MS_MIN = DAY_MS;
/** Points of its equity line: more cannot be told apart on a card. */
const POINTS_MAX = 300;

/** Less than this is what adding and taking away floating numbers leaves of nothing. */
const HELD_MIN = 1e-9;

type Resolved = Awaited<ReturnType<typeof resolveBot>>;

/**
 * What a definition would have done over the month before its market's time, by the engine that would run it: the same sizing
 * at the decision, the same fees. Throws 404 and 422 as making the bot does, 503 where the venue does not tell its candles.
 */
export async function previewBot(call: {
  ctx: ServiceContext;
  input: { accountId: string; definition: BotDefinition };
}): Promise<BotPreview> {
  const { ctx, input } = call;
  if (input.definition.strategy.kind === "signals") {
    throw invalid("definition.strategy.kind", "must be one with rules: signals from outside were not sent last month");
  }
  const resolved = await resolveBot(ctx, input.accountId, input.definition);
  const sources = await answeredByVenue(() => sourcesOf(ctx, resolved));
  const { timeframe } = resolved.definition;
  const { from, to, isAhead } = monthOf(sources, { at: await marketTime(ctx, resolved), timeframe });
  const { strategy, parameters } = resolved.resolved;
  const record = {
    ...{ ownerId: ctx.ownerId, botId: "preview", name: "", account: resolved.account, version: 1, strategyTitle: "" },
    ...{ document: null, definition: resolved.definition, instruments: resolved.instruments },
  };
  const definition = botDefinition(record, strategy, from);
  const equity: { at: number; equity: number }[] = [];
  const largest = { order: 0, position: 0 };
  const held = definition.instruments.map(() => ({ quantity: 0, price: 0 }));
  let entries = 0;
  const run = createRun(definition);
  run.observe({
    placed: () => undefined,
    filled: ({ instrument, side, quantity, price }) => {
      largest.order = Math.max(largest.order, quantity * price);
      const position = held[instrument];
      position.quantity += side * quantity;
      if (position.quantity * side > HELD_MIN) entries++;
      position.price = price;
      largest.position = Math.max(largest.position, Math.abs(position.quantity) * price);
    },
    closed: (time) => equity.push({ at: time, equity: run.progress().equity }),
  });
  const span = candlesSpanMs(definition, strategy.warmup(parameters, timeframe) + 1);
  const chunks = await answeredByVenue(() => readAll(sources, { from: from - span, to }));
  run.push(chunks);
  const { trades, totalReturn, maxDrawdown, worstDay } = figures(equity, definition.settings.cash, run.progress());
  const holding = held.filter(({ quantity }) => Math.abs(quantity) > HELD_MIN).length;
  return {
    ...{ entries, holding },
    ...{ from, to, isAhead, trades, totalReturn, maxDrawdown, equity: thinned(equity) },
    largestOrder: largest.order.toFixed(2),
    largestPosition: largest.position.toFixed(2),
    worstDay: worstDay.toFixed(2),
  };
}

/** What the market's clock says, UTC ms: of a replay where it stands, or will begin; null where it begins with its data. */
async function marketTime(ctx: ServiceContext, { row }: Resolved): Promise<number | null> {
  if (row.market.kind !== "replay") return ctx.now();
  const { object } = await accountObject(ctx, row.id);
  const { marketAt } = await object.state({ ownerId: ctx.ownerId });
  return marketAt ?? row.market.from ?? null;
}

/**
 * The month before the market's time. Of a replay with nothing behind it the last month that it plays, which is `isAhead`:
 * nobody knows that of a market that runs.
 */
function monthOf(
  sources: readonly CandleSource[],
  { at, timeframe }: { readonly at: number | null; readonly timeframe: Timeframe },
): { from: number; to: number; isAhead: boolean } {
  const first = Math.max(...sources.map((source) => source.from));
  const last = Math.min(...sources.map((source) => source.to));
  const isAhead = at === null || at - first < BEHIND_MS_MIN;
  const to = candleOpen(isAhead ? last : Math.min(at, last), timeframe);
  return { from: Math.max(candleOpen(to - PREVIEW_DAYS * DAY_MS, timeframe), first), to, isAhead };
}

async function sourcesOf(ctx: ServiceContext, { row, instruments }: Resolved): Promise<CandleSource[]> {
  const sorted = [...instruments].sort((left, right) => (left.instrument.symbol < right.instrument.symbol ? -1 : 1));
  if (row.market.kind === "sim") {
    const now = ctx.now();
    return sorted.map(({ instrument: { symbol } }) =>
      simSource({ seed: SIM_DEMO_SEED, symbol, timeframe: "1m", from: now - 400 * DAY_MS, to: now }),
    );
  }
  if (row.market.kind === "venue") {
    const now = ctx.now();
    return Promise.all(
      sorted.map(async ({ instrument: { id } }) => {
        const market = await venueMarket(ctx, { accountId: row.id, instrument: id });
        return venueSource({ ...market, timeframe: "1m" }, { from: now - 400 * DAY_MS, to: now });
      }),
    );
  }
  const rows = await findDatasets(ctx, row.market.datasetIds);
  return Promise.all(
    sorted.map(async ({ instrument }) => {
      const dataset = rows.find((one) => one.instrument.id === instrument.id);
      const [source] = dataset === undefined ? [] : await candleSources(ctx, dataset);
      if (source === undefined) throw new Error(`${instrument.id} must have candles, had none`);
      return source;
    }),
  );
}

/** The candles of several sources over the same stretch of time, one part for each of them. */
function readAll(
  sources: readonly CandleSource[],
  range: { from: number; to: number },
): Promise<readonly CandleColumns[]> {
  return Promise.all(
    sources.map(async (source) => {
      const chunks: CandleColumns[] = [];
      for await (const chunk of readRange(source, range)) chunks.push(chunk);
      return joinCandles(chunks);
    }),
  );
}

function figures(
  equity: readonly { at: number; equity: number }[],
  cash: number,
  { equity: last, closedTrades }: { equity: number; closedTrades: number },
) {
  let peak = cash;
  let maxDrawdown = 0;
  let worstDay = 0;
  let day = Number.NaN;
  let dayStart = cash;
  let before = cash;
  for (const point of equity) {
    peak = Math.max(peak, point.equity);
    maxDrawdown = Math.max(maxDrawdown, 1 - point.equity / peak);
    const now = Math.floor(point.at / DAY_MS);
    if (now !== day) {
      day = now;
      dayStart = before;
    }
    worstDay = Math.max(worstDay, dayStart - point.equity);
    before = point.equity;
  }
  const traded = equity.length > 0;
  return {
    trades: closedTrades,
    totalReturn: traded ? last / cash - 1 : null,
    maxDrawdown: traded ? maxDrawdown : null,
    worstDay,
  };
}

/** At most so many points, the last always among them. */
function thinned<T>(points: readonly T[]): T[] {
  const step = Math.max(1, Math.ceil(points.length / POINTS_MAX));
  return points.filter((_, index) => (points.length - 1 - index) % step === 0);
}
