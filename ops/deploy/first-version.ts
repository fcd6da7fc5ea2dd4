import { setTimeout as wait } from "node:timers/promises";
import { sumOf } from "./prometheus-samples.ts";
import { clientOf, type Staged, stageDeployment } from "./stage-deployment.ts";

/** The stand-in's clock rings every ten seconds; the first backup of an empty deployment takes some of them. */
const BACKUP_MS_MAX = 240_000;

/** Gives a stand-in in which nothing runs yet the version that others replace, and waits for its first backup. */
export async function makeFirstVersion(staged: Omit<Staged, "stops">): Promise<void> {
  const { outcome, reasons } = await stageDeployment({ ...staged, stops: [] });
  if (outcome !== "deployed") throw new Error(`the stand-in could not be given a first version: ${reasons.join("; ")}`);
  const client = clientOf(staged.settings);
  const until = Date.now() + BACKUP_MS_MAX;
  for (;;) {
    const samples = await client.metrics().catch(() => []);
    if (sumOf(samples, "backup_age_seconds") !== undefined) return;
    if (Date.now() > until) throw new Error("the stand-in's first backup was not made and checked in time");
    await wait(2_000);
  }
}
