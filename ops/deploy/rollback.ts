import { classChanges } from "./class-changes.ts";
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
  await platform.rollBack(target.id, `rolled back by ${record.by}`.slice(0, 100));
  const after = await platform.serving();
  if (after.length !== 1 || after[0]?.id !== target.id)
    throw new Error(`the platform still serves ${after.map(({ id }) => id)}`);
  const ready = await isReady();
  const state = ready === undefined ? "does not answer" : ready ? "is ready" : "is NOT ready";
  return `version ${target.id} ${target.tag} serves all again and ${state}. The database stays as it is: migrations only add`;
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
