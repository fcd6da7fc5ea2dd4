import { describe, expect, it } from "vitest";
import type { DeskOrder } from "../order/desk-order.ts";
import { clientOrderId } from "../order/order-id.ts";
import { ORDER_STATES, type OrderState } from "../order/order-table.ts";
import { fillOf, intentOf, money, orderOf, price, quantity } from "../testing/orders.ts";
import { booksOf, ASKED_AT as NOW, reportOf, venueFillOf, venueOrderOf } from "../testing/venue-reports.ts";
import { bookEvent, emptyLedger } from "./ledger.ts";
import { type Halt, reconcile } from "./reconcile.ts";
import type { VenueFill, VenueReport } from "./venue-report.ts";

const [BTC, ETH] = ["SIM:BTC-USD", "SIM:ETH-USD"];
const ID = intentOf().id;
const OTHER = clientOrderId({ account: "account-1", bot: "bot-1", candleTime: 0, leg: "other", ordinal: 0 });

function told(state: OrderState, found: Partial<VenueReport>, parts: Partial<DeskOrder> = {}) {
  const { corrections, halts } = reconcile(booksOf({ orders: [orderOf({ state, ...parts })] }), reportOf(found));
  const events = corrections.map((each) => (each.type === "order-event" ? each.event : each.type));
  return { events, halts };
}

const contradicts = (ours: string, theirs: string): Halt => ({
  instrument: BTC,
  code: "ORDER_CONTRADICTS",
  ours,
  theirs,
});

describe("an order that the venue shows", () => {
  it.each([
    ["open", ["SUBMITTING", "ACCEPTED", "UNKNOWN", "LOST", "PENDING_CANCEL", "PENDING_REPLACE"]],
    ["rejected", ["SUBMITTING", "UNKNOWN", "REJECTED", "LOST"]],
    [
      "canceled",
      [
        "SUBMITTING",
        "ACCEPTED",
        "UNKNOWN",
        "LOST",
        "PENDING_CANCEL",
        "PENDING_REPLACE",
        "CANCELED",
        "EXPIRED",
        "FILLED",
      ],
    ],
  ] as const)("as %s halts where it cannot be, with what each side says", (status, possible: readonly OrderState[]) => {
    for (const state of ORDER_STATES) {
      const { halts } = told(state, { orders: [venueOrderOf({ status })] });
      expect([state, halts]).toEqual([state, possible.includes(state) ? [] : [contradicts(`${ID} ${state}`, status)]]);
    }
  });

  it("as rejected is, with a code that says whose word that is", () => {
    for (const state of ["SUBMITTING", "UNKNOWN", "LOST"] as const) {
      const { events } = told(state, { orders: [venueOrderOf({ status: "rejected" })] });
      expect(events).toEqual([{ type: "rejected", code: "VENUE" }]);
    }
  });

  it("under another venue's id after a change is accepted under its first", () => {
    const replacement = { revision: 1, quantity: quantity("20"), limit: price("101"), stop: price("99") };
    const now = {
      quantity: replacement.quantity,
      limit: replacement.limit,
      stop: replacement.stop,
      venueOrderId: "v2",
    };
    const asked = { replacement, revisionAsked: 1, venueOrderIds: ["v1"] };
    const accepted = { type: "accepted", venueOrderId: "v1" };
    const replaced = { type: "replaced", revision: 1, venueOrderId: "v2" };
    expect(told("UNKNOWN", { orders: [venueOrderOf(now)] }, asked).events).toEqual([accepted, replaced]);
    // Any term of it that is still the old one says that the change has not happened.
    for (const old of [{ quantity: quantity("10") }, { limit: price("100") }, { stop: undefined }]) {
      expect(told("UNKNOWN", { orders: [venueOrderOf({ ...now, ...old })] }, asked)).toEqual({
        events: [accepted],
        halts: [],
      });
      expect(told("PENDING_REPLACE", { orders: [venueOrderOf({ ...now, ...old })] }, asked)).toEqual({
        events: [],
        halts: [],
      });
    }
    expect(told("PENDING_CANCEL", { orders: [venueOrderOf(now)] }, asked).events).toEqual([replaced]);
  });

  it("as ended with other fills than we know halts, unless more may come with the next page", () => {
    const ended = venueOrderOf({ status: "canceled", filled: quantity("3") });
    const halt = { instrument: BTC, code: "FILLED_DIFFERS", ours: "0", theirs: "3" };
    expect(told("ACCEPTED", { orders: [ended] })).toEqual({ events: [], halts: [halt] });
    expect(told("ACCEPTED", { orders: [ended], fillsComplete: false })).toEqual({ events: [], halts: [] });
    const more = { filled: quantity("4"), fills: [fillOf("t", "4")] };
    const fewer = { ...halt, ours: "4" };
    expect(told("ACCEPTED", { orders: [ended], fillsComplete: false }, more)).toEqual({ events: [], halts: [fewer] });
  });

  it("as lost only where its end is unknown", () => {
    const long = { missedChecks: 20, missingSince: NOW - 1_000_000 };
    expect(told("UNKNOWN", {}, long).events).toEqual([{ type: "missing", at: NOW }, { type: "lost" }]);
    expect(told("PENDING_CANCEL", {}, long).events).toEqual([{ type: "missing", at: NOW }]);
  });

  it("twice under one id halts, but for what a change may leave beside the new one", () => {
    const [first, second] = [venueOrderOf(), venueOrderOf({ venueOrderId: "v2" })];
    const twice = { instrument: BTC, code: "ORDER_TWICE", ours: `one order ${ID}`, theirs: "v1, v2" };
    const known = { venueOrderIds: ["v1", "v2"] };
    expect(told("ACCEPTED", { orders: [first, second] }, known).halts).toEqual([twice]);
    expect(told("ACCEPTED", { orders: [first, second] }, { ...known, revisionAsked: 1 }).halts).toEqual([twice]);
    const ended = { ...first, status: "canceled", filled: quantity("0") } as const;
    expect(told("ACCEPTED", { orders: [ended, second] }, known).halts).toEqual([twice]);
    for (const orders of [
      [ended, second],
      [second, ended],
    ]) {
      expect(told("ACCEPTED", { orders }, { ...known, revisionAsked: 1 })).toEqual({ events: [], halts: [] });
    }
    const both = { ...second, status: "canceled", filled: quantity("1") } as const;
    const part = { ...ended, filled: quantity("2") };
    const fills = { ...known, revisionAsked: 1, filled: quantity("3"), fills: [fillOf("t", "3")] };
    expect(told("ACCEPTED", { orders: [part, both] }, fills)).toEqual({
      events: [{ type: "canceled", filled: quantity("3") }],
      halts: [],
    });
  });
});

describe("a trade that the venue shows", () => {
  it("of another instrument or side than its order halts, and is booked all the same", () => {
    for (const parts of [{ instrument: ETH }, { side: "sell" as const }]) {
      const { halts, events } = told("ACCEPTED", { fills: [venueFillOf("t1", "1", parts)] });
      const { instrument = BTC, side = "buy" } = parts as Partial<VenueFill>;
      expect(halts).toEqual([contradicts(`buy ${BTC}`, `${side} ${instrument}`)]);
      expect(events).toEqual(["external-fill", { type: "missing", at: NOW }]);
    }
  });

  it("beyond the quantity of its order halts with both", () => {
    const { halts } = told("ACCEPTED", { fills: [venueFillOf("t1", "10.5")] });
    expect(halts).toEqual([{ instrument: BTC, code: "OVERFILLED", ours: "10", theirs: "10.5" }]);
  });

  it("under an id of ours that we do not have halts, and under anybody else's does not", () => {
    const ids = [
      OTHER,
      undefined,
      "web_1",
      clientOrderId({ account: "a", bot: "b", candleTime: 0, leg: "x", ordinal: 0 }),
    ];
    const halts = ids.map((clientOrderId) => {
      const fills = [venueFillOf("t1", "1", { clientOrderId, venueOrderId: "v9" })];
      return reconcile(booksOf(), reportOf({ fills })).halts;
    });
    const unknown = { instrument: BTC, code: "ORDER_UNKNOWN", ours: "no such intent", theirs: OTHER };
    expect(halts).toEqual([[unknown], [], [], []]);
  });
});

describe("what does not agree", () => {
  const held = bookEvent(emptyLedger("fifo"), {
    ...{ type: "fill", id: "f", at: 1, order: "o", instrument: BTC, quote: "USD", side: "buy" },
    ...{ quantity: quantity("2"), price: price("100"), fee: money("0"), feeCurrency: "USD" },
  }).ledger;
  const suspected = new Map([
    [`position ${BTC}`, "-1"],
    [`position ${ETH}`, "3"],
    ["balance USD", "50"],
  ]);

  it("halts with both sides where it was the same before, in the order of the instruments", () => {
    const positions = new Map([
      [ETH, quantity("3")],
      [BTC, quantity("1")],
    ]);
    const balances = new Map([["USD", money("-150")]]);
    const { halts, differences } = reconcile(
      booksOf({ ledger: held, differences: suspected }),
      reportOf({ positions, balances }),
    );
    expect(halts).toEqual([
      { instrument: BTC, code: "POSITION_DIFFERS", ours: "2", theirs: "1" },
      { instrument: ETH, code: "POSITION_DIFFERS", ours: "0", theirs: "3" },
      { instrument: undefined, code: "BALANCE_DIFFERS", ours: "-200 USD", theirs: "-150 USD" },
    ]);
    expect(differences).toEqual(suspected);
    const equal = reconcile(
      booksOf({ ledger: held, differences: suspected }),
      reportOf({ positions: new Map([[BTC, quantity("2")]]), balances: new Map([["USD", money("-200")]]) }),
    );
    expect([equal.halts, equal.differences]).toEqual([[], new Map()]);
    const untold = reconcile(booksOf({ ledger: held, differences: suspected }), reportOf({}));
    expect([untold.halts, untold.differences, untold.fresh.size]).toEqual([[], suspected, 0]);
  });

  it("is not looked at where money moved meanwhile, or an order did", () => {
    const deposit = { type: "deposit", id: "d", at: 1, currency: "USD", amount: money("1") } as const;
    const ours = booksOf({ ledger: held, differences: new Map([["balance USD", "50"]]) });
    const balances = new Map([["USD", money("-149")]]);
    expect(reconcile(ours, reportOf({ movements: [deposit], balances })).halts).toEqual([]);
    const busy = booksOf({
      orders: [orderOf({ state: "ACCEPTED" })],
      ledger: held,
      differences: suspected,
      touched: new Set([ID]),
    });
    const found = reportOf({
      positions: new Map([[BTC, quantity("1")]]),
      orders: [venueOrderOf({ status: "canceled" })],
    });
    const { halts, corrections } = reconcile(busy, found);
    expect([halts, corrections]).toEqual([[], []]);
  });
});
