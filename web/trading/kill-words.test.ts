import { describe, expect, test } from "vitest";
import type { DashboardState } from "../../schema/wire/bot.ts";
import type { KillResult, KillSwitch } from "../../schema/wire/trading.ts";
import { killChoices, killExpected, killNames, killPositionWords, killReach, killResultWords } from "./kill-words.ts";

function accountOf(accountId: string, quantities: Readonly<Record<string, string>>, openOrders: number) {
  const positions = Object.entries(quantities).map(([instrument, quantity]) => ({
    ...{ instrument, quantity, averagePrice: "1", mark: null, unrealised: null },
  }));
  return {
    ...{
      accountId,
      name: `Account ${accountId}`,
      mode: "simulated" as const,
      currency: "USD",
      state: "ACTIVE" as const,
      halt: null,
    },
    ...{
      equity: "1",
      profitToday: "0",
      drawdown: "0",
      marketAt: null,
      connection: "connected" as const,
      ...{ venue: null, silentSince: null, differences: [], doubts: { count: 0, orders: [] }, stream: null },
      openOrders,
      orderChanges: null,
      positions,
    },
  };
}

function botOf(botId: string, accountId: string, status: "running" | "stopped") {
  return { botId, accountId, name: botId, status, reason: null, equity: "1", profit: "0", profitToday: "0", spark: [] };
}

const STATE: DashboardState = {
  accounts: {
    a1: accountOf("a1", { "SIM:BTC-USD": "0.42", "SIM:ETH-USD": "-3.5", "SIM:ACME": "0" }, 3),
    a2: accountOf("a2", { "SIM:ACME": "10" }, 1),
  },
  bots: { b1: botOf("b1", "a1", "running"), b2: botOf("b2", "a2", "running"), b3: botOf("b3", "a1", "stopped") },
  alerts: [],
};

/** Nothing is closed, and what is held now is what `STATE` says. */
const LEFT = { flatten: false, state: STATE };

describe("what the kill switch says before it is pulled", () => {
  test("everything counts all accounts, what they have open and how it would be closed", () => {
    expect(killReach(STATE, { kind: "user" })).toEqual({
      ...{ accounts: 2, bots: 2, openOrders: 4 },
      closing: ["sell 0.42 BTC", "buy back 3.5 ETH", "sell 10 ACME"],
      held: ["0.42 BTC", "3.5 ETH sold short", "10 ACME"],
    });
  });

  test("it lists what stays open, or what is traded to close it", () => {
    const reach = killReach(STATE, { kind: "user" });
    expect(killPositionWords(reach, false)).toBe(
      "0.42 BTC, 3.5 ETH sold short, 10 ACME stay open, without the stops that guarded them.",
    );
    expect(killPositionWords(reach, true)).toBe("At the market: sell 0.42 BTC, buy back 3.5 ETH, sell 10 ACME.");
    const one = killReach(STATE, { kind: "account", accountId: "a2" });
    expect(killPositionWords(one, false)).toBe("10 ACME stays open, without the stops that guarded it.");
    const nothing = { accounts: { a1: accountOf("a1", { "SIM:ACME": "0" }, 0) }, bots: {}, alerts: [] };
    expect(killPositionWords(killReach(nothing, { kind: "user" }), false)).toBe("Nothing is held.");
    expect(killPositionWords(undefined, false)).toMatch(/^What is held stays open/);
    const many = Object.fromEntries(["A", "B", "C", "D", "E", "F"].map((name) => [`SIM:${name}`, "1"]));
    const full = killReach({ ...STATE, accounts: { a1: accountOf("a1", many, 0) } }, { kind: "user" });
    expect(killPositionWords(full, true)).toBe("At the market: sell 1 A, sell 1 B, sell 1 C, sell 1 D and 2 more.");
  });

  test("one account counts nothing of another", () => {
    expect(killReach(STATE, { kind: "account", accountId: "a2" })).toMatchObject({
      accounts: 1,
      bots: 1,
      openOrders: 1,
    });
  });

  test("of a bot, and of what could not be read, it promises no numbers", () => {
    expect(killReach(STATE, { kind: "bot", botId: "b1" })).toBeUndefined();
    expect(killReach(undefined, { kind: "user" })).toBeUndefined();
    expect(killChoices(undefined).map(({ value }) => value)).toEqual(["user"]);
  });

  test("bots that are stopped need no stopping", () => {
    expect(killChoices(STATE).map(({ value }) => value)).toEqual([
      "user",
      "account:a1",
      "account:a2",
      "bot:b1",
      "bot:b2",
    ]);
  });

  test("an account that no answer names counts as not reached", () => {
    const result = { accounts: [{ accountId: "a1", cancelling: 0 }], unreached: [] };
    const scope = { kind: "user" } as const;
    const { title, unreached } = killResultWords(result, scope, killExpected(STATE, scope), killNames(undefined), LEFT);
    expect(title).toBe("Not everything is stopped.");
    expect(unreached).toEqual(["a2: not reached. It may still send orders; try again."]);
    expect(killExpected(STATE, { kind: "account", accountId: "a1" })).toEqual(["a1"]);
    expect(killExpected(STATE, { kind: "bot", botId: "b1" })).toEqual(["a1"]);
    expect(killExpected(undefined, { kind: "bot", botId: "b1" })).toEqual([]);
  });

  test("afterwards it names who acknowledged and who was not reached", () => {
    const result = { accounts: [{ accountId: "a1", cancelling: 1 }], unreached: ["a2"] };
    expect(killResultWords(result, { kind: "user" }, ["a1"], killNames(STATE), LEFT)).toEqual({
      title: "Not everything is stopped.",
      reached: [
        "Account a1: acknowledged, nothing more is sent; 1 order is being cancelled. Still held, and left open without stops: 0.42 BTC, 3.5 ETH sold short.",
      ],
      unreached: ["Account a2: not reached. It may still send orders; try again."],
    });
    const none = killResultWords({ accounts: [], unreached: [] }, { kind: "user" }, [], killNames(STATE), LEFT);
    expect(none.reached).toEqual(["There was no account to stop."]);
  });

  test("afterwards it says of each account what is still held, or what is being traded to close it", () => {
    const result = { accounts: ["a1", "a2"].map((accountId) => ({ accountId, cancelling: 0 })), unreached: [] };
    const reached = (scope: KillSwitch["scope"], flatten: boolean, state: DashboardState | undefined = STATE) =>
      killResultWords(result, scope, [], killNames(STATE), { flatten, state }).reached;
    expect(reached({ kind: "user" }, false)).toEqual([
      "Account a1: acknowledged, nothing more is sent; no order was open. Still held, and left open without stops: 0.42 BTC, 3.5 ETH sold short.",
      "Account a2: acknowledged, nothing more is sent; no order was open. Still held, and left open without stops: 10 ACME.",
    ]);
    expect(reached({ kind: "user" }, true)[0]).toMatch(
      / Being closed at the market: sell 0\.42 BTC, buy back 3\.5 ETH\.$/,
    );
    expect(reached({ kind: "user" }, false, { ...STATE, accounts: { a1: accountOf("a1", {}, 0) } })).toEqual([
      expect.stringMatching(/^Account a1: .* Nothing is held\.$/),
      // Of an account that the page knows nothing of it does not say that nothing is held.
      expect.stringMatching(/^Account a2: .* What it holds stays open\.$/),
    ]);
    const instrument = { kind: "instrument", accountId: "a1", instrument: "SIM:ETH-USD" } as const;
    expect(reached(instrument, false)[0]).toContain("left open without stops: 3.5 ETH sold short. Other");
    expect(reached({ kind: "bot", botId: "b1" }, true)[0]).toContain(
      "What the bot holds is being closed at the market.",
    );
  });

  test("of one bot, instrument or account, it claims no more than that this one is stopped", () => {
    const result = { accounts: [{ accountId: "a1", cancelling: 2 }], unreached: [] };
    const wordsFor = (scope: KillSwitch["scope"], answer: KillResult = result) =>
      killResultWords(answer, scope, killExpected(STATE, scope), killNames(STATE), LEFT);
    expect(wordsFor({ kind: "bot", botId: "b1" })).toEqual({
      title: "The bot b1 is stopped: nothing more of it is sent.",
      reached: [
        "Account a1: acknowledged, nothing more of the bot is sent; 2 orders are being cancelled. What the bot holds stays open. What else trades on the account goes on.",
      ],
      unreached: [],
    });
    expect(wordsFor({ kind: "instrument", accountId: "a1", instrument: "SIM:ACME" })).toMatchObject({
      title: "SIM:ACME is stopped on Account a1: nothing more for it is sent.",
      reached: [expect.stringMatching(/nothing more for SIM:ACME is sent; .* Other instruments .* are traded on\.$/)],
    });
    expect(wordsFor({ kind: "account", accountId: "a1" }).title).toBe("Trading is stopped on Account a1.");
    expect(wordsFor({ kind: "bot", botId: "b1" }, { accounts: [], unreached: [] })).toEqual({
      title: "It is not sure that the bot b1 is stopped.",
      reached: [],
      unreached: ["Account a1: not reached. It may still send orders of the bot; try again."],
    });
    expect(wordsFor({ kind: "bot", botId: "gone" }, { accounts: [], unreached: [] }).title).toBe(
      "Nothing was stopped.",
    );
  });
});
