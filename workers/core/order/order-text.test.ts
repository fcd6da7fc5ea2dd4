import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Decimal } from "../ledger/decimal.ts";
import type { LedgerEvent } from "../ledger/ledger-event.ts";
import { ledgerEventText, parseLedgerEvent } from "../ledger/ledger-event-text.ts";
import { fillEvent, intentOf, money, orderOf, price, quantity } from "../testing/orders.ts";
import { applyOrderEvent, OrderFault } from "./apply-order-event.ts";
import { type DeskOrder, newDeskOrder } from "./desk-order.ts";
import type { OrderEvent } from "./order-event.ts";
import { orderText, parseOrder } from "./order-text.ts";

const replacement = { revision: 1, quantity: quantity("20"), limit: price("101"), stop: undefined };
const EVENTS: readonly OrderEvent[] = [
  { type: "deny", code: "HALTED" },
  { type: "submit" },
  { type: "accepted", venueOrderId: "v1" },
  { type: "rejected", code: "NO_FUNDS" },
  { type: "outcome-unknown" },
  { type: "missing", at: 5 },
  { type: "lost" },
  { type: "release" },
  { type: "cancel-requested" },
  { type: "canceled", filled: quantity("3.5") },
  { type: "replace-requested", replacement },
  { type: "replaced", revision: 1, venueOrderId: "v2" },
  fillEvent("a", "0.5"),
  fillEvent("b", "3"),
];

describe("an order as text", () => {
  it("is read back as it was written, after any history", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...EVENTS), { maxLength: 20 }), fc.boolean(), (events, market) => {
        const intent = market ? intentOf({ kind: "market", limit: undefined }) : intentOf({ stop: price("99.5") });
        let order: DeskOrder = newDeskOrder(intent);
        for (const event of events) {
          try {
            order = applyOrderEvent(order, event);
          } catch (error) {
            expect(error).toBeInstanceOf(OrderFault);
          }
        }
        expect(parseOrder(orderText(order))).toEqual(order);
        expect(orderText(parseOrder(orderText(order)))).toBe(orderText(order));
      }),
    );
  });

  it("is read back with everything that an order may have", () => {
    const other = orderOf({ bot: "bot-2" }).id;
    const order = orderOf({
      ...intentOf({ kind: "trailing-stop", limit: undefined, trail: price("2.5"), parent: other, reduceOnly: true }),
      state: "UNKNOWN",
      venueOrderIds: ["v1", "v2"],
      replacement: { ...replacement, stop: price("99") },
      revision: 3,
      revisionAsked: 4,
      missedChecks: 2,
      missingSince: 1_700_000_000_123,
      released: true,
      cancelRequested: true,
      filledAtEnd: quantity("3"),
      reason: "NO_FUNDS",
    });
    expect(parseOrder(orderText(order))).toStrictEqual(order);
    expect(() => parseOrder(orderText(order).replace(`"parent":"${other}"`, '"parent":"short"'))).toThrow(
      "order.id must be 20",
    );
  });

  it("is refused where it is not what was written, with field, rule and value", () => {
    const text = orderText(orderOf());
    const changed = (parts: object) => () => parseOrder(JSON.stringify({ ...JSON.parse(text), ...parts }));
    expect(changed({})).not.toThrow();
    expect(changed({ state: "OPEN" })).toThrow("order.state must be one of INTENT, DENIED");
    expect(changed({ quantity: 10 })).toThrow('order.quantity must be a decimal as text, was "10"');
    expect(changed({ quantity: "1e3" })).toThrow("order.quantity must be a decimal such as");
    expect(changed({ id: "short" })).toThrow('order.id must be 20 of [a-z0-9], was "short"');
    expect(changed({ bot: 5 })).toThrow("order.bot must be text, was 5");
    expect(changed({ released: "no" })).toThrow('order.released must be true or false, was "no"');
    expect(changed({ revision: 0.5 })).toThrow("order.revision must be a whole number, was 0.5");
    expect(changed({ venueOrderIds: [1] })).toThrow("order.venueOrderIds must be a list of texts, was 1");
    expect(changed({ fills: {} })).toThrow("order.fills must be a list, was {}");
    expect(changed({ fills: [null] })).toThrow("order.fills[0] must be a record, was null");
    expect(changed({ fills: [[]] })).toThrow("order.fills[0] must be a record, was []");
    expect(() => parseOrder("{oops")).toThrow('order must be JSON, was "{oops"');
    expect(() => parseOrder("5")).toThrow("order must be a record, was 5");
  });
});

describe("a ledger event as text", () => {
  it("is read back as it was written, of every type", () => {
    const amount = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }).map((n) => n as Decimal);
    const values = fc.record({
      amount,
      quantity: amount,
      price: amount,
      at: fc.nat(),
      id: fc.string(),
      text: fc.string(),
    });
    fc.assert(
      fc.property(values, (value) => {
        const happened = { id: value.id, at: value.at };
        const sum = { currency: value.text, amount: value.amount };
        const trade = {
          instrument: value.text,
          quote: "USD",
          side: "sell",
          quantity: value.quantity,
          price: value.price,
        };
        const events = [
          { type: "fill", ...happened, order: undefined, ...trade, fee: value.amount, feeCurrency: "BNB" },
          { type: "fill", ...happened, order: "o1", ...trade, fee: value.amount, feeCurrency: "BNB" },
          { type: "position-adjustment", ...happened, ...trade, reason: value.text },
          { type: "funding", ...happened, instrument: value.text, ...sum },
          { type: "cash-adjustment", ...happened, ...sum, reason: value.text },
          ...["fee", "deposit", "withdrawal"].map((type) => ({ type, ...happened, ...sum })),
        ] as unknown as LedgerEvent[];
        for (const event of events) expect(parseLedgerEvent(ledgerEventText(event))).toEqual(event);
      }),
    );
  });

  it("is refused where its type is none", () => {
    const event: LedgerEvent = { type: "deposit", id: "1", at: 1, currency: "USD", amount: money("1") };
    const text = ledgerEventText(event).replace("deposit", "gift");
    expect(() => parseLedgerEvent(text)).toThrow("event.type must be one of fill, fee, funding");
  });
});
