import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sha256 } from "../report/sha256.ts";
import { money, price, quantity } from "../testing/orders.ts";
import { venueFillOf } from "../testing/venue-reports.ts";
import { type Decimal, type Money, notional, type Price } from "./decimal.ts";
import { formatDecimal, parsePosition } from "./decimal-text.ts";
import {
  accountBalance,
  bookEvent,
  cashOf,
  emptyLedger,
  type Ledger,
  ledgerFaults,
  rebuildLedger,
  standingOf,
} from "./ledger.ts";
import type { LedgerEvent } from "./ledger-event.ts";
import { ledgerText } from "./ledger-text.ts";
import { averagePrice, COST_METHODS, type CostMethod, type Position, quantityOf } from "./position.ts";
import { balanceKey, LedgerFault, move, postAll, unbalancedUnits } from "./posting.ts";
import { fillBooked } from "./venue-report.ts";

const BTC = "SIM:BTC-USD";
const MARKS: ReadonlyMap<string, Price> = new Map([
  [BTC, price("104.5")],
  ["SIM:ETH-USD", price("9.25")],
  ["SIM:ETH-EUR", price("8.75")],
]);
let nextId = 0;

function fill(side: "buy" | "sell", size: string, at: string, fee = "0"): LedgerEvent {
  const id = `fill-${nextId++}`;
  const values = { quantity: quantity(size), price: price(at), fee: money(fee), feeCurrency: "USD" };
  return { type: "fill", id, at: 1, order: "o", instrument: BTC, quote: "USD", side, ...values };
}

function ledgerOf(method: CostMethod, events: readonly LedgerEvent[]): Ledger {
  return events.reduce((ledger, event) => bookEvent(ledger, event).ledger, emptyLedger(method));
}

/** Random events: fills of three instruments in two currencies, fees in either, everything else in between. */
const decimal = (min: bigint, max: bigint, step: bigint) => fc.bigInt({ min, max }).map((n) => (n * step) as Decimal);
const sizes = decimal(1n, 5_000n, 10n ** 14n);
const prices = decimal(1n, 30_000n, 10n ** 16n);
const amounts = decimal(1n, 1_000_000n, 10n ** 15n);
const signed = decimal(-10_000n, 10_000n, 10n ** 15n);
const currencies = fc.constantFrom("USD", "EUR");
const markets = fc.constantFrom(
  { instrument: BTC, quote: "USD" },
  { instrument: "SIM:ETH-USD", quote: "USD" },
  { instrument: "SIM:ETH-EUR", quote: "EUR" },
);
const sides = fc.constantFrom("buy", "sell");
const bodies = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant("fill"),
      order: fc.constant("o"),
      market: markets,
      side: sides,
      quantity: sizes,
      price: prices,
      fee: signed,
      feeCurrency: currencies,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constantFrom("deposit", "withdrawal"), currency: currencies, amount: amounts }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constantFrom("fee", "cash-adjustment"),
      currency: currencies,
      amount: signed,
      reason: fc.constant("r"),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("funding"),
      instrument: fc.constant(BTC),
      currency: currencies,
      amount: signed,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("position-adjustment"),
      market: markets,
      side: sides,
      quantity: sizes,
      price: prices,
      reason: fc.constant("r"),
    }),
  },
);
const histories = fc.array(bodies, { maxLength: 40 }).map((rows) =>
  rows.map((row, index) => {
    const { market, ...body } = row as { market?: object };
    return { ...body, ...market, id: `e${index}`, at: index } as unknown as LedgerEvent;
  }),
);
const methods = fc.constantFrom(...COST_METHODS);

describe("the ledger, whatever happens", () => {
  it("has two sides to every entry, which cancel out in every unit (I1)", () => {
    fc.assert(
      fc.property(histories, methods, (events, method) => {
        let ledger = emptyLedger(method);
        for (const event of events) {
          const booked = bookEvent(ledger, event);
          const units = new Set(booked.postings.map((posting) => posting.unit));
          for (const unit of units) {
            const own = booked.postings.filter((posting) => posting.unit === unit);
            expect(own.reduce((sum, posting) => sum + posting.amount, 0n)).toBe(0n);
          }
          ledger = booked.ledger;
          expect(ledgerFaults(ledger)).toEqual([]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("holds the signed sum of fills and adjustments (I2)", () => {
    fc.assert(
      fc.property(histories, methods, (events, method) => {
        const ledger = ledgerOf(method, events);
        for (const instrument of MARKS.keys()) {
          let sum = 0n;
          for (const event of events) {
            if (event.type !== "fill" && event.type !== "position-adjustment") continue;
            if (event.instrument === instrument) sum += event.side === "buy" ? event.quantity : -event.quantity;
          }
          const position = ledger.positions.get(instrument);
          expect(position === undefined ? 0n : quantityOf(position)).toBe(sum);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("is worth cash and positions at their marks, recomputed from the balances (I11)", () => {
    fc.assert(
      fc.property(histories, methods, (events, method) => {
        const ledger = ledgerOf(method, events);
        for (const currency of ["USD", "EUR"]) {
          let equity: bigint = cashOf(ledger, currency);
          for (const [instrument, mark] of MARKS) {
            if (!instrument.endsWith(currency)) continue;
            const held = ledger.balances.get(balanceKey({ account: "holding", instrument, unit: instrument })) ?? 0n;
            equity += (held * mark) / 10n ** 18n;
          }
          expect(standingOf(ledger, currency, MARKS).equity).toBe(equity);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("made what it is worth beyond what was put in, to the last unit (I12)", () => {
    fc.assert(
      fc.property(histories, methods, (events, method) => {
        const ledger = ledgerOf(method, events);
        for (const currency of ["USD", "EUR"]) {
          const { equity, netDeposits, realised, unrealised } = standingOf(ledger, currency, MARKS);
          expect(realised + unrealised).toBe(equity - netDeposits);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("is the same when events are told twice, or in two goes, to the byte (I14, I15)", () => {
    fc.assert(
      fc.property(histories, methods, fc.nat(), (events, method, cut) => {
        const whole = sha256(ledgerText(rebuildLedger(method, events)));
        const told = events.flatMap((event, index) => [event, ...events.slice(0, (index * 7) % (index + 1))]);
        expect(sha256(ledgerText(rebuildLedger(method, told)))).toBe(whole);
        const at = cut % (events.length + 1);
        const prefix = rebuildLedger(method, events.slice(0, at));
        const rest = events.slice(at).reduce((ledger, event) => bookEvent(ledger, event).ledger, prefix);
        expect(sha256(ledgerText(rest))).toBe(whole);
      }),
      { numRuns: 200 },
    );
  });

  it("closes as a queue of single units does, oldest first", () => {
    const trades = fc.array(
      fc.record({
        side: fc.constantFrom<"buy" | "sell">("buy", "sell"),
        size: fc.integer({ min: 1, max: 6 }),
        at: fc.integer({ min: 1, max: 50 }),
      }),
      { maxLength: 25 },
    );
    fc.assert(
      fc.property(trades, (rows) => {
        const queue: { sign: number; price: number }[] = [];
        let profit = 0;
        for (const { side, size, at } of rows) {
          const sign = side === "buy" ? 1 : -1;
          for (let unit = 0; unit < size; unit++) {
            const oldest = queue[0];
            if (oldest === undefined || oldest.sign === sign) queue.push({ sign, price: at });
            else profit += oldest.sign * (at - (queue.shift()?.price ?? 0));
          }
        }
        const ledger = ledgerOf(
          "fifo",
          rows.map(({ side, size, at }) => fill(side, String(size), String(at))),
        );
        expect(formatDecimal(standingOf(ledger, "USD", MARKS).realised)).toBe(String(profit));
        const total = queue.reduce((sum, unit) => sum + unit.sign, 0);
        const position = ledger.positions.get(BTC);
        expect(position === undefined ? "0" : formatDecimal(quantityOf(position))).toBe(String(total));
      }),
    );
  });

  it("makes the same in all by either method once everything is closed", () => {
    fc.assert(
      fc.property(histories, (events) => {
        const held = ledgerOf("fifo", events).positions;
        const closing = [...held.values()].map((position): LedgerEvent => {
          const total = quantityOf(position);
          const side = total > 0n ? "sell" : "buy";
          const { instrument, quote } = position;
          const values = {
            quantity: (total > 0n ? total : -total) as typeof total,
            price: price("7"),
            fee: money("0"),
          };
          return {
            type: "fill",
            id: `close ${instrument}`,
            at: 99,
            order: undefined,
            instrument,
            quote,
            side,
            feeCurrency: "USD",
            ...values,
          };
        });
        const [fifo, average] = COST_METHODS.map((method) => ledgerOf(method, [...events, ...closing]));
        expect(fifo.positions.size + average.positions.size).toBe(0);
        expect(standingOf(fifo, "USD", MARKS)).toEqual(standingOf(average, "USD", MARKS));
      }),
      { numRuns: 200 },
    );
  });
});

describe("positions", () => {
  const position = (ledger: Ledger) => ledger.positions.get(BTC) as Position;
  const bought = [fill("buy", "2", "100"), fill("buy", "2", "110")];

  it("close the oldest lots first, or at the average, as the account chose", () => {
    const sold = [...bought, fill("sell", "3", "120")];
    const fifo = ledgerOf("fifo", sold);
    expect(formatDecimal(standingOf(fifo, "USD", MARKS).realised)).toBe("50");
    expect(averagePrice(position(fifo))).toBe(price("110"));
    const average = ledgerOf("average", sold);
    expect(formatDecimal(standingOf(average, "USD", MARKS).realised)).toBe("45");
    expect(averagePrice(position(average))).toBe(price("105"));
    expect(formatDecimal(standingOf(average, "USD", MARKS).unrealised)).toBe("-0.5");
  });

  it("go through zero: the old lots close and the rest opens the other way at the same price", () => {
    for (const method of COST_METHODS) {
      const before = ledgerOf(method, bought);
      const { ledger, closed } = bookEvent(before, fill("sell", "5", "120"));
      expect(closed.map((part) => formatDecimal(part.profit)).join()).toBe(method === "fifo" ? "40,20" : "60");
      expect(position(ledger).lots).toMatchObject([{ quantity: parsePosition("-1", "q"), cost: money("-120") }]);
      expect(averagePrice(position(ledger))).toBe(price("120"));
      const covered = bookEvent(ledger, fill("buy", "1", "100"));
      expect(covered.closed).toMatchObject([
        { quantity: parsePosition("-1", "q"), entry: money("120"), exit: money("100"), profit: money("20") },
      ]);
      expect(covered.ledger.positions.size).toBe(0);
      expect(cashOf(covered.ledger, "USD")).toBe(money("80"));
    }
  });

  it("lose nothing to rounding when a third is sold three times", () => {
    for (const method of COST_METHODS) {
      const parts = ["0.333333333333333333", "0.333333333333333333", "0.333333333333333334"];
      const ledger = ledgerOf(method, [
        fill("buy", "1", "100.01"),
        ...parts.map((part) => fill("sell", part, "100.01")),
      ]);
      expect(ledger.positions.size).toBe(0);
      const { cash, realised } = standingOf(ledger, "USD", MARKS);
      expect(cash).toBe(realised);
      expect(ledgerFaults(ledger)).toEqual([]);
    }
  });

  it("have no average price when flat", () => {
    expect(averagePrice({ instrument: BTC, quote: "USD", lots: [] })).toBeUndefined();
  });
});

describe("entries", () => {
  it("of a fill move cash, cost, holding and fee", () => {
    const { postings, ledger } = bookEvent(emptyLedger("fifo"), fill("buy", "2", "100", "0.4"));
    expect(postings.map(({ account, unit, amount }) => `${account} ${formatDecimal(amount)} ${unit}`)).toEqual([
      `holding 2 ${BTC}`,
      `market -2 ${BTC}`,
      "cost 200 USD",
      "cash -200 USD",
      "fees 0.4 USD",
      "cash -0.4 USD",
    ]);
    expect(accountBalance(ledger, "fees", "USD")).toBe(money("0.4"));
  });

  it("of a fill whose fee was taken from the coins hold what came, for all that was paid", () => {
    const inKind = { fee: quantity("0.003") as Decimal as Money, feeCurrency: "BTC", feeInKind: true };
    const booking = fillBooked(venueFillOf("t1", "2", { ...inKind, price: price("100") }), undefined);
    const { postings } = bookEvent(emptyLedger("fifo"), booking);
    expect(postings.map(({ account, unit, amount }) => `${account} ${formatDecimal(amount)} ${unit}`)).toEqual([
      `holding 1.997 ${BTC}`,
      `market -1.997 ${BTC}`,
      "cost 199.7 USD",
      "cash -199.7 USD",
      "fees 0.3 USD",
      "cash -0.3 USD",
    ]);
  });

  it("of deposits, withdrawals, fees, funding and adjustments keep profit apart from what was put in", () => {
    const at = 1;
    const currency = "USD";
    const ledger = ledgerOf("average", [
      { type: "deposit", id: "1", at, currency, amount: money("1000") },
      { type: "withdrawal", id: "2", at, currency, amount: money("300") },
      { type: "fee", id: "3", at, currency, amount: money("1.5") },
      { type: "funding", id: "4", at, currency, instrument: BTC, amount: money("-0.25") },
      { type: "cash-adjustment", id: "5", at, currency, amount: money("-10"), reason: "counted" },
    ]);
    const standing = standingOf(ledger, currency, MARKS);
    expect(Object.values(standing).map((value) => formatDecimal(value as Money))).toEqual([
      "688.75",
      "688.75",
      "690",
      "-1.25",
      "0",
    ]);
    const none: LedgerEvent = { type: "funding", id: "6", at, currency, instrument: BTC, amount: money("0") };
    expect(bookEvent(ledger, none).postings).toEqual([]);
  });

  it("of an adjusted position count as put in, not as earned", () => {
    const base = { id: "1", at: 1, instrument: BTC, quote: "USD", price: price("104.5"), reason: "adopted" };
    const ledger = ledgerOf("fifo", [{ type: "position-adjustment", ...base, side: "buy", quantity: quantity("2") }]);
    const { equity, netDeposits, realised, unrealised } = standingOf(ledger, "USD", MARKS);
    expect([equity, netDeposits, realised, unrealised].map(formatDecimal)).toEqual(["209", "209", "0", "0"]);
  });

  it("are refused where a value breaks a rule", () => {
    const good = fill("buy", "1", "100");
    const broken = (parts: object) => () => bookEvent(ledgerOf("fifo", [good]), { ...good, ...parts } as LedgerEvent);
    expect(broken({ quantity: 0n })).toThrow("quantity must be above 0, was 0");
    expect(broken({ price: -1n })).toThrow(LedgerFault);
    expect(broken({ quote: "EUR" })).toThrow(`quote of ${BTC} must be USD, was EUR`);
    for (const type of ["deposit", "withdrawal"] as const) {
      const event: LedgerEvent = { type, id: "x", at: 1, currency: "USD", amount: money("-1") };
      expect(() => bookEvent(emptyLedger("fifo"), event)).toThrow(`${type} must be above 0, was -1`);
    }
    expect(() => postAll(new Map(), move(money("1"), { unit: "USD", to: "cash", from: "capital" }).slice(1))).toThrow(
      "postings must sum to 0 in every unit, were off in USD (-1)",
    );
    expect(unbalancedUnits(move(money("1"), { unit: "USD", to: "cash", from: "capital" }))).toEqual([]);
  });

  it("that come again with other values stop the rebuilding", () => {
    const first = fill("buy", "1", "100");
    const other = { ...first, price: price("101") } as LedgerEvent;
    expect(() => rebuildLedger("fifo", [first, other])).toThrow(`event ${first.id} came again with other values`);
  });
});

describe("a ledger that was tampered with", () => {
  const sound = ledgerOf("fifo", [fill("buy", "2", "100", "1")]);
  const key = (account: "cash" | "holding" | "cost", instrument?: string, unit = "USD") =>
    balanceKey({ account, instrument, unit });

  it("is named for what is wrong", () => {
    expect(ledgerFaults(sound)).toEqual([]);
    const cash = new Map(sound.balances).set(key("cash"), money("5"));
    expect(ledgerFaults({ ...sound, balances: cash })).toEqual([
      "balances must sum to 0 in every unit, were off in USD (206)",
    ]);
    const lots = [{ quantity: parsePosition("-1", "q"), cost: money("1"), openedBy: "x", openedAt: 1 }];
    const held = sound.positions.get(BTC) as Position;
    const mixed = new Map([[BTC, { ...held, lots: [...held.lots, ...lots] }]]);
    expect(ledgerFaults({ ...sound, positions: mixed })).toEqual([
      `lots of ${BTC} must sum to what is held`,
      `lots of ${BTC} must sum to their cost`,
      `lots of ${BTC} must have one sign`,
    ]);
    expect(ledgerFaults({ ...sound, positions: new Map() })).toEqual([
      `holding of ${BTC} must have lots`,
      `cost of ${BTC} must have lots`,
    ]);
    const lone = { ...sound, balances: new Map([[key("cash"), money("0")]]) };
    expect(ledgerFaults(lone)).toHaveLength(2);
  });

  it("has no standing where a mark is missing", () => {
    expect(() => standingOf(sound, "USD", new Map())).toThrow(`mark of ${BTC} must be known, was none`);
    expect(standingOf(sound, "EUR", new Map()).equity).toBe(0n);
    expect(notional(price("100"), quantity("2"), "floor")).toBe(money("200"));
  });
});

describe("canonical text", () => {
  it("is the same for equal values, in whatever order their keys came", () => {
    const one = {
      b: 10n ** 18n,
      a: undefined,
      c: new Map<string, unknown>([
        ["y", [1, "t", null]],
        ["x", true],
      ]),
    };
    const two = {
      c: new Map<string, unknown>([
        ["x", true],
        ["y", [1, "t", null]],
      ]),
      b: 10n ** 18n,
    };
    expect(ledgerText(one)).toBe('{"b":"1","c":{"x":true,"y":[1,"t",null]}}');
    expect(ledgerText(two)).toBe(ledgerText(one));
    expect(ledgerText([undefined])).toBe("[null]");
  });
});
