import { parseArgs } from "node:util";
import { timesText } from "../ops/runtime/percentiles.ts";
import type { DrillTerms } from "./drill-result.ts";
import { runKillDrill } from "./kill-drill.ts";
import { runVenueDrill } from "./venue-drill.ts";

const MINUTE_MS = 60_000;

/**
 * `npm run drill -- --cycles 200`: kills the whole runtime so often, over a broker of the drill's own or, with
 * `--venue binance --seed 7`, over the emulator of a venue, with prices, orders and faults drawn from that seed. Which
 * request meets which draw is up to how fast the processes are. With `--minutes 7` no cycle begins after so long. Exits 1 where anything was lost or doubled.
 */
const { values } = parseArgs({
  options: {
    cycles: { type: "string", default: "30" },
    minutes: { type: "string" },
    venue: { type: "string" },
    seed: { type: "string", default: "1" },
  },
});
const cycles = Number(values.cycles);
if (!Number.isInteger(cycles) || cycles < 1) throw new Error(`cycles must be a whole number, was ${values.cycles}`);
const seed = Number(values.seed);
if (!Number.isInteger(seed)) throw new Error(`seed must be a whole number, was ${values.seed}`);

const minutes = Number(values.minutes ?? Number.POSITIVE_INFINITY);
if (!(minutes > 0)) throw new Error(`minutes must be a number above 0, was ${values.minutes}`);

const { venue } = values;
const run = (terms: DrillTerms) => (venue === undefined ? runKillDrill(terms) : runVenueDrill(venue, terms));
const started = Date.now();
const { cycleMs, restartMs, settleMs, findings, ...counts } = await run({
  cycles,
  msMax: minutes * MINUTE_MS,
  seed,
  untilCertain: true,
  say: console.log,
});
console.log(counts);
console.log(`a cycle:                    ${timesText(cycleMs)}`);
console.log(`restart to the first reply: ${timesText(restartMs)}`);
console.log(`then until nothing differs: ${timesText(settleMs)}`);
console.log(`${Math.round((Date.now() - started) / 1_000)} s in all, ${findings.length} findings`);
for (const finding of findings) console.log(finding);
if (findings.length > 0) process.exitCode = 1;
