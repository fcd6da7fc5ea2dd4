import { parseArgs } from "node:util";

import { PLANTED_BUGS } from "../workers/account/testing/simulate/planted-bug.ts";

import { simulate } from "../workers/account/testing/simulate/world.ts";

/**
 * Runs the order desk through broken worlds, one a seed: `npm run simulate -- --seeds 20000 --from 0`. With
 * `--bugs` it leaves out one safety rule at a time instead and says after how many seeds each is noticed. Exits 1 where an
 * invariant did not hold, or a rule could be left out unnoticed.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1000" },
    from: { type: "string", default: "0" },
    bugs: { type: "boolean", default: false },
  },
});
const seeds = wholeNumber("seeds", values.seeds);
const from = wholeNumber("from", values.from);
process.exitCode = (await (values.bugs ? runBugs() : runSeeds())) ? 0 : 1;

async function runSeeds(): Promise<boolean> {
  const started = performance.now();
  const totals = { brokerOrders: 0, fills: 0, crashes: 0, denied: 0, failed: 0 };
  for (let seed = from; seed < from + seeds; seed++) {
    const { violations, brokerOrders, fills, crashes, denied } = await simulate(seed);
    totals.brokerOrders += brokerOrders;
    totals.fills += fills;
    totals.crashes += crashes;
    totals.denied += denied;
    if (violations.length === 0) continue;
    totals.failed++;
    console.error(`seed ${seed}: ${violations.join("; ")}`);
  }
  const seconds = (performance.now() - started) / 1_000;
  const { brokerOrders, fills, crashes, denied, failed } = totals;
  console.log(`${seeds} seeds from ${from}: ${failed} with violations`);
  console.log(`${brokerOrders} orders at the broker, ${fills} fills, ${denied} denied, ${crashes} crashes`);
  console.log(`${seconds.toFixed(1)} s, ${(seeds / seconds).toFixed(0)} seeds/s`);
  return failed === 0;
}

async function runBugs(): Promise<boolean> {
  let noticed = 0;
  for (const bug of PLANTED_BUGS) {
    let seed = from;
    while (seed < from + seeds && (await simulate(seed, { bug })).violations.length === 0) seed++;
    const caught = seed < from + seeds;
    if (caught) noticed++;
    console.log(`${bug.padEnd(24)} ${caught ? `noticed after ${seed - from + 1} seeds` : "NOT NOTICED"}`);
  }
  console.log(`${noticed} of ${PLANTED_BUGS.length} noticed within ${seeds} seeds`);
  return noticed === PLANTED_BUGS.length;
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value))
    throw new RangeError(`${name} must be a whole number, was ${text}`);
  return value;
}
