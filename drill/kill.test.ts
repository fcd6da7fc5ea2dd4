import { expect, it } from "vitest";
import { runKillDrill } from "./kill-drill.ts";

/** A cycle takes a quarter of a minute, most of it the runtime's start: `DRILL_CYCLES` asks for more than a change can wait for. */
const CYCLES = Number(process.env.DRILL_CYCLES ?? "2");
/** What a cycle may take where the desk needs both of its rounds to settle, and what the first start takes. */
const CYCLE_MS_MAX = 120_000;
const START_MS_MAX = 240_000;

it(
  "loses, doubles and forgets no order when the whole runtime is killed at any moment under ten clients",
  async () => {
    const result = await runKillDrill(CYCLES, () => {});
    expect(result.findings).toEqual([]);
    expect(result.cycles).toBe(CYCLES);
    expect(result.brokerOrders).toBeGreaterThan(CYCLES);
  },
  START_MS_MAX + CYCLES * CYCLE_MS_MAX,
);
