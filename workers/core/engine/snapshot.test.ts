import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeSnapshot, encodeSnapshot, lasting, type Snapshot } from "./snapshot.ts";

const bytes = fc.uint8Array({ maxLength: 40 });
const leaf: fc.Arbitrary<Snapshot> = fc.oneof(
  fc.constantFrom(null, true, false, Number.NaN, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  fc.double(),
  fc.integer(),
  fc.string({ unit: "binary" }),
  bytes as fc.Arbitrary<Snapshot>,
  fc.float64Array({ maxLength: 6 }) as fc.Arbitrary<Snapshot>,
  fc.int32Array({ maxLength: 6 }) as fc.Arbitrary<Snapshot>,
);
/** Of names that mean something in the text, a snapshot has none. */
const name = fc.string({ unit: "binary" }).filter((text) => !text.startsWith("$") && text !== "__proto__");
const { tree: snapshot } = fc.letrec<{ tree: Snapshot }>((tie) => ({
  tree: fc.oneof(
    { depthSize: "small" },
    leaf,
    fc.array(tie("tree"), { maxLength: 5 }) as fc.Arbitrary<Snapshot>,
    fc.dictionary(name, tie("tree"), { maxKeys: 5, noNullPrototype: true }) as fc.Arbitrary<Snapshot>,
  ),
}));

describe("a snapshot as text", () => {
  it("is read back to the bit, whatever it holds", () => {
    fc.assert(
      fc.property(snapshot, (value) => {
        const text = encodeSnapshot(value);
        expect(decodeSnapshot(text)).toStrictEqual(value);
        expect(JSON.stringify(JSON.parse(text))).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  it("holds bytes as base64, of every length up to what is written digit by digit and beyond", () => {
    for (const length of [...Array(300).keys(), 8_191, 24_577]) {
      const bytes = Uint8Array.from({ length }, (_, at) => (at * 131 + length) % 256);
      const text = encodeSnapshot(bytes);
      expect(text).toBe(`{"$u8":"${Buffer.from(bytes).toString("base64")}"}`);
      expect(decodeSnapshot(text)).toStrictEqual(bytes);
    }
  });

  it("is the same where a part was said to last, in the first snapshot that has it and in later ones", () => {
    fc.assert(
      fc.property(snapshot, snapshot, (part, other) => {
        const whole = [part, { other, part }] as const;
        const text = encodeSnapshot(whole);
        if (typeof part === "object" && part !== null && !ArrayBuffer.isView(part)) lasting(part);
        expect([encodeSnapshot(whole), encodeSnapshot(whole)]).toEqual([text, text]);
      }),
      { numRuns: 200 },
    );
  });
});
