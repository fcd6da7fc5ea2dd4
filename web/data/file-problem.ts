import { formatBytes } from "../format/format.ts";

/** Largest file that is sent: a little under what the server takes, so that it is the round number that people are told. */
const FILE_BYTES_MAX = 100e6;

/** Why a file need not be sent at all, and what to do about it; undefined where it can be. */
export function fileProblem({ name, size }: Pick<File, "name" | "size">): string | undefined {
  if (size === 0) return "The file is empty.";
  if (size <= FILE_BYTES_MAX) return undefined;
  return `The file is ${formatBytes(size)}, the most is ${formatBytes(FILE_BYTES_MAX)}. ${wayOut(name.toLowerCase())}`;
}

function wayOut(name: string): string {
  const convert = "`apextrade data convert` on the command line";
  if (/\.(parquet|arrow|feather)$/.test(name)) return `Split it by years, or write compressed Parquet with ${convert}.`;
  if (name.endsWith(".gz")) return `Split it by years, or make it Parquet with ${convert}.`;
  return `Compress it with gzip, which makes candles about a tenth as large, or make it Parquet with ${convert}.`;
}
