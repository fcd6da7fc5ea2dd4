import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { wholeNumber } from "./runtime/whole-number.ts";
import { runTasks } from "./simulate/run-tasks.ts";
import { bugTasks, NO_SEEDS, type SeedTotals, sharesOf, sumOf } from "./simulate/task.ts";

/** Seeds that a worker takes at once: a second's worth. */
const SHARE_SEEDS = 25;

/**
 * Runs the order desk through broken worlds, one a seed: `npm run simulate -- --seeds 20000 --from 0 --workers 2`. With
 * `--seconds` it begins no seeds after so long, and says how many it ran. With `--bugs` it leaves out one safety rule at a
 * time instead and says after how many seeds each is noticed. Exits 1 where an invariant did not hold, or a rule could be
 * left out unnoticed.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1000" },
    from: { type: "string", default: "0" },
    seconds: { type: "string" },
    workers: { type: "string", default: String(availableParallelism()) },
    bugs: { type: "boolean", default: false },
  },
});
const seeds = wholeNumber({ name: "seeds", text: values.seeds, least: 0 });
const from = wholeNumber({ name: "from", text: values.from, least: 0 });
const secondsMax =
  values.seconds === undefined
    ? Number.POSITIVE_INFINITY
    : wholeNumber({ name: "seconds", text: values.seconds, least: 0 });
const workers = Math.max(1, wholeNumber({ name: "workers", text: values.workers, least: 0 }));
process.exitCode = (await (values.bugs ? runBugs() : runSeeds())) ? 0 : 1;

async function runSeeds(): Promise<boolean> {
  const started = performance.now();
  let totals = NO_SEEDS;
  const onDone = (_: unknown, done: SeedTotals) => {
    totals = sumOf(totals, done);
    for (const { seed, violations } of done.failed) {
      console.error(`seed ${seed}: ${violations.join("; ")}`);
      console.error(`  alone: npm run simulate -- --seeds 1 --from ${seed}`);
    }
  };
  const secondsSince = () => (performance.now() - started) / 1_000;
  const goesOn = () => secondsSince() < secondsMax;
  await runTasks(sharesOf({ from, seeds }, SHARE_SEEDS), { workers, onDone, goesOn });
  const seconds = secondsSince();
  const { brokerOrders, fills, crashes, denied, failed } = totals;
  const rate = (totals.seeds / seconds).toFixed(0);
  const asked = totals.seeds < seeds ? ` of ${seeds}` : "";
  console.log(`${totals.seeds}${asked} seeds from ${from}: ${failed.length} with violations`);
  console.log(`${brokerOrders} orders at the broker, ${fills} fills, ${denied} denied, ${crashes} crashes`);
  console.log(`${seconds.toFixed(1)} s in ${workers} workers, ${rate} seeds/s`);
  return failed.length === 0;
}

async function runBugs(): Promise<boolean> {
  const tasks = bugTasks({ from, seeds });
  let noticed = 0;
  await runTasks(tasks, {
    workers,
    onDone({ bug }, { failed, seeds: ran }) {
      const isNoticed = failed.length > 0;
      if (isNoticed) noticed++;
      console.log(`${bug.padEnd(28)} ${isNoticed ? `noticed after ${ran} seeds` : "NOT NOTICED"}`);
    },
  });
  console.log(`${noticed} of ${tasks.length} noticed within ${seeds} seeds`);
  return noticed === tasks.length;
}
