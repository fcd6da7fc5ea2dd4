import { createInterface } from "node:readline/promises";
import { BackupFault } from "../workers/backup/sealed-unit.ts";
import { checkLines } from "./backup/restore-checks.ts";
import { type RestoreOptions, readRestoreOptions } from "./backup/restore-options.ts";
import { planOf, RestoreRefused, restoreState } from "./backup/restore-state.ts";

/*
 * `npm run restore -- --to TIME`: says what would be brought back, asks, brings it back and looks at it. Exits 1 where it did
 * not, 2 where the options are wrong.
 */

/** Answers whether a person typed the word; without one there is nobody to ask. */
async function isAgreed({ isAgreed, state }: RestoreOptions): Promise<boolean> {
  if (isAgreed) return true;
  if (!process.stdin.isTTY) {
    console.error("Nobody can be asked here: nothing was changed. --yes goes on without asking.");
    process.exitCode = 1;
    return false;
  }
  const asked = createInterface({ input: process.stdin, output: process.stdout });
  const word = await asked.question(`The local server must be stopped. Type "restore" to replace ${state}: `);
  asked.close();
  if (word.trim() !== "restore") console.log("Nothing was changed.");
  return word.trim() === "restore";
}

async function restore(options: RestoreOptions): Promise<void> {
  const planned = await planOf(options);
  for (const line of planned.lines) console.log(line);
  if (options.isDry || !(await isAgreed(options))) return;
  const done = await restoreState(options, planned, console.log);
  for (const line of checkLines(done.checks)) console.log(line);
  console.log(
    `${done.sources} sources, ${done.rows} rows, ${done.units} units of ${done.bytes} bytes in ${done.seconds.toFixed(1)} s`,
  );
  if (done.kept !== undefined) console.log(`The state from before is in ${done.kept}.`);
  console.log("Every bot and every account is halted until a person starts it again.");
}

const options = readRestoreOptions(process.argv.slice(2), Date.now());
if (typeof options === "string") {
  console.error(options);
  process.exitCode = 2;
} else {
  try {
    await restore(options);
  } catch (error) {
    // These say all there is to say; where anything else went wrong matters too.
    const isTold = error instanceof RestoreRefused || error instanceof BackupFault;
    console.error(isTold ? error.message : error);
    process.exitCode = 1;
  }
}
