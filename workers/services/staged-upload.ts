import type { ByteRanges, FileStage } from "../feed/import/byte-ranges.ts";

/** Bytes sent at a time. The object store takes parts of at least 5 MiB, all but the last of one size. */
const PART_BYTES = 8 * 1024 ** 2;

/** Where the files stand that are being imported; what has been there for long was left behind. */
export const STAGED_PREFIX = "imports/";

/** A place in the object store for one upload. */
export interface StagedUpload extends FileStage {
  /** Removes what is held. */
  drop(): Promise<void>;
}

/**
 * Holds an upload as an object while its parts are read, since an isolate has no room for it. A length need not be
 * known: the upload goes in parts, and becomes an object only once it is whole. Of an isolate that dies before that,
 * the store lets go of the parts by itself after a week.
 */
export function stagedUpload(bucket: R2Bucket, key: string): StagedUpload {
  let held = false;
  return {
    async hold(bytes) {
      const byteLength = await store(bytes, { bucket, key });
      held = true;
      return objectRanges(bucket, { key, byteLength });
    },
    async drop() {
      if (held) await bucket.delete(key);
    },
  };
}

async function store(
  bytes: AsyncIterable<Uint8Array>,
  { bucket, key }: { readonly bucket: R2Bucket; readonly key: string },
): Promise<number> {
  const part = new Uint8Array(PART_BYTES);
  let filled = 0;
  let upload: R2MultipartUpload | undefined;
  const sent: R2UploadedPart[] = [];
  try {
    for await (const piece of bytes) {
      for (let at = 0; at < piece.length; ) {
        if (filled === PART_BYTES) {
          upload ??= await bucket.createMultipartUpload(key);
          sent.push(await upload.uploadPart(sent.length + 1, part));
          filled = 0;
        }
        const taken = piece.subarray(at, at + PART_BYTES - filled);
        part.set(taken, filled);
        filled += taken.length;
        at += taken.length;
      }
    }
    const last = part.subarray(0, filled);
    if (upload === undefined) await bucket.put(key, last);
    else await upload.complete([...sent, await upload.uploadPart(sent.length + 1, last)]);
  } catch (error) {
    await upload?.abort().catch(() => undefined);
    throw error;
  }
  return sent.length * PART_BYTES + filled;
}

function objectRanges(
  bucket: R2Bucket,
  { key, byteLength }: { readonly key: string; readonly byteLength: number },
): ByteRanges {
  return {
    byteLength,
    async read(start, end) {
      const object = await bucket.get(key, { range: { offset: start, length: end - start } });
      if (object === null) throw new Error(`the staged upload ${key} is gone`);
      return new Uint8Array(await object.arrayBuffer());
    },
  };
}
