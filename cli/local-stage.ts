import { closeSync, mkdtempSync, openSync, read, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { ByteRanges, FileStage } from "../workers/feed/import/byte-ranges.ts";

const readAt = promisify(read);

/** Holds the file at `path` for reading by parts: where it is, or, unpacked, in a temporary file without a name. */
export class LocalStage implements FileStage {
  private readonly path: string;
  private descriptor: number | undefined;

  constructor(path: string) {
    this.path = path;
  }

  async hold(bytes: AsyncIterable<Uint8Array>, { asGiven }: { readonly asGiven: boolean }): Promise<ByteRanges> {
    this.close();
    if (asGiven) {
      await bytes[Symbol.asyncIterator]().return?.();
      this.descriptor = openSync(this.path, "r");
      return fileRanges(this.descriptor, statSync(this.path).size);
    }
    this.descriptor = openTemporary();
    let byteLength = 0;
    for await (const piece of bytes) {
      for (let at = 0; at < piece.length; ) at += writeSync(this.descriptor, piece, at);
      byteLength += piece.length;
    }
    return fileRanges(this.descriptor, byteLength);
  }

  /** Lets go of the file; a temporary one is gone then. */
  close(): void {
    if (this.descriptor !== undefined) closeSync(this.descriptor);
    this.descriptor = undefined;
  }
}

/** A file that is removed as soon as it is open: it lives as long as it is read, whatever ends the program. */
function openTemporary(): number {
  const folder = mkdtempSync(join(tmpdir(), "apextrade-unpacked-"));
  try {
    return openSync(join(folder, "unpacked"), "wx+", 0o600);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function fileRanges(descriptor: number, byteLength: number): ByteRanges {
  return {
    byteLength,
    async read(start, end) {
      const bytes = new Uint8Array(end - start);
      for (let at = 0; at < bytes.length; ) {
        const { bytesRead } = await readAt(descriptor, bytes, at, bytes.length - at, start + at);
        if (bytesRead === 0) return bytes.subarray(0, at);
        at += bytesRead;
      }
      return bytes;
    },
  };
}
