import { describe, expect, it } from "vitest";
import { invalid, unavailable } from "../../platform/problem-error.ts";
import { NOTHING_KNOWN, type VenueAnswer } from "./ask-venue.ts";
import { terminalAnswer } from "./terminal-answer.ts";

const working = (mode: "demo" | "contest" | "real"): VenueAnswer => ({
  ...{ state: "working", problem: null },
  facts: { ...NOTHING_KNOWN, canTrade: true, permissions: [mode, "trade"] },
});

describe("what a terminal says of its account", () => {
  it("is waited for while the terminal is away", () => {
    const silent: VenueAnswer = {
      ...{ state: "unreachable", problem: "The venue did not answer: no sidecar is connected" },
      ...{ facts: NOTHING_KNOWN, refusal: unavailable("away", 15) },
    };
    expect(terminalAnswer({ environment: "demo" }, silent)).toMatchObject({ state: "waiting", problem: null });
  });

  it.each([
    ["real", "demo"],
    ["demo", "live"],
    ["contest", "live"],
  ] as const)("is refused where its money is %s and the connection says %s", (mode, environment) => {
    const answer = terminalAnswer({ environment }, working(mode));
    expect(answer).toMatchObject({ state: "refused", facts: { canTrade: false } });
    expect(answer.problem).toContain(mode === "real" ? "real money" : "play money");
  });

  it.each([
    ["real", "live"],
    ["demo", "demo"],
    ["contest", "demo"],
  ] as const)("is taken where its money is %s and the connection says %s", (mode, environment) => {
    expect(terminalAnswer({ environment }, working(mode))).toEqual(working(mode));
  });

  it("stays refused where its key is", () => {
    const refused: VenueAnswer = {
      ...{ state: "refused", problem: "The venue refuses the key", facts: NOTHING_KNOWN },
      refusal: invalid("credentials", "must be accepted"),
    };
    expect(terminalAnswer({ environment: "live" }, refused)).toBe(refused);
  });
});
