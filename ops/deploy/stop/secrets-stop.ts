import type { StopResult } from "../hard-stops.ts";
import { RECORDS } from "../record.ts";
import type { StopContext } from "../stop-context.ts";
import { scanHistory } from "./scan-history.ts";

const RULES = ".secretlintrc.json";

/** Secrets in what is deployed, and in everything that was ever committed: what is in the history is out. */
export async function secretsScan({ run, read }: StopContext): Promise<StopResult> {
  const todo =
    "Revoke the secret where it is valid, first of all. Then take it out; of the history with git filter-repo, and tell whoever has a copy.";
  const tree = await run(["secretlint", "**/*"]);
  if (tree.code !== 0) return { passed: false, words: `in the tree:\n${tree.output.slice(-1_000)}`, todo };
  const rules = [read(RULES) ?? "", versionOf(read("package.json") ?? "{}")];
  const scan = await scanHistory({ cwd: ".", seenFile: `${RECORDS}/clean-blobs.txt`, rules }, (folder) =>
    run(["secretlint", "--secretlintrc", RULES, `${folder}/**/*`]),
  );
  if (scan.findings !== "") return { passed: false, words: `in the history:\n${scan.findings.slice(-1_000)}`, todo };
  return {
    passed: true,
    words: `none in the tree, none in ${scan.scanned} files of the history (${scan.known} known clean)`,
  };
}

function versionOf(manifest: string): string {
  const { devDependencies } = JSON.parse(manifest) as { devDependencies?: Readonly<Record<string, string>> };
  return JSON.stringify(Object.entries(devDependencies ?? {}).filter(([name]) => name.includes("secretlint")));
}
