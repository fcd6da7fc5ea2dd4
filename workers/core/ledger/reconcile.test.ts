import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyOrderEvent } from "../order/apply-order-event.ts";
import { type DeskOrder, newDeskOrder, reservedQuantity } from "../order/desk-order.ts";
import { clientOrderId } from "../order/order-id.ts";
import type { OrderState } from "../order/order-table.ts";
import { intentOf, money, orderOf, price, quantity } from "../testing/orders.ts";
import { booksOf, ASKED_AT as NOW, reportOf, venueFillOf, venueOrderOf } from "../testing/venue-reports.ts";
import type { Money, Quantity } from "./decimal.ts";
import { parsePosition } from "./decimal-text.ts";
import { bookEvent } from "./ledger.ts";
import type { LedgerEvent } from "./ledger-event.ts";
import { quantityOf } from "./position.ts";
import { type Correction, type Reconciliation, reconcile } from "./reconcile.ts";
import { fillBooked, fillId, type OurBooks, type VenueOrder, type VenueReport } from "./venue-report.ts";

const BTC = "SIM:BTC-USD";
const ID = intentOf().id;

function bookingOf(correction: Correction): LedgerEvent | undefined {
  if (correction.type === "adopt-order") return undefined;
  return correction.type === "external-fill" ? fillBooked(correction.fill, undefined) : correction.booking;
}

/** Our books after a reconciliation, as whoever keeps them applies it. */
function applied(ours: OurBooks, { corrections, differences }: Reconciliation): OurBooks {
  const orders = new Map<string, DeskOrder>(ours.orders.map((order) => [order.id, order]));
  const booked = new Set(ours.booked);
  let { ledger } = ours;
  for (const correction of corrections) {
    if (correction.type === "order-event") {
      orders.set(correction.order, applyOrderEvent(orders.get(correction.order) as DeskOrder, correction.event));
    }
    const booking = bookingOf(correction);
    if (booking === undefined) continue;
    booked.add(booking.id);
    ledger = bookEvent(ledger, booking).ledger;
  }
  return { ...ours, orders: [...orders.values()], ledger, booked, differences };
}

const eventsOf = (corrections: readonly Correction[]) =>
  corrections.map((correction) => (correction.type === "order-event" ? correction.event.type : correction.type));
const stateAfter = (state: OrderState, found: Partial<VenueReport>, parts: Partial<DeskOrder> = {}) => {
  const ours = booksOf({ orders: [orderOf({ state, ...parts })] });
  const result = reconcile(ours, reportOf(found));
  return {
    order: applied(ours, result).orders[0],
    events: eventsOf(result.corrections),
    halts: result.halts.map((halt) => halt.code),
  };
};

describe("an order in doubt", () => {
  it("is adopted where the venue shows it, whatever we thought (F02, F04, F05)", () => {
    for (const state of ["SUBMITTING", "UNKNOWN", "LOST"] as const) {
      const { order, halts } = stateAfter(state, { orders: [venueOrderOf()] });
      expect([order.state, order.venueOrderIds, halts]).toEqual(["ACCEPTED", ["v1"], []]);
    }
  });

  it("is rejected where the venue says so, and not because it was not found (F05)", () => {
    expect(stateAfter("UNKNOWN", { orders: [venueOrderOf({ status: "rejected" })] }).order.state).toBe("REJECTED");
    expect(stateAfter("UNKNOWN", {}).order).toMatchObject({ state: "UNKNOWN", missedChecks: 1 });
    expect(stateAfter("ACCEPTED", {}).order.state).toBe("UNKNOWN");
    expect(stateAfter("SUBMITTING", {}).events).toEqual([]);
    expect(stateAfter("LOST", {}).events).toEqual([]);
    expect(stateAfter("UNKNOWN", { ordersComplete: false }).events).toEqual([]);
    expect(stateAfter("REJECTED", { orders: [venueOrderOf({ status: "rejected" })] })).toMatchObject({
      events: [],
      halts: [],
    });
  });

  it("is lost after eight checks over thirty seconds or the venue's own delay, and stays reserved", () => {
    for (const [everyMs, lateAcceptMs, checks] of [
      [10_000, 0, 8],
      [1_000, 0, 31],
      [10_000, 120_000, 13],
    ]) {
      let ours = booksOf({ orders: [orderOf({ state: "UNKNOWN" })], lateAcceptMs });
      let asked = 0;
      while (ours.orders[0].state === "UNKNOWN") {
        ours = applied(ours, reconcile(ours, reportOf({ askedAt: NOW + asked * everyMs })));
        asked++;
      }
      expect([ours.orders[0].state, asked]).toEqual(["LOST", checks]);
      expect(reservedQuantity(ours.orders[0])).toBe(quantity("10"));
    }
  });

  it("is left alone where it heard something since the venue was asked", () => {
    const ours = booksOf({ orders: [orderOf({ state: "ACCEPTED" })], touched: new Set([ID]) });
    expect(reconcile(ours, reportOf())).toMatchObject({ corrections: [], halts: [] });
    expect(eventsOf(reconcile(ours, reportOf({ fills: [venueFillOf("t1", "1")] })).corrections)).toEqual(["fill"]);
  });
});

describe("an order that ended", () => {
  it("ends with all its fills, and not before they are known", () => {
    const canceled = venueOrderOf({ status: "canceled", filled: quantity("4") });
    const waiting = stateAfter("PENDING_CANCEL", { orders: [canceled], fillsComplete: false });
    expect([waiting.order.state, waiting.halts]).toEqual(["PENDING_CANCEL", []]);
    const known = stateAfter("PENDING_CANCEL", { orders: [canceled], fills: [venueFillOf("t1", "4")] });
    expect(known.order).toMatchObject({ state: "CANCELED", filled: quantity("4") });
    const early = stateAfter("PENDING_CANCEL", {
      orders: [canceled],
      fills: [venueFillOf("t1", "4")],
      fillsComplete: false,
    });
    expect(early.order.state).toBe("CANCELED");
    const expired = stateAfter("ACCEPTED", { orders: [venueOrderOf({ status: "expired" })] });
    expect(expired.order.state).toBe("EXPIRED");
    const whole = stateAfter("UNKNOWN", {
      orders: [venueOrderOf({ status: "filled", filled: quantity("10") })],
      fills: [venueFillOf("t1", "10")],
    });
    expect([whole.order.state, whole.events]).toEqual(["FILLED", ["fill"]]);
  });

  it("with fills that the venue counts and cannot show halts, and no fill is made up (F37)", () => {
    const filled = venueOrderOf({ status: "filled", filled: quantity("10") });
    const { order, events, halts } = stateAfter("ACCEPTED", { orders: [filled] });
    expect([order.state, events, halts]).toEqual(["ACCEPTED", [], ["FILLED_DIFFERS"]]);
    const fewer = stateAfter("ACCEPTED", {
      orders: [venueOrderOf({ status: "canceled" })],
      fills: [venueFillOf("t1", "4")],
      fillsComplete: false,
    });
    expect(fewer.halts).toEqual(["FILLED_DIFFERS"]);
  });

  it("is known already, or contradicts what we know", () => {
    const canceled = { orders: [venueOrderOf({ status: "canceled" })] };
    expect(stateAfter("CANCELED", canceled)).toMatchObject({ events: [], halts: [] });
    for (const state of ["REJECTED", "INTENT", "DENIED"] as const) {
      expect([state, stateAfter(state, canceled).halts]).toEqual([state, ["ORDER_CONTRADICTS"]]);
    }
    for (const state of ["CANCELED", "FILLED", "REJECTED"] as const) {
      expect([state, stateAfter(state, { orders: [venueOrderOf()] }).halts]).toEqual([state, ["ORDER_CONTRADICTS"]]);
    }
    expect(stateAfter("ACCEPTED", { orders: [venueOrderOf({ status: "rejected" })] }).halts).toEqual([
      "ORDER_CONTRADICTS",
    ]);
    expect(stateAfter("CANCELED", {})).toMatchObject({ events: [], halts: [] });
  });
});

describe("trades", () => {
  it("are adopted late, of orders that ended too, and never twice (F07, F10)", () => {
    const fills = [venueFillOf("t1", "4"), venueFillOf("t1", "4")];
    for (const [state, after] of [
      ["CANCELED", "CANCELED"],
      ["LOST", "UNKNOWN"],
      ["REJECTED", "UNKNOWN"],
    ] as const) {
      const { order, halts, events } = stateAfter(state, { fills, ordersComplete: false });
      expect([order.state, order.filled, halts, events]).toEqual([after, quantity("4"), [], ["fill"]]);
    }
    const ours = booksOf({ orders: [orderOf({ state: "ACCEPTED" })], booked: new Set([fillId("t1")]) });
    expect(reconcile(ours, reportOf({ fills, ordersComplete: false })).corrections).toEqual([]);
  });

  it("are found by the venue's id where the client's is not told", () => {
    const nameless = { clientOrderId: undefined };
    const parts = { venueOrderIds: ["v1"] };
    const { order } = stateAfter(
      "ACCEPTED",
      { orders: [venueOrderOf(nameless)], fills: [venueFillOf("t1", "4", nameless)] },
      parts,
    );
    expect(order.filled).toBe(quantity("4"));
  });

  it("of others are booked as what they are (F36)", () => {
    const foreign = venueFillOf("x1", "3", { clientOrderId: "web-1", venueOrderId: "v9", side: "sell" });
    const ours = booksOf();
    const result = reconcile(
      ours,
      reportOf({ fills: [foreign], orders: [venueOrderOf({ clientOrderId: undefined, venueOrderId: "v8" })] }),
    );
    expect(eventsOf(result.corrections)).toEqual(["external-fill", "adopt-order"]);
    expect(result.halts).toEqual([]);
    const position = applied(ours, result).ledger.positions.get(BTC);
    expect(position && quantityOf(position)).toBe(parsePosition("-3", "q"));
    expect(
      reconcile(booksOf(), reportOf({ orders: [venueOrderOf({ clientOrderId: "web-1", status: "canceled" })] }))
        .corrections,
    ).toEqual([]);
  });

  it("that bear our sign and were never intended halt, and the position is still the venue's (I4)", () => {
    const { corrections, halts } = reconcile(
      booksOf(),
      reportOf({ fills: [venueFillOf("t1", "3")], orders: [venueOrderOf()] }),
    );
    expect(eventsOf(corrections)).toEqual(["external-fill", "adopt-order"]);
    expect(halts).toEqual([
      { instrument: BTC, code: "ORDER_UNKNOWN", ours: "no such intent", theirs: ID },
      { instrument: BTC, code: "ORDER_UNKNOWN", ours: "no such intent", theirs: ID },
    ]);
    const others = clientOrderId({ account: "elsewhere", bot: "b", candleTime: 0, leg: "entry", ordinal: 0 });
    expect(
      reconcile(booksOf(), reportOf({ fills: [venueFillOf("t1", "3", { clientOrderId: others })] })).halts,
    ).toEqual([]);
  });

  it("beyond the order, or on another side than ordered, are booked and halt (I5)", () => {
    const over = stateAfter("ACCEPTED", { fills: [venueFillOf("t1", "12")], ordersComplete: false });
    expect([over.order.filled, over.halts]).toEqual([quantity("12"), ["OVERFILLED"]]);
    const turned = stateAfter("ACCEPTED", { fills: [venueFillOf("t1", "1", { side: "sell" })], ordersComplete: false });
    expect([turned.order.filled, turned.events, turned.halts]).toEqual([
      quantity("0"),
      ["external-fill"],
      ["ORDER_CONTRADICTS"],
    ]);
    const denied = stateAfter("DENIED", { fills: [venueFillOf("t1", "1")], ordersComplete: false });
    expect([denied.events, denied.halts]).toEqual([["contradicting-fill"], ["ORDER_CONTRADICTS"]]);
  });

  it("that no ledger can book are our fault, not a difference", () => {
    const broken = venueFillOf("t1", "1", { quantity: 0n as Quantity, clientOrderId: undefined, venueOrderId: "v9" });
    expect(() => reconcile(booksOf(), reportOf({ fills: [broken] }))).toThrow("quantity must be above 0, was 0");
    const ours = booksOf({ orders: [orderOf({ state: "ACCEPTED", fills: undefined as unknown as [] })] });
    expect(() => reconcile(ours, reportOf({ fills: [venueFillOf("t1", "1")] }))).toThrow(TypeError);
  });
});

describe("one order shown twice", () => {
  const two = [venueOrderOf(), venueOrderOf({ venueOrderId: "v2" })];

  it("halts (I6)", () => {
    expect(stateAfter("ACCEPTED", { orders: two }, { venueOrderIds: ["v1"] }).halts).toEqual(["ORDER_TWICE"]);
  });

  it("is what replacing leaves behind, where the other has ended", () => {
    const replacement = { revision: 1, quantity: quantity("20"), limit: price("101"), stop: undefined };
    const parts = { venueOrderIds: ["v1"], replacement, revisionAsked: 1 };
    const fresh = venueOrderOf({ venueOrderId: "v2", quantity: quantity("20"), limit: price("101") });
    const after = stateAfter("PENDING_REPLACE", { orders: [fresh, venueOrderOf({ status: "canceled" })] }, parts);
    expect(after.halts).toEqual([]);
    expect(after.order).toMatchObject({ state: "ACCEPTED", quantity: quantity("20"), venueOrderIds: ["v1", "v2"] });
    const ended = [
      venueOrderOf({ status: "canceled", filled: quantity("3") }),
      { ...fresh, status: "canceled" as const, filled: quantity("2") },
    ];
    const fills = [venueFillOf("t1", "3"), venueFillOf("t2", "2", { venueOrderId: "v2" })];
    expect(stateAfter("PENDING_REPLACE", { orders: ended, fills }, parts)).toMatchObject({
      halts: [],
      order: { state: "CANCELED", filled: quantity("5") },
    });
    const whole = { ...fresh, status: "filled" as const, filled: quantity("20") };
    const late = stateAfter("PENDING_REPLACE", { orders: [whole], fills: [venueFillOf("t1", "20")] }, parts);
    expect(late).toMatchObject({ halts: [], order: { state: "FILLED", quantity: quantity("20") } });
    const unknown = stateAfter("UNKNOWN", { orders: [fresh] }, parts);
    expect(unknown.order).toMatchObject({ state: "ACCEPTED", quantity: quantity("20") });
    const old = stateAfter("PENDING_REPLACE", { orders: [venueOrderOf()] }, parts);
    expect(old.events).toEqual([]);
  });
});

describe("positions and balances", () => {
  const positions = (size: string) => new Map([[BTC, parsePosition(size, "q")]]);

  const told = (size: string) =>
    reconcile(booksOf(), reportOf({ fills: [venueFillOf("t0", size, { clientOrderId: "web" })] }));

  it("that differ the same way twice, with all trades known, halt the instrument (F37)", () => {
    const first = reconcile(applied(booksOf(), told("4")), reportOf({ positions: positions("5") }));
    expect(first.halts).toEqual([]);
    const ours = applied(applied(booksOf(), told("4")), first);
    const second = reconcile(ours, reportOf({ positions: positions("5") }));
    expect(second.halts).toEqual([{ instrument: BTC, code: "POSITION_DIFFERS", ours: "4", theirs: "5" }]);
    expect(second.corrections).toEqual([]);
    // One trade on both sides: the difference is the same.
    const more = { ...ours, ledger: applied(booksOf(), told("6")).ledger };
    expect(reconcile(more, reportOf({ positions: positions("7") })).halts).toHaveLength(1);
  });

  it("of what moves while the venue is asked are not compared, and what was suspected stays so", () => {
    const orders = [orderOf({ state: "ACCEPTED" })];
    const suspected = new Map([
      [`position ${BTC}`, "1"],
      ["balance USD", "1"],
    ]);
    const off = { positions: positions("1"), balances: new Map([["USD", money("1")]]), orders: [venueOrderOf()] };
    expect(reconcile(booksOf({ orders, differences: suspected }), reportOf(off)).halts).toHaveLength(2);
    const touched = booksOf({ orders, differences: suspected, touched: new Set([ID]) });
    expect(reconcile(touched, reportOf(off))).toMatchObject({ halts: [], differences: suspected });
    const traded = reconcile(
      booksOf({ orders, differences: suspected }),
      reportOf({ ...off, fills: [venueFillOf("t1", "3")] }),
    );
    expect(traded).toMatchObject({ halts: [], differences: suspected });
  });

  it("that differ while something trades, or while trades are missing, do not", () => {
    const ours = booksOf();
    const first = reconcile(ours, reportOf({ positions: positions("1") }));
    const part = { positions: positions("1"), fillsComplete: false };
    const second = reconcile(applied(ours, first), reportOf(part));
    expect([second.halts, second.differences]).toEqual([[], first.differences]);
    const third = reconcile(applied(ours, second), reportOf({ positions: positions("2") }));
    expect(third.halts).toEqual([]);
    expect(reconcile(applied(ours, third), reportOf({ positions: new Map() }))).toMatchObject({
      halts: [],
      differences: new Map(),
    });
  });

  it("of money that moved agree once the movement is booked, and halt the account where nothing explains them (F36)", () => {
    const deposit = { type: "deposit", id: "d1", at: NOW, currency: "USD", amount: money("500") } as const;
    const balances = (amount: string) => new Map<string, Money>([["USD", money(amount)]]);
    const ours = booksOf();
    const told = reconcile(ours, reportOf({ movements: [deposit, deposit], balances: balances("500") }));
    expect([eventsOf(told.corrections), told.halts, told.differences.size]).toEqual([["movement"], [], 0]);
    let after = applied(ours, told);
    for (const halts of [[], ["BALANCE_DIFFERS"]]) {
      const result = reconcile(after, reportOf({ movements: [deposit], balances: balances("499.99") }));
      expect(result.halts.map((halt) => halt.code)).toEqual(halts);
      after = applied(after, result);
    }
    const tolerant = { ...after, balanceTolerance: money("0.01") };
    expect(reconcile(tolerant, reportOf({ balances: balances("499.99") })).halts).toEqual([]);
  });
});

describe("whatever the venue tells", () => {
  const statuses = fc.constantFrom("open", "canceled", "expired", "filled", "rejected");
  const states = fc.constantFrom<OrderState>(
    "SUBMITTING",
    "ACCEPTED",
    "UNKNOWN",
    "LOST",
    "PENDING_CANCEL",
    "CANCELED",
    "REJECTED",
  );
  const fills = fc.array(
    fc.record({
      id: fc.constantFrom("a", "b", "c", "d"),
      size: fc.integer({ min: 1, max: 6 }),
      mine: fc.boolean(),
      side: fc.constantFrom<"buy" | "sell">("buy", "sell"),
    }),
    { maxLength: 6 },
  );

  it("no trade is booked that it did not tell, and none twice", () => {
    fc.assert(
      fc.property(
        states,
        statuses,
        fills,
        fc.boolean(),
        fc.integer({ min: 0, max: 12 }),
        (state, status, rows, complete, filled) => {
          const ours = booksOf({ orders: [orderOf({ state })], booked: new Set([fillId("a")]) });
          const told = rows.map(({ id, size, mine, side }) =>
            venueFillOf(id, String(size), mine ? { side } : { side, clientOrderId: "web", venueOrderId: "v9" }),
          );
          const shown = venueOrderOf({ status, filled: quantity(String(filled)) });
          const result = reconcile(ours, reportOf({ orders: [shown], fills: told, fillsComplete: complete }));
          const ids = result.corrections.flatMap((correction) => bookingOf(correction)?.id ?? []);
          expect(new Set(ids).size).toBe(ids.length);
          for (const id of ids)
            expect(id === fillId("a") || !told.some((fill) => fillId(fill.tradeId) === id)).toBe(false);
          // Every trade told for the first time is in the books, whatever else is wrong.
          const expected = [...new Map([...told].reverse().map((fill) => [fill.tradeId, fill])).values()].filter(
            (fill) => fill.tradeId !== "a",
          );
          const sum = expected.reduce(
            (total, fill) => total + (fill.side === "buy" ? fill.quantity : -fill.quantity),
            0n,
          );
          const position = applied(ours, result).ledger.positions.get(BTC);
          expect(position === undefined ? 0n : quantityOf(position)).toBe(sum);
          // Told the same again, nothing is left to do but to ask again for what is missing.
          const again = reconcile(
            applied(ours, result),
            reportOf({ orders: [shown], fills: told, fillsComplete: complete }),
          );
          expect(again.corrections).toEqual([]);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it("an order sent through any fault comes to the venue's end of it", () => {
    const truth = fc.record({
      parts: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 }),
      status: fc.constantFrom("open", "canceled", "expired"),
    });
    const faults = fc.array(fc.constantFrom("outcome-unknown", "missing", "lost", "cancel-requested"), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(truth, faults, fc.boolean(), ({ parts, status }, told, partial) => {
        let order = applyOrderEvent(newDeskOrder(intentOf()), { type: "submit" });
        for (const type of told) {
          try {
            order = applyOrderEvent(order, type === "missing" ? { type, at: NOW } : ({ type } as never));
          } catch {
            // Not possible in this state: the fault did not happen.
          }
        }
        const filled = parts.reduce((sum, part) => sum + part, 0);
        const shown = venueOrderOf({ status: status as VenueOrder["status"], filled: quantity(String(filled)) });
        const all = parts.map((part, index) => venueFillOf(`t${index}`, String(part)));
        let ours = booksOf({ orders: [order] });
        if (partial)
          ours = applied(
            ours,
            reconcile(ours, reportOf({ orders: [shown], fills: all.slice(1), fillsComplete: false })),
          );
        const result = reconcile(ours, reportOf({ orders: [shown], fills: all }));
        expect(result.halts).toEqual([]);
        const [end] = applied(ours, result).orders;
        expect(end.filled).toBe(quantity(String(filled)));
        const expected = status === "open" ? ["ACCEPTED", "PENDING_CANCEL"] : [status.toUpperCase()];
        expect(expected).toContain(end.state);
      }),
      { numRuns: 1_000 },
    );
  });
});
