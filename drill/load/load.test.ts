import { expect, it } from "vitest";
import type { Signal, SignalReceipt } from "../../schema/wire/signal.ts";
import { AnswerTally, faultOf, kindOf } from "./answer-tally.ts";
import { ChannelValue } from "./live-sockets.ts";
import { GROWTH_MAX, growthFinding, leakText, memoryGrowth, WARM_UP_MINUTES } from "./memory-growth.ts";
import { loadOf, RATED } from "./rated-load.ts";
import { signalFindings } from "./signal-senders.ts";

/** Two hours of samples: `at` of the minutes after the warm-up, before it memory doubles. */
function samples(at: (minute: number) => number): number[] {
  const warm = Array.from({ length: 100 }, (_, minute) => at(minute));
  return [...Array.from({ length: WARM_UP_MINUTES }, (_, minute) => at(0) * (0.5 + minute / 40)), ...warm];
}

it("passes memory that swings and does not grow, whatever it took to get warm", () => {
  const growth = memoryGrowth(samples((minute) => 500e6 + (minute % 10) * 8e6));
  expect(growth?.share).toBeCloseTo(0, 2);
  expect(growthFinding("workerd", growth)).toBeUndefined();
});

it("finds memory that grows by a steady tenth between collections of garbage", () => {
  const growth = memoryGrowth(samples((minute) => 500e6 * (1 + minute / 1_000) + (minute % 10) * 8e6));
  expect(growth?.share).toBeGreaterThan(GROWTH_MAX);
  expect(growth?.slopeAnHour).toBeGreaterThan(20e6);
  expect(growth?.slopeAnHour).toBeLessThan(40e6);
  expect(growthFinding("workerd", growth)).toContain("memory of workerd grew by 7.");
});

it("tells what leaked from what is held of the state, by what a runtime started anew holds of it", () => {
  const grown = samples((minute) => 420e6 + minute * 0.4e6);
  expect(
    leakText(
      "workerd",
      grown,
      samples(() => 455e6),
    ),
  ).toContain("held of what is stored");
  expect(
    leakText(
      "workerd",
      grown,
      samples(() => 420e6),
    ),
  ).toBe("memory of workerd: 458.8 MB, anew on the same state 420.0 MB: 9.2 % leaked");
});

it("is not content with a soak too short to tell", () => {
  expect(memoryGrowth(samples(() => 500e6).slice(0, WARM_UP_MINUTES + 9))).toBeUndefined();
  expect(growthFinding("workerd", undefined)).toContain("too few minutes");
});

it("asks whoever answers 'not now' to say when, and takes no other refusal", () => {
  const kind = "POST orders";
  expect(faultOf({ kind, status: 429, retryAfter: "2" })).toBeUndefined();
  expect(faultOf({ kind, status: 503, retryAfter: "5" })).toBeUndefined();
  expect(faultOf({ kind, status: 429, retryAfter: null })).toBe("POST orders: 429 without Retry-After");
  expect(faultOf({ kind, status: 503, retryAfter: null })).toBe("POST orders: 503 without Retry-After");
  expect(faultOf({ kind, status: 500, retryAfter: "5" })).toBe("POST orders: 500");
  expect(faultOf({ kind, status: 409, retryAfter: null })).toBe("POST orders: 409");
  expect(faultOf({ kind: "POST orders/:id/cancel", status: 409, retryAfter: null })).toBeUndefined();
});

it("counts shares by status, times of answers that said yes, and each finding once", () => {
  const tally = new AnswerTally();
  for (const status of [200, 200, 429, 500, 500])
    tally.note({ kind: "GET orders", status, retryAfter: "1", ms: status });
  expect(tally.busyShare()).toBe(0.2);
  expect(tally.findings()).toEqual(["GET orders: 500 (2 times)"]);
  expect(tally.lines()[0]).toBe("answers: 200: 2 (40.00 %), 429: 1 (20.00 %), 500: 2 (40.00 %)");
  expect(tally.lines()[1]).toContain("most 200 ms of 2");
});

it("names requests without what is one thing's alone", () => {
  const at = (path: string) => kindOf("GET", `http://127.0.0.1:8787${path}`);
  expect(at("/api/v1/accounts/acc_5sZ/state?x=1")).toBe("GET accounts/:id/state");
  expect(at("/api/v1/orders?limit=50")).toBe("GET orders");
});

it("holds each channel to its numbers: a change of a value that was never sent is found", () => {
  const value = new ChannelValue();
  expect(value.take({ type: "delta", from: 1, sequence: 2, change: {} })).toContain("before any value");
  expect(value.take({ type: "snapshot", epoch: "e", sequence: 7, state: { a: 1, b: 1 } })).toBeUndefined();
  expect(value.take({ type: "delta", from: 7, sequence: 9, change: { b: 2 } })).toBeUndefined();
  expect(value.take({ type: "delta", from: 3, sequence: 8, change: { b: 9 } })).toBeUndefined();
  expect(value.state).toEqual({ a: 1, b: 2 });
  expect(value.take({ type: "delta", from: 10, sequence: 11, change: {} })).toContain("has 9 and got a change of 10");
  expect(value.take({ type: "error", sequence: undefined })).toContain("error");
});

it("finds a signal that was answered and is in no log, and one that was acted on twice", () => {
  const row = (id: string, state: Signal["state"]) => ({ id, state, wish: "long", barAt: 60_000 }) as Signal;
  const receipt = (id: string): SignalReceipt => ({ id, state: "received", reason: null });
  expect(signalFindings([receipt("a"), receipt("b")], [row("a", "acted"), row("b", "duplicate")])).toEqual([]);
  expect(signalFindings([receipt("c")], [row("a", "acted")])).toEqual(["signal c was answered and is LOST"]);
  expect(signalFindings([], [row("a", "acted"), row("b", "acted")])).toHaveLength(1);
});

it("asks for multiples of the rated load, and for one of everything at least", () => {
  expect(loadOf(2)).toEqual({
    ...{ ordersPerSecond: 2 * RATED.ordersPerSecond, readsPerSecond: 2 * RATED.readsPerSecond },
    ...{ signalsPerSecond: 2 * RATED.signalsPerSecond, backtestsPerMinute: 2 * RATED.backtestsPerMinute },
    ...{ bots: 2 * RATED.bots, sockets: 2 * RATED.sockets },
  });
  expect(loadOf(0.001)).toMatchObject({ bots: 1, sockets: 1 });
});
