import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { StopResult } from "../hard-stops.ts";
import type { StopContext } from "../stop-context.ts";

/** Worlds that the desk is run through here; a release has had thousands, this shows that none of it was switched off. */
const SEEDS = 200;

/** The one place in which each call to a venue that opens something may stand, and how often. */
const ONLY_PLACES: Readonly<Record<string, { readonly pattern: RegExp; readonly file: string }>> = {
  "an order is sent": { pattern: /\bbroker\s*\.\s*place\s*\(/g, file: "workers/account/desk.ts" },
  "an order is changed": { pattern: /\bbroker\s*\.\s*replace\s*\(/g, file: "workers/account/desk-replace.ts" },
};
/** Callers of what opens the way to a venue's own client, outside the folder of the venues. */
const CLIENT_CALL = /\bclient\s*\.\s*(?:place|replace)\s*\(/g;
/** What an order passes before it is written down, and where. */
const JUDGED = { file: "workers/account/desk.ts", pattern: /\bthis\.gate\.judge\(/ };

/** Every order passes the gate, since one place sends orders and it stands behind the gate; then worlds try to get past it. */
export async function riskCaps({ run }: StopContext): Promise<StopResult> {
  const files = workerFiles();
  const faults = riskCapFaults(files, (path) => readFileSync(path, "utf8"));
  const todo = "Orders go to a venue by AccountObject's desk alone: see ARCHITECTURE.md, Orders, risk and the ledger.";
  if (faults.length > 0) return { passed: false, words: faults.join("; "), todo };
  const { code, output } = await run(["node", "ops/simulate.ts", "--seeds", String(SEEDS)]);
  if (code !== 0) return { passed: false, words: `the simulator found a way: ${output.slice(-500)}`, todo };
  const [orders = ""] = /^\d+ orders at the broker.*$/m.exec(output) ?? [];
  return {
    passed: true,
    words: `one place sends, behind the gate (${files.length} files); ${SEEDS} broken worlds: ${orders}`,
  };
}

/** Where anything but the desk could send an order, or the desk could send one that was not judged. */
export function riskCapFaults(files: readonly string[], read: (path: string) => string): string[] {
  const faults: string[] = [];
  for (const [what, { pattern, file }] of Object.entries(ONLY_PLACES)) {
    const found = files.flatMap((path) => [...read(path).matchAll(pattern)].map(() => path));
    if (found.length !== 1 || found[0] !== file)
      faults.push(`${what} must stand once, in ${file}, was in ${found.join(", ")}`);
  }
  for (const path of files) {
    if (!path.startsWith("workers/brokers/") && read(path).match(CLIENT_CALL)) {
      faults.push(`${path} calls a venue's client, which only the venues' folder may`);
    }
  }
  if (!JUDGED.pattern.test(read(JUDGED.file)))
    faults.push(`${JUDGED.file} must ask the gate before it writes an order down`);
  return faults;
}

function workerFiles(): string[] {
  const listed = execFileSync("git", ["ls-files", "workers/*.ts"], { encoding: "utf8" }).split("\n");
  return listed.filter((path) => path.endsWith(".ts") && !/\.test\.ts$|\/testing\/|^workers\/core\//.test(path));
}
