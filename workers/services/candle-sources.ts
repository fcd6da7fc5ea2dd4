import { type ArchiveStore, archiveSources } from "../feed/archive/candle-archive.ts";
import { d1Manifest } from "../feed/archive/candle-manifest.ts";
import { simSources } from "../feed/sim-source.ts";
import type { CandleSource } from "../feed/source.ts";
import type { DatasetRow } from "./dataset.ts";
import type { ServiceContext } from "./service-context.ts";

type ArchiveContext = Pick<ServiceContext, "env" | "database" | "ownerId">;

/**
 * Where a dataset's candles come from: its own timeframe first, then larger ones made from it. Empty where it holds
 * none.
 */
export async function candleSources(ctx: ArchiveContext, row: DatasetRow): Promise<readonly CandleSource[]> {
  if (row.source !== "simulated") return archiveSources(archiveStore(ctx), row.id);
  const { symbol } = row.instrument;
  return simSources({ seed: row.seed ?? 0, symbol, timeframe: row.timeframe, from: row.fromMs, to: row.toMs });
}

/** The owner's part of the candle archive. */
export function archiveStore(ctx: ArchiveContext): ArchiveStore {
  return { bucket: ctx.env.BUCKET, manifest: d1Manifest(ctx.database, ctx.ownerId), ownerId: ctx.ownerId };
}
