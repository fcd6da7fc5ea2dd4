import { ImportError } from "./import-error.ts";
import { UNPACK_RATIO_FROM_BYTES, UNPACK_RATIO_MAX, UNPACKED_BYTES_MAX } from "./import-limits.ts";

const MIB = 1024 ** 2;

/** Counts what the parts of a file unpack to: each may be small enough, and all of them together without end. */
export class UnpackMeter {
  private readonly packedBytes: () => number;
  private unpackedBytes = 0;

  /** `packedBytes` tells how much of the file is known so far. */
  constructor(packedBytes: () => number) {
    this.packedBytes = packedBytes;
  }

  /** Throws ImportError `too-large` where the file unpacks to more than a file of candles can. */
  add(bytes: number): void {
    this.unpackedBytes += bytes;
    if (this.unpackedBytes > UNPACKED_BYTES_MAX) {
      throw new ImportError(
        "too-large",
        `a file may unpack to at most ${UNPACKED_BYTES_MAX / MIB} MB, was more; split it`,
      );
    }
    if (this.unpackedBytes > UNPACK_RATIO_FROM_BYTES && this.unpackedBytes > this.packedBytes() * UNPACK_RATIO_MAX) {
      throw new ImportError(
        "too-large",
        `a file may unpack to at most ${UNPACK_RATIO_MAX} times its size, was more; this is no file of candles`,
      );
    }
  }
}
