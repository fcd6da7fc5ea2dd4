import { fileTooLarge } from "./file-too-large.ts";
import { ImportError } from "./import-error.ts";
import { UnpackMeter } from "./unpack-meter.ts";

/** What the first bytes say of a file. */
export type FileFormat = "text" | "parquet" | "arrow-file" | "arrow-stream";

/** A file's bytes, unpacked where it was gzip, and its format. */
export interface UnpackedFile {
  readonly format: FileFormat;
  readonly gzip: boolean;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** Bytes that tell the format; the longest mark is Arrow's `ARROW1`. */
const MARK_BYTES = 8;

interface UnpackOptions {
  /** Largest file as it comes. */
  readonly bytesMax: number;
  /** Told how much was read, and waited for. */
  readonly onBytes: (bytesRead: number) => void | Promise<void>;
}

/**
 * Looks at the start of `stream` and gives its bytes on, gzip unpacked. Throws ImportError, also while the bytes are
 * read: `empty-file`, `too-large` (over `bytesMax`, or a bomb by size or ratio), `unknown-format`, `broken-file`.
 */
export async function unpackStream(stream: ReadableStream<Uint8Array>, options: UnpackOptions): Promise<UnpackedFile> {
  const counter = { read: 0 };
  const packed = counted(stream, counter, options);
  const start = await peek(packed);
  if (start.mark.length === 0) throw new ImportError("empty-file", "the file is empty");
  if (start.mark[0] === 0x1f && start.mark[1] === 0x8b) {
    const unpacked = gunzip(start.bytes, counter);
    const inner = await peek(unpacked);
    if (inner.mark.length === 0) throw new ImportError("empty-file", "the gzip file holds nothing");
    return { format: formatOf(inner.mark), gzip: true, bytes: inner.bytes };
  }
  return { format: formatOf(start.mark), gzip: false, bytes: start.bytes };
}

function formatOf(mark: Uint8Array): FileFormat {
  const text = String.fromCharCode(...mark);
  if (text.startsWith("PAR1")) return "parquet";
  if (text.startsWith("ARROW1")) return "arrow-file";
  if (text.startsWith("\xff\xff\xff\xff")) return "arrow-stream";
  if (text.startsWith("PK\x03\x04")) {
    throw new ImportError("unknown-format", "zip archives are not read; unpack it and import the file inside");
  }
  if (text.startsWith("FEA1")) {
    throw new ImportError("unknown-format", "Feather version 1 is not read; save the file as Feather version 2");
  }
  return "text";
}

async function* counted(
  stream: ReadableStream<Uint8Array>,
  counter: { read: number },
  { bytesMax, onBytes }: UnpackOptions,
): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      counter.read += value.length;
      if (counter.read > bytesMax) throw fileTooLarge({ bytesMax });
      await onBytes(counter.read);
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** The first bytes of `source`, and all of it including them. */
async function peek(
  source: AsyncGenerator<Uint8Array>,
): Promise<{ readonly mark: Uint8Array; readonly bytes: AsyncGenerator<Uint8Array> }> {
  const held: Uint8Array[] = [];
  let length = 0;
  while (length < MARK_BYTES) {
    const { done, value } = await source.next();
    if (done) break;
    held.push(value);
    length += value.length;
  }
  const mark = new Uint8Array(Math.min(length, MARK_BYTES));
  let at = 0;
  for (const part of held) {
    const piece = part.subarray(0, mark.length - at);
    mark.set(piece, at);
    at += piece.length;
  }
  return { mark, bytes: chain(held, source) };
}

async function* chain(held: readonly Uint8Array[], rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* held;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}

async function* gunzip(
  packed: AsyncGenerator<Uint8Array>,
  counter: { readonly read: number },
): AsyncGenerator<Uint8Array> {
  const unpacker = new DecompressionStream("gzip");
  const feeding = feed(packed, unpacker.writable as WritableStream<Uint8Array>);
  // The failure is looked at where reading fails; until then nobody waits for it.
  feeding.catch(() => undefined);
  const reader = (unpacker.readable as ReadableStream<Uint8Array>).getReader();
  const meter = new UnpackMeter(() => counter.read);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      meter.add(value.length);
      yield value;
    }
    await feeding;
  } catch (error) {
    if (error instanceof ImportError) throw error;
    const cause = await feeding.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (cause instanceof ImportError) throw cause;
    throw new ImportError("broken-file", "the gzip file is damaged or cut off; make or download it again", {
      cause: error,
    });
  } finally {
    await reader.cancel().catch(() => undefined);
    await feeding.catch(() => undefined);
  }
}

async function feed(packed: AsyncGenerator<Uint8Array>, sink: WritableStream<Uint8Array>): Promise<void> {
  const writer = sink.getWriter();
  try {
    for await (const bytes of packed) await writer.write(bytes);
    await writer.close();
  } catch (error) {
    await writer.abort(error).catch(() => undefined);
    throw error;
  }
}
