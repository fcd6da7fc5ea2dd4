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

/** A stored object that is gone. Whoever read its name from the manifest a while ago may find a newer name there. */
export class MissingObjectError extends Error {
  constructor(key: string) {
    super(`candle object ${key} is missing`);
    this.name = "MissingObjectError";
  }
}

/** Candles of one stored object. Throws MissingObjectError where a rewrite since the manifest was read replaced it. */
export async function readObject(bucket: CandleBucket, key: string): Promise<CandleColumns> {
  const object = await bucket.get(key);
  if (object === null) throw new MissingObjectError(key);
  return decodeArrow(new Uint8Array(await object.arrayBuffer()));
}

/** Candles (at least one) of one stretch, as bytes that are not stored yet, with the manifest entry they would have. */
export interface EncodedStretch {
  readonly entry: ManifestEntry;
  readonly bytes: Uint8Array;
}

/**
 * Encodes candles for storing. The key carries a token of the writer, so that no two writers share an object and each
 * may delete its own, and ends with a hash of the content, so that equal candles are told without reading them.
 */
export async function encodeStretch(
  { ownerId }: ArchiveStore,
  place: {
    readonly datasetId: string;
    readonly timeframe: Timeframe;
    readonly period: string;
    readonly writer: string;
    readonly candles: CandleColumns;
  },
): Promise<EncodedStretch> {
  const { datasetId, timeframe, period, writer, candles } = place;
  const bytes = encodeArrow(candles);
  const hash = hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>)));
  const objectKey = `candles/${ownerId}/${datasetId}/${timeframe}/${period}-${writer}-${hash.slice(0, 32)}.arrow`;
  const toMs = candles.time[candles.length - 1] + timeframeMs(timeframe);
  const entry = { timeframe, period, objectKey, candles: candles.length, fromMs: candles.time[0], toMs, version: 0 };
  return { entry, bytes };
}

/** Whether two objects hold the same candles: their keys end with the same hash, whoever wrote them. */
export function sameContent(left: ManifestEntry, right: ManifestEntry): boolean {
  return hashOf(left.objectKey) === hashOf(right.objectKey);
}

function hashOf(objectKey: string): string {
  return objectKey.slice(objectKey.lastIndexOf("-") + 1);
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
