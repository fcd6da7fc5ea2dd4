/// <reference path="./arrow-modules.d.ts" />
import type { DictionaryBatch, RecordBatch, Schema, Version_ } from "@uwdata/flechette";
import { decodeDictionaryBatch } from "@uwdata/flechette/src/decode/dictionary-batch.js";
import { decodeRecordBatch } from "@uwdata/flechette/src/decode/record-batch.js";
import { decodeSchema } from "@uwdata/flechette/src/decode/schema.js";
import { readInt16, readInt64, readObject, readOffset, readUint8 } from "@uwdata/flechette/src/util/read.js";
import type { ByteRanges, ReadAhead } from "./byte-ranges.ts";
import { readInside } from "./byte-ranges.ts";
import { guardedBytes } from "./guarded-bytes.ts";
import { ImportError } from "./import-error.ts";
import { DESCRIPTION_BYTES_MAX } from "./import-limits.ts";

/** Where the buffers of a message stand in the file. */
export interface MessageBody {
  readonly start: number;
  readonly end: number;
}

/** A message of an Arrow stream, its body unread. */
export type ArrowMessage =
  | { readonly kind: "schema"; readonly schema: Schema }
  | { readonly kind: "dictionary"; readonly batch: DictionaryBatch; readonly body: MessageBody }
  | { readonly kind: "records"; readonly batch: RecordBatch; readonly body: MessageBody };

const MARK = "ARROW1";

/** Start of a file before its messages: the mark, filled up to a multiple of eight bytes. */
const HEAD_BYTES = 8;

/** End of a file: the length of its footer in four bytes, and the mark. */
const TAIL_BYTES = 4 + MARK.length;

/** Kinds of message by number, https://github.com/apache/arrow/blob/main/format/Message.fbs. */
const SCHEMA = 1;
const DICTIONARY = 2;
const RECORDS = 3;

/**
 * Where the messages of a file or stream start and end: between the marks of a file stands a stream, as the format has
 * it (https://arrow.apache.org/docs/format/Columnar.html#ipc-file-format). Throws ImportError where a file is cut off.
 */
export async function messageSpan(file: ByteRanges, form: "file" | "stream"): Promise<MessageBody> {
  if (form === "stream") return { start: 0, end: file.byteLength };
  if (file.byteLength < HEAD_BYTES + TAIL_BYTES) throw damaged("it is too short");
  const tail = await readInside(file, file.byteLength - TAIL_BYTES, file.byteLength);
  if (String.fromCharCode(...tail.subarray(4)) !== MARK) throw damaged("its end is missing");
  const footer = new DataView(tail.buffer, tail.byteOffset, tail.length).getInt32(0, true);
  const end = file.byteLength - TAIL_BYTES - footer;
  if (footer < 0 || end < HEAD_BYTES) throw damaged(`its footer has ${footer} bytes`);
  return { start: HEAD_BYTES, end };
}

/** The messages of `span`, in order. Throws ImportError where one is damaged or reaches beyond the end. */
export async function* arrowMessages(bytes: ReadAhead, span: MessageBody): AsyncGenerator<ArrowMessage> {
  let at = span.start;
  // A writer need not write the mark that ends a stream.
  while (at < span.end) {
    if (at + 4 > span.end) throw damaged("it ends inside a message");
    let length = await int32(bytes, at);
    at += 4;
    // Before 2019 messages began with their length, since then with four bytes of ones.
    if (length === -1) {
      if (at + 4 > span.end) throw damaged("it ends inside a message");
      length = await int32(bytes, at);
      at += 4;
    }
    if (length === 0) return;
    if (length < 0 || at + length > span.end) throw damaged("it ends inside a message");
    if (length > DESCRIPTION_BYTES_MAX) {
      const sizes = `${DESCRIPTION_BYTES_MAX / 1024 ** 2} MB, was ${(length / 1024 ** 2).toFixed(1)} MB`;
      throw new ImportError("too-large", `the head of an Arrow message may have at most ${sizes}`);
    }
    const { message, bodyLength } = decodeHead(await bytes.read(at, at + length), at + length);
    at += length + bodyLength;
    if (!(bodyLength >= 0 && at <= span.end)) throw damaged("it ends inside a message");
    yield message;
  }
}

function decodeHead(head: Uint8Array, start: number): { readonly message: ArrowMessage; readonly bodyLength: number } {
  try {
    const bytes = guardedBytes(head);
    const get = readObject(bytes, 0);
    const version = get(4, readInt16, 0) as Version_;
    const kind = get(6, readUint8, 0);
    const offset = get(8, readOffset, 0);
    const bodyLength = get(10, readInt64, 0);
    const body = { start, end: start + bodyLength };
    if (kind === SCHEMA)
      return { message: { kind: "schema", schema: decodeSchema(bytes, offset, version) }, bodyLength };
    if (kind === DICTIONARY) {
      return {
        message: { kind: "dictionary", batch: decodeDictionaryBatch(bytes, offset, version), body },
        bodyLength,
      };
    }
    if (kind === RECORDS) {
      return { message: { kind: "records", batch: decodeRecordBatch(bytes, offset, version), body }, bodyLength };
    }
    throw new RangeError(`messages of kind ${kind} hold no candles`);
  } catch (cause) {
    throw damaged("a message cannot be read", cause);
  }
}

async function int32(bytes: ReadAhead, at: number): Promise<number> {
  const read = await bytes.read(at, at + 4);
  return new DataView(read.buffer, read.byteOffset, 4).getInt32(0, true);
}

/** The file is not what it says it is. */
export function damaged(what: string, cause?: unknown): ImportError {
  const reason = cause instanceof Error ? ` (${cause.message.slice(0, 120)})` : "";
  return new ImportError("broken-file", `the Arrow file is damaged or cut off: ${what}${reason}; write it again`, {
    cause,
  });
}
