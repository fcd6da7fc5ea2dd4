import type { ArchiveUpload } from "./archive-upload.ts";
import type { ArchiveFile } from "./export-section.ts";
import { tarEnd, tarHeader, tarPadding } from "./tar-header.ts";

/**
 * Writes a tar archive packed with gzip. Each file is a gzip member of its own: members that follow one another unpack as
 * one stream (RFC 1952, 2.2), so that an archive can be laid aside behind any file without the packer's state. Files are
 * passed on as they come; none is held as a whole. Throws where a file is not as long as it said.
 */
export async function writeFile(upload: ArchiveUpload, file: ArchiveFile, modifiedMs: number): Promise<void> {
  await writeMember(upload, piecesOf(file, modifiedMs));
}

/** Ends the archive. */
export async function writeEnd(upload: ArchiveUpload): Promise<void> {
  await writeMember(upload, [tarEnd()]);
}

async function* piecesOf({ name, bytes, body }: ArchiveFile, modifiedMs: number): AsyncGenerator<Uint8Array> {
  yield tarHeader({ name, bytes, modifiedMs });
  let seen = 0;
  for await (const piece of body instanceof Uint8Array ? [body] : body) {
    seen += piece.length;
    yield piece;
  }
  if (seen !== bytes) throw new Error(`the file ${name} must have ${bytes} bytes, had ${seen}`);
  yield tarPadding(bytes);
}

async function writeMember(
  upload: ArchiveUpload,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<void> {
  const packer = new CompressionStream("gzip");
  const writing = feed(packer.writable.getWriter(), pieces);
  // Awaited below; a failure meanwhile is that of the reading side too.
  writing.catch(() => undefined);
  for await (const packed of packer.readable as ReadableStream<Uint8Array>) await upload.push(packed);
  await writing;
}

async function feed(
  writer: WritableStreamDefaultWriter<Uint8Array>,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<void> {
  try {
    for await (const piece of pieces) if (piece.length > 0) await writer.write(piece);
    await writer.close();
  } catch (error) {
    await writer.abort(error).catch(() => undefined);
    throw error;
  }
}
