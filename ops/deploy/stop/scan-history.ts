import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type Blob, historyBlobs, readBlobs } from "./history-blobs.ts";

export interface HistoryScan {
  readonly scanned: number;
  readonly known: number;
  /** What the scanner said, with the path that each file once had; empty where nothing was found. */
  readonly findings: string;
}

/**
 * Looks for secrets in everything that ever was in the history. What was found clean before is not looked at again, as long
 * as the scanner and its rules are the same.
 */
export async function scanHistory(
  { cwd, seenFile, rules }: { readonly cwd: string; readonly seenFile: string; readonly rules: readonly string[] },
  scan: (folder: string) => Promise<{ readonly code: number; readonly output: string }>,
): Promise<HistoryScan> {
  const mark = createHash("sha256").update(rules.join("\0")).digest("hex");
  const seen = seenBlobs(seenFile, mark);
  const all = historyBlobs(cwd);
  const fresh = all.filter(({ id }) => !seen.has(id));
  const folder = mkdtempSync(join(tmpdir(), "apextrade-history-"));
  try {
    const paths = new Map<string, string>();
    await readBlobs(cwd, fresh, (blob, text) => {
      paths.set(blob.id, blob.path);
      writeFileSync(join(folder, fileName(blob)), text);
    });
    const { code, output } = paths.size === 0 ? { code: 0, output: "" } : await scan(folder);
    if (code === 0) remember(seenFile, mark, all);
    const named = output.replace(/[^\s]*?([0-9a-f]{40})-[^\s:]*/g, (match, id: string) => paths.get(id) ?? match);
    return { scanned: paths.size, known: all.length - fresh.length, findings: code === 0 ? "" : named };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Rules go by the ending of a file, so that it keeps its name. */
function fileName({ id, path }: Blob): string {
  return `${id}-${basename(path).replace(/[^\w.-]/g, "_")}`;
}

function seenBlobs(file: string, mark: string): Set<string> {
  if (!existsSync(file)) return new Set();
  const [first, ...ids] = readFileSync(file, "utf8").split("\n");
  return first === mark ? new Set(ids) : new Set();
}

function remember(file: string, mark: string, blobs: readonly Blob[]): void {
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, [mark, ...blobs.map(({ id }) => id)].join("\n"));
}
