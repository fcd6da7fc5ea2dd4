import { datasets } from "../../schema/tables/dataset.ts";
import type { DataReport } from "../../schema/wire/dataset.ts";
import { prepareAudit, systemAuditContext } from "../audit/prepare-audit.ts";
import { CandleCoverage } from "../core/candle/candle-coverage.ts";
import { findGaps } from "../core/candle/candle-gap.ts";
import { timeframeMs } from "../core/candle/timeframe.ts";
import { calendarOf } from "../core/candle/trading-calendar.ts";
import { archiveSources } from "../feed/archive/candle-archive.ts";
import { d1Manifest } from "../feed/archive/candle-manifest.ts";
import type { Database } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";
import { ownedDatabase } from "../platform/owned-database.ts";
import { type BackfillRow, prepareHeld, requireHeld } from "./backfill-store.ts";
import { dropUnnamed } from "./unfinished-candles.ts";

/**
 * Makes the dataset of a backfill whose candles are all there: its row, its report and the end of the backfill are stored
 * together. Throws where the worker no longer holds it; then nothing is.
 */
export async function finishBackfill(
  { env, database, nowMs }: { readonly env: Env; readonly database: Database; readonly nowMs: number },
  row: BackfillRow,
): Promise<void> {
  const { ownerId, datasetId, timeframe } = row;
  const owned = ownedDatabase(database, ownerId);
  const store = { bucket: env.BUCKET, manifest: d1Manifest(database, ownerId), ownerId };
  await dropUnnamed(env.BUCKET, store.manifest, { ownerId, datasetId });
  const source = (await archiveSources(store, datasetId)).find((each) => each.timeframe === timeframe);
  if (source === undefined) throw new Error(`the candles of ${row.id} must be in the archive, were not`);
  const coverage = new CandleCoverage(timeframe);
  for (const month of source.months()) coverage.push(await source.read(month));
  const report = reportOf(row, coverage);
  const held = { fromMs: source.from, toMs: source.to, candles: coverage.candles, report, updatedAt: nowMs };
  const { name, instrument } = row;
  const made = { id: datasetId, name, source: "venue" as const, instrument, timeframe, seed: null, createdAt: nowMs };
  const event = {
    action: "backfill.finish",
    subject: { kind: "dataset", id: datasetId },
    after: { symbol: instrument.symbol, timeframe, from: source.from, to: source.to, candles: coverage.candles },
  };
  await database.batch([
    requireHeld(database, row),
    owned.prepareInsert(datasets, { ...held, ...made }),
    prepareAudit(systemAuditContext(database, ownerId, nowMs), event),
    prepareHeld(owned, row, {
      ...{ status: "done", finishedAt: nowMs, aliveAt: nowMs, candles: coverage.candles },
      ...{ leaseToken: null, leaseUntilMs: 0, waitUntilMs: null, errorCode: null, errorMessage: null },
    }),
  ]);
}

function reportOf(row: BackfillRow, coverage: CandleCoverage): DataReport {
  const gaps = findGaps(coverage, calendarOf(row.calendarId));
  const refused = Object.entries(row.refused).map(([rule, count]) => ({ rule, count, rows: [] }));
  const repaired =
    row.repaired === 0 ? [] : [`${row.repaired} candles came when what was missing was asked for again.`];
  const has = refused.length === 0 ? "no candles" : "no candles, or such as break a rule,";
  const missing =
    gaps.gapCount === 0
      ? []
      : [`What is missing was asked for twice: the venue has ${has} there, and none was made up.`];
  return {
    layout: `${row.venue} ${row.environment}, asked for by ${row.timeframe}`,
    rowsRead: coverage.candles + refused.reduce((sum, { count }) => sum + count, 0),
    rowsKept: coverage.candles,
    timeframe: row.timeframe,
    from: coverage.first,
    to: coverage.last + timeframeMs(row.timeframe),
    gapCount: gaps.gapCount,
    gapCandles: gaps.gapCandles,
    gaps: [...gaps.gaps],
    duplicates: 0,
    badRows: refused,
    notes: [...repaired, ...missing, ...gaps.notes],
  };
}
