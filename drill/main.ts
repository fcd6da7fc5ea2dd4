import { parseArgs } from "node:util";
import { timesText } from "../ops/runtime/percentiles.ts";
import { wholeNumber } from "../ops/runtime/whole-number.ts";
import { runAtOnce } from "./at-once.ts";
import type { DrillTerms } from "./drill-result.ts";
import { runKillDrill } from "./kill-drill.ts";
import { runVenueDrill } from "./venue-drill.ts";

/**
 * `npm run drill -- --cycles 200`: kills the runtime so often, over a broker of the drill's own or, with
 * `--venue binance --seed 7`, over the emulator of a venue, with prices, orders and faults drawn from that seed. Which
 * request meets which draw is up to how fast the processes are. With `--at-once 2` two runtimes share the cycles; with
 * `--seconds 300` no cycle begins after so long. With `--brief` orders that the broker never got may still be uncertain when it
 * ends, which spares the 40 s after which they count as lost. Exits 1 where anything was lost or doubled.
 */
const { values } = parseArgs({
  options: {
    cycles: { type: "string", default: "30" },
    "at-once": { type: "string", default: "1" },
    seconds: { type: "string" },
    brief: { type: "boolean", default: false },
    venue: { type: "string" },
    seed: { type: "string", default: "1" },
  },
});
const cycles = wholeNumber({ name: "cycles", text: values.cycles, least: 1 });
const drills = wholeNumber({ name: "at-once", text: values["at-once"], least: 1 });
const seed = wholeNumber({ name: "seed", text: values.seed });
const secondsMax =
  values.seconds === undefined
    ? Number.POSITIVE_INFINITY
    : wholeNumber({ name: "seconds", text: values.seconds, least: 1 });

const { venue } = values;
const run = (terms: DrillTerms) => (venue === undefined ? runKillDrill(terms) : runVenueDrill(venue, terms));
const started = Date.now();
const secondsSince = () => (Date.now() - started) / 1_000;
const { cycleMs, restartMs, settleMs, findings, ...counts } = await runAtOnce(run, {
  ...{ cycles, drills, seed },
  goesOn: () => secondsSince() < secondsMax,
  untilCertain: !values.brief,
  say: console.log,
});
console.log(counts);
console.log(`a cycle:                    ${timesText(cycleMs)}`);
console.log(`restart to the first reply: ${timesText(restartMs)}`);
console.log(`then until nothing differs: ${timesText(settleMs)}`);
for (const finding of findings) console.log(finding);
const asked = counts.cycles < cycles ? ` of ${cycles}` : "";
console.log(
  `${counts.cycles}${asked} cycles, ${restartMs.length} kills, ${Math.round(secondsSince())} s in all, ${findings.length} findings`,
);
if (findings.length > 0) process.exitCode = 1;
