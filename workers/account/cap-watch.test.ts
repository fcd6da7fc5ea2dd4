import { expect, it } from "vitest";
import type { CapUse } from "../../schema/wire/risk.ts";
import { type CapsTold, watchCaps } from "./cap-watch.ts";

const IDS = { ownerId: "usr_1", accountId: "acc_1" };

function useOf(used: number, parts: Partial<CapUse> = {}): CapUse {
  const rest = { scope: "bot", botId: "bot_1", level: "bot", unit: "account", measured: "" } as const;
  return { cap: "grossExposure", limit: "1000", used: String(used), ...rest, ...parts };
}

/** What is told as one cap is used more and less. */
function toldOf(uses: readonly CapUse[]): string[] {
  let before: CapsTold = {};
  return uses.flatMap((use, at) => {
    const { told, notices } = watchCaps(IDS, { uses: [use], before, at });
    before = told;
    return notices.map(({ event }) => event);
  });
}

it("tells that a cap is near and that it is reached, once each while it swings there", () => {
  const swing = [700, 810, 790, 830, 1_000, 950, 1_000, 720, 810].map((used) => useOf(used));
  expect(toldOf(swing)).toEqual(["cap.near", "cap.reached"]);
  expect(toldOf([810, 600, 810].map((used) => useOf(used)))).toEqual(["cap.near", "cap.near"]);
});

it("tells of losses as losses, and leaves the day that is lost to the desk, which halts by it", () => {
  const loss = (used: number) => useOf(used, { cap: "dailyLoss" });
  expect(toldOf([loss(850), loss(1_000)])).toEqual(["loss.near"]);
  const fall = (used: number) => useOf(used, { cap: "drawdown", unit: "share", limit: "0.1" });
  expect(toldOf([fall(0.085), fall(0.1)])).toEqual(["loss.near", "loss.reached"]);
});

it("says nothing of counts of few, of what an order is held to, and of what is not known", () => {
  expect(toldOf([useOf(2, { cap: "openOrders", unit: "count", limit: "2" })])).toEqual([]);
  expect(toldOf([useOf(999, { cap: "orderNotional" })])).toEqual([]);
  expect(toldOf([useOf(0, { used: null })])).toEqual([]);
});
