import { describe, expect, test } from "vitest";
import { wordsOfCode } from "../../schema/wire/code-words.ts";
import { capOfText, formatCap, textOfCap } from "./cap-words.ts";
import { reasonWords, verdictWords } from "./verdict-words.ts";

const PASSED = { verdict: "pass", code: null, cap: null, value: null, limit: null, level: null } as const;

describe("verdicts in words", () => {
  test("a denial names the rule, what was measured, what is allowed and who set it", () => {
    const denied = {
      verdict: "denied",
      code: "POSITION_NOTIONAL",
      cap: "positionNotional",
      value: "36853.20",
    } as const;
    expect(verdictWords({ ...denied, limit: "30000", level: "bot" })).toBe(
      "Largest position: 36,853.20, allowed 30,000.00 by the bot.",
    );
    expect(verdictWords({ ...denied, value: "30000.004", limit: "30000", level: "bot" })).toBe(
      "Largest position: 30,000.004, allowed 30,000 by the bot.",
    );
    expect(verdictWords({ ...denied, cap: "leverage", value: "3.204", limit: "3", level: "account" })).toBe(
      "Leverage: 3.20×, allowed 3.00× by the account.",
    );
  });

  test("a rule that is no cap is told by its code, and what is no number by its words", () => {
    const denied = { ...PASSED, verdict: "denied", code: "STALE_PRICE", value: "no price", limit: null } as const;
    expect(verdictWords(denied)).toBe("Stale price: no price.");
    expect(verdictWords(PASSED)).toBe("Let through.");
    expect(wordsOfCode("The venue was away.")).toBe("The venue was away.");
  });
});

test("a denial by a state says whose trading is stopped", () => {
  const denied = { ...PASSED, verdict: "denied", code: "HALTED", value: "user", limit: "cancels only" } as const;
  expect(verdictWords(denied)).toBe("Trading of all your accounts is stopped until it is armed again.");
  const reducing = { ...denied, code: "REDUCING", value: "bot", limit: "orders that only reduce the position" };
  expect(verdictWords(reducing)).toBe("Trading of this bot is limited to orders that reduce a position.");
});

test("a cap that denied an order is called in lists as forms call it", () => {
  expect(reasonWords("ORDER_NOTIONAL")).toBe("Largest order");
  expect(reasonWords("STALE_PRICE")).toBe("Stale price");
});

describe("caps in words", () => {
  test("each unit is written its own way", () => {
    expect(formatCap("30000", "account", "USD")).toBe("30,000.00\u00a0USD");
    expect(formatCap("0.05", "share", "USD")).toBe("5.00\u202f%");
    expect(formatCap("3", "ratio", "USD")).toBe("3.00×");
    expect(formatCap("10000", "ms", "USD")).toBe("10 s");
    expect(formatCap(null, "count", "USD")).toBe("—");
  });

  test("a share goes to percent and back to the same decimal", () => {
    for (const share of ["0.001", "0.125", "0.07"]) expect(capOfText(textOfCap(share, "share"), "share")).toBe(share);
    expect(capOfText("  ", "account")).toBeNull();
  });
});
