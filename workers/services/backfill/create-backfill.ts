import type { BatchItem } from "drizzle-orm/batch";
import { backfills } from "../../../schema/tables/backfill.ts";
import {
  BACKFILL_CANDLES_MAX,
  type Backfill,
  type BackfillSource,
  type CreateBackfill,
} from "../../../schema/wire/backfill.ts";
import type { Instrument } from "../../../schema/wire/dataset.ts";
import { prepareAudit } from "../../audit/prepare-audit.ts";
import type { VenueInstrument } from "../../brokers/venue-client.ts";
import { candleOpen, timeframeMs } from "../../core/candle/timeframe.ts";
import { newId } from "../../platform/ids.ts";
import { conflict, invalid } from "../../platform/problem-error.ts";
import { once } from "../idempotency.ts";
import { type ServiceContext, trailOf } from "../service-context.ts";
import { findBackfillSource, sourceInstruments } from "./backfill-source.ts";
import { BACKFILLS_KEPT_MAX, backfillOf, findBackfill, inRoom, requireRoomForOne, sendBackfill } from "./backfills.ts";

/**
 * Begins to bring a venue's candles into a new dataset. The same `idempotencyKey` with the same input answers what was
 * begun before. Throws 422 where source, instrument or period do not fit, 409 beyond the most at once or where the venue
 * refuses, 503 where it is silent.
 */
export async function createBackfill(call: {
  ctx: ServiceContext;
  input: CreateBackfill & { idempotencyKey?: string | undefined };
}): Promise<Backfill> {
  const { ctx } = call;
  const { idempotencyKey: key, ...input } = call.input;
  return once({
    ...{ ctx, scope: "backfill", key, input },
    read: async (id) => backfillOf(await findBackfill(ctx, id)),
    make: (remember) => makeBackfill(ctx, input, remember),
  });
}

async function makeBackfill(
  ctx: ServiceContext,
  input: CreateBackfill,
  remember: (id: string) => readonly BatchItem<"sqlite">[],
): Promise<Backfill> {
  await requireRoom(ctx);
  const source = await findBackfillSource(ctx, input.sourceId);
  const period = periodOf(source, input, ctx.now());
  const found = (await sourceInstruments(ctx, source.id)).find(({ id }) => id === input.instrument);
  if (found === undefined) throw invalid("instrument", `must be one that ${source.label} has`, input.instrument);
  const row = rowOf(ctx, { source, input, period, instrument: found });
  await inRoom(ctx, [
    ctx.owned.prepareInsert(backfills, row),
    prepareAudit(trailOf(ctx), {
      action: "backfill.create",
      subject: { kind: "backfill", id: row.id },
      after: { source: source.label, instrument: found.id, timeframe: input.timeframe, ...period },
    }),
    ...remember(row.id),
  ]);
  await sendBackfill(ctx, { id: row.id, generation: 0 });
  return backfillOf(await findBackfill(ctx, row.id));
}

async function requireRoom(ctx: ServiceContext): Promise<void> {
  await requireRoomForOne(ctx);
  if ((await ctx.owned.count(backfills)) >= BACKFILLS_KEPT_MAX) {
    throw conflict(
      "too_many_backfills",
      `At most ${BACKFILLS_KEPT_MAX} are kept. Delete some that you no longer need.`,
    );
  }
}

/** The candles that are asked for: those that open in `[from, to)` and have closed by now. Throws 422. */
function periodOf({ label, timeframes }: BackfillSource, { timeframe, from, to }: CreateBackfill, nowMs: number) {
  if (!timeframes.includes(timeframe)) {
    throw invalid("timeframe", `must be one that ${label} has: ${timeframes.join(", ")}`, timeframe);
  }
  const length = timeframeMs(timeframe);
  const open = candleOpen(from, timeframe);
  const begin = open < from ? open + length : open;
  const end = candleOpen(Math.min(to ?? nowMs, nowMs), timeframe);
  if (begin >= end) {
    const instant = (at: number) => new Date(at).toISOString();
    throw invalid("from", `must be at least one candle before ${instant(end)}`, instant(from));
  }
  const candles = (end - begin) / length;
  if (candles > BACKFILL_CANDLES_MAX) {
    const rule = `must leave at most ${BACKFILL_CANDLES_MAX.toLocaleString("en")} candles; take larger ones or a shorter period`;
    throw invalid("from", rule, candles);
  }
  return { from: begin, to: end };
}

function rowOf(
  ctx: ServiceContext,
  made: {
    readonly source: BackfillSource;
    readonly input: CreateBackfill;
    readonly period: { readonly from: number; readonly to: number };
    readonly instrument: VenueInstrument;
  },
) {
  const { source, input, period, instrument } = made;
  const { symbol, nativeId, calendar } = instrument;
  const { venue, environment } = source;
  const nowMs = ctx.now();
  return {
    ...{
      id: newId("bfl"),
      datasetId: newId("dat"),
      status: "queued" as const,
      sourceId: source.id,
      venue,
      environment,
    },
    ...{ name: input.name ?? `${symbol} ${input.timeframe}, ${venue}`, timeframe: input.timeframe },
    ...{ instrument: plainOf(instrument), nativeId, calendarId: calendar.id },
    ...{ fromMs: period.from, toMs: period.to, cursorMs: period.from, checkedMs: period.from },
    ...{ refused: {}, aliveAt: nowMs, createdAt: nowMs },
  };
}

/** An instrument as datasets know it: its kinds of orders and its sizes at the venue are of its accounts. */
function plainOf(instrument: VenueInstrument): Instrument {
  const { id, venue, symbol, kind, base, quote, tick, lot, quantityMin, notionalMin, daysPerYear } = instrument;
  return { id, venue, symbol, kind, base, quote, tick, lot, quantityMin, notionalMin, daysPerYear };
}
