import { describe, expect, it } from "vitest";
import type { AccountHalt } from "../../schema/wire/trading.ts";
import {
  canTakeOver,
  differenceAdvice,
  differenceFigures,
  differencesWithin,
  differenceTitle,
} from "./difference-words.ts";

const BTC = "BINANCE:BTCUSDT";

function haltOf(change: Partial<AccountHalt>): AccountHalt {
  return { instrument: null, code: "BALANCE_DIFFERS", ours: "1", theirs: "2", at: 0, figures: null, ...change };
}

const balance = haltOf({
  figures: { unit: "USDT", ours: "10000", theirs: "9000.5", difference: "-999.5", shares: [] },
});
const position = haltOf({
  ...{ instrument: BTC, code: "POSITION_DIFFERS" },
  figures: { unit: BTC, ours: "0.5", theirs: "0.75", difference: "0.25", shares: [] },
});
const agreed = haltOf({ figures: { unit: "USDT", ours: "10", theirs: "10", difference: "0", shares: [] } });
const twice = haltOf({ instrument: BTC, code: "ORDER_TWICE", ours: "one order a", theirs: "7, 8" });

/** Spaces that do not break are still spaces. */
const plain = (text: string) => text.replaceAll("\u00a0", " ");

describe("a difference in words", () => {
  it("names what differs, and no code", () => {
    expect(differenceTitle(balance)).toBe("The balance in USDT differs from the venue's");
    expect(differenceTitle(position)).toBe("The position in BTCUSDT differs from the venue's");
    expect(differenceTitle(twice)).toBe("BTCUSDT: the venue has an order twice");
    expect(differenceTitle(haltOf({ code: "SOMETHING_NEW" }))).toBe("Something new");
  });

  it("says both sides and what is between them, money with its currency", () => {
    expect(plain(differenceFigures(balance))).toBe(
      "Our books have 10,000.00 USDT, the venue has 9,000.50 USDT: a difference of −999.50 USDT.",
    );
    expect(differenceFigures(position)).toBe("Our books have 0.5, the venue has 0.75: a difference of +0.25.");
    expect(differenceFigures(twice)).toBe("Our books have one order a, the venue has 7, 8.");
  });

  it("never rounds: two sides that differ by little do not look alike, nor what is booked like nothing", () => {
    const figures = { unit: BTC, ours: "1234.56781", theirs: "1234.56789", difference: "0.00008", shares: [] };
    expect(differenceFigures({ ...position, figures })).toBe(
      "Our books have 1,234.56781, the venue has 1,234.56789: a difference of +0.00008.",
    );
    const cents = { unit: "USDT", ours: "10", theirs: "10.004", difference: "0.004", shares: [] };
    expect(plain(differenceFigures({ ...balance, figures: cents }))).toContain("a difference of +0.004 USDT.");
  });

  it("is to be taken over where it is a figure that differs, and armed where both agree by now", () => {
    expect([balance, position, agreed, twice].map(canTakeOver)).toEqual([true, true, false, false]);
    expect(differenceAdvice(agreed)).toBe("Both sides agree by now: arm again.");
    expect(differenceFigures(agreed)).toContain("they agree by now");
  });

  it("stands behind the switch that was thrown for it", () => {
    const all = [balance, position];
    expect(differencesWithin(all, undefined)).toEqual([balance]);
    expect(differencesWithin(all, BTC)).toEqual([position]);
    expect(differencesWithin(all, "BINANCE:ETHUSDT")).toEqual([]);
  });
});
