import { Spot } from "@binance/spot";
import { pro } from "ccxt";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { serveVenue, type VenueServer } from "../venue-server.ts";
import { BinanceEmulator } from "./binance-emulator.ts";
import { priceOf } from "./binance-stage.ts";

let venue: BinanceEmulator;
let server: VenueServer;
/** What is served changes with each test; the address does not. */
const served = {
  get current() {
    return venue;
  },
};

beforeAll(async () => {
  venue = newVenue();
  server = await serveVenue(
    new Proxy(venue, {
      get(_, name) {
        const value = Reflect.get(served.current, name) as unknown;
        return typeof value === "function" ? value.bind(served.current) : value;
      },
    }),
  );
});
afterAll(() => server.close());
beforeEach(() => {
  venue = newVenue();
});

function newVenue(): BinanceEmulator {
  const after = (delayMs: number, act: () => void) => void setTimeout(act, delayMs);
  return new BinanceEmulator({ now: Date.now, random: () => 0.5, after, fees: "bnb" });
}

/** Pointed at the emulator, and else as it comes. */
function ccxtClient() {
  const keys = { apiKey: venue.keys["HMAC key"], secret: venue.keys["HMAC secret"] };
  const client = new pro.binance({ ...keys, options: { fetchMarkets: { types: ["spot"] } } });
  const api = client.urls.api as Record<string, unknown>;
  for (const [name, url] of Object.entries(api)) {
    if (typeof url === "string") api[name] = url.replace(/^https:\/\/[^/]+/, server.url);
  }
  const socket = server.url.replace("http", "ws");
  api.ws = { ...(api.ws as object), spot: `${socket}/ws`, "ws-api": { spot: `${socket}/ws-api/v3` } };
  return client;
}

describe("ccxt, as it is published", () => {
  it("logs in, and reads markets, money, prices and candles", async () => {
    const client = ccxtClient();
    await client.loadMarkets();
    expect(client.symbols).toEqual(["BTC/USDT", "ETH/USDT"]);
    const { total } = await client.fetchBalance();
    expect(Object(total)).toMatchObject({ USDT: 100_000, BTC: 2, BNB: 10 });
    expect((await client.fetchTicker("BTC/USDT")).last).toBe(100);
    const candles = await client.fetchOHLCV("BTC/USDT", "1m", undefined, 3);
    expect(candles).toHaveLength(3);
    await client.close();
  });

  it("places, queries and cancels orders, and hears of them and of prices", async () => {
    const client = ccxtClient();
    await client.loadMarkets();
    await client.loadHttpProxyAgent();
    const orders = client.watchOrders("BTC/USDT");
    const ticker = client.watchTicker("BTC/USDT");
    expect((await ticker).last).toBe(100);
    const placed = await client.createOrder("BTC/USDT", "limit", "buy", 0.5, 90, { clientOrderId: "mine" });
    expect(placed).toMatchObject({ status: "open", clientOrderId: "mine" });
    expect(await orders).toMatchObject([{ id: placed.id, status: "open" }]);
    expect((await client.fetchOrder(String(placed.id), "BTC/USDT")).status).toBe("open");
    expect(await client.fetchOpenOrders("BTC/USDT")).toHaveLength(1);
    expect((await client.cancelOrder(String(placed.id), "BTC/USDT")).status).toBe("canceled");
    const stop = await client.createOrder("BTC/USDT", "market", "sell", 0.5, undefined, { stopLossPrice: 95 });
    venue.book.trade("BTCUSDT", priceOf(94));
    expect((await client.fetchOrder(String(stop.id), "BTC/USDT")).status).toBe("closed");
    await expect(client.createOrder("BTC/USDT", "limit", "buy", 5_000, 90)).rejects.toThrow("insufficient");
    await client.close();
  });

  it("sees its trades, with what they cost", async () => {
    const client = ccxtClient();
    await client.loadMarkets();
    const bought = await client.createOrder("BTC/USDT", "market", "buy", 0.5);
    expect(bought).toMatchObject({ status: "closed", filled: 0.5, average: 100 });
    const trades = await client.fetchMyTrades("BTC/USDT");
    expect(trades).toMatchObject([{ order: bought.id, amount: 0.5, price: 100, fee: { currency: "BNB", cost: 0.05 } }]);
    await client.close();
  });
});

describe("the venue's own connector, as it is published", () => {
  const pem = (secret: string) => `-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----`;

  function connector() {
    const key = { apiKey: venue.keys["Ed25519 key"], privateKey: pem(venue.keys["Ed25519 secret"]) };
    const socket = server.url.replace("http", "ws");
    return new Spot({
      configurationRestAPI: { ...key, basePath: server.url },
      configurationWebsocketAPI: { ...key, wsURL: `${socket}/ws-api/v3` },
      configurationWebsocketStreams: { wsURL: socket },
    });
  }

  // Its types want members of its own enums; the values are the venue's words.
  const BUY = { symbol: "BTCUSDT", side: "BUY", type: "LIMIT", timeInForce: "GTC", quantity: 0.5, price: 90 } as const;

  it("logs in with an Ed25519 key, and reads markets and money", async () => {
    const { restAPI } = connector();
    const info = await (await restAPI.exchangeInfo({ symbol: "BTCUSDT" })).data();
    expect(info.symbols).toHaveLength(1);
    const { balances } = await (await restAPI.getAccount()).data();
    expect(balances).toContainEqual({ asset: "BTC", free: "2.00000000", locked: "0.00000000" });
    const { bidPrice } = (await (await restAPI.tickerBookTicker({ symbol: "BTCUSDT" })).data()) as {
      bidPrice?: string;
    };
    expect(bidPrice).toBe("100.00000000");
  });

  it("places, queries, changes and cancels orders and lists of orders", async () => {
    const { restAPI } = connector();
    const side = "BUY" as never;
    const terms = { ...BUY, side, type: "LIMIT" as never, timeInForce: "GTC" as never };
    await restAPI.newOrder({ ...terms, newClientOrderId: "mine" });
    const named = { symbol: "BTCUSDT", origClientOrderId: "mine" };
    expect((await (await restAPI.getOrder(named)).data()).status).toBe("NEW");
    const change = { ...terms, price: 91, cancelOrigClientOrderId: "mine", newClientOrderId: "mine2" };
    const mode = "STOP_ON_FAILURE" as never;
    const changed = await (await restAPI.orderCancelReplace({ ...change, cancelReplaceMode: mode })).data();
    expect(changed).toMatchObject({ cancelResult: "SUCCESS", newOrderResult: "SUCCESS" });
    const canceled = await (await restAPI.deleteOrder({ ...named, origClientOrderId: "mine2" })).data();
    expect(canceled.status).toBe("CANCELED");
    const list = await restAPI.orderListOtoco({
      ...{ symbol: "BTCUSDT", workingType: "LIMIT" as never, workingSide: side, workingPrice: 95, workingQuantity: 1 },
      ...{ workingTimeInForce: "GTC" as never, pendingSide: "SELL" as never, pendingQuantity: 1 },
      ...{ pendingAboveType: "LIMIT_MAKER" as never, pendingAbovePrice: 110 },
      ...{ pendingBelowType: "STOP_LOSS" as never, pendingBelowStopPrice: 90 },
    });
    const { orderReports = [] } = await list.data();
    expect(orderReports.map(({ status }) => status)).toEqual(["NEW", "PENDING_NEW", "PENDING_NEW"]);
    expect(await (await restAPI.getOpenOrders({ symbol: "BTCUSDT" })).data()).toHaveLength(3);
  });

  it("trades over the socket, and hears the account's events and prices there", async () => {
    const client = connector();
    const api = await client.websocketAPI.connect();
    const { stream } = await api.userDataStreamSubscribeSignature();
    const events: string[] = [];
    stream.on("message", (event) => {
      events.push(`${event.e} ${(event as { X?: string }).X ?? ""}`);
    });
    const streams = await client.websocketStreams.connect();
    const price = new Promise((resolve) => streams.miniTicker({ symbol: "btcusdt" }).on("message", resolve));
    const terms = { symbol: "BTCUSDT", side: "BUY" as never, type: "MARKET" as never, quantity: 0.25 };
    const { data } = await api.orderPlace(terms);
    expect(data.status).toBe("FILLED");
    expect(await price).toMatchObject({ s: "BTCUSDT", c: "100.00000000" });
    expect(events).toContain("executionReport FILLED");
    const trades = await (await client.restAPI.myTrades({ symbol: "BTCUSDT" })).data();
    expect(trades).toMatchObject([{ qty: "0.25000000", commissionAsset: "BNB" }]);
    await api.disconnect();
    await streams.disconnect();
  });
});
