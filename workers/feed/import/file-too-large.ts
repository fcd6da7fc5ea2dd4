import { ImportError } from "./import-error.ts";

const MIB = 1024 ** 2;

/** Refusal of a file of more than `bytesMax`; `bytes` is its size where that is known. */
export function fileTooLarge({ bytes, bytesMax }: { readonly bytes?: number; readonly bytesMax: number }): ImportError {
  const size = bytes === undefined ? "larger" : `${sizeInMb(bytes, bytesMax)} MB`;
  return new ImportError(
    "too-large",
    `the file is ${size}, the most is ${bytesMax / MIB} MB; compress it with gzip or convert it with \`apextrade data convert\``,
  );
}

/** Whole megabytes, or as many digits as it takes to differ from the limit. */
function sizeInMb(bytes: number, bytesMax: number): string {
  const rounded = Math.round(bytes / MIB);
  return rounded > bytesMax / MIB ? String(rounded) : (Math.ceil((bytes / MIB) * 10) / 10).toFixed(1);
}
