import { parseArgs } from "node:util";
import { timesText } from "../ops/runtime/percentiles.ts";
import { runKillDrill } from "./kill-drill.ts";

/** `npm run drill -- --cycles 200`: kills the whole runtime so often. Exits 1 where anything was lost or doubled. */
const { values } = parseArgs({ options: { cycles: { type: "string", default: "30" } } });
const cycles = Number(values.cycles);
if (!Number.isInteger(cycles) || cycles < 1) throw new Error(`cycles must be a whole number, was ${values.cycles}`);

const started = Date.now();
const { cycleMs, restartMs, settleMs, findings, ...counts } = await runKillDrill({
  ...{ cycles, untilCertain: true },
  say: console.log,
});
console.log(counts);
console.log(`a cycle:                    ${timesText(cycleMs)}`);
console.log(`restart to the first reply: ${timesText(restartMs)}`);
console.log(`then until nothing differs: ${timesText(settleMs)}`);
console.log(`${Math.round((Date.now() - started) / 1_000)} s in all, ${findings.length} findings`);
for (const finding of findings) console.log(finding);
if (findings.length > 0) process.exitCode = 1;
