import { spawnSync } from "node:child_process";
import { buildWeb } from "../start/build-web.ts";
import { readDeployOptions } from "./deploy-options.ts";
import { makeFirstVersion } from "./first-version.ts";
import { HARD_STOPS } from "./hard-stops.ts";
import { readSettings } from "./settings.ts";
import { endInOrder, platformOf, stageDeployment, toolEnvironment } from "./stage-deployment.ts";
import { openDryRun } from "./stand-in/dry-run.ts";

/**
 * `npm run deploy -- --env staging|production [--dry-run]`: ten hard stops, a backup, migrations, upload, then 10, 50 and 100 %
 * of the traffic with gates between, and back to what served before where one does not hold. Exits 1 unless it was deployed.
 */
const say = (line: string) => console.log(line);

try {
  const options = readDeployOptions(process.argv.slice(2));
  await buildPage();
  endInOrder();
  process.exitCode = (await (options.dryRun ? rehearse(options) : deployFor(options))) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}

/** What is uploaded is the page of this tree, not whatever was built last. */
async function buildPage(): Promise<void> {
  const outcome = await buildWeb(async () => {
    const { status } = spawnSync("npx", ["vite", "build"], { stdio: "inherit", env: toolEnvironment(process.env) });
    if (status !== 0) throw new Error("the page could not be built: nothing was deployed");
  });
  say(`page: ${outcome}`);
}

async function deployFor(options: ReturnType<typeof readDeployOptions>): Promise<boolean> {
  const settings = readSettings(options.environment, process.env);
  const { whole, secretsFile } = options;
  const { outcome } = await stageDeployment({ settings, secretsFile, whole, stops: HARD_STOPS, say });
  return outcome === "deployed";
}

async function rehearse({ environment, whole }: ReturnType<typeof readDeployOptions>): Promise<boolean> {
  const dryRun = await openDryRun(`.wrangler/deploy-stand-in/${environment}`, environment, "kept");
  const { settings, secretsFile } = dryRun;
  try {
    const traffic = dryRun.startTraffic();
    if ((await platformOf(settings, secretsFile).serving()).length === 0) {
      say("The stand-in is new: it is given a first version.");
      await makeFirstVersion({ settings, secretsFile, say: (line) => say(`  | ${line}`) });
    }
    const { outcome } = await stageDeployment({ settings, secretsFile, whole, stops: HARD_STOPS, say });
    const { requests, failed } = await traffic.stop();
    say(`traffic meanwhile: ${requests} requests, ${failed} answered with a fault or not at all`);
    say(`calls of the platform's API: ${dryRun.callsFile}; messages: ${dryRun.noticesFile}`);
    return outcome === "deployed";
  } finally {
    await dryRun.close();
  }
}
