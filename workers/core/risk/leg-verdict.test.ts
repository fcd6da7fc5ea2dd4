import { describe, expect, it } from "vitest";
import type { OrderIntent } from "../order/desk-order.ts";
import { clientOrderId } from "../order/order-id.ts";
import { intentOf, orderOf, price, quantity } from "../testing/orders.ts";
import { BTC, bookOf, ETH, limitsOf, NOW, scopeOf } from "../testing/risk-books.ts";
import { apartLegs, isReducing, reachOf } from "./exposure.ts";
import { legDenial } from "./leg-verdict.ts";
import { decide } from "./verdict.ts";

const idOf = (leg: string) =>
  clientOrderId({ account: "account-1", bot: "bot-1", candleTime: 1_700_000_000_000, leg, ordinal: 0 });
const TICK = "a multiple of 0.01";
const ENTRY = intentOf();
const legOf = (parts: Partial<OrderIntent> = {}): OrderIntent =>
  intentOf({
    id: idOf("entry:stop"),
    side: "sell",
    kind: "stop",
    role: "stop",
    limit: undefined,
    stop: price("95"),
    parent: ENTRY.id,
    ...parts,
  });
const target = (parts: Partial<OrderIntent> = {}) =>
  legOf({ id: idOf("entry:target"), kind: "limit", role: "target", stop: undefined, limit: price("110"), ...parts });
const deny = (leg: OrderIntent, entry = ENTRY) => legDenial(leg, entry, bookOf());

describe("a leg", () => {
  it("goes along with its entry where it closes no more than that opened", () => {
    const trailing = { kind: "trailing-stop", role: "trailing", stop: undefined, trail: price("2") } as const;
    for (const leg of [legOf(), target(), legOf(trailing), legOf({ quantity: quantity("9.999") })]) {
      expect(deny(leg)).toBeUndefined();
    }
    expect(deny(legOf({ side: "buy" }), intentOf({ side: "sell" }))).toBeUndefined();
  });

  it.each([
    ["another entry", legOf({ parent: idOf("other") }), { code: "LEG", value: idOf("other"), limit: ENTRY.id }],
    ["no entry", legOf({ parent: undefined }), { code: "LEG", value: "no parent", limit: ENTRY.id }],
    [
      "the entry's own side",
      legOf({ side: "buy" }),
      { code: "LEG", value: `buy ${BTC}`, limit: "against buy of its entry" },
    ],
    [
      "another instrument",
      legOf({ instrument: ETH }),
      { code: "LEG", value: `sell ${ETH}`, limit: "against buy of its entry" },
    ],
    ["another bot", legOf({ bot: "bot-2" }), { code: "LEG", value: `sell ${BTC}`, limit: "against buy of its entry" }],
    [
      "more than was opened",
      legOf({ quantity: quantity("10.001") }),
      { code: "LEG", value: "10.001", limit: "its entry's 10" },
    ],
    [
      "no price of its kind",
      legOf({ stop: undefined }),
      { code: "FORM", value: "stop without stop", limit: "the prices of its kind" },
    ],
    ["a stop off the tick", legOf({ stop: price("95.001") }), { code: "OFF_TICK", value: "95.001", limit: TICK }],
    ["a limit off the tick", target({ limit: price("110.005") }), { code: "OFF_TICK", value: "110.005", limit: TICK }],
  ])("is denied with value and rule where it is of %s", (_, leg, denial) => {
    expect(deny(leg)).toEqual({ cap: "none", ...denial });
  });
});

describe("legs of one entry", () => {
  const open = (parts: Partial<OrderIntent>, filled = "0") =>
    orderOf({ state: "ACCEPTED", ...legOf(parts), filled: quantity(filled) });

  it("count once, by the one that may still trade the most", () => {
    const entry = orderOf({ state: "FILLED", filled: quantity("10") });
    const [stop, half] = [open({}), open({ id: idOf("half"), quantity: quantity("4") })];
    const other = open({ id: idOf("other"), parent: idOf("entry-2"), quantity: quantity("3") });
    for (const orders of [
      [entry, stop, half, other],
      [entry, half, stop, other],
      [other, stop, half, entry],
    ]) {
      expect(new Set(apartLegs(orders))).toEqual(new Set([entry, stop, other]));
      expect(reachOf(quantity("10"), orders, BTC)).toEqual({ long: quantity("10"), short: -3n * 10n ** 18n });
    }
    // Of two that are as large, one counts.
    expect(apartLegs([open({}), open({ id: idOf("second") })])).toEqual([open({})]);
    // What was filled of a leg it trades no more.
    const part = open({ quantity: quantity("10") }, "7");
    expect(apartLegs([part, half])).toEqual([half]);
  });

  it("count each where one was changed: a smaller one leaves some of the entry for the other", () => {
    const stop = open({ quantity: quantity("3") });
    const target = { ...open({ id: idOf("target"), quantity: quantity("3") }), revision: 1, revisionAsked: 1 };
    expect(reachOf(quantity("4"), [stop, target], BTC).short).toBe(-2n * 10n ** 18n);
    const asked = { ...target, revision: 0 };
    expect(apartLegs([asked, stop])).toEqual([asked, stop]);
  });

  it("count each where they have ended and traded what we have not heard of", () => {
    const ended = { state: "CANCELED", filledAtEnd: quantity("2") } as const;
    const [stop, target] = [open({}), open({ id: idOf("target") })].map((leg) => ({ ...leg, ...ended }));
    expect(reachOf(quantity("10"), [stop, target], BTC).short).toBe(quantity("6"));
    const rests = open({ id: idOf("third"), quantity: quantity("3") });
    expect(reachOf(quantity("10"), [stop, rests, target], BTC).short).toBe(quantity("3"));
  });

  it("do not keep what they protect from being closed", () => {
    const book = bookOf({ bot: scopeOf({ [BTC]: "10" }), account: scopeOf({ [BTC]: "10" }), orders: [open({})] });
    const close = intentOf({ side: "sell", reduceOnly: true });
    expect(isReducing(book, "bot", close)).toBe(true);
    expect(decide(close, book, limitsOf(), NOW).verdict).toBe("pass");
  });

  it("do not meet orders of the other side, as the venue links them", () => {
    const resting = open({ kind: "limit", stop: undefined, limit: price("99") });
    expect(decide(intentOf(), bookOf({ orders: [resting] }), limitsOf(), NOW).verdict).toBe("pass");
    const apart = { ...resting, parent: undefined };
    expect(decide(intentOf(), bookOf({ orders: [apart] }), limitsOf(), NOW)).toMatchObject({ code: "SELF_CROSS" });
    const stops = { ...apart, kind: "stop-limit", stop: price("98") } as const;
    expect(decide(intentOf(), bookOf({ orders: [stops] }), limitsOf(), NOW).verdict).toBe("pass");
  });
});
