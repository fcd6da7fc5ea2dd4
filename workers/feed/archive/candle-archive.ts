import type { CandleColumns } from "../../core/candle/candle.ts";
import type { Timeframe } from "../../core/candle/timeframe.ts";
import { timeframeMs } from "../../core/candle/timeframe.ts";
import { decodeArrow, encodeArrow } from "../arrow-candles.ts";
import { periodEnd, periodStart } from "../period.ts";
import type { CandleSource } from "../source.ts";
import type { CandleManifest, ManifestEntry } from "./candle-manifest.ts";

/** What the archive needs of an R2 bucket. */
export type CandleBucket = Pick<R2Bucket, "get" | "put" | "delete">;

/** Where an archive keeps the candles of one owner. */
export interface ArchiveStore {
  readonly bucket: CandleBucket;
  readonly manifest: CandleManifest;
  readonly ownerId: string;
}

/** Keys that R2 deletes in one call. */
const DELETE_KEYS_MAX = 1000;

/**
 * The stored series of a dataset, smallest timeframe (the one imported) first, then the larger ones that were made from
 * it. Empty where nothing is stored under that owner and id.
 */
export async function archiveSources(store: ArchiveStore, datasetId: string): Promise<readonly CandleSource[]> {
  const byTimeframe = new Map<Timeframe, ManifestEntry[]>();
  for (const entry of await store.manifest.list(datasetId)) {
    byTimeframe.set(entry.timeframe, [...(byTimeframe.get(entry.timeframe) ?? []), entry]);
  }
  return [...byTimeframe]
    .sort(([a], [b]) => timeframeMs(a) - timeframeMs(b))
    .map(([timeframe, entries]) => archiveSource(store, { datasetId, timeframe, entries }));
}

function archiveSource(
  { bucket, manifest }: ArchiveStore,
  {
    datasetId,
    timeframe,
    entries,
  }: { readonly datasetId: string; readonly timeframe: Timeframe; readonly entries: readonly ManifestEntry[] },
): CandleSource {
  const ordered = [...entries].sort((a, b) => a.fromMs - b.fromMs);
  return {
    timeframe,
    from: ordered[0].fromMs,
    to: ordered[ordered.length - 1].toMs,
    candles: ordered.reduce((sum, entry) => sum + entry.candles, 0),
    months: (range) =>
      ordered
        .filter(
          ({ period }) => range === undefined || (periodEnd(period) > range.from && periodStart(period) < range.to),
        )
        .map(({ period }) => period),
    read: async (month) => {
      const entry = ordered.find(({ period }) => period === month);
      if (entry === undefined) throw new RangeError(`month must be one the series holds, was ${month}`);
      const object = await bucket.get(entry.objectKey);
      if (object !== null) return decodeArrow(new Uint8Array(await object.arrayBuffer()));
      // A rewrite since the manifest was read has put the stretch under another key.
      const now = (await manifest.list(datasetId)).find(
        (held) => held.timeframe === timeframe && held.period === month,
      );
      if (now === undefined) throw new Error(`candles of ${month} were removed while they were read`);
      return readObject(bucket, now.objectKey);
    },
  };
}

/** Candles of one stored object. Throws where it is gone: the manifest only names objects that were stored. */
export async function readObject(bucket: CandleBucket, key: string): Promise<CandleColumns> {
  const object = await bucket.get(key);
  if (object === null) throw new Error(`candle object ${key} is missing`);
  return decodeArrow(new Uint8Array(await object.arrayBuffer()));
}

/** Stores candles (at least one) under a key made of their content, and gives the manifest entry for them. */
export async function putObject(
  { bucket, ownerId }: ArchiveStore,
  place: {
    readonly datasetId: string;
    readonly timeframe: Timeframe;
    readonly period: string;
    readonly version: number;
    readonly candles: CandleColumns;
  },
): Promise<ManifestEntry> {
  const { datasetId, timeframe, period, version, candles } = place;
  const bytes = encodeArrow(candles);
  const hash = hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>)));
  const objectKey = `candles/${ownerId}/${datasetId}/${timeframe}/${period}-${hash.slice(0, 32)}.arrow`;
  await bucket.put(objectKey, bytes);
  const toMs = candles.time[candles.length - 1] + timeframeMs(timeframe);
  return { timeframe, period, objectKey, candles: candles.length, fromMs: candles.time[0], toMs, version };
}

/** Removes a dataset's candles: first from the manifest, so that nothing names an object that is gone. */
export async function removeCandles(store: ArchiveStore, datasetId: string): Promise<void> {
  const entries = await store.manifest.list(datasetId);
  await store.manifest.remove(datasetId);
  await deleteObjects(
    store.bucket,
    entries.map(({ objectKey }) => objectKey),
  );
}

/** Deletes objects that nothing names any more. A failure leaves waste, not damage, so it is not passed on. */
export async function deleteObjects(bucket: CandleBucket, keys: readonly string[]): Promise<void> {
  for (let at = 0; at < keys.length; at += DELETE_KEYS_MAX) {
    await bucket.delete(keys.slice(at, at + DELETE_KEYS_MAX)).catch(() => undefined);
  }
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
