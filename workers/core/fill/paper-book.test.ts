import { describe, expect, it } from "vitest";
import { decodeSnapshot, encodeSnapshot } from "../engine/snapshot.ts";
import { freeInstrument } from "../testing/runs.ts";
import { PaperBook } from "./paper-book.ts";
import type { PaperLeg, PaperNews, PaperOrder } from "./paper-order.ts";
import type { PaperSettings } from "./paper-settings.ts";

const SETTINGS: PaperSettings = {
  cash: 10_000,
  fees: { maker: 0, taker: 0.001, perUnit: 0, minimum: 0 },
  slippage: { kind: "none" },
  whenShort: "refuse",
  path: "nearest",
  touch: false,
  remainder: "carry",
  leverage: 1,
  maintenance: 0.005,
  latencyMs: 0,
};

function bookWith(settings: Partial<PaperSettings> = {}): PaperBook {
  return new PaperBook([freeInstrument("A"), freeInstrument("B")], { ...SETTINGS, ...settings });
}

const ORDER: PaperOrder = {
  id: "o",
  instrument: "A",
  side: "buy",
  kind: "market",
  role: "entry",
  quantity: 10,
  legs: [],
};

const STOP: PaperLeg = { id: "s", part: "stop", price: 95, quantity: 10 };
const TARGET: PaperLeg = { id: "t", part: "target", price: 110, quantity: 10 };

let clock = 0;

/** The next tick, or the candle of the prices given. */
function walk(book: PaperBook, ...prices: number[]): readonly PaperNews[] {
  const [open, high = open, low = open, close = open] = prices;
  return book.walk([{ instrument: "A", time: clock++, open, high, low, close, volume: 100 }]);
}

/** What was told, in short. */
function told(news: readonly PaperNews[]): string[] {
  return news.map((item) =>
    item.type === "fill"
      ? `${item.id} ${item.side} ${item.quantity} at ${item.price}`
      : `${item.id} over with ${item.filled}: ${item.reason}`,
  );
}

function place(book: PaperBook, order: Partial<PaperOrder> = {}): void {
  expect(book.place({ ...ORDER, ...order }, clock)).toBeUndefined();
}

describe("a paper book", () => {
  it("fills along the path of a candle, with legs that wake on the way", () => {
    const book = bookWith();
    place(book, { kind: "limit", limit: 98, legs: [STOP, TARGET] });
    expect(told(walk(book, 100, 112, 97, 111))).toEqual([
      "o buy 10 at 98",
      "t sell 10 at 110",
      "s over with 0: linked",
    ]);
    expect(book.idle).toBe(true);
  });

  it("fills a leg with what its order filled, and ends what the leg lacks", () => {
    const book = bookWith({ volumeLimit: 0.04 });
    place(book, { legs: [STOP] });
    expect(told(walk(book, 100))).toEqual(["o buy 4 at 100"]);
    expect(told(walk(book, 94))).toEqual(["s sell 4 at 94", "o over with 4: linked", "s over with 4: linked"]);
  });

  it("lets an order against the position wait for flat, or reduce it first where the book nets", () => {
    for (const nets of [false, true]) {
      const book = bookWith({ nets });
      place(book);
      walk(book, 100);
      place(book, { id: "p", side: "sell", quantity: 15 });
      expect(told(walk(book, 100))).toEqual(nets ? ["p sell 10 at 100", "p sell 5 at 100"] : []);
      expect(book.quantities()).toEqual([nets ? -5 : 10, 0]);
    }
  });

  it("closes a part of a position with an order that nets, and keeps its legs for the rest", () => {
    const book = bookWith({ nets: true });
    place(book, { legs: [STOP] });
    walk(book, 100);
    place(book, { id: "p", side: "sell", quantity: 4 });
    expect(told(walk(book, 100))).toEqual(["p sell 4 at 100"]);
    expect(told(walk(book, 90))).toEqual(["s sell 6 at 90", "s over with 6: linked"]);
  });

  it("meets with an order only slices that begin once it has arrived", () => {
    const book = bookWith({ latencyMs: 5 });
    place(book);
    const news = [101, 102, 103, 104, 105, 106, 107].flatMap((price) => told(walk(book, price)));
    expect(news).toEqual(["o buy 10 at 106"]);
  });

  it("takes the price of the maker from a limit that rested, and of the taker from one that did not", () => {
    const book = bookWith();
    place(book, { kind: "limit", limit: 99 });
    walk(book, 100);
    expect(walk(book, 98)).toMatchObject([{ price: 98, fee: 0, taker: false }]);
    place(book, { id: "p", kind: "limit", limit: 99 });
    expect(walk(book, 98)).toMatchObject([{ price: 98, fee: 0.98, taker: true }]);
  });

  it("follows with a trailing stop the best price there was since", () => {
    const book = bookWith();
    place(book, { legs: [{ id: "r", part: "trailing", price: 5, quantity: 10 }] });
    const news = [100, 108, 104, 103, 102].flatMap((price) => told(walk(book, price)));
    expect(news).toEqual(["o buy 10 at 100", "r sell 10 at 103"]);
  });

  it("takes a position away that its margin does not carry, and ends its orders", () => {
    const book = bookWith({ leverage: 5 });
    place(book, { quantity: 450, legs: [{ ...STOP, price: 10, quantity: 450 }] });
    walk(book, 100);
    const [fill, ...rest] = walk(book, 70);
    expect(fill).toMatchObject({ type: "fill", id: undefined, side: "sell", quantity: 450 });
    expect(told(rest)).toEqual(["s over with 0: linked"]);
  });

  it("gives a leg another price before and after it wakes, and never another quantity", () => {
    const book = bookWith();
    place(book, { legs: [STOP, TARGET] });
    expect(book.replace("s", { quantity: 10, stop: 90 })).toBeUndefined();
    walk(book, 100);
    expect(book.replace("t", { quantity: 10, limit: 104 })).toBeUndefined();
    expect(book.replace("t", { quantity: 9, limit: 104 })).toMatchObject({ code: "QUANTITY" });
    expect(told(walk(book, 94))).toEqual([]);
    expect(told(walk(book, 105))).toEqual(["t sell 10 at 105", "s over with 0: linked"]);
    expect(book.replace("t", { quantity: 10, limit: 104 })).toMatchObject({ code: "NOT_FOUND" });
  });

  it.each<[string, Partial<PaperOrder>, string]>([
    ["an instrument of another", { instrument: "C" }, "INSTRUMENT"],
    ["nothing", { quantity: 0 }, "QUANTITY"],
    ["a limit without a price", { kind: "limit" }, "PRICE"],
    ["a market order with a price", { limit: 5 }, "PRICE"],
    ["a stop below zero", { kind: "stop", stop: -1 }, "PRICE"],
    ["legs of what closes", { role: "exit", legs: [STOP] }, "LEGS"],
    ["two stops", { legs: [STOP, { ...STOP, id: "s2" }] }, "LEGS"],
  ])("refuses %s", (_, order, code) => {
    expect(bookWith().place({ ...ORDER, ...order }, 0)).toMatchObject({ code });
  });

  it("is the same after it was stored at any moment, to the bit", () => {
    const orders: readonly Partial<PaperOrder>[] = [
      { legs: [STOP, TARGET] },
      { id: "p", kind: "stop-limit", stop: 101, limit: 102 },
      { id: "q", kind: "trailing-stop", side: "sell", role: "exit", trail: 3 },
    ];
    const prices = [100, 101.5, 102.5, 99, 103, 94, 111];
    const story = (cut: number) => {
      clock = 0;
      let book = bookWith({ volumeLimit: 0.07, latencyMs: 1 });
      const news: PaperNews[] = [];
      prices.forEach((price, i) => {
        const order = orders[i];
        if (order !== undefined) place(book, { ...order, quantity: 9.7 });
        if (i === cut) {
          const text = encodeSnapshot(book.snapshot());
          book = bookWith({ volumeLimit: 0.07, latencyMs: 1 });
          book.restore(decodeSnapshot(text));
        }
        news.push(...walk(book, price, price + 1, price - 1, price + 0.3));
      });
      return { news, equity: book.equity(), state: encodeSnapshot(book.snapshot()) };
    };
    const whole = story(-1);
    expect(whole.news.length).toBeGreaterThan(4);
    for (let cut = 0; cut < prices.length; cut++) expect(story(cut)).toEqual(whole);
  });
});
