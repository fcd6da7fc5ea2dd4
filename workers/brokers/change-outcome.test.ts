import { describe, expect, it } from "vitest";
import { cancelOutcome, changeOutcome, FormError, shortMessage } from "./change-outcome.ts";
import { VenueRefusal, VenueSilence } from "./request/venue-reply.ts";

const SENT = new VenueSilence("no reply", { isSent: true });
const UNSENT = new VenueSilence("no more through now", { isSent: false });

/** A change that fails, before its request left or after. */
function failing(error: Error, when: "before" | "after") {
  return (leaving: () => void) => {
    if (when === "after") leaving();
    return Promise.reject(error);
  };
}

describe("what became of a change", () => {
  it.each([
    [SENT, "before", "rejected", "NOT_SENT"],
    [UNSENT, "before", "rejected", "NOT_SENT"],
    [UNSENT, "after", "rejected", "NOT_SENT"],
    [SENT, "after", "unknown", undefined],
    [new VenueRefusal("ACCOUNT", "no"), "before", "rejected", "ACCOUNT"],
    [new VenueRefusal("ACCOUNT", "no"), "after", "unknown", undefined],
    [new FormError("kind must be known"), "before", "rejected", "FORM"],
    [new TypeError("x is not a function"), "after", "unknown", undefined],
  ] as const)("F06: is unknown unless it certainly never left: %s %s", async (error, when, outcome, code) => {
    const ended = await changeOutcome(failing(error, when));
    expect(ended.outcome).toBe(outcome);
    expect("code" in ended ? ended.code : undefined).toBe(code);
  });

  it("leaves an order open whose cancel never left", async () => {
    expect(await cancelOutcome(() => Promise.reject(UNSENT))).toMatchObject({ outcome: "unknown" });
    expect(
      await cancelOutcome(async () => ({ outcome: "rejected", code: "GONE", message: "", news: [] })),
    ).toMatchObject({
      outcome: "rejected",
    });
  });

  it("tells no more of an error than its beginning", () => {
    expect(shortMessage(new Error("x".repeat(5_000)))).toHaveLength(301);
  });
});
