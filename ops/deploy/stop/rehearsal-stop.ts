import { createHash } from "node:crypto";
import type { StopResult } from "../hard-stops.ts";
import { RECORDS } from "../record.ts";
import type { StopContext } from "../stop-context.ts";

/** Written by `npm run rehearse:deploy`. */
export const REHEARSAL_RECORD = `${RECORDS}/rehearsal.json`;
const DAY_MS = 86_400_000;
const REHEARSAL_AGE_MS_MAX = 30 * DAY_MS;

export interface RehearsalRecord {
  readonly at: number;
  /** What was rehearsed with: see `rehearsedWith`. */
  readonly tools: string;
  /** Each bad version and the share at which it was stopped. */
  readonly stopped: Readonly<Record<string, number>>;
  readonly passed: boolean;
}

interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
}

/** The platform's tool and what it runs versions with. */
const TOOLS = ["wrangler", "miniflare", "workerd"];

/** A rehearsal says something of the same deployment code and the same tool of the platform, and of no other. */
export function rehearsedWith(read: StopContext["read"], files: readonly string[]): string {
  const hash = createHash("sha256");
  const lock = JSON.parse(read("package-lock.json") ?? "{}") as { packages?: Readonly<Record<string, LockedPackage>> };
  for (const name of TOOLS) {
    const { version, integrity } = lock.packages?.[`node_modules/${name}`] ?? {};
    hash.update(`${name} ${version} ${integrity}\0`);
  }
  for (const file of [...files].sort()) hash.update(`${file}\0${read(file) ?? ""}\0`);
  return hash.digest("hex");
}

export async function rehearsed(ctx: StopContext): Promise<StopResult> {
  const todo = "Rehearse it: npm run rehearse:deploy. It takes some minutes and needs no account.";
  const text = ctx.read(REHEARSAL_RECORD);
  if (text === undefined) return { passed: false, words: "the rollback was never rehearsed here", todo };
  const record = JSON.parse(text) as RehearsalRecord;
  const ageMs = ctx.now() - record.at;
  if (!record.passed) return { passed: false, words: "the last rehearsal failed", todo };
  if (ageMs > REHEARSAL_AGE_MS_MAX) {
    return {
      passed: false,
      words: `the last rehearsal was ${(ageMs / DAY_MS).toFixed(0)} days ago, at most 30 may be`,
      todo,
    };
  }
  if (record.tools !== rehearsedWith(ctx.read, ctx.deployFiles())) {
    return { passed: false, words: "the deployment's code or tool has changed since the last rehearsal", todo };
  }
  const stopped = Object.entries(record.stopped).map(([fault, share]) => `${fault} at ${share} %`);
  return { passed: true, words: `rehearsed ${(ageMs / 3_600_000).toFixed(1)} h ago: stopped ${stopped.join(", ")}` };
}
