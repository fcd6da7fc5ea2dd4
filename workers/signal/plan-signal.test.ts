import { describe, expect, it } from "vitest";
import type { SignalWish } from "../../schema/wire/signal.ts";
import { planSignal, type Standing, successorOf, TURN_MS_MAX } from "./plan-signal.ts";
import type { WaitingSignal } from "./signal-store.ts";

const NOW = 1_000_000;
const FLAT: Standing = { index: 0, held: 0, mark: 100, working: [], direction: "both" };
const ENTRY = { role: "entry", side: "buy", atMarket: true, canceled: false } as const;
const EXIT = { role: "exit", side: "sell", atMarket: true, canceled: false } as const;

function signal(wish: SignalWish, parts: Partial<WaitingSignal> = {}): WaitingSignal {
  return {
    ...{ id: "sig_1", sequence: 1, at: NOW, sentAt: null, barAt: null, moment: NOW, wish, instrument: "A", terms: {} },
    ...{ state: "received", reason: null, settledAt: null, orderIds: [], replayOf: null, ...parts },
  };
}

function plan(wish: SignalWish, standing: Partial<Standing> = {}, parts: Partial<WaitingSignal> = {}) {
  return planSignal(signal(wish, parts), { ...FLAT, ...standing }, NOW);
}

describe("what a signal comes to", () => {
  it.each([
    ["long", 0, "buy"],
    ["long", -1, "buy"],
    ["short", 0, "sell"],
    ["short", 1, "sell"],
    ["flat", 1, "close"],
    ["flat", -1, "close"],
    ["exit-long", 1, "close"],
    ["exit-short", -1, "close"],
  ] as const)("%s, holding %s, is an order to %s", (wish, held, side) => {
    expect(plan(wish, { held })).toMatchObject({ do: "order", signals: [{ instrument: 0, side }] });
  });

  it.each([
    ["long", 1],
    ["short", -1],
    ["flat", 0],
    ["exit-long", 0],
    ["exit-long", -1],
    ["exit-short", 1],
  ] as const)("%s, holding %s, is not needed", (wish, held) => {
    expect(plan(wish, { held })).toMatchObject({ do: "settle", state: "unneeded" });
  });

  it("never stands beside an entry that may still fill: it is taken back first, then waited for", () => {
    const resting = { ...ENTRY, atMarket: false };
    for (const wish of ["long", "short", "flat", "exit-long"] as const) {
      expect(plan(wish, { working: [resting] }), wish).toMatchObject({ do: "cancel" });
      expect(plan(wish, { working: [{ ...resting, canceled: true }] }), wish).toEqual({ do: "wait" });
    }
    expect(plan("long", { working: [ENTRY] })).toMatchObject({ state: "unneeded" });
    expect(plan("short", { working: [ENTRY] })).toMatchObject({ do: "cancel" });
    expect(plan("flat", { held: 1, working: [EXIT] })).toEqual({ do: "wait" });
    expect(plan("long", { held: 1, working: [EXIT] })).toEqual({ do: "wait" });
  });

  it("is too late for an entry that waited for its turn, and never for an exit", () => {
    const late = { at: NOW - TURN_MS_MAX - 1 };
    expect(plan("long", {}, late)).toMatchObject({ do: "settle", state: "stale" });
    expect(plan("flat", { held: 1 }, late)).toMatchObject({ do: "order" });
  });

  it("is denied where its stop or target would fire at once, or its side is not the bot's", () => {
    const terms = (stop: string, target: string) => ({ terms: { stop, target } });
    expect(plan("long", {}, terms("95", "110"))).toMatchObject({ signals: [{ side: "buy", stop: 95, target: 110 }] });
    expect(plan("long", {}, terms("101", "110"))).toMatchObject({
      state: "denied",
      reason: expect.stringContaining("stop"),
    });
    expect(plan("short", {}, terms("105", "101"))).toMatchObject({
      reason: expect.stringContaining("below the last price"),
    });
    expect(plan("short", { direction: "long" })).toMatchObject({ do: "settle", state: "denied" });
    expect(plan("short", { direction: "long", held: 1 })).toMatchObject({ do: "order" });
  });

  it("gives way to a newer one that says where the instrument shall stand, and to no other", () => {
    const older = signal("long");
    const newer = (wish: SignalWish, parts: Partial<WaitingSignal> = {}) =>
      signal(wish, { id: "b", sequence: 2, ...parts });
    expect(successorOf(older, [older, newer("long")])?.id).toBe("b");
    expect(successorOf(older, [older, newer("exit-short")])).toBeUndefined();
    expect(successorOf(older, [older, newer("long", { instrument: "B" })])).toBeUndefined();
    expect(successorOf(newer("long"), [older, newer("long")])).toBeUndefined();
    // The entry may be denied: what wanted out has to get out all the same.
    const exit = signal("flat");
    expect(successorOf(exit, [exit, newer("short")])).toBeUndefined();
    expect(successorOf(exit, [exit, newer("flat")])?.id).toBe("b");
  });
});
