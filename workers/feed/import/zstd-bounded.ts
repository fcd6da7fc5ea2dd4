import { Decompress } from "fzstd";

/** Unpacks Zstandard data of at most `lengthMax` bytes; throws RangeError beyond, before more memory is taken. */
export function decompressZstdBounded(input: Uint8Array, lengthMax: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let length = 0;
  const unpacker = new Decompress((part) => {
    length += part.length;
    if (length > lengthMax) throw new RangeError(`a buffer may unpack to at most ${lengthMax} bytes`);
    parts.push(part);
  });
  for (let at = 0; at < input.length; at += PIECE_BYTES) {
    unpacker.push(input.subarray(at, at + PIECE_BYTES), at + PIECE_BYTES >= input.length);
  }
  const output = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    output.set(part, at);
    at += part.length;
  }
  return output;
}

/** Input handed over at a time: what a piece unpacks to is seen, and counted, before the next. */
const PIECE_BYTES = 4096;
