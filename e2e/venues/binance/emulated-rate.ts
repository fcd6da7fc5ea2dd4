import type { EmulatedReply } from "../venue-emulator.ts";

export const WEIGHT_MAX = 6_000;
export const ORDERS_10S_MAX = 50;
export const ORDERS_1D_MAX = 160_000;
const MINUTE_MS = 60_000;
const TEN_SECONDS_MS = 10_000;
const DAY_MS = 86_400_000;
/** Requests after a refusal that are forgiven before the address is banned. */
const FORGIVEN = 5;
const BAN_MS = 120_000;

/** Counts requests as the venue does: in windows of the clock, with a ban for whoever does not stop. */
export class EmulatedRate {
  bans = 0;
  refusals = 0;
  /** Weight that others behind the same address use in each minute. */
  foreign = 0;
  private minute = 0;
  private weight = 0;
  private orderCounts = new Map<number, { window: number; count: number }>();
  private ignored = 0;
  private bannedUntil = 0;

  /** A reply that refuses a request, undefined where it is let through. */
  refusal(weight: number, now: number): EmulatedReply | undefined {
    if (now < this.bannedUntil) return this.reply(418, this.bannedUntil - now, "Way too many requests; IP banned.");
    const minute = Math.floor(now / MINUTE_MS);
    if (minute !== this.minute) {
      this.minute = minute;
      this.weight = this.foreign;
      this.ignored = 0;
    }
    this.weight += weight;
    if (this.weight <= WEIGHT_MAX) return undefined;
    this.refusals++;
    this.ignored++;
    if (this.ignored > FORGIVEN) {
      this.bans++;
      this.bannedUntil = now + BAN_MS;
    }
    return this.reply(429, (minute + 1) * MINUTE_MS - now, "Too many requests; current limit is 6000 request weight.");
  }

  /** Counts an order; false where there are too many. */
  countOrder(now: number): boolean {
    const counts = [
      [TEN_SECONDS_MS, ORDERS_10S_MAX],
      [DAY_MS, ORDERS_1D_MAX],
    ] as const;
    return counts
      .map(([windowMs, most]) => {
        const window = Math.floor(now / windowMs);
        const known = this.orderCounts.get(windowMs);
        const count = (known?.window === window ? known.count : 0) + 1;
        this.orderCounts.set(windowMs, { window, count });
        return count <= most;
      })
      .every((isLess) => isLess);
  }

  headers(now: number): Record<string, string> {
    const count = (windowMs: number) => {
      const known = this.orderCounts.get(windowMs);
      return String(known?.window === Math.floor(now / windowMs) ? known.count : 0);
    };
    return {
      "x-mbx-used-weight-1m": String(this.weight),
      "x-mbx-order-count-10s": count(TEN_SECONDS_MS),
      "x-mbx-order-count-1d": count(DAY_MS),
    };
  }

  private reply(status: number, waitMs: number, msg: string): EmulatedReply {
    const headers = { "retry-after": String(Math.max(1, Math.ceil(waitMs / 1_000))) };
    return { status, headers, body: JSON.stringify({ code: -1003, msg }) };
  }
}
