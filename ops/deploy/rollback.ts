import { classChanges } from "./class-changes.ts";
import { checkMigration } from "./expand-contract.ts";
import { commitOf, type KnownVersion, type PlatformApi, type ServingVersion } from "./platform-api.ts";
import type { DeploymentRecord } from "./record.ts";
import type { Repository } from "./repository.ts";

export interface RollbackParts {
  readonly platform: PlatformApi;
  readonly repository: Repository;
  readonly record: DeploymentRecord;
  /** The version to go back to; undefined: the one that served before, or while a deployment is under way the larger share. */
  readonly to: string | undefined;
  /** Whether the deployment answers that it is well; undefined where it does not answer. */
  readonly isReady: () => Promise<boolean | undefined>;
  readonly now: () => number;
  readonly say: (line: string) => void;
}

/**
 * Gives all traffic back to an earlier version. No hard stop is asked: whoever rolls back has a reason. What it does refuse
 * is what the platform cannot do. Never throws.
 */
export async function rollBack(parts: RollbackParts): Promise<DeploymentRecord> {
  const { record, say, now } = parts;
  try {
    record.reasons = [await goBack(parts)];
    record.outcome = "rolled back";
  } catch (error) {
    record.reasons = [error instanceof Error ? error.message : String(error)];
    record.outcome = "failed";
  }
  record.endedAt = new Date(now()).toISOString();
  say(`${record.outcome}: ${record.reasons.join("; ")}`);
  return record;
}

async function goBack({ platform, repository, record, to, isReady, say }: RollbackParts): Promise<string> {
  const serving = await platform.serving();
  const [largest] = serving;
  if (largest === undefined) throw new Error("nothing was ever deployed, so that there is nothing to go back to");
  const wanted = to ?? (await servedBefore(platform, serving));
  const target = await platform.version(wanted);
  if (target === undefined) throw new Error(`there is no version ${wanted}`);
  if (serving.length === 1 && target.id === largest.id) return `version ${target.id} serves all already`;
  record.previous = largest.id;
  record.version = target.id;
  const changes = changesBetween(repository, target, await platform.version(largest.id));
  if (changes === undefined)
    say("  (commits of these versions are not all here: whether classes differ is left to the platform)");
  else if (changes.length > 0) {
    throw new Error(
      `${changes.join(", ")} between ${target.tag} and what serves: no rollback crosses that. Mend it in a new version and deploy it with --whole; to stop trading meanwhile, see docs/runbook/deploying.md`,
    );
  }
  await refuseContracts({ platform, repository, say }, target);
  await platform.rollBack(target.id, `rolled back by ${record.by}`.slice(0, 100));
  const after = await platform.serving();
  if (after.length !== 1 || after[0]?.id !== target.id)
    throw new Error(`the platform still serves ${after.map(({ id }) => id)}`);
  const ready = await isReady();
  const state = ready === undefined ? "does not answer" : ready ? "is ready" : "is NOT ready";
  return `version ${target.id} ${target.tag} serves all again and ${state}. The database stays as it is`;
}

/**
 * Whether a deployment of this commit was left half. One of another commit is another's, who may be at it still.
 */
export async function isSplitOf(platform: PlatformApi, commit: string): Promise<boolean> {
  const serving = await platform.serving();
  if (serving.length < 2) return false;
  const versions = await Promise.all(serving.map(({ id }) => platform.version(id)));
  return versions.some((version) => {
    const made = commitOf(version?.tag ?? "");
    return made !== undefined && commit.startsWith(made);
  });
}

/** Throws where the database has lost what the version still reads: a contract migration was applied that it does not know. */
async function refuseContracts(
  { platform, repository, say }: Pick<RollbackParts, "platform" | "repository" | "say">,
  target: KnownVersion,
): Promise<void> {
  const names = repository.filesOf("migrations").filter((path) => path.endsWith(".sql"));
  const contracts = names.flatMap((path) => {
    const { contractSince } = checkMigration(path, repository.fileAt(repository.commit, path) ?? "");
    return contractSince === undefined ? [] : [{ path, since: contractSince }];
  });
  if (contracts.length === 0) return;
  const commit = commitOf(target.tag);
  if (commit === undefined || repository.fileAt(commit, "wrangler.toml") === undefined) {
    return say(
      "  (the commit of that version is not here: whether it can live with the database as it is now cannot be told)",
    );
  }
  const lacking = contracts.filter(({ since }) => !repository.isAncestor(since, commit));
  if (lacking.length === 0) return;
  // Where the platform does not say, all are taken for applied.
  const pending = await platform.pendingMigrations().catch(() => []);
  const applied = lacking.filter(({ path }) => !pending.some((name) => path.endsWith(`/${name}`)));
  if (applied.length === 0) return;
  const words = applied.map(({ path, since }) => `${path} (since ${since})`).join(", ");
  throw new Error(
    `${target.tag} does not know what was taken away by ${words}: name a later version with --to, mend it in a new version, or restore the database first (docs/runbook/disaster-recovery.md)`,
  );
}

/**
 * What served all before what serves now first did. What was served in between was left again, as is a version that was taken
 * back at 100 %: no rollback goes to one of those, nor to a version that was only tried.
 */
async function servedBefore(platform: PlatformApi, serving: readonly ServingVersion[]): Promise<string> {
  const whole = await platform.servedWhole();
  const now = serving.length === 1 ? serving[0]?.id : undefined;
  const first = now === undefined ? -1 : whole.lastIndexOf(now);
  const before = whole[first + 1];
  if (before === undefined) throw new Error("there is no version before the one that serves: name one with --to");
  if (whole.slice(0, Math.max(0, first)).includes(before)) {
    throw new Error(`version ${before} stood before the one that serves, and was left since: name one with --to`);
  }
  return before;
}

/** How the classes of two versions differ; undefined where their commits are not here. */
function changesBetween(
  repository: Repository,
  target: KnownVersion,
  serving: KnownVersion | undefined,
): string[] | undefined {
  const [from, to] = [serving, target].map((version) => {
    const commit = commitOf(version?.tag ?? "");
    return commit === undefined ? undefined : repository.fileAt(commit, "wrangler.toml");
  });
  return from === undefined || to === undefined ? undefined : classChanges(from, to);
}
