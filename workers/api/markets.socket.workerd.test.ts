import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { MarketState } from "../../schema/wire/live.ts";
import { MarketCandleSeries } from "../../schema/wire/market.ts";
import type { TradingAccount } from "../../schema/wire/trading.ts";
import { closeSocketsOf } from "../auth/open-sockets.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, type Timeframe } from "../core/candle/timeframe.ts";
import { simCandles } from "../core/sim/sim-candles.ts";
import { replayFeed } from "../feed/live/market-feed.ts";
import { LiveWatcher } from "../testing/live-watcher.ts";
import { newClient, ORIGIN, request, START_MS, type TestClient } from "../testing/test-client.ts";

const NOW_MINUTE = Math.floor(START_MS / MINUTE_MS) * MINUTE_MS;
const PLAYED_FROM = Date.UTC(2024, 0, 2);

async function candles(client: TestClient, query: Record<string, string | number>): Promise<MarketCandleSeries> {
  const text = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
  return MarketCandleSeries.parse(await client.json("GET", `/api/v1/markets/candles?${text}`));
}

async function open(client: TestClient, path: string): Promise<Response> {
  const { ticket } = await client.json<{ ticket: string }>("POST", "/api/v1/socket-tickets");
  const headers = { Upgrade: "websocket", Origin: ORIGIN, "Sec-WebSocket-Protocol": `apextrade.v1, ticket.${ticket}` };
  return request(path, { headers });
}

/** An account that plays the bitcoin of 2024 again, some minutes into it, and paused. */
async function newReplay(client: TestClient, minutes: number) {
  const { rows } = await client.json<{ rows: { id: string; instrument: { id: string } }[] }>("GET", "/api/v1/datasets");
  const datasetIds = rows.filter(({ instrument }) => instrument.id === "SIM:BTC-USD").map(({ id }) => id);
  const market = { kind: "replay", datasetIds, from: PLAYED_FROM, speed: 1_000 };
  const account = await client.json<TradingAccount>("POST", "/api/v1/accounts", { name: "Again", market }, 201);
  const ownerId = client.userId;
  const { object } = await replayFeed(env, { ownerId, accountId: account.id });
  await object.play({ ownerId });
  while (((await object.state({ ownerId }))?.marketAt ?? 0) < PLAYED_FROM + minutes * MINUTE_MS) {
    await runDurableObjectAlarm(object);
  }
  const { marketAt } = await object.pause({ ownerId });
  return { accountId: account.id, marketAt };
}

describe("candles of markets", () => {
  it.each(["1m", "5m", "1h", "1d"] as const)(
    "the newest at %s are the simulated market's, closed by now",
    async (timeframe) => {
      const client = await newClient();
      const series = await candles(client, { instrument: "SIM:BTC-USD", timeframe, limit: 50 });
      const expected = simCandles({
        ...{ seed: 1, symbol: "BTC-USD", timeframe },
        from: NOW_MINUTE - 60 * DAY_MS,
        to: NOW_MINUTE,
      });
      expect(series.marketAt).toBe(NOW_MINUTE);
      expect(series.time).toHaveLength(50);
      expect(series.close).toEqual(Array.from(expected.close.subarray(expected.length - 50, expected.length)));
      expect(series.time).toEqual(Array.from(expected.time.subarray(expected.length - 50, expected.length)));
    },
  );

  it("the newest of a market that sleeps are those of its last session", async () => {
    const client = await newClient();
    const series = await candles(client, { instrument: "SIM:ACME", timeframe: "1m", limit: 500 });
    expect(series.time).toHaveLength(500);
    expect(series.marketAt - (series.time.at(-1) ?? 0)).toBeLessThan(5 * DAY_MS);
  });

  it("a stretch holds what opens in it, at a larger timeframe where it would hold too much", async () => {
    const client = await newClient();
    const span = { instrument: "SIM:ETH-USD", from: NOW_MINUTE - 2 * DAY_MS, to: NOW_MINUTE - DAY_MS };
    const hours = await candles(client, { ...span, timeframe: "1h", limit: 30 });
    expect(hours.time.length).toBeGreaterThanOrEqual(24);
    const minutes = await candles(client, { ...span, timeframe: "1m", limit: 100 });
    expect(minutes.timeframe).toBe("15m");
  });

  it("a replay shows nothing that its moment does not know", async () => {
    const client = await newClient();
    const { accountId, marketAt } = await newReplay(client, 65);
    for (const [timeframe, spanMs] of [
      ["1m", MINUTE_MS],
      ["5m", 5 * MINUTE_MS],
      ["1h", HOUR_MS],
    ] as [Timeframe, number][]) {
      const series = await candles(client, { instrument: "SIM:BTC-USD", accountId, timeframe, limit: 100 });
      const last = series.time.at(-1) ?? 0;
      expect(series.marketAt).toBe(marketAt);
      expect(last + spanMs).toBe(Math.floor(marketAt / spanMs) * spanMs);
    }
  });

  it.each([
    ["an unknown instrument", { instrument: "SIM:DOGE" }, 404],
    ["a timeframe that there is not", { instrument: "SIM:BTC-USD", timeframe: "7m" }, 422],
    ["a stretch that ends before it begins", { instrument: "SIM:BTC-USD", from: "2", to: "1" }, 422],
    ["a field that there is not", { instrument: "SIM:BTC-USD", color: "red" }, 422],
  ])("are refused for %s", async (_title, query, status) => {
    const client = await newClient();
    const reply = await client.send("GET", `/api/v1/markets/candles?${new URLSearchParams(query)}`);
    expect(reply.status).toBe(status);
  });
});

it("candles of an instrument that a replay does not play are no market", async () => {
  const client = await newClient();
  const { accountId } = await newReplay(client, 1);
  const reply = await client.send("GET", `/api/v1/markets/candles?instrument=SIM:ETH-USD&accountId=${accountId}`);
  expect(reply.status).toBe(404);
});

describe("the socket of a market", () => {
  it("S24 tells the simulated market to whoever is signed in, and is hung up with the session", async () => {
    const client = await newClient();
    const watcher = new LiveWatcher(await open(client, "/api/v1/markets/live?instrument=SIM:EUR-USD"));
    await watcher.until(({ frames }) => frames.length > 0);
    expect(MarketState.parse(watcher.value())).toMatchObject({ instrument: "SIM:EUR-USD", stale: false });
    await closeSocketsOf(env, client.userId);
    expect(await watcher.closed).toBe(4401);
  });

  it("S24 is a relay's where the market's own object is full: it tells the same and is hung up the same", async () => {
    const client = await newClient();
    const feed = env.FEED.getByName("SIM:VOLT");
    await runInDurableObject(feed, (object) => {
      // Five thousand sockets take minutes to open; one is as full.
      Reflect.set(Reflect.get(Reflect.get(object, "hub"), "options"), "socketsMax", 1);
    });
    const watch = async () => new LiveWatcher(await open(client, "/api/v1/markets/live?instrument=SIM:VOLT"));
    const [own, relayed] = [await watch(), await watch()];
    await relayed.until(({ frames }) => frames.length > 0);
    const first = MarketState.parse(relayed.value()).at ?? 0;
    await relayed.until((watcher) => (MarketState.parse(watcher.value()).at ?? 0) > first);
    await own.until((watcher) => (MarketState.parse(watcher.value()).at ?? 0) > first);
    await closeSocketsOf(env, client.userId);
    expect(await Promise.all([own.closed, relayed.closed])).toEqual([4401, 4401]);
  });

  it("S32 S33 tells a replay to its owner, and nothing of it to others", async () => {
    const [client, stranger] = [await newClient(), await newClient()];
    const { accountId, marketAt } = await newReplay(client, 3);
    const path = `/api/v1/markets/live?instrument=SIM:BTC-USD&accountId=${accountId}`;
    const watcher = new LiveWatcher(await open(client, path));
    await watcher.until(({ frames }) => frames.length > 0);
    expect(MarketState.parse(watcher.value()).at).toBe(marketAt);
    await closeSocketsOf(env, client.userId);
    expect(await watcher.closed).toBe(4401);
    expect((await open(stranger, path)).status).toBe(404);
    const asked = `/api/v1/markets/candles?instrument=SIM:BTC-USD&accountId=${accountId}`;
    expect((await stranger.send("GET", asked)).status).toBe(404);
  });

  it.each([
    ["no upgrade", "/api/v1/markets/live?instrument=SIM:BTC-USD", { Upgrade: "" }, 426],
    ["no ticket", "/api/v1/markets/live?instrument=SIM:BTC-USD", { "Sec-WebSocket-Protocol": "apextrade.v1" }, 401],
    ["an unknown market", "/api/v1/markets/live?instrument=SIM:DOGE", {}, 404],
    ["no instrument", "/api/v1/markets/live", {}, 422],
  ])("S28 is refused with %s", async (_title, path, changed, status) => {
    const client = await newClient();
    const { ticket } = await client.json<{ ticket: string }>("POST", "/api/v1/socket-tickets");
    const protocol = { "Sec-WebSocket-Protocol": `apextrade.v1, ticket.${ticket}` };
    const headers = { Upgrade: "websocket", Origin: ORIGIN, ...protocol, ...changed };
    expect((await request(path, { headers })).status).toBe(status);
  });
});
