import { expect, it } from "vitest";
import { runAtOnce } from "./at-once.ts";
import { runKillDrill } from "./kill-drill.ts";

/** A cycle takes seconds, the start before them half a minute: `npm run drill` asks for more than a change can wait for. */
const CYCLES = 6;
/** What a cycle may take where the desk needs both of its rounds to settle, and what the first start takes. */
const CYCLE_MS_MAX = 120_000;
const START_MS_MAX = 240_000;

it(
  "loses, doubles and forgets no order when the whole runtime is killed at any moment under ten clients",
  async () => {
    const goesOn = () => true;
    const terms = { cycles: CYCLES, drills: 1, goesOn, seed: 1, untilCertain: false, say: () => {} };
    const result = await runAtOnce(runKillDrill, terms);
    expect(result.findings).toEqual([]);
    expect(result.cycles).toBe(CYCLES);
    expect(result.brokerOrders).toBeGreaterThan(CYCLES);
  },
  START_MS_MAX + CYCLES * CYCLE_MS_MAX,
);
