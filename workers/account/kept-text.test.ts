import { describe, expect, it } from "vitest";
import { ledgerText } from "../core/ledger/ledger-text.ts";
import { money, quantity } from "../core/testing/orders.ts";
import { seededRandom } from "../core/testing/random-candles.ts";
import { KeptText } from "./kept-text.ts";

describe("the text of a document that is written again", () => {
  it("is what it would be if it were written for the first time, whatever changed since", () => {
    const random = seededRandom(1);
    const kept = new KeptText();
    let document = { cash: new Map<string, unknown>(), held: {} as Record<string, unknown>, at: 0 };
    for (let step = 0; step < 2_000; step++) {
      const name = `n${Math.floor(random() * 6)}`;
      const value = [money(String(step % 7)), { quantity: quantity("1.5"), at: step }, [step], undefined][step % 4];
      const cash = new Map(document.cash);
      if (random() < 0.3) cash.delete(name);
      else cash.set(name, value ?? null);
      document = random() < 0.5 ? { ...document, cash } : { ...document, held: { ...document.held, [name]: value } };
      expect(kept.of(document)).toBe(ledgerText(document));
    }
  });

  it("is what it would be while lists grow, slide and shrink, and where a part becomes another kind of value", () => {
    const random = seededRandom(2);
    const kept = new KeptText();
    let list: readonly unknown[] = [];
    for (let step = 0; step < 2_000; step++) {
      const entry = [{ id: `o${step}`, at: step }, [step, quantity("0.5")], money("-0.01"), undefined][step % 4];
      const ways = [[...list, entry], [entry, ...list], list.slice(1), list.slice(0, -1), [...list, entry].slice(-5)];
      list = ways[Math.floor(random() * ways.length)].slice(0, 8);
      const part =
        [list, new Map([["list", list]]), { list }, "text", null, money("7")][Math.floor(random() * 12)] ?? list;
      const document = { recent: list, part };
      expect(kept.of(document)).toBe(ledgerText(document));
    }
  });

  it("is made without a look at what is the same as before", () => {
    const kept = new KeptText();
    const ledger = { cash: money("1") };
    const first = kept.of({ ledger, at: 1 });
    // Nobody may do this; here it shows that what is kept is not looked at.
    ledger.cash = money("2");
    expect(kept.of({ ledger, at: 2 })).toBe(first.replace('"at":1', '"at":2'));
  });
});
