import { describe, expect, it } from "vitest";
import { atAnyHour, isAtOpenStandIn } from "./stand-in-hours.ts";

const VENUE_ORIGINS = JSON.stringify({ "OANDA.practice": "http://127.0.0.1:9101" });
const env = { STAND_INS_ALWAYS_OPEN: "true", VENUE_ORIGINS };

function accountAt(market: object) {
  return { account: { market } } as unknown as Parameters<typeof isAtOpenStandIn>[1];
}

describe("markets that never close", () => {
  it("are those of stand-ins alone, and only where the server is told so", () => {
    const practice = { kind: "venue", connectionId: "con_1", venue: "OANDA", environment: "practice" };
    expect(isAtOpenStandIn(env, accountAt(practice))).toBe(true);
    expect(isAtOpenStandIn(env, accountAt({ ...practice, environment: "live" }))).toBe(false);
    expect(isAtOpenStandIn(env, accountAt({ kind: "sim" }))).toBe(false);
    expect(isAtOpenStandIn({ ...env, STAND_INS_ALWAYS_OPEN: "" }, accountAt(practice))).toBe(false);
    expect(isAtOpenStandIn({ STAND_INS_ALWAYS_OPEN: "true" }, accountAt(practice))).toBe(false);
    const stored = { id: "OANDA:EUR_USD", calendarId: "fx-week" } as never;
    expect(atAnyHour([stored])).toEqual([{ id: "OANDA:EUR_USD", calendarId: "always" }]);
  });
});
