import { describe, expect, it } from "vitest";
import { money, price, quantity } from "../testing/orders.ts";
import { bookEvent, emptyLedger, type Ledger } from "./ledger.ts";
import type { LedgerEvent } from "./ledger-event.ts";
import { ledgerText } from "./ledger-text.ts";
import { parseLedger } from "./parse-ledger.ts";
import { RecordError, RecordReader } from "./record-reader.ts";

const BTC = "SIM:BTC-USD";
const trade = {
  instrument: BTC,
  quote: "USD",
  price: price("100.5"),
  fee: money("0.1"),
  feeCurrency: "USD",
  order: "o",
};
const EVENTS: readonly LedgerEvent[] = [
  { type: "deposit", id: "d", at: 1, currency: "USD", amount: money("10000") },
  { type: "fill", id: "f1", at: 2, side: "buy", quantity: quantity("2.5"), ...trade },
  { type: "fill", id: "f2", at: 3, side: "buy", quantity: quantity("1"), ...trade },
];
const LEDGER = EVENTS.reduce((ledger: Ledger, event) => bookEvent(ledger, event).ledger, emptyLedger("average"));

describe("a ledger as text", () => {
  it("is read back as it was, with its lots and how they are matched", () => {
    for (const ledger of [emptyLedger("fifo"), LEDGER, { ...LEDGER, method: "fifo" } as const]) {
      expect(parseLedger(ledgerText(ledger))).toStrictEqual(ledger);
    }
    const fifo = EVENTS.reduce((ledger: Ledger, event) => bookEvent(ledger, event).ledger, emptyLedger("fifo"));
    expect(parseLedger(ledgerText(fifo)).positions.get(BTC)?.lots).toHaveLength(2);
  });

  it("is refused where it is not what was written, with the place of what is wrong", () => {
    const stored = JSON.parse(ledgerText(LEDGER));
    const changed = (parts: object) => () => parseLedger(JSON.stringify({ ...stored, ...parts }));
    expect(() => parseLedger("[]")).toThrow("ledger must be a record, was []");
    expect(changed({ method: "lifo" })).toThrow('ledger.method must be one of fifo, average, was "lifo"');
    expect(changed({ balances: [] })).toThrow("ledger.balances must be a record, was []");
    expect(changed({ balances: { cash: 5 } })).toThrow('ledger.balances.cash must be a decimal as text, was "5"');
    expect(changed({ positions: { [BTC]: { instrument: BTC } } })).toThrow(
      "ledger.positions.SIM:BTC-USD.quote must be text",
    );
    const lots = [{ quantity: "1", cost: "1", openedBy: "x", openedAt: "now" }];
    expect(changed({ positions: { [BTC]: { instrument: BTC, quote: "USD", lots } } })).toThrow(
      'ledger.positions.SIM:BTC-USD.lots[0].openedAt must be a whole number, was "now"',
    );
  });
});

describe("a record's fields", () => {
  const read = (value: object) => new RecordReader(value, "it");

  it("are what they are asked as", () => {
    expect(read({ a: [1, -2.5, 0] }).numbers("a")).toEqual([1, -2.5, 0]);
    expect(read({ a: 0.25 }).number("a")).toBe(0.25);
    expect(read({ a: "x", b: 1 }).names()).toEqual(["a", "b"]);
    expect(read({ a: ["x", ""] }).texts("a")).toEqual(["x", ""]);
    expect(read({ a: false }).flag("a")).toBe(false);
    expect(read({}).optional("a", () => 1)).toBeUndefined();
    expect(read({ a: null }).optional("a", () => 1)).toBe(1);
  });

  it.each([
    ["it.a must be a list of numbers, was null", () => read({ a: [1, null] }).numbers("a")],
    ['it.a must be a list of numbers, was "1"', () => read({ a: ["1"] }).numbers("a")],
    ["it.a must be a list, was 1", () => read({ a: 1 }).numbers("a")],
    ['it.a must be a finite number, was "1"', () => read({ a: "1" }).number("a")],
    ["it.a must be a record, was 1", () => read({ a: 1 }).record("a")],
    ["it.a[1] must be a record, was 1", () => read({ a: [{}, 1] }).records("a")],
    ["it.a.b must be text, was undefined", () => read({ a: {} }).record("a").text("b")],
    [`it must be JSON, was "${"x".repeat(40)}"`, () => RecordReader.ofText("x".repeat(41), "it")],
  ])("are refused with place, rule and value: %s", (message, act) => {
    expect(act).toThrow(RecordError);
    expect(act).toThrow(new RecordError(message));
  });
});

describe("canonical text", () => {
  it("writes names as JSON does, whatever is in them, and leaves out what is absent", () => {
    const value = { 'a"b': 1, "a b": [undefined, null], z: undefined, _9: { x: true } };
    expect(ledgerText(value)).toBe('{"_9":{"x":true},"a b":[null,null],"a\\"b":1}');
    expect(JSON.parse(ledgerText({ "\n": 1, é: 2, "": 3, 'x"': 4, '"y': 5 }))).toEqual({
      "\n": 1,
      é: 2,
      "": 3,
      'x"': 4,
      '"y': 5,
    });
    expect(
      ledgerText(
        new Map([
          ["b", 2n * 10n ** 18n],
          ["a", -(10n ** 17n)],
        ]),
      ),
    ).toBe('{"a":"-0.1","b":"2"}');
  });
});
