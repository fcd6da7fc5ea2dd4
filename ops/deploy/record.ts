import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EnvironmentName } from "./environments.ts";
import type { Decision, Reading } from "./gradual.ts";
import type { StopReport } from "./hard-stops.ts";

/** Where this machine keeps what it wrote down: no part of the tree; the workflow keeps it as an artifact. */
export const RECORDS = ".wrangler/deploy";

/** One look at a version that takes over. */
export interface Look extends Reading {
  readonly share: number;
  readonly decision: Decision;
}

/** What a deployment or a rollback did, as it is kept. There is no token and no secret in it. */
export interface DeploymentRecord {
  readonly kind: "deployment" | "rollback";
  readonly environment: EnvironmentName;
  /** `stand-in` for a dry run. */
  readonly platform: "cloudflare" | "stand-in";
  readonly by: string;
  readonly commit: string;
  readonly tree: string;
  readonly beganAt: string;
  endedAt: string | undefined;
  outcome: "running" | "deployed" | "refused" | "rolled back" | "failed";
  /** Why it came to that, in words. */
  reasons: readonly string[];
  readonly stops: StopReport[];
  readonly steps: { readonly name: string; readonly ms: number; readonly words: string }[];
  readonly looks: Look[];
  version: string | undefined;
  previous: string | undefined;
  backup: string | undefined;
}

/** Writes a record, over what it was before; answers its path. */
export function writeRecord(record: DeploymentRecord): string {
  const folder = join(RECORDS, "deployments");
  mkdirSync(folder, { recursive: true });
  const name = `${record.beganAt.replaceAll(":", "-")}-${record.environment}-${record.kind}.json`;
  const file = join(folder, name);
  writeFileSync(file, `${JSON.stringify(record, undefined, 2)}\n`);
  return file;
}
