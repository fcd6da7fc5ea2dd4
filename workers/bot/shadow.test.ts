import { describe, expect, it } from "vitest";
import { candlesOf } from "../core/candle/candle.ts";
import { MINUTE_MS } from "../core/candle/timeframe.ts";
import { refOf } from "../core/engine/trader-command.ts";
import { ENTER_LONG } from "../core/strategy/strategy.ts";
import { definitionOf } from "../core/testing/runs.ts";
import { handStrategy } from "../core/testing/test-strategies.ts";
import { type RealFill, Shadow } from "./shadow.ts";

const MINUTES = 6;
const START_MS = 1_700_000_040_000;
const CANDLES = candlesOf(
  Array.from({ length: MINUTES }, (_, i) => ({
    ...{ time: START_MS + i * MINUTE_MS, open: 100, high: 101, low: 99, close: 100, volume: 1_000 },
  })),
);

/** A backtest that enters on the first of its candles at the end of them. */
function enteredShadow() {
  const strategy = handStrategy("enters once", [], () => ({
    state: [],
    step: (_, i) => (i === 0 ? ENTER_LONG : 0),
  }));
  // Orders have names, as those of a bot do, where their sizes are fixed as they are decided.
  const plain = definitionOf(strategy, { settings: { sizeAt: "decision" } });
  const [{ instrument }] = plain.instruments;
  const shadow = new Shadow(plain);
  shadow.push([CANDLES], START_MS + MINUTES * MINUTE_MS);
  const order = { id: "ord_1", instrument: instrument.id, side: "buy" } as const;
  const fill = { quantity: 1, price: 101, fee: 0.5, at: START_MS + MINUTE_MS, order };
  const hear = (rest: Partial<RealFill>) => shadow.heardFill({ ref: undefined, part: undefined, ...fill, ...rest });
  return { shadow, hear, order, ref: refOf({ candleTime: START_MS, leg: "entry", ordinal: 0 }) };
}

describe("a bot beside its backtest", () => {
  it("tells of an order on both sides what each traded, with each kind of difference under the same words", () => {
    const { shadow, hear, ref } = enteredShadow();
    hear({ ref, part: "main", quantity: 3, price: 100.01 });
    hear({ ref, part: "main", quantity: 4, price: 100.12 });
    const { latest } = shadow.state(10_000);
    expect(latest.length).toBeGreaterThan(1);
    expect(new Set(latest.map(({ detail }) => detail)).size).toBe(1);
    expect(new Set(latest.map(({ order }) => order)).size).toBe(1);
    expect(latest[0]).toMatchObject({ part: "main", bot: { quantity: "7", price: "100.0728571" } });
    expect(latest[0].backtest).not.toBeNull();
  });

  it("tells of an order outside the strategy that the backtest had none", () => {
    const { shadow, hear } = enteredShadow();
    hear({});
    const told = shadow.state(10_000).latest.find(({ kind }) => kind === "extra");
    expect(told).toMatchObject({ part: "hand", backtest: null, bot: { quantity: "1", price: "101" } });
    expect(told?.detail).toBe("hand: backtest nothing, bot 1 at 101");
  });

  it("shows fifty differences at most, the newest, and none of an order without the others", () => {
    const { shadow, hear, order, ref } = enteredShadow();
    hear({ ref, part: "main", quantity: 3, price: 100.5 });
    for (let i = 0; i < 49; i++) hear({ order: { ...order, id: `ord_${i}` } });
    const { latest } = shadow.state(10_000);
    expect(latest).toHaveLength(49);
    expect(latest.every(({ kind }) => kind === "extra")).toBe(true);
  });
});
