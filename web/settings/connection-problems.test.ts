import { describe, expect, test } from "vitest";
import { CreateConnection, RotateConnection } from "../../schema/wire/connection.ts";
import { connectionProblems } from "./connection-problems.ts";
import { VENUE_GUIDES } from "./venue-words.ts";

function guideOf(venue: string) {
  const guide = VENUE_GUIDES.find((one) => one.venue === venue);
  if (guide === undefined) throw new Error(`there is no guide to ${venue}`);
  return guide;
}

describe("what is refused of a venue's key", () => {
  test("names fields as the form labels them", () => {
    const short = { field: "credentials.interactiveSecret", rule: "must be at least 8 characters long" };
    expect(connectionProblems([short], guideOf("XTS"))).toBe("Interactive secret must be at least 8 characters long.");
    const box = { field: "withdrawalChecked", rule: "must be true: the venue does not say" };
    expect(connectionProblems([box], guideOf("ALPACA"))).toBe(
      "“I have made sure that this key cannot withdraw money” must be ticked: the venue does not say.",
    );
  });

  test("never names a path of the API, whichever field it is about", () => {
    for (const guide of VENUE_GUIDES) {
      const fields = ["venue", "environment", "broker", "keyKind", ...guide.fields.map(({ name }) => name)];
      const issues = [
        { field: "label", rule: "is required" },
        ...fields.map((name) => ({ field: `credentials.${name}`, rule: "is required" })),
      ];
      expect(connectionProblems(issues, guide)).not.toMatch(/credentials|keyKind|interactive[KS]|accountId/);
    }
  });
});

describe("a key that replaces another", () => {
  const credentials = { venue: "ALPACA", environment: "paper", apiKey: "a-key-of-mine", secret: "a secret of mine" };

  test("counts as not looked at for withdrawals until its owner says so, like the first one", () => {
    expect(RotateConnection.parse({ credentials }).withdrawalChecked).toBe(false);
    expect(CreateConnection.parse({ label: "Mine", credentials }).withdrawalChecked).toBe(false);
    expect(RotateConnection.parse({ credentials, withdrawalChecked: true }).withdrawalChecked).toBe(true);
  });
});

describe("the guide to a venue", () => {
  test("speaks of a list of addresses only where keys can be bound to one", () => {
    const binds = VENUE_GUIDES.filter(({ addresses }) => addresses.includes("Bind the key")).map(({ venue }) => venue);
    expect(binds).toEqual(["BINANCE"]);
  });

  test("asks about withdrawals only where a key may be able to withdraw", () => {
    const asked = VENUE_GUIDES.filter(({ movesNoMoney }) => movesNoMoney === undefined).map(({ venue }) => venue);
    expect(asked).toEqual(["BINANCE", "ALPACA"]);
  });
});
