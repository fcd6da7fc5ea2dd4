// Parts of the Arrow reader that its package does not export by name: one batch of a file at a time is read with them.
declare module "@uwdata/flechette/src/index.js" {
  export { CompressionType, setCompressionCodec, Type } from "@uwdata/flechette";
}
declare module "@uwdata/flechette/src/decode/schema.js" {
  import type { Schema, Version_ } from "@uwdata/flechette";
  export function decodeSchema(bytes: Uint8Array, index: number, version: Version_): Schema;
}
declare module "@uwdata/flechette/src/decode/record-batch.js" {
  import type { RecordBatch, Version_ } from "@uwdata/flechette";
  export function decodeRecordBatch(bytes: Uint8Array, index: number, version: Version_): RecordBatch;
}
declare module "@uwdata/flechette/src/decode/dictionary-batch.js" {
  import type { DictionaryBatch, Version_ } from "@uwdata/flechette";
  export function decodeDictionaryBatch(bytes: Uint8Array, index: number, version: Version_): DictionaryBatch;
}
declare module "@uwdata/flechette/src/decode/table-from-ipc.js" {
  import type { ArrowData, ExtractionOptions, Table } from "@uwdata/flechette";
  export function createTable(data: ArrowData, options?: ExtractionOptions): Table;
}
declare module "@uwdata/flechette/src/util/read.js" {
  type Read<T> = (bytes: Uint8Array, offset: number) => T;
  export function readObject(bytes: Uint8Array, index: number): <T>(index: number, read: Read<T>, fallback: T) => T;
  export const readInt16: Read<number>;
  export const readUint8: Read<number>;
  export const readOffset: Read<number>;
  export const readInt64: Read<number>;
}
