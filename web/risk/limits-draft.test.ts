import { describe, expect, test } from "vitest";
import { draftOfLimits, limitProblems, limitsChange, limitsOfDraft } from "./limits-draft.ts";

const BEFORE = {
  caps: { orderNotional: "30000", dailyLoss: "2000", drawdown: "0.15", duplicateWindow: "10000" },
  instruments: ["SIM:BTC-USD"],
};

describe("the form of an account's limits", () => {
  test("what is not changed goes out as it came, and what the form does not show stays", () => {
    const after = limitsOfDraft(draftOfLimits(BEFORE), BEFORE);
    expect(after).toEqual(BEFORE);
    expect(limitsChange(BEFORE, after)).toEqual({ raised: [], lowered: [] });
  });

  test("shares are typed in percent", () => {
    expect(draftOfLimits(BEFORE).drawdown).toBe("15");
    expect(limitsOfDraft({ drawdown: "12.5" }, BEFORE).caps).toEqual({ drawdown: "0.125" });
  });

  test("more room and no limit at all are raises; a longer window against repeats is none", () => {
    const after = { caps: { orderNotional: "40000", dailyLoss: "1500", duplicateWindow: "20000", leverage: "2" } };
    const { raised, lowered } = limitsChange(BEFORE, after);
    expect([...raised].sort()).toEqual(["drawdown", "orderNotional"]);
    expect([...lowered].sort()).toEqual(["dailyLoss", "duplicateWindow", "leverage"]);
  });

  test("the same value written otherwise is no change", () => {
    expect(limitsChange({ caps: { dailyLoss: "2000" } }, { caps: { dailyLoss: "2000.0" } })).toEqual({
      raised: [],
      lowered: [],
    });
  });

  test("what is no amount is said at its box", () => {
    const problems = limitProblems({ dailyLoss: "lots", orderNotional: "-3" }, BEFORE);
    expect(problems.get("dailyLoss")).toContain("“lots”");
    expect(problems.get("orderNotional")).toContain("0 or greater");
  });
});
