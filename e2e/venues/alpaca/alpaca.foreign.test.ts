import { Alpaca } from "@alpacahq/alpaca-trade-api";
import ccxt from "ccxt";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parsePrice } from "../../../workers/core/ledger/decimal-text.ts";
import { serveVenue, type VenueServer } from "../venue-server.ts";
import { ALPACA_ACCOUNT, ALPACA_KEYS, AlpacaEmulator } from "./alpaca-emulator.ts";

/** Clients that others wrote for the real venue, as they are, on the emulated one. */
let venue: AlpacaEmulator;
let server: VenueServer;

function trade(symbol: string, price: string): void {
  venue.book.trade(symbol, parsePrice(price, "price"));
}

beforeAll(async () => {
  const after = (delayMs: number, act: () => void) => void setTimeout(act, delayMs);
  venue = new AlpacaEmulator({ now: Date.now, random: () => 0.5, after });
  venue.orders.cancelMs = 1;
  server = await serveVenue(venue);
  trade("BTC/USD", "100");
  trade("AAPL", "100");
});

afterAll(() => server.close());

describe("ccxt on the emulated Alpaca", () => {
  it("logs in, reads markets and balances, places, finds, cancels, and hears its order fill", async () => {
    const exchange = new ccxt.pro.alpaca({
      apiKey: ALPACA_KEYS.keyId,
      secret: ALPACA_KEYS.secret,
      enableRateLimit: false,
    });
    const socket = server.url.replace("http", "ws");
    const streams = { crypto: `${socket}/v1beta3/crypto/us`, trading: `${socket}/stream` };
    Object.assign(exchange.urls.api as object, { trader: server.url, market: server.url, ws: streams });
    // It speaks without TLS only once it is told to.
    await exchange.loadHttpProxyAgent();
    const markets = await exchange.loadMarkets();
    expect(Object.keys(markets)).toContain("BTC/USD");
    expect(markets["BTC/USD"]?.precision.price).toBe(0.01);
    expect((await exchange.fetchBalance()).USD?.total).toBe(100_000);
    const heard = exchange.watchOrders("BTC/USD");
    const resting = await exchange.createOrder("BTC/USD", "limit", "buy", 0.5, 90, { clientOrderId: "foreign-1" });
    expect(await exchange.fetchOrder(String(resting.id))).toMatchObject({
      clientOrderId: "foreign-1",
      status: "open",
      amount: 0.5,
    });
    expect((await exchange.fetchOpenOrders("BTC/USD")).map(({ id }) => id)).toEqual([resting.id]);
    await exchange.cancelOrder(String(resting.id));
    await expect.poll(async () => (await exchange.fetchOrder(String(resting.id))).status).toBe("canceled");
    const done = await exchange.createOrder("BTC/USD", "market", "buy", 0.25);
    expect(await exchange.fetchOrder(String(done.id))).toMatchObject({ status: "closed", filled: 0.25, average: 100 });
    const trades = await exchange.fetchMyTrades("BTC/USD");
    expect(trades).toMatchObject([{ order: done.id, amount: 0.25, price: 100, side: "buy" }]);
    expect(await heard).toMatchObject([{ symbol: "BTC/USD" }]);
    expect((await exchange.fetchBalance()).BTC?.total).toBe(0.25);
    await exchange.close();
  });

  it("reads what the market trades", async () => {
    const exchange = new ccxt.alpaca({ apiKey: ALPACA_KEYS.keyId, secret: ALPACA_KEYS.secret, enableRateLimit: false });
    Object.assign(exchange.urls.api as object, { trader: server.url, market: server.url });
    const time = Math.floor(Date.now() / 60_000 - 10) * 60_000;
    venue.data.bars.set("BTC/USD", [
      { time, o: 1, h: 3, l: 0.5, c: 2, v: 7 },
      { time: time + 60_000, o: 2, h: 2, l: 1, c: 1.5, v: 1 },
    ]);
    expect(await exchange.fetchOHLCV("BTC/USD", "1m", time)).toEqual([
      [time, 1, 3, 0.5, 2, 7],
      [time + 60_000, 2, 2, 1, 1.5, 1],
    ]);
    expect((await exchange.fetchTicker("BTC/USD")).last).toBe(100);
  });
});

describe("Alpaca's own client on the emulated Alpaca", () => {
  const open = (secret: string = ALPACA_KEYS.secret) =>
    new Alpaca({
      keyId: ALPACA_KEYS.keyId,
      secret,
      retry: false,
      rateLimit: false,
      // The one thing that it has no setting for is the host.
      fetchApi: (input, init) => {
        const { pathname, search } = new URL(String(input));
        return fetch(`${server.url}${pathname}${search}`, init);
      },
    });

  it("logs in, and is told when its key is not of this side", async () => {
    const check = await open().trading.validateConnection();
    expect(check).toMatchObject({ ok: true, account: { accountNumber: ALPACA_ACCOUNT, currency: "USD" } });
    expect(await open("another-secret-0000000").trading.validateConnection()).toMatchObject({ ok: false, status: 401 });
  });

  it("places a bracket, hears it fill, changes a leg, and reads orders, positions and activities", async () => {
    const { trading } = open();
    const stream = trading.stream({ url: `${server.url.replace("http", "ws")}/stream`, pingIntervalMs: 0 });
    const heard: string[] = [];
    stream.onTradeUpdate(({ event, order }) => heard.push(`${event} ${order.type}`));
    const isListening = new Promise((resolve) => void stream.on("subscription" as never, resolve as never));
    stream.subscribeTradeUpdates();
    await stream.connect();
    await isListening;
    const order = await trading.orders.postOrder({
      postOrderRequest: {
        symbol: "AAPL",
        qty: "3",
        side: "buy",
        type: "market",
        timeInForce: "gtc",
        orderClass: "bracket",
        takeProfit: { limitPrice: "110" },
        stopLoss: { stopPrice: "95" },
      },
    });
    const legs = (order as unknown as { legs: { id: string; type: string }[] }).legs;
    expect(legs.map(({ type }) => type)).toEqual(["limit", "stop"]);
    await expect.poll(() => heard).toContain("fill market");
    const positions = await trading.positions.getAllOpenPositions();
    expect(positions.find(({ symbol }) => symbol === "AAPL")).toMatchObject({ qty: "3", side: "long" });
    trade("AAPL", "111");
    await expect.poll(() => heard).toContain("fill limit");
    expect(heard).toContain("canceled stop");
    const activities = await trading.accountActivities.getAccountActivities({ activityTypes: ["FILL"] });
    expect(activities).toHaveLength(3);
    stream.disconnect();
  });
});
