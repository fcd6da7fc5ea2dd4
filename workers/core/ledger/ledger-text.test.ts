import { describe, expect, it } from "vitest";
import { money } from "../testing/orders.ts";
import { ledgerText } from "./ledger-text.ts";

describe("canonical text", () => {
  it("has keys in order, decimals as text and nothing that is absent, and no two orders of keys differ", () => {
    const text = '{"a":"1.5","b":[1,"x"],"c":{"k":null}}';
    expect(ledgerText({ c: { k: null }, a: money("1.5"), gone: undefined, b: [1, "x"] })).toBe(text);
    expect(ledgerText({ b: [1, "x"], a: money("1.5"), c: new Map([["k", null]]) })).toBe(text);
  });

  it("tells records apart that begin with the same key", () => {
    for (let round = 0; round < 2; round++) {
      for (let count = 1; count < 20; count++) {
        const names = Array.from({ length: count }, (_, at) => `f${count - at}`);
        const record = Object.fromEntries(["first", ...names].map((name) => [name, name]));
        expect(Object.keys(JSON.parse(ledgerText(record)))).toEqual(["first", ...names].sort());
      }
    }
  });

  it.each(['"', "\\", "\n", "é", "\u2028", "\ud800", "a b.c,d:e;f+g/h-i_j", ""])("writes %j as JSON does", (text) => {
    expect(ledgerText({ [text]: text })).toBe(JSON.stringify({ [text]: text }));
  });
});
