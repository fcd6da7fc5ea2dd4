import { describe, expect, it } from "vitest";
import { requireNoWithdrawal } from "./withdrawal-gate.ts";

const permissions = ["trade", "withdraw"];

describe("S41 a key of a venue", () => {
  it.each([true, false])("is refused where it can withdraw, whatever its owner says (%s)", (withdrawalChecked) => {
    expect(() => requireNoWithdrawal({ canWithdraw: true, permissions }, { withdrawalChecked })).toThrow(
      'credentials must be a key that cannot withdraw: take that permission away at the venue, then try again, was "trade, withdraw"',
    );
  });

  it("is taken where the venue does not say only once its owner has made sure", () => {
    const facts = { canWithdraw: null, permissions };
    expect(() => requireNoWithdrawal(facts, { withdrawalChecked: false })).toThrow("withdrawalChecked must be true");
    requireNoWithdrawal(facts, { withdrawalChecked: true });
  });

  it("is taken where the venue says that it cannot", () => {
    requireNoWithdrawal({ canWithdraw: false, permissions: ["trade"] }, { withdrawalChecked: false });
  });
});
