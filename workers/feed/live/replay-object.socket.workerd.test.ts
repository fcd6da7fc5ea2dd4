import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MarketState } from "../../../schema/wire/live.ts";
import { HOUR_MS, MINUTE_MS, type Timeframe } from "../../core/candle/timeframe.ts";
import { socketRequest } from "../../live/socket-request.ts";
import { LiveWatcher } from "../../testing/live-watcher.ts";
import { newClient } from "../../testing/test-client.ts";
import { TestListener } from "../../testing/test-listener.ts";
import { simSource } from "../sim-source.ts";
import type { CandleSource } from "../source.ts";
import { replayFeed } from "./market-feed.ts";
import type { MarketSlice, MarketSubscriber } from "./market-port.ts";
import { ReplayMarket, type StoredReplay } from "./replay-market.ts";
import { ReplaySeries } from "./replay-series.ts";
import { SubscriberBook } from "./subscriber-book.ts";

const OWNER = "usr_replay";
// A Friday evening: what follows holds a night, a weekend and a Monday.
const FROM = Date.UTC(2024, 4, 31, 19, 30);
let replays = 0;

interface Plays {
  readonly symbol: string;
  readonly timeframe: Timeframe;
}

const instrumentOf = ({ symbol }: Plays) => `SIM:${symbol}`;

/** A replay in the storage of an object of its own, with time that the test moves and listeners that it makes fail. */
function newReplay(plays: readonly Plays[], hours: number, speed = 60) {
  const object = env.REPLAY.getByName(`replay test ${replays++}`);
  const to = FROM + hours * HOUR_MS;
  const sources = plays.map((one) => remembering(simSource({ seed: 1, from: FROM, to, ...one })));
  const series = () => plays.map((one, at) => new ReplaySeries(instrumentOf(one), sources[at]));
  const listeners = new Map<string, TestListener>();
  const clock = { nowMs: 1_000 };
  /** Runs with the replay as it is after a restart: nothing but the storage is kept. */
  const within = <T>(work: (market: ReplayMarket) => T | Promise<T>) =>
    runInDurableObject(object, async (_instance, ctx) => {
      const book = new SubscriberBook(ctx.storage.sql);
      book.open();
      const market = new ReplayMarket({
        read: () => ctx.storage.kv.get<StoredReplay>("test"),
        write: (stored) => ctx.storage.kv.put("test", stored),
        listen: ({ name }) => listeners.get(name) ?? new TestListener(),
        ...{ book, now: () => clock.nowMs, open: async () => series() },
      });
      return work(market);
    });
  const begin = () =>
    runInDurableObject(object, (_instance, ctx) => {
      const stored: StoredReplay = {
        ...{ ownerId: OWNER, accountId: "acc", datasetIds: [], instruments: plays.map(instrumentOf) },
        ...{ from: FROM, to, speed, status: "playing", marketAt: FROM, sequence: 0, pending: null },
        ...{ dueAt: clock.nowMs, heardAt: 0, failures: 0, waitingFor: 0 },
      };
      ctx.storage.kv.put("test", stored);
    });
  const listen = (subscriber: MarketSubscriber) => within((market) => market.subscribe({ ownerId: OWNER, subscriber }));
  const subscribe = async (name: string, binding: MarketSubscriber["binding"] = "PAPER") => {
    const listener = new TestListener();
    listeners.set(name, listener);
    await listen({ name, binding, instruments: plays.map(instrumentOf) });
    return listener;
  };
  /** One step, at the time it is due. */
  const step = async () => {
    const dueAt = await within((market) => market.step());
    if (dueAt !== undefined) clock.nowMs = Math.max(clock.nowMs, dueAt);
    return dueAt;
  };
  const playOut = async () => {
    for (let round = 0; round < 3_000; round++) if ((await step()) === undefined) return;
    throw new Error("the replay did not end");
  };
  const state = () => within((market) => market.state(OWNER));
  return { object, clock, sources, listeners, begin, within, listen, subscribe, step, playOut, state };
}

/** The same source; what it has read once it need not make again. */
function remembering(source: CandleSource): CandleSource {
  const read = new Map<string, ReturnType<CandleSource["read"]>>();
  return {
    ...source,
    read(month) {
      const candles = read.get(month) ?? source.read(month);
      read.set(month, candles);
      return candles;
    },
  };
}

/** All candles of the sources as slices, in the order in which they close. */
async function expected(plays: readonly Plays[], sources: readonly CandleSource[]) {
  const slices: MarketSlice[] = [];
  for (const [at, source] of sources.entries()) {
    const series = new ReplaySeries(instrumentOf(plays[at]), source);
    for (const { closedAt: _closedAt, ...prices } of await series.closed({ from: 0, atMs: Infinity, limit: 1e6 })) {
      slices.push({ instrument: series.instrument, spanMs: series.spanMs, ...prices });
    }
  }
  return slices.sort((a, b) => a.time + a.spanMs - b.time - b.spanMs || (a.instrument < b.instrument ? -1 : 1));
}

describe("a replay", () => {
  it("tells every candle of all instruments once, by the moment of its close, and ends with the data", async () => {
    const plays: Plays[] = [
      { symbol: "BTC-USD", timeframe: "5m" },
      { symbol: "ACME", timeframe: "1m" },
      { symbol: "ETH-USD", timeframe: "1h" },
    ];
    const replay = newReplay(plays, 3);
    await replay.begin();
    const listener = await replay.subscribe("venue");
    await replay.playOut();
    expect(listener.slices).toEqual(await expected(plays, replay.sources));
    expect(listener.taken.map(({ sequence }) => sequence)).toEqual(listener.taken.map((_call, at) => at + 1));
    for (const { slices, marketAt } of listener.taken) {
      expect(slices.every(({ time, spanMs }) => time + spanMs === marketAt)).toBe(true);
    }
    expect(await replay.state()).toMatchObject({ status: "ended", marketAt: FROM + 3 * HOUR_MS, waitingFor: 0 });
  });

  it("skips time in which nothing trades and keeps its pace", async () => {
    const replay = newReplay([{ symbol: "ACME", timeframe: "1m" }], 100, 120);
    await replay.begin();
    const listener = await replay.subscribe("venue");
    for (let step = 0; step < 45; step++) await replay.step();
    const times = listener.slices.map(({ time }) => time);
    expect(times).toContain(FROM + 29 * MINUTE_MS);
    expect(times).toContain(Date.UTC(2024, 5, 3, 13, 30));
    expect(replay.clock.nowMs).toBe(1_000 + 45 * 500);
    expect(listener.taken[0]?.intervalMs).toBe(500);
  });

  it("loses and doubles nothing, whatever fails and wherever it restarts", async () => {
    const plays: Plays[] = [
      { symbol: "BTC-USD", timeframe: "5m" },
      { symbol: "ETH-USD", timeframe: "5m" },
    ];
    const moods = fc.constantFrom("takes" as const, "takes" as const, "fails" as const, "forgets" as const);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(moods, moods), { maxLength: 20 }), async (rounds) => {
        const replay = newReplay(plays, 1);
        await replay.begin();
        const [venue, bot] = [await replay.subscribe("venue"), await replay.subscribe("bot", "BOT")];
        for (const [venueMood, botMood] of rounds) {
          [venue.mood, bot.mood] = [venueMood, botMood];
          await replay.step();
        }
        [venue.mood, bot.mood] = ["takes", "takes"];
        await replay.playOut();
        const all = await expected(plays, replay.sources);
        expect(venue.slices).toEqual(all);
        expect(bot.slices).toEqual(all);
      }),
      { numRuns: 25 },
    );
  });

  it("waits for whoever has not answered, says so, asks less and less often, and shows bots nothing that the venue has not had", async () => {
    const replay = newReplay([{ symbol: "BTC-USD", timeframe: "1m" }], 1);
    await replay.begin();
    const [venue, bot] = [await replay.subscribe("venue"), await replay.subscribe("bot", "BOT")];
    await replay.step();
    venue.mood = "fails";
    const startedAt = replay.clock.nowMs;
    for (let step = 0; step < 8; step++) await replay.step();
    expect(replay.clock.nowMs - startedAt).toBeGreaterThan(60_000);
    expect(bot.taken).toHaveLength(1);
    expect(await replay.state()).toMatchObject({ marketAt: FROM + MINUTE_MS, waitingFor: 1 });
    venue.mood = "takes";
    await replay.step();
    expect(await replay.state()).toMatchObject({ marketAt: FROM + 2 * MINUTE_MS, waitingFor: 0 });
    expect(bot.taken).toHaveLength(2);
    bot.mood = "gone";
    await replay.playOut();
    expect(await replay.state()).toMatchObject({ status: "ended" });
  });

  it("tells a listener that names its instruments one by one about all of them", async () => {
    const plays: Plays[] = [
      { symbol: "BTC-USD", timeframe: "5m" },
      { symbol: "ETH-USD", timeframe: "5m" },
    ];
    const replay = newReplay(plays, 1);
    await replay.begin();
    const listener = new TestListener();
    replay.listeners.set("venue", listener);
    await replay.listen({ name: "venue", binding: "PAPER", instruments: ["SIM:BTC-USD"] });
    await replay.step();
    await replay.listen({ name: "venue", binding: "PAPER", instruments: ["SIM:ETH-USD"] });
    await replay.step();
    expect(listener.taken.map(({ slices }) => slices.map(({ instrument }) => instrument))).toEqual([
      ["SIM:BTC-USD"],
      ["SIM:BTC-USD", "SIM:ETH-USD"],
    ]);
  });

  it("stands still while it is paused, and goes on at another speed from the next candle on", async () => {
    const replay = newReplay([{ symbol: "BTC-USD", timeframe: "1m" }], 1);
    await replay.begin();
    const listener = await replay.subscribe("venue");
    await replay.step();
    await replay.within((market) => market.setPlaying(OWNER, false));
    replay.clock.nowMs += HOUR_MS;
    expect(await replay.step()).toBeUndefined();
    expect(listener.taken).toHaveLength(1);
    const asked = { ownerId: OWNER, instrument: "SIM:BTC-USD" };
    expect(await replay.within((market) => market.last(asked))).toMatchObject({ heardAt: replay.clock.nowMs });
    await replay.within((market) => {
      market.setSpeed(OWNER, 600);
      market.setPlaying(OWNER, true);
    });
    const resumedAt = replay.clock.nowMs;
    for (let step = 0; step < 10; step++) await replay.step();
    expect(listener.taken).toHaveLength(11);
    expect(replay.clock.nowMs).toBe(resumedAt + 10 * 100);
  });

  it("shows no candle that has not closed at its moment", async () => {
    const replay = newReplay([{ symbol: "BTC-USD", timeframe: "5m" }], 2);
    await replay.begin();
    for (let step = 0; step < 3; step++) await replay.step();
    const asked = { ownerId: OWNER, instrument: "SIM:BTC-USD", from: 0, limit: 10_000 };
    const { rows, marketAt } = await replay.within((market) => market.minutes(asked));
    expect(marketAt).toBe(FROM + 15 * MINUTE_MS);
    expect(rows.map(([time]) => time)).toEqual([0, 5, 10].map((minutes) => FROM + minutes * MINUTE_MS));
    expect(await replay.within((market) => market.last(asked))).toMatchObject({ price: rows[2]?.[4], at: marketAt });
    const stranger = { ...asked, ownerId: "usr_stranger" };
    await expect(replay.within((market) => market.minutes(stranger))).rejects.toThrow("another owner");
  });
});

describe("the object of a replay", () => {
  async function newAccount() {
    const client = await newClient();
    const { rows } = await client.json<{ rows: { id: string; instrument: { id: string } }[] }>(
      "GET",
      "/api/v1/datasets",
    );
    const btc = rows.find(({ instrument }) => instrument.id === "SIM:BTC-USD");
    const { name, object } = await replayFeed(env, { ownerId: client.userId, accountId: "acc_1" });
    const from = Date.UTC(2024, 0, 1);
    await object.begin({
      ...{ ownerId: client.userId, accountId: "acc_1", datasetIds: [btc?.id ?? ""], instruments: ["SIM:BTC-USD"] },
      ...{ from, to: from + 5 * MINUTE_MS, speed: 1_000 },
    });
    const open = () =>
      object.fetch(
        socketRequest({ ownerId: client.userId, grantId: "g", watcher: null, search: "?instrument=SIM:BTC-USD" }),
      );
    return { owner: { ownerId: client.userId }, name, object, from, open };
  }

  it("begins paused, plays by its alarm through evictions, and tells its watchers", async () => {
    const { owner, object, from, open } = await newAccount();
    expect(await object.state(owner)).toMatchObject({ status: "paused", marketAt: from });
    const watcher = new LiveWatcher(await open());
    await watcher.until(({ frames }) => frames.length > 0);
    await object.play(owner);
    await runDurableObjectAlarm(object);
    await evictDurableObject(object);
    await runDurableObjectAlarm(object);
    const isAt = (at: number) => (seen: LiveWatcher) => (MarketState.parse(seen.value()).at ?? 0) >= at;
    await watcher.until(isAt(from + 2 * MINUTE_MS));
    const shown = MarketState.parse(watcher.value());
    expect(shown.closed?.time).toBe((shown.at ?? 0) - MINUTE_MS);
    expect(Number(shown.price)).toBe(shown.closed?.close);
    watcher.socket.close(1000);
    await watcher.closed;
    await object.pause(owner);
  });

  it("rings again after a step that failed, and is gone once it is destroyed", async () => {
    const { owner, object, open } = await newAccount();
    const watcher = new LiveWatcher(await open());
    await object.play(owner);
    await env.DB.prepare("delete from datasets where owner_id = ?").bind(owner.ownerId).run();
    await evictDurableObject(object);
    await runDurableObjectAlarm(object);
    expect(await runInDurableObject(object, (_instance, ctx) => ctx.storage.getAlarm())).not.toBeNull();
    await object.destroy(owner.ownerId);
    expect(await watcher.closed).toBe(4404);
    expect(await object.state(owner)).toBeUndefined();
    expect((await open()).status).toBe(404);
  });
});
