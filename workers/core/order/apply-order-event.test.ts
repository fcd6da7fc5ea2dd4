import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fillEvent, fillOf, intentOf, orderOf, price, quantity } from "../testing/orders.ts";
import { applyOrderEvent, OrderFault } from "./apply-order-event.ts";
import {
  type DeskOrder,
  isCancelDue,
  isReserved,
  newDeskOrder,
  overfill,
  reservedQuantity,
  signedFilled,
} from "./desk-order.ts";
import { ORDER_EVENT_TYPES, type OrderEvent, type OrderEventType, type Replacement } from "./order-event.ts";
import { isOpenState, ORDER_STATES, type OrderState } from "./order-table.ts";

/**
 * The design's table, written out by hand: a row a state, a column an event, in the state's short name; "." is an error.
 * A fill is a part; what fills the whole is tested apart.
 */
const EXPECTED = `
                 deny subm acce reje unkn miss lost rele creq crej canc rreq repl rrej expi fill
INTENT           DEN  SUB  .    .    .    .    .    .    .    .    .    .    .    .    .    .
DENIED           .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
SUBMITTING       .    .    ACC  REJ  UNK  SUB  .    .    SUB  .    CAN  .    .    .    EXP  ACC
ACCEPTED         .    .    ACC  .    ACC  UNK  .    .    PCA  ACC  CAN  PRE  ACC  ACC  EXP  ACC
UNKNOWN          .    .    ACC  REJ  UNK  UNK  LOS  .    UNK  UNK  CAN  .    ACC  UNK  EXP  ACC
REJECTED         .    .    .    REJ  REJ  REJ  .    .    REJ  REJ  .    .    .    .    .    UNK
LOST             .    .    ACC  REJ  LOS  LOS  LOS  LOS  LOS  LOS  CAN  .    ACC  LOS  EXP  UNK
PENDING_CANCEL   .    .    PCA  .    PCA  UNK  .    .    PCA  ACC  CAN  .    PCA  PCA  EXP  PCA
PENDING_REPLACE  .    .    PRE  .    PRE  UNK  .    .    PCA  PRE  CAN  .    ACC  ACC  EXP  PRE
CANCELED         .    .    CAN  .    CAN  CAN  .    .    CAN  CAN  CAN  .    CAN  CAN  CAN  CAN
EXPIRED          .    .    EXP  .    EXP  EXP  .    .    EXP  EXP  EXP  .    EXP  EXP  EXP  EXP
FILLED           .    .    FIL  .    FIL  FIL  .    .    FIL  FIL  FIL  .    FIL  FIL  FIL  FIL
`;
const SHORT: Readonly<Record<string, OrderState>> = {
  DEN: "DENIED",
  SUB: "SUBMITTING",
  ACC: "ACCEPTED",
  UNK: "UNKNOWN",
  REJ: "REJECTED",
  LOS: "LOST",
  PCA: "PENDING_CANCEL",
  PRE: "PENDING_REPLACE",
  CAN: "CANCELED",
  EXP: "EXPIRED",
  FIL: "FILLED",
};
const CELLS = EXPECTED.trim()
  .split("\n")
  .slice(1)
  .flatMap((line) => {
    const [state, ...targets] = line.trim().split(/\s+/);
    return targets.map((target, column) => ({ state, event: ORDER_EVENT_TYPES[column], target: SHORT[target] }));
  });

const REPLACEMENT: Replacement = { revision: 1, quantity: quantity("20"), limit: price("101"), stop: undefined };

/** An order of 10 in the state, with whatever such an order has. */
function inState(state: OrderState): DeskOrder {
  const filled = state === "FILLED";
  return orderOf({
    state,
    fills: filled ? [fillOf("whole", "10")] : [],
    filled: filled ? quantity("10") : quantity("0"),
    replacement: state === "PENDING_REPLACE" ? REPLACEMENT : undefined,
    revision: state === "PENDING_REPLACE" || state === "INTENT" ? 0 : 1,
    revisionAsked: state === "INTENT" ? 0 : 1,
  });
}

function eventOf(type: OrderEventType): OrderEvent {
  switch (type) {
    case "deny":
    case "rejected":
      return { type, code: "CODE" };
    case "accepted":
      return { type, venueOrderId: "v1" };
    case "missing":
      return { type, at: 1_000 };
    case "replace-requested":
      return { type, replacement: { ...REPLACEMENT, revision: 2 } };
    case "replaced":
      return { type, revision: 1, venueOrderId: "v1" };
    case "replace-rejected":
      return { type, revision: 1 };
    case "canceled":
    case "expired":
      return { type, filled: quantity("0") };
    case "fill":
      return fillEvent("t1", "4");
    default:
      return { type };
  }
}

function play(order: DeskOrder, events: readonly OrderEvent[]): DeskOrder {
  return events.reduce(applyOrderEvent, order);
}

const canceled = (filled: string): OrderEvent => ({ type: "canceled", filled: quantity(filled) });

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, index) =>
    permutations([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]),
  );
}

describe("the order table", () => {
  it("is asserted for every pair of state and event", () => {
    expect(CELLS).toHaveLength(ORDER_STATES.length * ORDER_EVENT_TYPES.length);
    expect(new Set(CELLS.map(({ state, event }) => `${state} ${event}`)).size).toBe(CELLS.length);
  });

  it.each(CELLS)("leads from $state by $event to $target", ({ state, event, target }) => {
    const order = inState(state as OrderState);
    const apply = () => applyOrderEvent(order, eventOf(event));
    if (target === undefined) {
      expect(apply).toThrow(OrderFault);
      expect(apply).toThrow(`order ${order.id}: event ${event} is not possible in state ${state}`);
    } else expect(apply().state).toBe(target);
  });

  it("fills an order whole from every state in which a fill is possible (late fills included)", () => {
    for (const { state, target } of CELLS.filter((cell) => cell.event === "fill" && cell.target !== undefined)) {
      if (state === "PENDING_REPLACE") continue;
      const order = applyOrderEvent(inState(state as OrderState), fillEvent("t1", "10"));
      expect([state, order.state, target !== undefined]).toEqual([state, "FILLED", true]);
      expect(reservedQuantity(order)).toBe(0n);
    }
  });

  it("keeps why an order was denied or refused, the last that was told", () => {
    const denied = applyOrderEvent(newDeskOrder(intentOf()), { type: "deny", code: "HALTED" });
    expect(denied).toMatchObject({ state: "DENIED", reason: "HALTED" });
    const refused = applyOrderEvent(inState("SUBMITTING"), { type: "rejected", code: "NO_FUNDS" });
    expect(refused).toMatchObject({ state: "REJECTED", reason: "NO_FUNDS" });
    expect(applyOrderEvent(refused, { type: "rejected", code: "NO_FUNDS" })).toBe(refused);
    expect(applyOrderEvent(refused, { type: "rejected", code: "HALTED" }).reason).toBe("HALTED");
  });

  it("changes nothing by what tells nothing new", () => {
    expect(newDeskOrder(intentOf()).cancelRequested).toBe(false);
    const canceled = applyOrderEvent(inState("ACCEPTED"), { type: "canceled", filled: quantity("0") });
    expect(applyOrderEvent(canceled, { type: "canceled", filled: quantity("0") })).toBe(canceled);
    const lost = inState("LOST");
    expect(applyOrderEvent(lost, { type: "missing", at: 5 })).toBe(lost);
    const wanted = { ...inState("ACCEPTED"), cancelRequested: true };
    expect(applyOrderEvent(wanted, { type: "cancel-rejected" })).toBe(wanted);
  });

  it("names as open the states in which the venue may still trade", () => {
    expect(ORDER_STATES.filter(isOpenState)).toEqual([
      "SUBMITTING",
      "ACCEPTED",
      "UNKNOWN",
      "PENDING_CANCEL",
      "PENDING_REPLACE",
    ]);
  });
});

describe("fills", () => {
  const open = play(newDeskOrder(intentOf()), [{ type: "submit" }, { type: "accepted", venueOrderId: "v1" }]);

  it("count once, however often they are told (F07)", () => {
    const once = play(open, [fillEvent("t1", "4")]);
    expect(applyOrderEvent(once, fillEvent("t1", "4"))).toBe(once);
    expect(once).toMatchObject({ state: "ACCEPTED", filled: quantity("4") });
    expect(signedFilled(once)).toBe(quantity("4"));
    expect(signedFilled({ ...once, side: "sell" })).toBe(-quantity("4"));
  });

  it("are a fault where a trade is told again with other values", () => {
    const once = play(open, [fillEvent("t1", "4")]);
    expect(() => applyOrderEvent(once, fillEvent("t1", "5"))).toThrow(
      "tells trade t1 again with another price or quantity",
    );
    const elsewhere: OrderEvent = { type: "fill", fill: fillOf("t1", "4", { price: price("101") }) };
    expect(() => applyOrderEvent(once, elsewhere)).toThrow(OrderFault);
  });

  it("beyond the quantity are kept and named (I5)", () => {
    const over = play(open, [fillEvent("t1", "8"), fillEvent("t2", "5")]);
    expect(over).toMatchObject({ state: "FILLED", filled: quantity("13") });
    expect(overfill(over)).toBe(quantity("3"));
    expect(reservedQuantity(over)).toBe(0n);
    expect(overfill(play(open, [fillEvent("t1", "10")]))).toBe(0n);
  });

  it("without a quantity or a price are faults", () => {
    expect(() => applyOrderEvent(open, fillEvent("t1", "0"))).toThrow("must have a quantity above 0, was 0");
    const free: OrderEvent = { type: "fill", fill: { ...fillOf("t1", "1"), price: 0n as ReturnType<typeof price> } };
    expect(() => applyOrderEvent(open, free)).toThrow("must have a price above 0, was 0");
  });

  it("end at a bound, so that a venue that spins cannot fill the memory", () => {
    const fills = Array.from({ length: 10_000 }, (_, index) => fillOf(`t${index}`, "0.0001"));
    const full = { ...open, fills, filled: quantity("1") };
    expect(() => applyOrderEvent(full, fillEvent("one more", "1"))).toThrow("is beyond 10000 fills");
  });
});

describe("what the venue says, in any order", () => {
  const sent = play(newDeskOrder(intentOf()), [{ type: "submit" }]);
  const accepted: OrderEvent = { type: "accepted", venueOrderId: "v1" };
  const unknown: OrderEvent = { type: "outcome-unknown" };
  const histories: readonly { name: string; events: readonly OrderEvent[]; state: OrderState; filled: string }[] = [
    {
      name: "filled in parts",
      events: [accepted, fillEvent("a", "1"), fillEvent("b", "2"), fillEvent("c", "3"), fillEvent("d", "4"), unknown],
      state: "FILLED",
      filled: "10",
    },
    {
      name: "partly filled, then canceled",
      events: [accepted, fillEvent("a", "1"), fillEvent("b", "2"), canceled("3"), unknown],
      state: "CANCELED",
      filled: "3",
    },
    {
      name: "partly filled, then expired",
      events: [accepted, fillEvent("a", "1"), fillEvent("b", "2"), { type: "expired", filled: quantity("3") }, unknown],
      state: "EXPIRED",
      filled: "3",
    },
    {
      name: "a cancel that came too late",
      events: [accepted, fillEvent("a", "4"), fillEvent("b", "6"), canceled("10"), unknown],
      state: "FILLED",
      filled: "10",
    },
    { name: "rejected", events: [{ type: "rejected", code: "NO_FUNDS" }, unknown], state: "REJECTED", filled: "0" },
    { name: "resting", events: [accepted, fillEvent("a", "4"), unknown], state: "ACCEPTED", filled: "4" },
  ];

  it.each(histories)("comes to the venue's state in all n! orders: $name (F08)", ({ events, state, filled }) => {
    for (const order of permutations(events)) {
      const ours = play(sent, order);
      expect([ours.state, ours.filled]).toEqual([state, quantity(filled)]);
    }
  });

  it.each(histories)("comes to the venue's state with any repeats: $name (F07, F08)", ({ events, state, filled }) => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...events), { maxLength: 20 }),
        fc.infiniteStream(fc.nat()),
        (extra, keys) => {
          const told = [...events, ...extra].map((event) => ({ event, key: keys.next().value ?? 0 }));
          const ours = play(
            sent,
            told.sort((a, b) => a.key - b.key).map(({ event }) => event),
          );
          expect([ours.state, ours.filled, overfill(ours)]).toEqual([state, quantity(filled), 0n]);
          expect(play(ours, events)).toEqual(ours);
        },
      ),
    );
  });

  it("reserves what is left until the end is certain, and never less than nothing (I13)", () => {
    const event = fc.constantFrom<OrderEvent>(
      accepted,
      unknown,
      { type: "missing", at: 5 },
      { type: "lost" },
      { type: "release" },
      { type: "cancel-requested" },
      { type: "cancel-rejected" },
      canceled("3"),
      { type: "expired", filled: quantity("6") },
      { type: "rejected", code: "X" },
      ...["a", "b", "c", "d"].map((id) => fillEvent(id, "3")),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), (events) => {
        let order = sent;
        for (const next of events) {
          try {
            order = applyOrderEvent(order, next);
          } catch (error) {
            expect(error).toBeInstanceOf(OrderFault);
          }
          const left = order.quantity > order.filled ? order.quantity - order.filled : 0n;
          const ended = ["CANCELED", "EXPIRED", "REJECTED", "FILLED"].includes(order.state);
          const unheard = order.filledAtEnd > order.filled ? order.filledAtEnd - order.filled : 0n;
          expect(reservedQuantity(order)).toBe(ended || order.released ? unheard : left);
          expect(isReserved(order)).toBe((ended || order.released ? unheard : left) > 0n || isOpenState(order.state));
          expect(order.filled).toBe(order.fills.reduce((sum, fill) => sum + fill.quantity, 0n));
        }
      }),
      { numRuns: 500 },
    );
  });

  it("keeps reserved what the venue traded before the end and we have not heard of", () => {
    const ended = play(sent, [accepted, fillEvent("a", "1"), canceled("4")]);
    expect([ended.state, isReserved(ended), reservedQuantity(ended)]).toEqual(["CANCELED", true, quantity("3")]);
    const heard = play(ended, [fillEvent("b", "3")]);
    expect([heard.state, isReserved(heard), reservedQuantity(heard)]).toEqual(["CANCELED", false, 0n]);
  });

  it("says of a fault what it is, and which orders it names", () => {
    const order = { ...inState("ACCEPTED"), venueOrderIds: ["v1", "v2"] };
    const hear = () => applyOrderEvent(order, { type: "accepted", venueOrderId: "v3" });
    expect(hear).toThrow("names venue order v3 beside v1, v2");
    expect(new OrderFault("").name).toBe("OrderFault");
  });

  it("is a fault where a second venue order appears under one id (I6)", () => {
    const order = play(sent, [accepted]);
    expect(() => applyOrderEvent(order, { type: "accepted", venueOrderId: "v2" })).toThrow(
      "event accepted names venue order v2 beside v1",
    );
  });
});

describe("an order that cannot be found", () => {
  const unknown = play(newDeskOrder(intentOf()), [{ type: "submit" }, { type: "outcome-unknown" }]);

  it("counts the checks in a row and forgets them when the venue speaks of it", () => {
    const twice = play(unknown, [
      { type: "missing", at: 100 },
      { type: "missing", at: 200 },
    ]);
    expect(twice).toMatchObject({ state: "UNKNOWN", missedChecks: 2, missingSince: 100 });
    const found = applyOrderEvent(twice, { type: "accepted", venueOrderId: "v1" });
    expect(found).toMatchObject({ state: "ACCEPTED", missedChecks: 0, missingSince: undefined });
  });

  it("stays reserved when lost, until it is released; and counts again when it turns up (F05)", () => {
    const lost = applyOrderEvent(unknown, { type: "lost" });
    expect([isReserved(lost), reservedQuantity(lost)]).toEqual([true, quantity("10")]);
    const released = applyOrderEvent(lost, { type: "release" });
    expect([isReserved(released), reservedQuantity(released)]).toEqual([false, 0n]);
    expect(applyOrderEvent(released, { type: "release" })).toBe(released);
    const back = applyOrderEvent(released, { type: "accepted", venueOrderId: "v1" });
    expect([back.state, reservedQuantity(back)]).toEqual(["ACCEPTED", quantity("10")]);
    const traded = applyOrderEvent(released, fillEvent("t1", "4"));
    expect([traded.state, reservedQuantity(traded)]).toEqual(["UNKNOWN", quantity("6")]);
  });
});

describe("cancels", () => {
  const sent = play(newDeskOrder(intentOf()), [{ type: "submit" }]);

  it("asked for while the order is in flight are due as soon as it appears (F40)", () => {
    for (const middle of [
      [],
      [{ type: "outcome-unknown" }],
      [{ type: "outcome-unknown" }, { type: "lost" }],
    ] as const) {
      const asked = play(sent, [...middle, { type: "cancel-requested" }]);
      expect(isCancelDue(asked)).toBe(false);
      const appeared = applyOrderEvent(asked, { type: "accepted", venueOrderId: "v1" });
      expect(isCancelDue(appeared)).toBe(true);
      expect(applyOrderEvent(appeared, { type: "cancel-requested" }).state).toBe("PENDING_CANCEL");
    }
  });

  it("that the venue refuses leave the order open and no longer wanted gone (F10)", () => {
    const refused = play(sent, [
      { type: "accepted", venueOrderId: "v1" },
      { type: "cancel-requested" },
      { type: "cancel-rejected" },
    ]);
    expect(refused).toMatchObject({ state: "ACCEPTED", cancelRequested: false });
    expect(isCancelDue(refused)).toBe(false);
  });
});

describe("replacements", () => {
  const open = play(newDeskOrder(intentOf()), [{ type: "submit" }, { type: "accepted", venueOrderId: "v1" }]);
  const asked = applyOrderEvent(open, { type: "replace-requested", replacement: REPLACEMENT });

  it("reserve the larger of both versions until the venue has answered (F11)", () => {
    expect(reservedQuantity(asked)).toBe(quantity("20"));
    const part = applyOrderEvent(asked, fillEvent("t1", "12"));
    expect([part.state, reservedQuantity(part), overfill(part)]).toEqual(["PENDING_REPLACE", quantity("8"), 0n]);
    const done = applyOrderEvent(part, { type: "replaced", revision: 1, venueOrderId: "v2" });
    expect(done).toMatchObject({ state: "ACCEPTED", quantity: quantity("20"), limit: price("101"), revision: 1 });
    expect(done.venueOrderIds).toEqual(["v1", "v2"]);
    expect(applyOrderEvent(done, { type: "replaced", revision: 1, venueOrderId: "v2" })).toBe(done);
    const refused = applyOrderEvent(part, { type: "replace-rejected", revision: 1 });
    expect([refused.state, overfill(refused)]).toEqual(["FILLED", quantity("2")]);
  });

  it("that keep the venue's id and come after the end are taken note of", () => {
    const ended = play(asked, [canceled("0")]);
    const late = applyOrderEvent(ended, { type: "replaced", revision: 1, venueOrderId: "v1" });
    expect(late).toMatchObject({ state: "CANCELED", quantity: quantity("20"), venueOrderIds: ["v1"] });
  });

  it("come one at a time, in order, and never answer what was not asked", () => {
    expect(() => applyOrderEvent(asked, { type: "replace-requested", replacement: REPLACEMENT })).toThrow(
      "is not possible in state PENDING_REPLACE",
    );
    const third = { ...REPLACEMENT, revision: 3 };
    expect(() => applyOrderEvent(open, { type: "replace-requested", replacement: third })).toThrow(
      "must have revision 1, was 3",
    );
    expect(() => applyOrderEvent(open, { type: "replaced", revision: 1, venueOrderId: "v2" })).toThrow(
      "answers revision 1, which was not asked for",
    );
    // The order was looked for, was not there, and came back while the answer is still out.
    const back = play(asked, [
      { type: "missing", at: 1 },
      { type: "accepted", venueOrderId: "v1" },
    ]);
    const again = { ...REPLACEMENT, revision: 2 };
    expect(() => applyOrderEvent(back, { type: "replace-requested", replacement: again })).toThrow(
      "comes before revision 1 is settled",
    );
  });

  it("that were refused do not lend their number to the next", () => {
    const refused = applyOrderEvent(asked, { type: "replace-rejected", revision: 1 });
    const next = applyOrderEvent(refused, { type: "replace-requested", replacement: { ...REPLACEMENT, revision: 2 } });
    expect(applyOrderEvent(next, { type: "replace-rejected", revision: 1 }).replacement?.revision).toBe(2);
  });
});

describe("an intent", () => {
  it("has a quantity above zero", () => {
    expect(() => newDeskOrder(intentOf({ quantity: quantity("0") }))).toThrow("quantity must be above 0, was 0");
  });
});
