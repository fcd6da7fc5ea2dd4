import { describe, expect, it } from "vitest";
import { sliceCandles } from "../candle/candle.ts";
import { MINUTE_MS } from "../candle/timeframe.ts";
import { OUTSIDE_SIGNALS } from "../strategy/outside-signals.ts";
import { compileRules } from "../strategy/rule/rules.ts";
import { randomCandles } from "../testing/random-candles.ts";
import { definitionOf } from "../testing/runs.ts";
import { decodeSnapshot, encodeSnapshot } from "./snapshot.ts";
import { createTrader, type Trader } from "./trader.ts";
import type { TraderCommand } from "./trader-command.ts";

/** Wants to be long at every close, with a stop, at the market. */
const EAGER = compileRules("enter long when close > 0\nstop long at close * 0.9");
const PATIENT = compileRules("enter long when close > 0\nlimit long at close * 0.5");
const CANDLES = randomCandles(60, { swing: 0.002 });

function traderOf(strategy = EAGER): Trader {
  return createTrader(definitionOf(strategy, { symbols: ["A"] }));
}

function push(trader: Trader, from: number, to: number): readonly TraderCommand[] {
  return trader.push([sliceCandles(CANDLES, from, to)]);
}

/** The first entry that the trader asks for, and the candle after its close. */
function firstEntry(trader: Trader): { place: Extract<TraderCommand, { type: "place" }>; next: number } {
  for (let i = 0; i < CANDLES.length; i++) {
    for (const command of push(trader, i, i + 1)) if (command.type === "place") return { place: command, next: i + 1 };
  }
  throw new Error("the strategy must enter");
}

describe("a trader", () => {
  it("has its order filled where the venue kept some of what was bought, and holds what came", () => {
    const trader = traderOf();
    const { place, next } = firstEntry(trader);
    const quantity = Math.floor(place.quantity / 2);
    const fill = { quantity, counted: place.quantity, price: 101, fee: 1.25, at: CANDLES.time[next] };
    trader.hear({ type: "fill", ref: place.ref, part: "main", ...fill });
    expect(trader.positions()[0].quantity).toBe(quantity);
    trader.hear({ type: "fill", ref: place.ref, part: "stop", quantity, price: 100, fee: 0, at: fill.at + 10 });
    expect(trader.positions()[0].quantity).toBe(0);
    expect(push(trader, next, next + 2)).toContainEqual(expect.objectContaining({ type: "place", role: "entry" }));
  });

  it("asks for what it decided, with a size and a name that is the same each time", () => {
    const [first, again] = [firstEntry(traderOf()), firstEntry(traderOf())];
    expect(again).toEqual(first);
    const { place, next } = first;
    expect(place).toMatchObject({
      instrument: 0,
      side: "buy",
      kind: "market",
      role: "entry",
      leg: "entry",
      ordinal: 0,
    });
    expect(place.candleTime).toBe(CANDLES.time[next - 1]);
    expect(place.quantity).toBeGreaterThan(0);
    expect(place.legs.stop).toBeCloseTo(CANDLES.close[next - 1] * 0.9, 9);
  });

  it("holds nothing before it hears of a fill, and books that as told", () => {
    const trader = traderOf();
    const { place, next } = firstEntry(trader);
    expect(trader.positions()[0].quantity).toBe(0);
    const price = 101;
    const fill = { quantity: place.quantity, price, fee: 1.25, at: CANDLES.time[next] };
    trader.hear({ type: "fill", ref: place.ref, part: "main", ...fill });
    expect(trader.positions()[0]).toMatchObject({ quantity: place.quantity, entryPrice: price });
    expect(trader.equity()).toBeCloseTo(10_000 - 1.25, 9);
    trader.hear({ type: "fill", ref: place.ref, part: "stop", ...fill, price: price - 1, at: fill.at + 10 });
    expect(trader.positions()[0].quantity).toBe(0);
    expect(trader.takeTrades()).toMatchObject([{ reason: "stop", entryPrice: price, exitPrice: price - 1, fees: 2.5 }]);
    expect(trader.takeTrades()).toEqual([]);
  });

  it("stores what comes late for an order that was over, and goes on from it", () => {
    const trader = traderOf();
    const { place, next } = firstEntry(trader);
    trader.hear({ type: "ended", ref: place.ref, part: "main" });
    const before = encodeSnapshot(trader.snapshot());
    const fill = { quantity: place.quantity, price: 101, fee: 1.25, at: CANDLES.time[next] };
    trader.hear({ type: "fill", ref: place.ref, part: "main", ...fill });
    const after = encodeSnapshot(trader.snapshot());
    expect(after).not.toBe(before);
    const restored = traderOf();
    restored.restore(decodeSnapshot(after));
    expect(encodeSnapshot(restored.snapshot())).toBe(after);
    expect(restored.positions()).toEqual(trader.positions());
  });

  it("asks again after an order ended without a fill", () => {
    const trader = traderOf();
    const { place, next } = firstEntry(trader);
    trader.hear({ type: "ended", ref: place.ref, part: "main" });
    const commands = push(trader, next, next + 1);
    expect(commands).toMatchObject([{ type: "place", candleTime: CANDLES.time[next] }]);
  });

  it("takes back what a later decision replaces, before it places that", () => {
    const trader = traderOf(PATIENT);
    const { place, next } = firstEntry(trader);
    const commands = push(trader, next, next + 1);
    expect(commands).toMatchObject([{ type: "cancel", ref: place.ref, reason: "signal" }, { type: "place" }]);
  });

  it("books a fill that comes after it took the order back", () => {
    const trader = traderOf(PATIENT);
    const { place, next } = firstEntry(trader);
    push(trader, next, next + 1);
    const fill = { quantity: 3, price: 50, fee: 0, at: CANDLES.time[next] };
    trader.hear({ type: "fill", ref: place.ref, part: "main", ...fill });
    expect(trader.positions()[0].quantity).toBe(3);
  });

  it("books a trade through the position as its end and a new one", () => {
    const trader = traderOf();
    const { place, next } = firstEntry(trader);
    const fill = { price: 100, fee: 3, at: CANDLES.time[next] };
    trader.hear({ type: "fill", ref: place.ref, part: "main", quantity: 2, ...fill });
    trader.hear({ type: "fill", ref: place.ref, part: "stop", quantity: 3, ...fill });
    expect(trader.positions()[0].quantity).toBe(-1);
    expect(trader.equity()).toBeCloseTo(10_000 - 6, 9);
    expect(trader.takeTrades()).toMatchObject([{ quantity: 2, fees: 5 }]);
  });

  it("lets a venue take away no more than it holds", () => {
    const trader = traderOf();
    const { place, next } = firstEntry(trader);
    const fill = { price: 100, fee: 1, at: CANDLES.time[next] };
    trader.hear({ type: "liquidation", instrument: 0, quantity: 5, ...fill });
    expect(trader.positions()[0].quantity).toBe(0);
    trader.hear({ type: "fill", ref: place.ref, part: "main", quantity: 2, ...fill });
    trader.hear({ type: "liquidation", instrument: 0, quantity: 5, ...fill });
    expect(trader.positions()[0].quantity).toBe(0);
    expect(trader.takeTrades()).toMatchObject([{ reason: "liquidation", quantity: 2 }]);
  });

  it("decides nothing on candles that only warm it up, and goes on from them", () => {
    const warmed = traderOf();
    const fresh = traderOf();
    warmed.warm([sliceCandles(CANDLES, 0, 30)]);
    fresh.push([sliceCandles(CANDLES, 0, 30)]);
    expect(push(warmed, 30, 31)).toHaveLength(1);
    expect(warmed.equity()).toBe(fresh.equity());
    expect(() => warmed.warm([sliceCandles(CANDLES, 0, 1)])).toThrow("time must rise");
  });

  it("decides at a close that the market's time tells of, without a candle after it", () => {
    const strategy = compileRules("enter long when close > 0");
    const trader = createTrader(definitionOf(strategy, { symbols: ["A"], base: "1m", timeframe: "5m" }));
    const [start] = CANDLES.time;
    const early = trader.push([sliceCandles(CANDLES, 0, 9)], start + 9 * MINUTE_MS);
    expect(early).toMatchObject([{ type: "place", candleTime: start }]);
    const late = trader.push([sliceCandles(CANDLES, 0, 0)], start + 10 * MINUTE_MS);
    expect(late).toMatchObject([{ type: "cancel" }, { type: "place", candleTime: start + 5 * MINUTE_MS }]);
    expect(trader.closes).toEqual([{ time: start + 5 * MINUTE_MS, equity: 10_000 }]);
  });

  it("does what somebody outside wants between candles as it does it at a close, and tells what of it is still out", () => {
    const driven = traderOf(OUTSIDE_SIGNALS);
    const ruled = traderOf(compileRules("enter long when close > 0"));
    expect(push(driven, 0, 20)).toEqual([]);
    ruled.warm([sliceCandles(CANDLES, 0, 19)]);
    const [decided] = push(ruled, 19, 20);
    const when = { time: 1_234_567, at: CANDLES.time[20] };
    const [place] = driven.act([{ instrument: 0, side: "buy", tag: "sig" }], when);
    expect(place).toEqual({ ...decided, candleTime: 1_234_567, ref: "1234567.entry.0", tag: "sig" });
    const entry = { role: "entry", side: "buy", atMarket: true, canceled: false };
    expect(driven.working(0)).toEqual([entry]);
    const again = traderOf(OUTSIDE_SIGNALS);
    again.restore(driven.snapshot());
    const cancel = [{ instrument: 0, side: "cancel" as const }];
    expect(again.act(cancel, { ...when, time: 1_234_568 })).toMatchObject([{ type: "cancel", ref: place.ref }]);
    // What was taken back may fill all the same.
    expect(again.working(0)).toEqual([{ ...entry, canceled: true }]);
    again.hear({ type: "ended", ref: place.ref, part: "main" });
    expect(again.working(0)).toEqual([]);
    expect(push(again, 20, 60)).toEqual([]);
  });

  it("does not know orders of others, and leaves funding to the venue", () => {
    const fill = { quantity: 1, price: 1, fee: 0, at: 0 };
    expect(() => traderOf().hear({ type: "fill", ref: "0.entry.0", part: "main", ...fill })).toThrow(
      "ref must be that of an order of this trader, was 0.entry.0",
    );
    const funded = definitionOf(EAGER, { settings: { fundingRate: 0.0001 } });
    expect(() => createTrader(funded)).toThrow("fundingRate must be 0 where a venue fills the orders, was 0.0001");
  });
});
