import { mkdirSync, writeFileSync } from "node:fs";
import { makeFirstVersion } from "./first-version.ts";
import { RECORDS } from "./record.ts";
import { readRepository } from "./repository.ts";
import { deployFiles, endInOrder, platformOf, readIfThere, stageDeployment } from "./stage-deployment.ts";
import { openDryRun } from "./stand-in/dry-run.ts";
import { backupAge, certificate, health, monitoring } from "./stop/deployment-stops.ts";
import { REHEARSAL_RECORD, type RehearsalRecord, rehearsedWith } from "./stop/rehearsal-stop.ts";

/**
 * `npm run rehearse:deploy`: on the stand-in, a good version takes over in all shares; then bad ones are deployed, each with a
 * fault of its own, and have to be stopped at the first share and rolled back. Exits 1 where one gets further.
 */
const FAULTS = ["failing", "slow", "unready", "missing"] as const;
const FIRST_SHARE = 10;
/** What speaks of a deployment that runs; what speaks of the tree is no part of this rehearsal. */
const STOPS = [
  { name: "health", check: health },
  { name: "backup age", check: backupAge },
  { name: "certificate", check: certificate },
  { name: "monitoring", check: monitoring },
];
const say = (line: string) => console.log(line);
const findings: string[] = [];
const stopped: Record<string, number> = {};

endInOrder();
const dryRun = await openDryRun(".wrangler/deploy-rehearsal", "staging", "fresh");
try {
  const { settings, secretsFile } = dryRun;
  const traffic = dryRun.startTraffic();
  say("A first version, for others to replace:");
  await makeFirstVersion({ settings, secretsFile, say: (line) => say(`  | ${line}`) });
  say("\nA good version:");
  const good = await stageDeployment({ settings, secretsFile: undefined, stops: STOPS, say });
  if (good.outcome !== "deployed") findings.push(`the good version was ${good.outcome}: ${good.reasons.join("; ")}`);
  const platform = platformOf(settings, undefined);
  for (const fault of FAULTS) {
    say(`\nA bad version (${fault}):`);
    const parts = { main: "workers/faulty.ts", variables: { FAULT: fault } };
    const { outcome, looks, previous } = await stageDeployment({
      settings,
      secretsFile: undefined,
      stops: STOPS,
      say,
      ...parts,
    });
    const furthest = Math.max(0, ...looks.map(({ share }) => share));
    stopped[fault] = furthest;
    const serving = await platform.serving();
    const isBack = serving.length === 1 && serving[0]?.id === previous;
    if (outcome !== "rolled back") findings.push(`the version "${fault}" was ${outcome}`);
    if (furthest !== FIRST_SHARE) findings.push(`the version "${fault}" came to ${furthest} %`);
    if (!isBack) findings.push(`after "${fault}" the version before does not serve all again`);
    say(`stopped at ${furthest} %; the version before serves ${isBack ? "all" : "NOT all"} of the traffic`);
  }
  const { requests, failed } = await traffic.stop();
  say(`\n${requests} requests of visitors in all this, ${failed} of them failed, those of bad versions among them`);
  say(`calls of the platform's API: ${dryRun.callsFile}`);
} finally {
  await dryRun.close();
}
const record: RehearsalRecord = {
  ...{ at: Date.now(), stopped, passed: findings.length === 0 },
  tools: rehearsedWith(readIfThere, deployFiles(readRepository())),
};
mkdirSync(RECORDS, { recursive: true });
writeFileSync(REHEARSAL_RECORD, JSON.stringify(record));
for (const finding of findings) console.error(`FINDING: ${finding}`);
say(findings.length === 0 ? "The rehearsal passed." : `The rehearsal failed: ${findings.length} findings.`);
process.exitCode = findings.length === 0 ? 0 : 1;
