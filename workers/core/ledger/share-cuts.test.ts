import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { add, type Decimal, ONE, ofUnits, subtract, ZERO } from "./decimal.ts";
import { formatDecimal, parseDecimal } from "./decimal-text.ts";
import { shareCuts } from "./share-cuts.ts";

const decimal = (text: string) => parseDecimal(text, "value");

/** Cuts as text, of shares and a change that are text. */
function cutsOf(shares: Record<string, string>, { held, change, lot = "1" }: Record<string, string>) {
  const parsed = new Map(Object.entries(shares).map(([bot, share]) => [bot, decimal(share)]));
  const cuts = shareCuts(parsed, { held: decimal(held), change: decimal(change), lot: decimal(lot) });
  return Object.fromEntries([...cuts].map(([bot, cut]) => [bot, formatDecimal(cut)]));
}

describe("what bots lose of a position that turned out smaller", () => {
  it.each([
    ["all of one bot's", { a: "10" }, { held: "10", change: "-3" }, { a: "3" }],
    ["what is nobody's goes first", { a: "6" }, { held: "10", change: "-3" }, {}],
    ["then the rest is a bot's", { a: "6" }, { held: "10", change: "-7" }, { a: "3" }],
    ["in proportion", { a: "6", b: "3" }, { held: "9", change: "-3" }, { a: "2", b: "1" }],
    ["in whole lots, never less than is gone", { a: "5", b: "5" }, { held: "10", change: "-3" }, { a: "2", b: "1" }],
    ["no more than there is", { a: "6", b: "3" }, { held: "9", change: "-12" }, { a: "6", b: "3" }],
    ["what is below a lot goes with the last", { a: "1.5" }, { held: "1.5", change: "-1.2" }, { a: "1.5" }],
    ["of the side that lost alone", { a: "10", b: "-4" }, { held: "6", change: "-3" }, { a: "3" }],
    ["of a short side", { a: "-10", b: "4" }, { held: "-6", change: "3" }, { a: "3" }],
    ["what the owner sold before is gone from nobody's", { a: "10" }, { held: "7", change: "-2" }, { a: "2" }],
    ["none where more is there", { a: "10" }, { held: "10", change: "3" }, {}],
    ["none where no bot holds any", {}, { held: "10", change: "-3" }, {}],
  ])("is %s", (_, shares, change, cuts) => {
    expect(cutsOf(shares, change)).toEqual(cuts);
  });

  it("leaves the sum of shares within what is held, takes from no bot more than it has, and no more than a lot each too much", () => {
    const units = fc.integer({ min: -1_000, max: 1_000 }).map((count) => ofUnits<Decimal>((BigInt(count) * ONE) / 10n));
    const lots = fc.constantFrom("0.1", "1", "2.5").map(decimal);
    fc.assert(
      fc.property(fc.array(units, { maxLength: 5 }), units, units, lots, (list, spare, change, lot) => {
        fc.pre(change !== 0n);
        const shares = new Map(list.map((share, index) => [`bot_${index}`, share]));
        const held = list.reduce<Decimal>((sum, share) => add<Decimal>(sum, share), spare);
        const cuts = shareCuts(shares, { held, change, lot });
        const sign = change < 0n ? 1n : -1n;
        let long = ZERO;
        let short = ZERO;
        for (const [bot, share] of shares) {
          const cut = cuts.get(bot) ?? ZERO;
          expect(cut >= 0n && cut <= (share * sign > 0n ? share * sign : 0n)).toBe(true);
          const left = subtract<Decimal>(share, ofUnits<Decimal>(cut * sign));
          if (left * sign > 0n) long = add<Decimal>(long, ofUnits<Decimal>(left * sign));
          else short = add<Decimal>(short, ofUnits<Decimal>(-left * sign));
        }
        const after = add<Decimal>(held, change) * sign;
        // What the owner had sold of them before is not told anew.
        const missing = spare * sign < 0n ? -spare * sign : 0n;
        expect(long === 0n || long <= after + short + missing).toBe(true);
        const lost = [...cuts.values()].reduce((sum, cut) => sum + cut, 0n);
        const size = change < 0n ? -change : change;
        expect(lost < size + lot * BigInt(Math.max(1, cuts.size)) || cuts.size === 0).toBe(true);
      }),
    );
  });
});
