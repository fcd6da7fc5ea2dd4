import { describe, expect, test } from "vitest";
import { BotDefinition } from "../../schema/wire/bot.ts";
import { accountOfDraft, type BotDraft, definitionOfDraft, draftOfBot, FIRST_BOT, mergeBotDraft } from "./bot-draft.ts";
import { botFieldOf, findBotProblems } from "./bot-problems.ts";

const CAPS = { orderNotional: "12000", positionNotional: "12000", openOrders: "6", dailyLoss: "300" };
const READY: BotDraft = { ...FIRST_BOT, caps: CAPS };

describe("the form of a bot", () => {
  test("as it first opens it lacks nothing but the caps, and names each that is required", () => {
    const problems = findBotProblems(FIRST_BOT, []);
    expect([...problems.keys()].sort()).toEqual([
      "caps.dailyLoss",
      "caps.openOrders",
      "caps.orderNotional",
      "caps.positionNotional",
    ]);
    expect(findBotProblems(READY, []).size).toBe(0);
  });

  test("of a bot that signals drive asks for no rules and no bound to a backtest that it does not have", () => {
    const draft = { ...READY, strategy: "signals", parameters: { fast: "3" } };
    const definition = definitionOfDraft(draft);
    expect(definition).toMatchObject({ strategy: { kind: "signals", parameters: {} } });
    expect(definition).not.toHaveProperty("shadowBound");
    expect(findBotProblems(draft, []).size).toBe(0);
    const bot = { name: "", accountId: "a", definition: BotDefinition.parse(definition) };
    expect(definitionOfDraft(draftOfBot(bot))).toEqual(definition);
  });

  test("a cap of nothing is refused, since no order could ever pass", () => {
    const problems = findBotProblems({ ...READY, caps: { ...CAPS, dailyLoss: "0" } }, []);
    expect([...problems.keys()]).toEqual(["caps.dailyLoss"]);
  });

  test("what a bot was made of comes back from its form unchanged, percents and all", () => {
    const definition = BotDefinition.parse({
      strategy: { kind: "saved", id: "s1", version: 3, parameters: { fast: 9 } },
      instruments: ["SIM:BTC-USD", "SIM:ETH-USD"],
      timeframe: "15m",
      capital: "2500.5",
      sizing: { kind: "volatility", percent: 20, period: 30 },
      direction: "both",
      leverage: 3,
      limits: {
        caps: { ...CAPS, drawdown: "0.125", priceCollar: "0.001" },
        instruments: ["SIM:BTC-USD", "SIM:ETH-USD"],
        windows: [{ weekdays: [1, 5], fromMinute: 60, toMinute: 1_440 }],
      },
      protections: [{ kind: "cooldown", after: "loss", pauseMs: 5_400_000 }],
      delayMs: 250,
      shadowBound: 0.015,
    });
    expect(definitionOfDraft(draftOfBot({ name: "Mine", accountId: "a1", definition }))).toEqual(definition);
  });

  test("a bot trades no instrument but its own, whatever the form said before", () => {
    const { limits, instruments } = definitionOfDraft({ ...READY, instruments: ["SIM:ACME"] });
    expect(limits.instruments).toEqual(instruments);
  });

  test("a stored draft of another form is filled up with what it lacks, and damage is left out", () => {
    expect(mergeBotDraft({ capital: "777", size: 5, instruments: "x", caps: null }, {})).toEqual({
      ...FIRST_BOT,
      capital: "777",
    });
    const hours = [{ weekdays: [1], from: "08:00", to: "17:00" }];
    expect(mergeBotDraft({ hours: [{ from: "08:00", to: "17:00" }, ...hours] }, {}).hours).toEqual(hours);
    expect(mergeBotDraft("nonsense", { account: "a9" })).toEqual({ ...FIRST_BOT, account: "a9" });
  });

  test("an account is made on the way: simulated money, or data played again in its own currency", () => {
    expect(accountOfDraft(READY, undefined)).toEqual({ name: "Practice", market: { kind: "sim" }, cash: "100000" });
    const replay: BotDraft = { ...READY, newMarket: "replay", newDataset: "d1", newSpeed: "120" };
    expect(accountOfDraft(replay, { name: "Euro", currency: "EUR" })).toMatchObject({
      name: "Replay of Euro",
      market: { kind: "replay", datasetIds: ["d1"], speed: 120 },
      currency: "EUR",
    });
  });

  test("a replay of nothing, or faster than it can be played, is said at its box", () => {
    const replay: BotDraft = { ...READY, newMarket: "replay", newSpeed: "5000" };
    const problems = findBotProblems(replay, []);
    expect(problems.get("newDataset")).toBe("choose the data to play");
    expect(problems.get("newSpeed")).toContain("at most 1000");
  });

  test("what the server refuses is found at its box", () => {
    expect(botFieldOf("definition.limits.caps.drawdown")).toEqual({ field: "caps.drawdown", scale: 100 });
    expect(botFieldOf("definition.sizing.percent").field).toBe("size");
    expect(botFieldOf("somewhere").field).toBe("whole");
  });
});
