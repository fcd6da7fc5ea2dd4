import { describe, expect, it } from "vitest";
import type { Order, OrderDetail } from "../../schema/wire/trading.ts";
import { type CandleColumns, sliceCandles } from "../core/candle/candle.ts";
import { MINUTE_MS } from "../core/candle/timeframe.ts";
import { createTrader, type Trader } from "../core/engine/trader.ts";
import { compileRules } from "../core/strategy/rule/rules.ts";
import { randomCandles } from "../core/testing/random-candles.ts";
import { definitionOf } from "../core/testing/runs.ts";
import { closeMet } from "./close-stops.ts";
import { GONE_FOR_MS, lookForStops, type MissingStop, missingWords, noteMissing } from "./missing-stops.ts";

const STOPPED = "enter long when close > 0\nstop long at close * 0.9";
const TRAILING = "enter long when close > 0\ntrail long by 5";
const CANDLES = randomCandles(60, { swing: 0.002 });
const NOW = CANDLES.time[0] + 60 * MINUTE_MS;

/** A trader that holds what its first entry bought, whose stop's order the desk has as it is told. */
function holding(rules = STOPPED) {
  const definition = definitionOf(compileRules(rules), { symbols: ["A"] });
  const trader = createTrader(definition);
  let next = 0;
  const entry = () => {
    for (; next < CANDLES.length; ) {
      const command = trader.push([sliceCandles(CANDLES, next, ++next)]).find(({ type }) => type === "place");
      if (command?.type === "place") return command;
    }
    throw new Error("the strategy must enter");
  };
  const { ref, quantity } = entry();
  trader.hear({ type: "fill", ref, part: "main", quantity, price: 100, fee: 0, at: CANDLES.time[next] });
  const values = new Map<string, unknown>();
  const store = {
    get: <T>(name: string) => values.get(name) as T | undefined,
    put: (name: string, value: unknown) => void values.set(name, value),
    stopsOf: (of: string) => (of === ref ? ["ord_stop"] : []),
  };
  const looked = async (stop: Partial<Order>) => {
    const order = { id: "ord_stop", state: "ACCEPTED", updatedAt: NOW - GONE_FOR_MS, ...stop } as Order;
    const desk = { order: async () => ({ order }) as OrderDetail };
    return lookForStops({
      store,
      desk,
      record: { ownerId: "usr_1" },
      definition,
      trader,
      now: () => NOW,
      goneForMs: GONE_FOR_MS,
    });
  };
  return { trader, looked, store, values, ref, quantity, next: () => sliceCandles(CANDLES, next, ++next) };
}

/** A candle like `candle` that went down to a price. */
function downTo(candle: CandleColumns, low: number): CandleColumns {
  return { ...candle, low: Float64Array.of(low) };
}

function close(trader: Trader, missing: readonly MissingStop[], candle: CandleColumns) {
  const until = candle.time[0] + MINUTE_MS;
  const decided = trader.push([candle], until);
  const parts = { missing, chunks: [candle], until, stepMs: MINUTE_MS, isTaken: () => false };
  const { commands: closed, closing } = closeMet(trader, parts);
  return { decided, closed, closing };
}

describe("a stop of what a bot holds", () => {
  it.each(["ACCEPTED", "SUBMITTING", "UNKNOWN", "PENDING_CANCEL"] as const)(
    "is there while its order is %s",
    async (state) => {
      const { looked } = holding();
      expect(await looked({ state })).toEqual({ missing: [], againAt: undefined });
    },
  );

  it.each(["CANCELED", "EXPIRED", "REJECTED", "LOST", "FILLED"] as const)(
    "is missing where its order is %s",
    async (state) => {
      const { looked, ref } = holding();
      const { missing } = await looked({ state });
      expect(missing).toMatchObject([{ ref, side: "buy", index: 0 }]);
      expect(missing[0].price).toBeGreaterThan(0);
    },
  );

  it("is asked for no further where the bot's own view has it open, and asked for where that is lost", async () => {
    const { looked, values } = holding();
    values.set("deskView", { openOrders: [{ id: "ord_stop", state: "ACCEPTED" }], fills: [] });
    expect((await looked({ state: "CANCELED" })).missing).toEqual([]);
    values.set("deskView", { openOrders: [{ id: "ord_stop", state: "LOST" }], fills: [] });
    expect((await looked({ state: "LOST" })).missing).toHaveLength(1);
  });

  it("that went just now may have gone with a trade that is still to be told: it is looked at again", async () => {
    const { looked } = holding();
    const look = await looked({ state: "CANCELED", updatedAt: NOW - 1_000 });
    expect(look).toEqual({ missing: [], againAt: NOW - 1_000 + GONE_FOR_MS });
  });

  it("is not missed once what it protected is gone, nor while an exit is on its way", async () => {
    const { trader, looked, ref, quantity } = holding();
    const { missing } = await looked({ state: "CANCELED" });
    const [exit] = trader.act([{ instrument: 0, side: "close" }], { time: NOW, at: NOW });
    expect((await looked({ state: "CANCELED" })).missing).toEqual([]);
    if (exit.type !== "place") throw new Error("it must close");
    trader.hear({ type: "ended", ref: exit.ref, part: "main" });
    expect((await looked({ state: "CANCELED" })).missing).toEqual(missing);
    trader.hear({ type: "fill", ref, part: "stop", quantity, price: 90, fee: 0, at: NOW });
    expect((await looked({ state: "CANCELED" })).missing).toEqual([]);
  });

  it("is told once while it is missing, and anew for another entry", async () => {
    const { looked, store } = holding();
    const { missing } = await looked({ state: "CANCELED" });
    expect(noteMissing(store, missing)).toEqual(missing);
    expect(noteMissing(store, missing)).toEqual([]);
    const other = { ...missing[0], ref: "other" };
    expect(noteMissing(store, [other])).toEqual([other]);
    expect(noteMissing(store, [])).toEqual([]);
    expect(noteMissing(store, missing)).toEqual(missing);
  });

  it("stays known while an exit is on its way, which may come to nothing", async () => {
    const { trader, looked, store } = holding();
    const { missing } = await looked({ state: "CANCELED" });
    noteMissing(store, missing);
    trader.act([{ instrument: 0, side: "close" }], { time: NOW, at: NOW });
    expect((await looked({ state: "CANCELED" })).missing).toEqual(missing);
  });
});

describe("what is held without its stop", () => {
  it("is closed at the close of the candle that met its price, once", async () => {
    const { trader, looked, next, quantity } = holding();
    const { missing } = await looked({ state: "CANCELED" });
    const price = missing[0].price ?? 0;
    expect(close(trader, missing, downTo(next(), price + 0.01)).closed).toEqual([]);
    const { decided, closed } = close(trader, missing, downTo(next(), price));
    expect(closed).toMatchObject([{ type: "place", role: "exit", side: "sell", kind: "market", quantity }]);
    const names = new Set([...decided, ...closed].map(({ ref }) => ref));
    expect(names.size).toBe(decided.length + closed.length);
    expect(close(trader, missing, downTo(next(), price)).closed).toEqual([]);
  });

  it("is closed again, ever more seldom, where that came to nothing, though the price has come back", async () => {
    const { trader, looked, next } = holding();
    let { missing } = await looked({ state: "CANCELED" });
    const price = missing[0].price ?? 0;
    const triedAt: number[] = [];
    for (let candle = 0; candle < 16; candle++) {
      const { closed, closing } = close(trader, missing, candle === 0 ? downTo(next(), price) : next());
      if (closing.length > 0) missing = closing;
      for (const command of closed) {
        triedAt.push(candle);
        trader.hear({ type: "ended", ref: command.ref, part: "main" });
      }
    }
    expect(triedAt).toEqual([0, 1, 3, 7, 15]);
  });

  it("is not closed for prices from before it was bought", async () => {
    const { trader, looked, next } = holding();
    const { missing } = await looked({ state: "CANCELED" });
    const late = missing.map((stop) => ({ ...stop, since: NOW }));
    expect(close(trader, late, downTo(next(), 0.01)).closed).toEqual([]);
  });

  it("is closed under a name that no order has", async () => {
    const { trader, looked, next } = holding();
    const { missing } = await looked({ state: "CANCELED" });
    const candle = downTo(next(), missing[0].price ?? 0);
    const until = candle.time[0] + MINUTE_MS;
    trader.push([candle], until);
    const taken = `${candle.time[0] + 1}.exit.0`;
    const parts = { missing, chunks: [candle], until, stepMs: MINUTE_MS, isTaken: (ref: string) => ref === taken };
    expect(closeMet(trader, parts).commands).toMatchObject([{ ref: `${candle.time[0] + 2}.exit.0` }]);
  });

  it("is left to the strategy where the stop trails: how far it had come nobody knows", async () => {
    const { trader, looked, next } = holding(TRAILING);
    const { missing } = await looked({ state: "CANCELED" });
    expect(missing).toMatchObject([{ price: undefined }]);
    expect(missingWords(missing[0], { closes: true })).toContain("only the strategy closes it");
    expect(close(trader, missing, downTo(next(), 0.01)).closed).toEqual([]);
  });
});
