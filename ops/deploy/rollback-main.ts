import { readRollbackOptions } from "./deploy-options.ts";
import { readRepository } from "./repository.ts";
import { isSplitOf, rollBack } from "./rollback.ts";
import { readSettings } from "./settings.ts";
import { clientOf, finish, newRecord, platformOf } from "./stage-deployment.ts";
import { openDryRun } from "./stand-in/dry-run.ts";

/**
 * `npm run rollback -- --env staging|production [--to VERSION | --if-split]`: all traffic to an earlier version. Exits 1 where
 * it is not.
 */
const say = (line: string) => console.log(line);

try {
  const { environment, dryRun, to, ifSplit } = readRollbackOptions(process.argv.slice(2));
  const world = dryRun
    ? await openDryRun(`.wrangler/deploy-stand-in/${environment}`, environment, "kept")
    : { settings: readSettings(environment, process.env), close: async () => undefined };
  try {
    const { settings } = world;
    const repository = readRepository();
    const platform = platformOf(settings, undefined);
    if (ifSplit && !(await isSplitOf(platform, repository.commit))) say("no deployment of this commit was left half");
    else {
      const record = newRecord("rollback", settings, repository);
      const isReady = async () => (await clientOf(settings).ready())?.isReady;
      await rollBack({ ...{ repository, record, to, isReady, say, now: Date.now }, platform });
      await finish(record, settings, say);
      process.exitCode = record.outcome === "rolled back" ? 0 : 1;
    }
  } finally {
    await world.close();
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
