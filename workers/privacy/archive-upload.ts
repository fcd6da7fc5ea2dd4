import { z } from "zod";

// The object store takes parts of at least 5 MiB, all but the last of one size.
const PART_BYTES = 8 * 1024 ** 2;

/** How far an upload is, for whoever goes on with it. */
export const UploadState = z.object({
  uploadId: z.string().nullable(),
  etags: z.array(z.string()),
  /** Object that holds the bytes of the part that is not full yet. */
  restKey: z.string().nullable(),
});
export type UploadState = z.infer<typeof UploadState>;

/**
 * An object that is written piece by piece and may be laid aside and gone on with elsewhere. What was sent behind the
 * state that one goes on from is sent again under the same numbers, and takes the place of what was there.
 */
export class ArchiveUpload {
  private readonly bucket: R2Bucket;
  private readonly key: string;
  private readonly part = new Uint8Array(PART_BYTES);
  private filled = 0;
  private upload: R2MultipartUpload | undefined;
  private readonly etags: string[];

  private constructor(bucket: R2Bucket, key: string, state: UploadState | undefined) {
    this.bucket = bucket;
    this.key = key;
    this.etags = [...(state?.etags ?? [])];
    if (state?.uploadId != null) this.upload = bucket.resumeMultipartUpload(key, state.uploadId);
  }

  /** Begins, or goes on from a state. Throws where the rest that the state names is gone. */
  static async open(bucket: R2Bucket, key: string, state?: UploadState): Promise<ArchiveUpload> {
    const upload = new ArchiveUpload(bucket, key, state);
    if (state?.restKey == null) return upload;
    const rest = await bucket.get(state.restKey);
    if (rest === null) throw new Error("the rest of an unfinished archive is gone");
    const bytes = new Uint8Array(await rest.arrayBuffer());
    upload.part.set(bytes);
    upload.filled = bytes.length;
    return upload;
  }

  async push(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      if (this.filled === PART_BYTES) await this.sendPart();
      const taken = bytes.subarray(at, at + PART_BYTES - this.filled);
      this.part.set(taken, this.filled);
      this.filled += taken.length;
      at += taken.length;
    }
  }

  /** Lays the upload aside; `restKey` must be a name that was not used before. */
  async suspend(restKey: string): Promise<UploadState> {
    await this.bucket.put(restKey, this.part.subarray(0, this.filled));
    return { uploadId: this.upload?.uploadId ?? null, etags: [...this.etags], restKey };
  }

  /** Makes it an object. Returns its length in bytes. */
  async finish(): Promise<number> {
    const bytes = this.etags.length * PART_BYTES + this.filled;
    if (this.upload === undefined) await this.bucket.put(this.key, this.part.subarray(0, this.filled));
    else {
      await this.sendPart();
      await this.upload.complete(this.etags.map((etag, index) => ({ partNumber: index + 1, etag })));
    }
    return bytes;
  }

  private async sendPart(): Promise<void> {
    this.upload ??= await this.bucket.createMultipartUpload(this.key);
    const sent = await this.upload.uploadPart(this.etags.length + 1, this.part.subarray(0, this.filled));
    this.etags.push(sent.etag);
    this.filled = 0;
  }
}
