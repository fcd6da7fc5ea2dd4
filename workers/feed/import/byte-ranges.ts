import { ImportError } from "./import-error.ts";

/** A file whose bytes can be asked for in any order. */
export interface ByteRanges {
  readonly byteLength: number;
  /** Bytes `[start, end)`, which lie inside the file. */
  read(start: number, end: number): Promise<Uint8Array>;
}

/**
 * Where a file is held whose parts are read in any order, as the index of a Parquet file stands at its end. Who makes
 * a stage removes what it holds, whatever came of the import.
 */
export interface FileStage {
  /**
   * Takes in all of `bytes`, or leaves them where it has them already: `asGiven` says that they are those of the file
   * that is imported, not unpacked from it. Throws what `bytes` throws, and then holds nothing.
   */
  hold(bytes: AsyncIterable<Uint8Array>, how: { readonly asGiven: boolean }): Promise<ByteRanges>;
}

/** A file in memory. */
export function bytesInMemory(bytes: Uint8Array): ByteRanges {
  return {
    byteLength: bytes.length,
    read: async (start, end) => bytes.slice(start, end),
  };
}

/** Bytes `[start, end)`; throws ImportError `broken-file` where the file says that it has bytes outside itself. */
export async function readInside(file: ByteRanges, start: number, end: number): Promise<Uint8Array> {
  if (!(Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && start <= end)) {
    throw outside(file, start, end);
  }
  if (end > file.byteLength) throw outside(file, start, end);
  if (start === end) return new Uint8Array(0);
  const bytes = await file.read(start, end);
  if (bytes.length !== end - start) throw new Error(`bytes ${start} to ${end} were asked for, ${bytes.length} came`);
  return bytes;
}

/** Reads a file in blocks, for who reads small parts one after the other: a request for each would cost more than its bytes. */
export class ReadAhead {
  private readonly file: ByteRanges;
  private readonly blockBytes: number;
  private readonly endMax: number;
  private start = 0;
  private block: Uint8Array = new Uint8Array(0);

  /** Never reads at or beyond `endMax`, and holds at most `blockBytes`. */
  constructor(file: ByteRanges, { blockBytes, endMax }: { readonly blockBytes: number; readonly endMax: number }) {
    this.file = file;
    this.blockBytes = blockBytes;
    this.endMax = Math.min(endMax, file.byteLength);
  }

  /** Bytes `[start, end)`, a view that lasts until the next call where they are shorter than a block. */
  async read(start: number, end: number): Promise<Uint8Array> {
    if (end > this.endMax) throw outside(this.file, start, end);
    if (end - start > this.blockBytes) return readInside(this.file, start, end);
    if (start < this.start || end > this.start + this.block.length) await this.move(start);
    return this.block.subarray(start - this.start, end - this.start);
  }

  /** Holds a block from `start` on; what is here of it already is not asked for again. */
  private async move(start: number): Promise<void> {
    const heldEnd = this.start + this.block.length;
    const kept = start >= this.start && start < heldEnd ? this.block.slice(start - this.start) : new Uint8Array(0);
    this.block = kept;
    this.start = start;
    const rest = await readInside(this.file, start + kept.length, Math.min(this.endMax, start + this.blockBytes));
    if (kept.length === 0) {
      this.block = rest;
      return;
    }
    this.block = new Uint8Array(kept.length + rest.length);
    this.block.set(kept);
    this.block.set(rest, kept.length);
  }
}

function outside(file: ByteRanges, start: number, end: number): ImportError {
  return new ImportError(
    "broken-file",
    `the file is damaged or cut off: it has ${file.byteLength} bytes and names bytes ${start} to ${end}; write it again`,
  );
}
