import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asClientOrderId, botPrefix, clientOrderId, type IntentKey } from "./order-id.ts";

const KEY: IntentKey = { account: "a1", bot: "b1", candleTime: 1_700_000_000_000, leg: "entry", ordinal: 0 };
const keys = fc.record({
  account: fc.string(),
  bot: fc.string(),
  candleTime: fc.nat(),
  leg: fc.constantFrom("entry", "stop", "target"),
  ordinal: fc.nat({ max: 3 }),
});

describe("client order ids", () => {
  it("are the same for the same intent and fit every venue", () => {
    fc.assert(
      fc.property(keys, (key) => {
        expect(clientOrderId({ ...key })).toBe(clientOrderId(key));
        expect(clientOrderId(key)).toMatch(/^[a-z0-9]{20}$/);
        expect(clientOrderId(key).startsWith(botPrefix(key))).toBe(true);
      }),
    );
    // Fixed for ever: an id that changed with the code would send an order twice after an update.
    expect(clientOrderId(KEY)).toBe("6lzd78381tnoetky3fyx");
  });

  it("differ where any part of the intent differs, also where the parts run together", () => {
    const others: IntentKey[] = [
      { ...KEY, account: "a2" },
      { ...KEY, bot: "b2" },
      { ...KEY, candleTime: KEY.candleTime + 60_000 },
      { ...KEY, leg: "stop" },
      { ...KEY, ordinal: 1 },
      { ...KEY, account: "a1b", bot: "1" },
      { ...KEY, account: 'a1","b1' },
    ];
    expect(new Set([KEY, ...others].map(clientOrderId)).size).toBe(others.length + 1);
  });

  it("do not collide over 2,000 orders of a bot", () => {
    const ids = Array.from({ length: 2_000 }, (_, ordinal) => clientOrderId({ ...KEY, ordinal }));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("name their bot the same, however many bots came between", () => {
    const prefix = botPrefix(KEY);
    const others = Array.from({ length: 1_100 }, (_, index) => botPrefix({ account: "a1", bot: `other ${index}` }));
    expect(botPrefix(KEY)).toBe(prefix);
    expect(new Set([prefix, ...others]).size).toBe(others.length + 1);
  });

  it("are told from what others placed", () => {
    expect(asClientOrderId(clientOrderId(KEY))).toBe(clientOrderId(KEY));
    for (const foreign of ["", "web_123", "ABCDEFGHIJKLMNOPQRST", "a".repeat(21)]) {
      expect(asClientOrderId(foreign)).toBeUndefined();
    }
  });
});
