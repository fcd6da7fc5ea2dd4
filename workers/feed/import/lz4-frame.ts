const MAGIC = 0x184d2204;
/** Bit of a block's size that says the block is stored as it is. */
const STORED = 0x80000000;

/**
 * Unpacks an LZ4 frame, as Arrow writes them (magic, descriptor, blocks that may refer back to earlier ones, end mark;
 * checksums are skipped). `lengthMax` bounds the result in bytes. Throws RangeError where the frame is damaged or longer.
 */
export function decompressLz4Frame(input: Uint8Array, lengthMax: number): Uint8Array {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  if (input.length < 7 || view.getUint32(0, true) !== MAGIC) throw new RangeError("not an LZ4 frame");
  const flags = input[4];
  const blockChecksum = (flags & 0x10) !== 0;
  const sized = (flags & 0x08) !== 0;
  let at = 6 + (sized ? 8 : 0) + ((flags & 0x01) !== 0 ? 4 : 0) + 1;
  const length = sized ? Number(view.getBigUint64(6, true)) : lengthMax;
  if (length > lengthMax) throw new RangeError("LZ4 frame longer than announced");
  const output = new Uint8Array(length);
  let filled = 0;
  for (;;) {
    const size = view.getUint32(at, true);
    at += 4;
    if (size === 0) break;
    const bytes = size & ~STORED;
    const block = input.subarray(at, at + bytes);
    if (block.length !== bytes) throw new RangeError("LZ4 frame cut off");
    if ((size & STORED) !== 0) {
      output.set(block, filled);
      filled += block.length;
    } else {
      filled = decompressLz4Block(block, output, filled);
    }
    at += bytes + (blockChecksum ? 4 : 0);
  }
  return output.subarray(0, filled);
}

/**
 * Unpacks one LZ4 block into `output` from `start` on and returns where it ends. Matches may reach back to bytes before
 * `start`. Throws RangeError where the block is damaged or does not fit.
 */
export function decompressLz4Block(input: Uint8Array, output: Uint8Array, start: number): number {
  let at = 0;
  let out = start;
  while (at < input.length) {
    const token = input[at++];
    let literals = token >> 4;
    for (let byte = 255; literals >= 15 && byte === 255; ) {
      byte = input[at++];
      literals += byte;
    }
    if (at + literals > input.length || out + literals > output.length) throw new RangeError("LZ4 block damaged");
    output.set(input.subarray(at, at + literals), out);
    at += literals;
    out += literals;
    if (at >= input.length) return out;
    const distance = input[at] | (input[at + 1] << 8);
    at += 2;
    let match = (token & 15) + 4;
    for (let byte = 255; match >= 19 && byte === 255; ) {
      byte = input[at++];
      match += byte;
    }
    if (distance === 0 || distance > out || out + match > output.length) throw new RangeError("LZ4 block damaged");
    if (distance >= match) {
      output.copyWithin(out, out - distance, out - distance + match);
      out += match;
    } else {
      // The match overlaps what it writes: it repeats the last bytes, which only a byte-wise copy does right.
      for (const end = out + match; out < end; out++) output[out] = output[out - distance];
    }
  }
  return out;
}
