import { describe, expect, test } from "vitest";
import type { DashboardState, TradingHalt } from "../../schema/wire/bot.ts";
import { haltCause, haltGap, haltsInForce, haltTitle } from "./halt-words.ts";

const KILL: TradingHalt = {
  ...{ scope: "user", state: "HALTED", reason: "KILL_SWITCH", since: 1_000, by: "person", until: null },
};
const LOSS: TradingHalt = {
  ...KILL,
  scope: "account",
  state: "REDUCING",
  reason: "DAILY_LOSS",
  by: null,
  until: 9_000,
};

function stateOf(halts: Readonly<Record<string, TradingHalt | null>>): DashboardState {
  const accounts = Object.entries(halts).map(([accountId, halt]) => [accountId, { accountId, name: accountId, halt }]);
  return { accounts: Object.fromEntries(accounts), bots: {}, alerts: [] };
}

describe("halts in words", () => {
  test("a switch that holds for everything is told once, from the moment it was first thrown", () => {
    const halts = haltsInForce(stateOf({ Paper: { ...KILL, since: 2_000 }, Replay: KILL }));
    expect(halts).toHaveLength(1);
    expect(halts[0]).toMatchObject({ scope: "user", since: 1_000 });
    expect(haltTitle(halts[0])).toBe("Trading is stopped on all your 2 accounts: no order is sent");
    expect(haltGap(halts[0])).toBeNull();
    expect(haltCause(halts[0], true)).toBe("by you, with the kill switch");
    const [only] = haltsInForce(stateOf({ Paper: KILL }));
    expect(haltTitle(only)).toBe("Trading is stopped on your account: no order is sent");
  });

  test("a switch that does not hold for every account counts those it holds for, and names those that trade on", () => {
    const [halt] = haltsInForce(stateOf({ Paper: KILL, Fine: null, Replay: KILL }));
    expect(haltTitle(halt)).toBe("Trading is stopped on 2 of your 3 accounts: no order is sent there");
    expect(haltGap(halt)).toBe("Not stopped, and may still trade: Fine.");
    const [one] = haltsInForce(stateOf({ Paper: KILL, A: null, B: null, C: null, D: null }));
    expect(haltTitle(one)).toBe("Trading is stopped on 1 of your 5 accounts: no order is sent there");
    expect(haltGap(one)).toBe("Not stopped, and may still trade: A, B, C and 1 more.");
  });

  test("an account that a rule holds is named with the rule, behind what is wider", () => {
    const halts = haltsInForce(stateOf({ Paper: LOSS, Replay: KILL }));
    expect(halts.map(({ scope }) => scope)).toEqual(["user", "account"]);
    expect(haltTitle(halts[0])).toBe("Trading is stopped on 1 of your 2 accounts: no order is sent there");
    expect(haltGap(halts[0])).toBeNull();
    expect(haltGap(halts[1])).toBeNull();
    expect(haltTitle(halts[1])).toBe("Paper: only orders that close are sent");
    expect(haltCause(halts[1], true)).toBe("by a rule: daily loss");
  });

  test("a program and another person are told from whoever looks", () => {
    const [byProgram] = haltsInForce(stateOf({ Paper: { ...KILL, by: "program" } }));
    expect(haltCause(byProgram, true)).toBe("by a program with an API key, with the kill switch");
    const [byOwner] = haltsInForce(stateOf({ Paper: { ...KILL, reason: "by hand" } }));
    expect(haltCause(byOwner, false)).toBe("by its owner, by hand");
    expect(haltsInForce(stateOf({ Paper: null }))).toEqual([]);
  });
});
