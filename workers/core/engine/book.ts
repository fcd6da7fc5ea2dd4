import { type Order, restoreOrder, restsAsLimit, saveOrder, stopLevel, TRAILING, waitsForStop } from "../fill/order.ts";
import { type Snapshot, snapshotList, snapshotNumber } from "./snapshot.ts";

/**
 * Working orders of one instrument, and the bounds outside which nothing can happen: while a candle stays inside
 * (`floor`, `ceiling`) and nothing is `restless`, no order needs to be looked at.
 */
export class Book {
  orders: Order[] = [];
  /** Candles of this instrument seen. */
  candle = 0;
  floor = Number.NEGATIVE_INFINITY;
  ceiling = Number.POSITIVE_INFINITY;
  restless = false;
  expiry = Number.POSITIVE_INFINITY;

  add(order: Order): void {
    this.orders.push(order);
    this.restless = true;
  }

  remove(order: Order): void {
    if (this.orders.length === 1 && this.orders[0] === order) {
      this.orders = [];
      return;
    }
    this.orders = this.orders.filter((other) => other !== order);
  }

  cancelEntries(side: number): void {
    if (this.orders.length === 0) return;
    this.orders = this.orders.filter((order) => order.role !== "entry" || order.side !== side);
  }

  cancelEntry(id: number): void {
    this.orders = this.orders.filter((order) => order.id !== id);
  }

  cancelAll(): void {
    this.orders = [];
  }

  /** Drops what only made sense while a position was open. */
  cancelExits(): void {
    if (this.orders.length === 0) return;
    this.orders = this.orders.filter((order) => order.role === "entry");
  }

  cancelGroup(group: number): void {
    this.orders = this.orders.filter((order) => order.role !== "leg" || order.group !== group);
  }

  expire(): void {
    this.orders = this.orders.filter((order) => order.expiresAt > this.candle);
  }

  /** Sign of resting entries, 0 where there are none or both. */
  awaited(): number {
    let sign = 0;
    for (const order of this.orders) {
      if (order.role !== "entry") continue;
      if (sign !== 0 && sign !== order.side) return 0;
      sign = order.side;
    }
    return sign;
  }

  /** Sets the bounds again after any change; `liquidation` is the price at which the position is taken away, or NaN. */
  settle(liquidation: number, held: number): void {
    this.floor = held > 0 && liquidation > 0 ? liquidation : Number.NEGATIVE_INFINITY;
    this.ceiling = held < 0 && liquidation > 0 ? liquidation : Number.POSITIVE_INFINITY;
    this.restless = false;
    this.expiry = Number.POSITIVE_INFINITY;
    for (const order of this.orders) {
      if (order.expiresAt < this.expiry) this.expiry = order.expiresAt;
      if (waitsForStop(order)) {
        // A trail moves with every candle, so it can never be skipped.
        if (order.kind === TRAILING) this.restless = true;
        this.bound(stopLevel(order), order.side > 0);
      } else if (restsAsLimit(order)) {
        this.bound(order.limit, order.side < 0);
      } else {
        this.restless = true;
      }
    }
  }

  private bound(price: number, rising: boolean): void {
    if (rising) this.ceiling = Math.min(this.ceiling, price);
    else this.floor = Math.max(this.floor, price);
  }

  snapshot(): Snapshot {
    const { candle, floor, ceiling, expiry, restless } = this;
    return { candle, floor, ceiling, expiry, restless: restless ? 1 : 0, orders: this.orders.map(saveOrder) };
  }

  restore(snapshot: Snapshot): void {
    this.candle = snapshotNumber(snapshot, "candle");
    this.floor = snapshotNumber(snapshot, "floor");
    this.ceiling = snapshotNumber(snapshot, "ceiling");
    this.expiry = snapshotNumber(snapshot, "expiry");
    this.restless = snapshotNumber(snapshot, "restless") === 1;
    this.orders = snapshotList(snapshot, "orders").map(restoreOrder);
  }
}
