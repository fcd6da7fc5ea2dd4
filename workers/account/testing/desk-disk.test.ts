import { describe, expect, it } from "vitest";
import { applyOrderEvent } from "../../core/order/apply-order-event.ts";
import { newDeskOrder } from "../../core/order/desk-order.ts";
import { orderText } from "../../core/order/order-text.ts";
import { fillEvent, intentOf } from "../../core/testing/orders.ts";
import { OrderRow } from "./desk-disk.ts";

describe("an order on the simulator's disk", () => {
  it("says what it said when it was written, since nobody can change it in place any more", () => {
    const submitted = applyOrderEvent(newDeskOrder(intentOf()), { type: "submit" });
    const accepted = applyOrderEvent(submitted, { type: "accepted", venueOrderId: "v1" });
    const order = applyOrderEvent(accepted, fillEvent("t1", "1"));
    const text = orderText(order);
    const row = new OrderRow({ order, verdict: undefined, createdAt: 1, updatedAt: 1 }, {});
    const parts: readonly object[] = [order, order.venueOrderIds, order.fills, ...order.fills];
    expect(parts).toHaveLength(4);
    for (const part of parts) expect(() => Object.assign(part, { 0: "another", state: "LOST" })).toThrow(TypeError);
    expect(row.body).toBe(text);
    expect(row.read().order).toEqual(order);
  });
});
