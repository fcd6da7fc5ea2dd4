import { describe, expect, test } from "vitest";
import {
  FIRST_TICKET,
  mergeTicket,
  nextStep,
  openingTicket,
  orderOfTicket,
  previewOfTicket,
  ticketWorth,
} from "./ticket-draft.ts";

const TICKET = { ...FIRST_TICKET, accountId: "a1", quantity: "0.42" };

describe("the ticket of an order", () => {
  test("prices that its kind does not have are not sent, whatever was typed before", () => {
    const { order } = orderOfTicket({ ...TICKET, kind: "market", limit: "60000", stop: "x" });
    expect(order).toEqual({
      ...{ accountId: "a1", instrument: "SIM:BTC-USD", side: "buy", kind: "market" },
      ...{ quantity: "0.42", reduceOnly: false },
    });
  });

  test("what is missing and what is no number is said at its box", () => {
    const { order, problems } = orderOfTicket({
      ...TICKET,
      kind: "stop-limit",
      quantity: "much",
      limit: "",
      stop: "-5",
    });
    expect(order).toBeNull();
    expect(problems.get("limit")).toBe("must be set");
    expect(problems.get("stop")).toBe("must be greater than 0, was -5");
    expect(problems.get("quantity")).toContain("must be a decimal number such as 0.5, was much");
  });

  test("a quantity goes out digit by digit as it was typed", () => {
    expect(orderOfTicket({ ...TICKET, quantity: "0.100000000000000001" }).order?.quantity).toBe("0.100000000000000001");
  });

  test("a ticket without a quantity is looked at for its room, one without its price is not looked at", () => {
    const limit = { ...TICKET, kind: "limit", quantity: "", limit: "100" } as const;
    expect(previewOfTicket(limit)).toMatchObject({ limit: "100" });
    expect(previewOfTicket(limit)).not.toHaveProperty("quantity");
    expect(previewOfTicket({ ...limit, limit: "" })).toBeNull();
    expect(previewOfTicket({ ...limit, quantity: "0.5" })).toMatchObject({ quantity: "0.5" });
  });

  test("it is worth its quantity at its own price, or at the market's where it has none", () => {
    const half = { ...TICKET, kind: "market", quantity: "0.5" } as const;
    expect(ticketWorth(half, "200")).toBe(100);
    expect(ticketWorth({ ...half, kind: "limit", limit: "150" }, "200")).toBe(75);
    expect(ticketWorth({ ...half, kind: "stop", stop: "300" }, "200")).toBe(150);
    expect(ticketWorth(half, null)).toBeNull();
    expect(ticketWorth({ ...half, quantity: "much" }, "200")).toBeNull();
  });

  test("a damaged draft opens as an empty ticket", () => {
    expect(mergeTicket({ kind: "trailing-stop", side: "both", quantity: 3 })).toEqual(FIRST_TICKET);
  });

  test("opens on the account in view, without the quantity that was typed for another one", () => {
    const stored = { ...TICKET, side: "sell", kind: "limit", limit: "9" };
    expect(openingTicket(stored, "a2")).toEqual({ ...FIRST_TICKET, accountId: "a2" });
    expect(openingTicket(stored, "a1")).toEqual(stored);
    expect(openingTicket(undefined, "a2")).toEqual({ ...FIRST_TICKET, accountId: "a2" });
  });

  test("an order with real money is asked about before it is sent, one with play money is not", () => {
    const { order } = orderOfTicket(TICKET);
    expect(nextStep(order, { mode: "live", confirmed: false })).toBe("confirm");
    expect(nextStep(order, { mode: "live", confirmed: true })).toBe("send");
    expect(nextStep(order, { mode: "paper", confirmed: false })).toBe("send");
    expect(nextStep(order, { mode: "simulated", confirmed: false })).toBe("send");
  });

  test("what is not whole, or of an account that is gone, is never sent", () => {
    const { order } = orderOfTicket(TICKET);
    expect(nextStep(null, { mode: "live", confirmed: true })).toBe("mend");
    expect(nextStep(order, { mode: undefined, confirmed: true })).toBe("mend");
  });
});
