import { expect, it } from "vitest";
import { wholeNumber } from "../ops/runtime/whole-number.ts";
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
/** What a cycle may take where the desk needs both of its rounds to settle, and what the first start takes. */
const CYCLE_MS_MAX = 120_000;
const START_MS_MAX = 240_000;

/** `.ci/run` asks for more: for cycles that so many runtimes share, and that begin until a time, UTC s. */
const { DRILL_CYCLES = String(CYCLES_MIN), DRILL_AT_ONCE = "1", DRILL_UNTIL } = process.env;
const CYCLES = wholeNumber({ name: "DRILL_CYCLES", text: DRILL_CYCLES, least: CYCLES_MIN });
const DRILLS = wholeNumber({ name: "DRILL_AT_ONCE", text: DRILL_AT_ONCE, least: 1 });
const UNTIL_MS =
  DRILL_UNTIL === undefined ? undefined : 1_000 * wholeNumber({ name: "DRILL_UNTIL", text: DRILL_UNTIL, least: 1 });
const LEFT_MS = UNTIL_MS === undefined ? CYCLES * CYCLE_MS_MAX : Math.max(0, UNTIL_MS - Date.now());

it(
  "loses, doubles and forgets no order when the runtime is killed at any moment under ten clients",
  async ({ task }) => {
    let begun = 0;
    const goesOn = () => begun++ < CYCLES_MIN || UNTIL_MS === undefined || Date.now() < UNTIL_MS;
    const terms = { cycles: CYCLES, drills: DRILLS, goesOn, seed: 1, untilCertain: false, say: () => {} };
    const { cycles, restartMs, asked, brokerOrders, findings } = await runAtOnce(runKillDrill, terms);
    task.meta.says = `${cycles} of ${CYCLES} cycles, ${restartMs.length} kills, ${asked} orders, ${findings.length} findings`;
    expect(findings).toEqual([]);
    expect(cycles).toBeGreaterThanOrEqual(CYCLES_MIN);
    expect(brokerOrders).toBeGreaterThan(cycles);
  },
  START_MS_MAX + CYCLES_MIN * CYCLE_MS_MAX + LEFT_MS,
);
