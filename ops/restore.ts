import { createInterface } from "node:readline/promises";
import { checkLines } from "./backup/restore-into.ts";
import { readRestoreOptions } from "./backup/restore-options.ts";
import { planOf, restoreState } from "./backup/restore-state.ts";

const options = readRestoreOptions(process.argv.slice(2), Date.now());
if (typeof options === "string") {
  console.error(options);
  process.exit(2);
}
const planned = await planOf(options);
for (const line of planned.lines) console.log(line);
if (!options.isAgreed) {
  const asked = createInterface({ input: process.stdin, output: process.stdout });
  const word = await asked.question(`The local server must be stopped. Type "restore" to replace ${options.state}: `);
  asked.close();
  if (word.trim() !== "restore") {
    console.log("Nothing was changed.");
    process.exit(0);
  }
}
const done = await restoreState(options, planned, console.log);
for (const line of checkLines(done.checks)) console.log(line);
console.log(
  `${done.sources} sources, ${done.rows} rows, ${done.units} units of ${done.bytes} bytes in ${done.seconds.toFixed(1)} s`,
);
if (done.kept !== undefined) console.log(`The state from before is in ${done.kept}.`);
console.log("Every bot and every account is halted until a person starts it again.");
