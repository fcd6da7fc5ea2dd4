import { type ArchiveStore, removeCandles } from "../feed/archive/candle-archive.ts";
import type { CandleManifest } from "../feed/archive/candle-manifest.ts";

interface Place {
  readonly ownerId: string;
  readonly datasetId: string;
}

/**
 * Deletes the objects of a dataset that its manifest does not name: what workers had stored that died before they could
 * say so. A worker that is still about to name one loses its lease or finds it gone, and stores it again.
 */
export async function dropUnnamed(bucket: R2Bucket, manifest: CandleManifest, place: Place): Promise<void> {
  const named = new Set((await manifest.list(place.datasetId)).map(({ objectKey }) => objectKey));
  let cursor: string | undefined;
  do {
    const page = await bucket.list({ prefix: prefixOf(place), ...(cursor === undefined ? {} : { cursor }) });
    const waste = page.objects.map(({ key }) => key).filter((key) => !named.has(key));
    if (waste.length > 0) await bucket.delete(waste);
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
}

/** Removes everything that was stored for a dataset that never came to be. */
export async function dropUnfinished(bucket: R2Bucket, store: ArchiveStore, datasetId: string): Promise<void> {
  await removeCandles(store, datasetId);
  await dropUnnamed(bucket, store.manifest, { ownerId: store.ownerId, datasetId });
}

function prefixOf({ ownerId, datasetId }: Place): string {
  return `candles/${ownerId}/${datasetId}/`;
}
