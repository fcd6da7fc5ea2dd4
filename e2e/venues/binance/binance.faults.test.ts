import { expect, test } from "vitest";
import { runDeskFaults } from "../desk-faults.ts";
import { faultyBinance } from "./faulty-binance.ts";

const FIRST = Number(process.env.FAULT_SEED ?? 1);
const SEEDS = Number(process.env.FAULT_SEEDS ?? 25);

test("F01-F11, I17: whatever fails, no order is lost or doubled, and nothing is sent after a kill switch", async () => {
  let orders = 0;
  let fills = 0;
  let kills = 0;
  for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
    const result = await runDeskFaults(seed, faultyBinance);
    expect(result.violations, `seed ${seed}`).toEqual([]);
    orders += result.orders;
    fills += result.fills;
    kills += result.killed ? 1 : 0;
  }
  expect([orders > SEEDS * 5, fills > SEEDS * 3, kills > 0]).toEqual([true, true, true]);
}, 300_000);
