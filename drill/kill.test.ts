import { expect, it } from "vitest";
import { runAtOnce } from "./at-once.ts";
import { runKillDrill } from "./kill-drill.ts";

declare module "vitest" {
  interface TaskMeta {
    /** What a test has to tell besides that it passed. */
    says?: string;
  }
}

/** What a change can always wait for: a cycle takes seconds, the start before them half a minute. */
const CYCLES_MIN = 6;
/** `.ci/run` asks for more: for cycles that so many runtimes share, and that begin until a time. */
const { DRILL_CYCLES, DRILL_AT_ONCE, DRILL_UNTIL } = process.env;
const CYCLES = Number(DRILL_CYCLES ?? CYCLES_MIN);
const DRILLS = Number(DRILL_AT_ONCE ?? 1);
/** After which no further cycle begins, UTC s. */
const UNTIL = Number(DRILL_UNTIL ?? Number.POSITIVE_INFINITY);
/** What a cycle may take where the desk needs both of its rounds to settle, and what the first start takes. */
const CYCLE_MS_MAX = 120_000;
const START_MS_MAX = 240_000;

it(
  "loses, doubles and forgets no order when the whole runtime is killed at any moment under ten clients",
  async ({ task }) => {
    let begun = 0;
    const goesOn = () => begun++ < CYCLES_MIN || Date.now() < UNTIL * 1_000;
    const terms = { cycles: CYCLES, drills: DRILLS, goesOn, seed: 1, untilCertain: false, say: () => {} };
    const { cycles, restartMs, asked, brokerOrders, findings } = await runAtOnce(runKillDrill, terms);
    task.meta.says = `${cycles} of ${CYCLES} cycles, ${restartMs.length} kills, ${asked} orders, ${findings.length} findings`;
    expect(findings).toEqual([]);
    expect(cycles).toBeGreaterThanOrEqual(CYCLES_MIN);
    expect(brokerOrders).toBeGreaterThan(cycles);
  },
  START_MS_MAX + CYCLES * CYCLE_MS_MAX,
);
