import { describe, expect, test } from "vitest";
import { HookSettings } from "../../schema/wire/signal.ts";
import { draftOfHook, symbolProblem, symbolsOfText } from "./symbol-names.ts";

const KNOWN = ["SIM:BTC-USD", "SIM:ETH-USD"];

describe("the settings of an address as they are typed", () => {
  test("come back as they were, names of symbols and all", () => {
    const symbols = { BTCUSDT: "SIM:BTC-USD", "BINANCE:ETHUSDT.P": "SIM:ETH-USD" };
    const draft = draftOfHook(HookSettings.parse({ symbols, expectSeconds: 90 }));
    expect(symbolsOfText(draft.symbols)).toEqual(symbols);
    expect(draft).toMatchObject({ maxAge: "60", repeat: "60", expectMinutes: "1.5", proof: "address" });
  });

  test("name each pair that is none, or that leads to no market of the bot", () => {
    expect(symbolProblem("", KNOWN)).toBeUndefined();
    expect(symbolProblem("BTCUSDT=SIM:BTC-USD, ", KNOWN)).toBeUndefined();
    expect(symbolProblem("BTCUSDT", KNOWN)).toContain("must be pairs");
    expect(symbolProblem("BTCUSDT=SIM:SOL-USD", KNOWN)).toContain("was SIM:SOL-USD");
  });
});
