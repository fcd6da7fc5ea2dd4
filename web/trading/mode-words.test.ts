import { describe, expect, it } from "vitest";
import { isLiveMoney, type VenueName } from "../../schema/wire/connection.ts";
import { VENUE_GUIDES } from "../settings/venue-words.ts";
import { accountLabel, modeWords } from "./mode-words.ts";

/** As an account at a venue is made: real money where the environment says so. */
function wordAt(venue: VenueName, environment: string): string {
  const mode = isLiveMoney({ venue, environment }) ? "live" : "paper";
  const market = { kind: "venue" as const, connectionId: "c", instruments: ["X:A"], venue, environment };
  const words = [modeWords({ mode, market }).word, modeWords({ mode, venue: { environment } }).word];
  expect(words[0]).toBe(words[1]);
  return words[0] ?? "";
}

describe("the word for where an account's money is from", () => {
  it("is LIVE for real money alone, and else the environment of the venue", () => {
    for (const { venue, environments } of VENUE_GUIDES) {
      if (venue === "TWELVEDATA") continue;
      for (const environment of environments) expect(wordAt(venue, environment)).toBe(environment.toUpperCase());
    }
    expect(wordAt("BINANCE", "testnet")).toBe("TESTNET");
    expect(wordAt("MT5", "demo")).toBe("DEMO");
  });

  it("is PAPER of a replay, and SIMULATED of the simulated market", () => {
    expect(modeWords({ mode: "paper", venue: null }).word).toBe("PAPER");
    expect(modeWords({ mode: "simulated", market: { kind: "sim" } }).word).toBe("SIMULATED");
  });

  it("stands in lists to choose from where money is real", () => {
    expect(accountLabel({ name: "Binance", mode: "live" })).toBe("LIVE: Binance");
    expect(accountLabel({ name: "Binance test", mode: "paper" })).toBe("Binance test");
  });
});
