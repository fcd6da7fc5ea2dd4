import { classChanges } from "./class-changes.ts";
import { type DeploymentClient, freeLane } from "./deployment-client.ts";
import { checkMigration, migrationFaults } from "./expand-contract.ts";
import { askStops, type HardStop } from "./hard-stops.ts";
import { lookBefore, NO_BEFORE } from "./looker.ts";
import { commitOf, type KnownVersion, type PlatformApi, tagOf } from "./platform-api.ts";
import type { DeploymentRecord } from "./record.ts";
import { isKnownCommit, type Repository } from "./repository.ts";
import type { Settings } from "./settings.ts";
import type { StopContext } from "./stop-context.ts";
import { RolledBack, takeOver } from "./take-over.ts";

export interface DeploymentParts {
  readonly settings: Settings;
  readonly platform: PlatformApi;
  readonly client: DeploymentClient;
  readonly stopContext: Omit<StopContext, "client">;
  readonly stops: readonly HardStop[];
  readonly repository: Repository;
  readonly record: DeploymentRecord;
  /** What is uploaded besides what wrangler.toml says: for rehearsals. */
  readonly main: string | undefined;
  readonly variables: Readonly<Record<string, string>>;
  /** Serves all at once, as changes of classes need it. */
  readonly whole: boolean;
  readonly backupMsMax: number;
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<void>;
  readonly say: (line: string) => void;
  /** Whether whoever began this wants it to end. */
  readonly isInterrupted: () => boolean;
}

/** Ends a deployment before anything that people use was changed. */
export class Refused extends Error {}

/** What steps find out and those behind them need. */
interface Progress {
  serving: KnownVersion | undefined;
  pending: readonly string[];
  version: string | undefined;
}

interface Step {
  readonly name: string;
  /** What it did, in words. Throws `Refused`, `RolledBack`, or whatever went wrong. */
  run(parts: DeploymentParts, progress: Progress): Promise<string>;
}

/** A deployment, step by step. */
export const STEPS: readonly Step[] = [
  { name: "what serves now", run: findServing },
  { name: "hard stops", run: preflight },
  { name: "classes of objects", run: compareClasses },
  { name: "migrations, checked", run: checkMigrations },
  { name: "backup", run: backUp },
  { name: "migrations, applied", run: migrate },
  { name: "upload", run: upload },
  { name: "taking over", run: serve },
  { name: "clocks and queues", run: applyTriggers },
];

/** Runs all steps and writes what happened into the record. Never throws. */
export async function deploy(parts: DeploymentParts): Promise<DeploymentRecord> {
  const { record, now, say } = parts;
  const progress: Progress = { serving: undefined, pending: [], version: undefined };
  record.outcome = "deployed";
  for (const { name, run } of STEPS) {
    const from = now();
    try {
      const words = await run(parts, progress);
      record.steps.push({ name, ms: now() - from, words });
      say(`${name}: ${words}`);
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      record.steps.push({ name, ms: now() - from, words });
      record.outcome = error instanceof Refused ? "refused" : error instanceof RolledBack ? "rolled back" : "failed";
      record.reasons = [`${name}: ${words}`];
      say(`${name}: ${record.outcome.toUpperCase()}: ${words}`);
      break;
    }
  }
  record.endedAt = new Date(now()).toISOString();
  return record;
}

async function findServing({ platform, record, client }: DeploymentParts, progress: Progress): Promise<string> {
  const [serving, second] = await platform.serving();
  if (serving === undefined) {
    // A first deployment is asked less: an account or a name that is wrong must not pass for one.
    if (!(await client.isLive())) return "nothing: this is the first deployment";
    throw new Refused(
      "the platform knows no such Worker, yet its address answers: is it the right account and origin?",
    );
  }
  if (second !== undefined) {
    throw new Refused("a deployment is under way or was left half: end it with `npm run rollback`, then deploy");
  }
  progress.serving = await platform.version(serving.id);
  progress.serving ??= { id: serving.id, createdOn: "", tag: "", message: "" };
  record.previous = serving.id;
  return `version ${serving.id} ${progress.serving.tag}`;
}

async function preflight(parts: DeploymentParts, { serving }: Progress): Promise<string> {
  const { record, say, stops } = parts;
  const client = serving === undefined ? undefined : parts.client;
  const reports = await askStops(
    { ...parts.stopContext, client },
    ({ name, result }) => {
      say(`  ${result.passed ? "pass" : "STOP"}  ${name}: ${result.words}`);
      if (!result.passed) say(`        ${result.todo}`);
    },
    stops,
  );
  record.stops.push(...reports);
  const failed = reports.filter(({ result }) => !result.passed);
  if (failed.length > 0) throw new Refused(failed.map(({ name, result }) => `${name}: ${result.words}`).join("; "));
  return `all ${reports.length} passed`;
}

async function compareClasses(parts: DeploymentParts, { serving }: Progress): Promise<string> {
  if (serving === undefined) return "all are new";
  const commit = commitOf(serving.tag);
  const before = commit === undefined ? undefined : parts.repository.fileAt(commit, "wrangler.toml");
  if (before === undefined) {
    if (parts.whole) return "what serves was not uploaded by this command: not compared";
    throw new Refused(
      `the version ${serving.id} was not made from a commit that is here, so that its classes cannot be compared: deploy with --whole`,
    );
  }
  const changes = classChanges(before, parts.repository.fileAt(parts.stopContext.commit, "wrangler.toml") ?? "");
  if (changes.length === 0) return "as in the version that serves";
  if (parts.whole) return `${changes.join(", ")}: taken over at once, and no rollback crosses it`;
  throw new Refused(
    `${changes.join(", ")}: the platform does not split versions that disagree on classes. Ship that change alone, with --whole`,
  );
}

async function checkMigrations(parts: DeploymentParts, progress: Progress): Promise<string> {
  const { platform, repository, stopContext } = parts;
  progress.pending = await platform.pendingMigrations();
  const texts = progress.pending.map((name) => {
    const text = stopContext.read(`migrations/${name}`);
    if (text === undefined) throw new Refused(`migrations/${name} could not be read`);
    return checkMigration(name, text);
  });
  const running = commitOf(progress.serving?.tag ?? "");
  const isKnownTo = (commit: string) => running !== undefined && isKnownCommit(repository, commit, running);
  const faults = migrationFaults(texts, { isFirst: progress.serving === undefined, isKnownTo });
  if (faults.length > 0) throw new Refused(faults.join("; "));
  return progress.pending.length === 0
    ? "none to apply"
    : `${progress.pending.length} to apply, each fit to run beside`;
}

/** How often a backup that is being made is looked at, ms. */
const BACKUP_LOOK_MS = 5_000;

async function backUp(parts: DeploymentParts, { serving }: Progress): Promise<string> {
  if (serving === undefined) return "there is nothing to back up yet";
  const { client, now, wait, record } = parts;
  const from = now();
  const id = await client.beginBackup();
  record.backup = id;
  for (;;) {
    const found = (await client.backups()).find((row) => row.id === id);
    if (found?.status === "verified") return `${id}: restored and found good after ${seconds(now() - from)}`;
    if (found?.status === "failed") throw new Refused(`the backup ${id} failed: ${found.reason ?? ""}`);
    if (parts.isInterrupted()) throw new Refused("interrupted");
    if (now() - from > parts.backupMsMax)
      throw new Refused(`the backup ${id} is ${found?.status} after ${seconds(now() - from)}`);
    await wait(BACKUP_LOOK_MS);
  }
}

async function migrate({ platform }: DeploymentParts, { pending }: Progress): Promise<string> {
  if (pending.length === 0) return "none";
  await platform.applyMigrations();
  const left = await platform.pendingMigrations();
  if (left.length > 0) throw new Error(`still to be applied: ${left.join(", ")}`);
  return pending.join(", ");
}

function orderOf({ main, variables, stopContext, record }: DeploymentParts, { serving }: Progress) {
  const tag = tagOf(freeLane(serving?.tag), stopContext.commit);
  return { main, variables, tag, message: `by ${record.by}`.slice(0, 100) };
}

async function upload(parts: DeploymentParts, progress: Progress): Promise<string> {
  if (progress.serving === undefined || parts.whole) return "together with taking over";
  const order = orderOf(parts, progress);
  progress.version = await parts.platform.upload(order);
  parts.record.version = progress.version;
  return `version ${progress.version} ${order.tag}`;
}

async function serve(parts: DeploymentParts, progress: Progress): Promise<string> {
  const { serving: previous, version: uploaded } = progress;
  const order = orderOf(parts, progress);
  if (uploaded !== undefined) return takeOver(parts, { version: uploaded, tag: order.tag, previous, whole: undefined });
  // Once another serves all, nothing is to be learned of this one any more.
  const whole = previous === undefined ? NO_BEFORE : await lookBefore(parts, previous);
  const version = await parts.platform.deployWhole(order);
  parts.record.version = version;
  return takeOver(parts, { version, tag: order.tag, previous, whole });
}

async function applyTriggers({ platform }: DeploymentParts): Promise<string> {
  await platform.applyTriggers();
  return "as wrangler.toml has them";
}

const seconds = (ms: number) => `${(ms / 1_000).toFixed(0)} s`;
