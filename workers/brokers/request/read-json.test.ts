import { describe, expect, it } from "vitest";
import { readJson } from "./read-json.ts";
import { VenueSilence } from "./venue-reply.ts";

describe("a reply's JSON", () => {
  it("keeps each number as it was written, however long", () => {
    const text = '{"id":9007199254740993,"price":0.10000000,"list":[-1,1e-8,{"a":2880534893454904000}],"text":"7"}';
    expect(readJson(text)).toEqual({
      id: "9007199254740993",
      price: "0.10000000",
      list: ["-1", "1e-8", { a: "2880534893454904000" }],
      text: "7",
    });
    expect(readJson('[true,false,null,"",{}]')).toEqual([true, false, null, "", {}]);
  });

  it("is refused where it names a prototype, at whatever depth", () => {
    expect(() => readJson('{"a":[{"__proto__":{"isAdmin":true}}]}')).toThrow("__proto__");
    expect(() => readJson('{"__pro\\u0074o__":1}')).toThrow("__proto__");
    expect(readJson('{"a":"__proto__"}')).toEqual({ a: "__proto__" });
  });

  it("is refused where it nests deeper than any venue's, without a stack that could overflow", () => {
    const deep = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
    expect(readJson(deep(32))).toBeDefined();
    expect(() => readJson(deep(33))).toThrow("nest at most 32");
    expect(() => readJson(deep(1_000_000))).toThrow("nest at most 32");
    // Brackets in texts do not nest.
    expect(readJson(`["${"[".repeat(100)}\\"${"{".repeat(100)}"]`)).toHaveLength(1);
  });

  it.each(["", "<html></html>", "{", '{"a":}', "NaN", "undefined", "[1,]", "'a'"])(
    "is refused where it is none: %s",
    (text) => {
      expect(() => readJson(text)).toThrow(VenueSilence);
    },
  );
});
