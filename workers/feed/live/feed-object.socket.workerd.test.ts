import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { MarketState } from "../../../schema/wire/live.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../core/candle/timeframe.ts";
import { socketRequest } from "../../live/socket-request.ts";
import { LiveWatcher } from "../../testing/live-watcher.ts";
import { TestListener } from "../../testing/test-listener.ts";
import type { MarketSubscriber } from "./market-port.ts";
import { SimMarket } from "./sim-market.ts";
import { SimTape } from "./sim-tape.ts";
import { SubscriberBook } from "./subscriber-book.ts";

const OWNER = "usr_feed";
const MONDAY = Date.UTC(2026, 5, 1, 14);
const FRIDAY_CLOSE = Date.UTC(2026, 5, 5, 20);
let markets = 0;

/** A market in the storage of an object of its own, with time that the test moves and listeners that it makes fail. */
function newMarket(symbol = "BTC-USD", startMs = MONDAY) {
  const object = env.FEED.getByName(`SIM:market test ${markets++}`);
  const tape = new SimTape({ seed: 1, symbol });
  const listeners = new Map<string, TestListener>();
  const clock = { nowMs: startMs };
  const instrument = tape.profile.instrument.id;
  /** Runs with the market as it is after a restart: nothing but the storage is kept. */
  const within = <T>(work: (market: SimMarket, book: SubscriberBook) => T | Promise<T>) =>
    runInDurableObject(object, async (_instance, ctx) => {
      const book = new SubscriberBook(ctx.storage.sql);
      book.open();
      const listen = ({ name }: MarketSubscriber) => listeners.get(name) ?? new TestListener();
      return work(new SimMarket({ tape, book, listen, now: () => clock.nowMs }), book);
    });
  const subscribe = async (name: string, binding: MarketSubscriber["binding"] = "PAPER", onCall?: () => void) => {
    const listener = new TestListener(onCall);
    listeners.set(name, listener);
    await within((market) =>
      market.subscribe({ ownerId: OWNER, subscriber: { name, binding, instruments: [instrument] } }),
    );
    return listener;
  };
  const pass = async (ms: number) => {
    clock.nowMs += ms;
    await within((market) => market.tick());
  };
  /** Lets time pass until everybody has been told everything, as some seconds of alarms do. */
  const settle = async () => {
    for (let round = 0; round < 50; round++) await within((market) => market.tick());
  };
  return { object, tape, clock, within, subscribe, pass, settle };
}

describe("the listeners of a simulated market", () => {
  it("are told each second once, from the second after they came", async () => {
    const { subscribe, pass, tape } = newMarket();
    const listener = await subscribe("venue");
    for (let second = 0; second < 5; second++) await pass(1_000);
    await pass(200);
    expect(listener.calls).toBe(5);
    expect(listener.taken[0]).toMatchObject({ sequence: 1, marketAt: MONDAY + 1_000, intervalMs: 1_000 });
    expect(listener.slices).toEqual(
      [1, 2, 3, 4, 5].flatMap((second) => {
        const from = MONDAY + second * 1_000;
        return tape.stretch({ from, to: from + 1_000, limit: 1 }).slices;
      }),
    );
  });

  it("are told after a sleep what they missed: ticks, then whole minutes, then ticks", async () => {
    const { subscribe, pass, settle, clock } = newMarket();
    const listener = await subscribe("venue");
    await pass(1_000);
    clock.nowMs = MONDAY + DAY_MS + 90_000;
    await settle();
    const spans = listener.slices.map(({ spanMs }) => spanMs);
    expect(spans[0]).toBe(0);
    expect(spans.filter((span) => span === MINUTE_MS)).toHaveLength(24 * 60);
    expect(listener.taken.at(-1)?.marketAt).toBe(clock.nowMs);
    for (const [index, slice] of listener.slices.slice(1).entries()) {
      const before = listener.slices[index];
      expect(slice.time).toBe(before.time + (before.spanMs === 0 ? 1_000 : before.spanMs));
    }
  });

  it("are told nothing while the market is closed, and its first second when it opens", async () => {
    const { subscribe, pass, settle, clock } = newMarket("ACME", FRIDAY_CLOSE - 2_000);
    const listener = await subscribe("venue");
    for (let second = 0; second < 10; second++) await pass(1_000);
    expect(listener.calls).toBe(1);
    clock.nowMs = Date.UTC(2026, 5, 8, 13, 30);
    await settle();
    expect(listener.slices.at(-1)).toMatchObject({ time: clock.nowMs, spanMs: 0 });
    expect(listener.taken.map(({ sequence }) => sequence)).toEqual([1, 2]);
  });

  it("hear of a moment venues first, then bots", async () => {
    const { subscribe, pass } = newMarket();
    const order: string[] = [];
    await subscribe("a bot", "BOT", () => order.push("bot"));
    await subscribe("the venue", "PAPER", () => order.push("venue"));
    await pass(1_000);
    expect(order).toEqual(["venue", "bot"]);
  });

  it.each(["fails", "forgets", "hangs"] as const)(
    "who %s harms nobody else, and is told everything once it is back, nothing twice",
    async (mood) => {
      const { subscribe, pass, settle, clock } = newMarket();
      const ill = await subscribe("ill");
      const well = await subscribe("well");
      await pass(1_000);
      ill.mood = mood;
      for (let second = 0; second < 3; second++) await pass(1_000);
      expect(well.taken).toHaveLength(4);
      ill.mood = "takes";
      clock.nowMs += 10 * MINUTE_MS;
      await settle();
      const total = (listener: TestListener) => listener.slices.reduce((sum, { volume }) => sum + volume, 0);
      expect(total(ill)).toBe(total(well));
      expect(ill.slices.at(-1)?.close).toBe(well.slices.at(-1)?.close);
    },
  );

  it("who fail are called ever less often, and are forgotten after a day; who say that they are gone, at once", async () => {
    const { subscribe, pass, within } = newMarket();
    const ill = await subscribe("ill");
    const gone = await subscribe("gone");
    [ill.mood, gone.mood] = ["fails", "gone"];
    await pass(1_000);
    expect(await within((_market, book) => book.list().map(({ name }) => name))).toEqual(["ill"]);
    for (let second = 0; second < 120; second++) await pass(1_000);
    expect(ill.calls).toBeLessThan(10);
    for (let hour = 0; hour < 26; hour++) await pass(HOUR_MS);
    expect(await within((_market, book) => book.size)).toBe(0);
  });

  it("keep their place when they subscribe again, and leave only at their owner's word", async () => {
    const { subscribe, within, pass } = newMarket();
    await subscribe("venue");
    await pass(1_000);
    await subscribe("venue");
    const told = await within((_market, book) => {
      book.remove({ ownerId: "usr_stranger", name: "venue" });
      return book.list().map(({ sequence }) => sequence);
    });
    expect(told).toEqual([1]);
    expect(
      await within((_market, book) => {
        book.remove({ ownerId: OWNER, name: "venue" });
        return book.size;
      }),
    ).toBe(0);
  });
});

describe("the object of a simulated market", () => {
  const open = (name: string) => {
    const object = env.FEED.getByName(name);
    return object.fetch(socketRequest({ ownerId: OWNER, grantId: "ses_f", watcher: null, search: "" }));
  };

  it("tells watchers the price, the running minute and the last one, second by second, also after an eviction", async () => {
    const object = env.FEED.getByName("SIM:ETH-USD");
    const watcher = new LiveWatcher(await open("SIM:ETH-USD"));
    await watcher.until(({ frames }) => frames.length > 0);
    const first = MarketState.parse(watcher.value());
    expect(first).toMatchObject({ instrument: "SIM:ETH-USD", stale: false });
    expect(first.running?.time).toBe((first.closed?.time ?? 0) + MINUTE_MS);
    expect(Number(first.price)).toBe(first.running?.close);
    await watcher.until((seen) => (MarketState.parse(seen.value()).at ?? 0) > (first.at ?? 0));
    await evictDurableObject(object);
    await runDurableObjectAlarm(object);
    await watcher.until(({ frames }) => frames.filter(({ type }) => type === "snapshot").length === 2);
    const later = MarketState.parse(watcher.value());
    expect(later.at).toBeGreaterThan(first.at ?? 0);
    watcher.socket.close(1000);
    await watcher.closed;
  });

  it("rings each second while it is listened to, whatever its listeners do, and sleeps when nobody is left", async () => {
    const object = env.FEED.getByName("SIM:SOL-USD");
    const subscriber = { name: "nobody", binding: "PAPER", instruments: ["SIM:SOL-USD"] } as const;
    await object.subscribe({ ownerId: OWNER, subscriber });
    for (let round = 0; round < 3; round++) {
      await runDurableObjectAlarm(object);
      expect(await runInDurableObject(object, (_instance, ctx) => ctx.storage.getAlarm())).not.toBeNull();
    }
    await object.unsubscribe({ ownerId: OWNER, name: "nobody" });
    await runDurableObjectAlarm(object);
    expect(await runInDurableObject(object, (_instance, ctx) => ctx.storage.getAlarm())).toBeNull();
  });

  it("answers its closed minutes and its last price without anybody listening", async () => {
    const object = env.FEED.getByName("SIM:BTC-USD");
    const now = Date.now();
    const asked = { ownerId: OWNER, instrument: "SIM:BTC-USD", from: now - HOUR_MS, limit: 5_000 };
    const { rows, marketAt } = await object.minutes(asked);
    expect(rows).toHaveLength(Math.floor(marketAt / MINUTE_MS) - Math.ceil((now - HOUR_MS) / MINUTE_MS));
    expect(rows.at(-1)?.[0]).toBe((Math.floor(marketAt / MINUTE_MS) - 1) * MINUTE_MS);
    const last = await object.last(asked);
    expect(last?.price).toBeGreaterThan(0);
    expect(Math.abs((last?.heardAt ?? 0) - now)).toBeLessThan(5_000);
  });
});
