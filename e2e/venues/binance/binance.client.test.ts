import { describe, expect, it } from "vitest";
import { openBinance } from "../../../workers/brokers/binance/open-binance.ts";
import { allEvents, typesOf } from "../../../workers/brokers/testing/contract-venue.ts";
import { candleOpen, DAY_MS } from "../../../workers/core/candle/timeframe.ts";
import { formatDecimal, parseDecimal, parsePrice, parseQuantity } from "../../../workers/core/ledger/decimal-text.ts";
import { bracketOrder, testOrder } from "../test-order.ts";
import { BTC, binanceStage, EMULATED_HOSTS, listen, NOW, priceOf } from "./binance-stage.ts";

const IN_BTC = { instrument: BTC.id, quantity: "1" };

function bodyOf(stage: ReturnType<typeof binanceStage>, path: string): URLSearchParams {
  const made = stage.made.filter(({ request }) => request.method === "POST" && request.path === path).at(-1);
  return new URLSearchParams(made?.request.body ?? "");
}

describe("an order at Binance", () => {
  it.each([
    ["market", {}, "MARKET", ""],
    ["limit", { limit: "90" }, "LIMIT", "price=90 timeInForce=GTC"],
    ["stop", { stop: "110" }, "STOP_LOSS", "stopPrice=110"],
    ["stop-limit", { stop: "110", limit: "111" }, "STOP_LOSS_LIMIT", "price=111 stopPrice=110 timeInForce=GTC"],
    ["trailing-stop", { trail: "2.5" }, "STOP_LOSS", "trailingDelta=250"],
  ] as const)("of kind %s goes as %s", async (kind, prices, type, rest) => {
    const stage = binanceStage();
    const order = testOrder({ ...IN_BTC, kind, ...prices });
    expect((await stage.start().broker.place(order)).outcome).toBe("ack");
    const sent = bodyOf(stage, "/api/v3/order");
    const known = ["symbol", "side", "type", "quantity", "newClientOrderId", "newOrderRespType"];
    const other = [...sent].filter(([name]) => ![...known, "recvWindow", "timestamp", "signature"].includes(name));
    expect([sent.get("type"), sent.get("newClientOrderId"), sent.get("quantity")]).toEqual([type, order.id, "1"]);
    expect(other.map(([name, value]) => `${name}=${value}`).join(" ")).toBe(rest);
    expect([...sent.keys()].at(-1)).toBe("signature");
  });

  it("that trails is triggered by its distance from the best price", async () => {
    const stage = binanceStage();
    const { broker, binance } = stage.start();
    await listen(stage, { broker, binance });
    await broker.place(testOrder({ ...IN_BTC }));
    const exit = testOrder({
      ...IN_BTC,
      side: "sell",
      kind: "trailing-stop",
      role: "trailing",
      trail: "5",
      reduceOnly: true,
    });
    await broker.place(exit);
    for (const price of [104, 110, 105]) stage.venue.book.trade("BTCUSDT", priceOf(price));
    expect(typesOf(await allEvents(broker), exit.id)).toEqual(["accepted"]);
    stage.venue.book.trade("BTCUSDT", priceOf(104.5));
    expect(typesOf(await allEvents(broker), exit.id)).toEqual(["accepted", "fill"]);
  });

  it("that cannot be expressed is refused for certain, and never sent", async () => {
    const stage = binanceStage();
    const { broker } = stage.start();
    const leg = { ...IN_BTC, side: "sell", reduceOnly: true } as const;
    const stop = () => testOrder({ ...leg, kind: "stop", role: "stop", stop: "90" });
    const trailing = testOrder({ ...leg, kind: "trailing-stop", role: "trailing", trail: "2" });
    const target = testOrder({ ...leg, kind: "limit", role: "target", limit: "110" });
    const cases = [
      { ...testOrder(IN_BTC), legs: [stop(), trailing, target] },
      { ...testOrder(IN_BTC), legs: [stop(), stop()] },
      { ...testOrder({ ...IN_BTC, kind: "stop", stop: "110" }), legs: [stop()] },
      testOrder({ ...IN_BTC, kind: "trailing-stop", trail: "0.05" }),
      testOrder({ ...IN_BTC, kind: "trailing-stop", trail: "30" }),
      testOrder({ ...IN_BTC, kind: "limit" }),
      testOrder({ ...IN_BTC, instrument: "BINANCE:NOSUCH" }),
      testOrder({ ...IN_BTC, instrument: "BINANCE:../../x" }),
    ];
    for (const order of cases) expect((await broker.place(order)).outcome).toBe("rejected");
    expect(stage.made.filter(({ request }) => request.method === "POST")).toEqual([]);
  });

  it("with legs whose fee is taken from what it buys is protected by legs that sell what there is", async () => {
    const stage = binanceStage({ fees: "received" });
    stage.venue.book.funds.set("BTC", parseDecimal("0", "funds"));
    const { broker, binance } = stage.start();
    await listen(stage, { broker, binance });
    const order = bracketOrder(IN_BTC, { stop: "95", target: "105" });
    await broker.place(order);
    const legs = stage.venue.book.liveOrders();
    expect(legs.map(({ quantity }) => formatDecimal(quantity))).toEqual(["0.999", "0.999"]);
    stage.venue.book.trade("BTCUSDT", priceOf(106));
    expect(formatDecimal(stage.venue.book.funds.get("BTC") ?? parseDecimal("1", "funds"))).toBe("0");
  });

  it("that closes all takes its legs back before: they hold the coins, and would sell what is not there any more", async () => {
    const stage = binanceStage();
    stage.venue.book.funds.set("BTC", parseDecimal("0", "funds"));
    const { broker, binance } = stage.start();
    await listen(stage, { broker, binance });
    const order = bracketOrder(IN_BTC, { stop: "95", target: "105" });
    await broker.place(order);
    const exit = testOrder({ ...IN_BTC, side: "sell", role: "exit", reduceOnly: true });
    expect((await broker.place(exit)).outcome).toBe("ack");
    expect(stage.venue.book.liveOrders()).toEqual([]);
    expect(stage.venue.book.positions.get("BTCUSDT")).toBe(0n);
    for (const { id } of order.legs) expect(typesOf(await allEvents(broker), id)).toEqual(["accepted", "canceled"]);
  });

  it("that closes all is not sent where its legs could not be taken back for certain", async () => {
    const stage = binanceStage();
    const { broker, binance } = stage.start();
    await listen(stage, { broker, binance });
    const order = bracketOrder(IN_BTC, { stop: "95", target: "105" });
    await broker.place(order);
    stage.venue.faults.arm("server-error", { path: "DELETE" });
    stage.venue.faults.arm("server-down", { path: "GET", times: 9 });
    stage.venue.faults.arm("event-dropped", { times: 9 });
    const exit = testOrder({ ...IN_BTC, side: "sell", role: "exit", reduceOnly: true });
    expect(await broker.place(exit)).toMatchObject({ outcome: "rejected", code: "LEGS_OPEN" });
    expect(stage.venue.book.positions.get("BTCUSDT")).toBe(parseQuantity("1", "quantity"));
  });

  it("that closes sells what there is where the fee was taken from what was bought, and is refused for more", async () => {
    const stage = binanceStage({ fees: "received" });
    stage.venue.book.funds.set("BTC", parseDecimal("0", "funds"));
    const { broker } = stage.start();
    await broker.place(testOrder(IN_BTC));
    const exit = { ...IN_BTC, side: "sell", role: "exit", reduceOnly: true } as const;
    expect(await broker.place(testOrder(exit))).toMatchObject({ outcome: "rejected", code: "REDUCE_ONLY" });
    const whole = testOrder({ ...exit, quantity: "0.999" });
    expect((await broker.place(whole)).outcome).toBe("ack");
    const { report } = await broker.report("");
    const sold = report.fills.filter(({ clientOrderId }) => clientOrderId === whole.id);
    expect(sold.map(({ quantity }) => formatDecimal(quantity))).toEqual(["0.999"]);
    expect([...(report.positions ?? [])]).toEqual([]);
  });

  it("F10: whose leg is canceled loses both, and both are told", async () => {
    const stage = binanceStage();
    const { broker, binance } = stage.start();
    await listen(stage, { broker, binance });
    const order = bracketOrder(IN_BTC, { stop: "95", target: "105" });
    await broker.place(order);
    await broker.cancel(order.legs[0].id, undefined);
    for (const { id } of order.legs) expect(typesOf(await allEvents(broker), id)).toEqual(["accepted", "canceled"]);
  });

  it("F11: is not changed once a part of it has traded, nor where it is tied to others", async () => {
    const stage = binanceStage();
    const { broker } = stage.start();
    const order = testOrder({ ...IN_BTC, kind: "limit", limit: "95" });
    await broker.place(order);
    stage.venue.book.trade("BTCUSDT", priceOf(95), parseQuantity("0.4", "quantity"));
    const terms = { quantity: parseQuantity("1", "quantity"), limit: parsePrice("96", "limit"), stop: undefined };
    expect(await broker.replace(order.id, 1, terms)).toMatchObject({ outcome: "rejected", code: "-2011" });
    expect(stage.venue.book.liveOrders()).toHaveLength(1);
    const bracket = bracketOrder({ ...IN_BTC, kind: "limit", limit: "90" }, { stop: "80", target: "105" });
    await broker.place(bracket);
    expect(await broker.replace(bracket.id, 1, terms)).toMatchObject({ outcome: "rejected", code: "LISTED" });
  });

  it("whose change takes it back and cannot place it again has ended, and says so", async () => {
    const stage = binanceStage();
    const { broker } = stage.start();
    const order = testOrder({ ...IN_BTC, kind: "limit", limit: "95" });
    await broker.place(order);
    const terms = { quantity: parseQuantity("5000", "quantity"), limit: parsePrice("96", "limit"), stop: undefined };
    expect(await broker.replace(order.id, 1, terms)).toMatchObject({ outcome: "rejected" });
    expect(typesOf(await allEvents(broker), order.id)).toEqual(["accepted", "replace-rejected", "canceled"]);
  });

  it("F34: is placed by the venue's rules of now, once those that are known are old", async () => {
    const stage = binanceStage();
    const { broker } = stage.start();
    await broker.place(testOrder({ ...IN_BTC, kind: "limit", limit: "90.01" }));
    const rules = () => stage.made.filter(({ request }) => request.path.endsWith("/exchangeInfo")).length;
    expect(rules()).toBe(1);
    const instrument = stage.venue.book.instruments.get("BTCUSDT");
    if (instrument !== undefined) instrument.tick = parseDecimal("0.1", "tick");
    stage.clock.now += 61_000;
    const refused = testOrder({ ...IN_BTC, kind: "limit", limit: "90.01" });
    expect(await broker.place(refused)).toMatchObject({ outcome: "rejected", code: "-1013" });
    await broker.place(testOrder({ ...IN_BTC, kind: "limit", limit: "90.1" }));
    expect(rules()).toBe(2);
  });
});

describe("a key of Binance", () => {
  it("F31: signs by the venue's clock, and measures it anew where it was set", async () => {
    const stage = binanceStage();
    stage.venue.faults.clockSkewMs = 600_000;
    const { broker } = stage.start();
    expect((await broker.place(testOrder(IN_BTC))).outcome).toBe("ack");
    stage.venue.faults.clockSkewMs = -600_000;
    expect((await broker.place(testOrder(IN_BTC))).outcome).toBe("ack");
    expect(stage.venue.book.orders.size).toBe(2);
  });

  it("F15: tells what it may do, and warns of what it should not", async () => {
    const stage = binanceStage();
    const sound = await stage.open().client.facts();
    expect(sound).toMatchObject({ canTrade: true, canWithdraw: false, addressBound: true, warnings: [] });
    stage.venue.restrictions = { ...stage.venue.restrictions, enableWithdrawals: true, ipRestrict: false };
    stage.venue.burnsBnb = false;
    const loose = await stage.open().client.facts();
    expect(loose).toMatchObject({ canWithdraw: true, addressBound: false });
    expect(loose.warnings).toHaveLength(3);
  });

  it("tells the rates that the account pays, and its trades cost as much", async () => {
    const stage = binanceStage({ fees: "received" });
    const { broker } = stage.start();
    expect((await stage.open().client.facts()).fees).toEqual({ maker: "0.00100000", taker: "0.00100000" });
    expect((await binanceStage().open().client.facts()).fees).toEqual({ maker: "0.00000000", taker: "0.00000000" });
    await broker.place(testOrder(IN_BTC));
    const [fill] = stage.venue.book.fills;
    expect(Number(fill?.fee) / Number(fill?.quantity)).toBeCloseTo(0.001, 9);
  });

  it("F15: that is not taken is refused as a key, and nothing is tried again", async () => {
    const stage = binanceStage();
    const wrong = { ...stage.key, secret: "another" };
    const parts = { environment: "live", hosts: EMULATED_HOSTS, fetch: stage.fetch, now: () => NOW } as const;
    const { client } = openBinance({ ...parts, key: wrong });
    await expect(client.facts()).rejects.toMatchObject({ name: "VenueRefusal", code: "-1022", isKey: true });
    const { client: other } = openBinance({ ...parts, key: { ...wrong, apiKey: "nobody" } });
    await expect(other.holdings()).rejects.toMatchObject({ code: "-2015", isKey: true });
    expect(stage.made.filter(({ request }) => request.path.endsWith("/account"))).toHaveLength(2);
  });
});

describe("trades of Binance", () => {
  it("D4: come whole by their cursor, page by page, whoever made them", async () => {
    const stage = binanceStage();
    const { client } = stage.open();
    const { book } = stage.venue;
    const trade = () =>
      book.place({
        ...{ clientId: `x${book.orders.size}`, symbol: "BTCUSDT", side: "buy", kind: "market" },
        quantity: parseQuantity("0.1", "quantity"),
      });
    for (let count = 0; count < 2_500; count++) trade();
    const fills: string[] = [];
    let cursor = "";
    for (let complete = false; !complete; ) {
      const page = await client.history({ cursor, since: NOW - 3 * DAY_MS, instruments: [BTC.id] });
      fills.push(...page.fills.map(({ tradeId }) => tradeId));
      ({ cursor, complete } = page);
    }
    expect(fills).toEqual(book.fills.map(({ id }) => `BTCUSDT:${id}`));
    trade();
    const next = await client.history({ cursor, since: 0, instruments: [BTC.id] });
    expect(next.fills.map(({ tradeId }) => tradeId)).toEqual([`BTCUSDT:${book.fills.at(-1)?.id}`]);
  });

  it("come after weeks without any, in a bounded number of requests a call", async () => {
    const stage = binanceStage();
    const { client } = stage.open();
    stage.venue.book.place({
      clientId: "x",
      symbol: "BTCUSDT",
      side: "buy",
      kind: "market",
      quantity: parseQuantity("1", "quantity"),
    });
    let cursor = "";
    let calls = 0;
    for (let complete = false; !complete; calls++) {
      const before = stage.made.length;
      const page = await client.history({ cursor, since: NOW - 25 * DAY_MS, instruments: [BTC.id] });
      expect(stage.made.length - before).toBeLessThanOrEqual(12);
      ({ cursor, complete } = page);
      if (complete) expect(page.fills).toHaveLength(1);
    }
    expect(calls).toBe(3);
  });
});

describe("candles of Binance", () => {
  it("are the source's, page by page up to now, each once, and none that is still open", async () => {
    const stage = binanceStage();
    const { market } = stage.open();
    const [instrument] = await market.instruments();
    stage.venue.isGap = (time) => Math.floor(time / 60_000) % 997 < 3;
    stage.clock.now += 30_000;
    const from = NOW - 3 * DAY_MS;
    const times: number[] = [];
    let next: number | undefined = from;
    for (let pages = 0; next !== undefined; pages++) {
      const page = await market.candles({ instrument, timeframe: "1m", from: next, to: stage.clock.now + DAY_MS });
      times.push(...page.candles.time.subarray(0, page.candles.length));
      next = page.next;
      expect(pages).toBeLessThan(6);
    }
    const expected: number[] = [];
    for (let time = Math.ceil(from / 60_000) * 60_000; time + 60_000 <= stage.clock.now; time += 60_000) {
      if (!stage.venue.isGap(time)) expected.push(time);
    }
    expect(times).toEqual(expected);
  });

  it.each(["1m", "1h", "1d", "1w"] as const)("of %s open where ours do", async (timeframe) => {
    const stage = binanceStage();
    const { market } = stage.open();
    const [instrument] = await market.instruments();
    const { candles } = await market.candles({ instrument, timeframe, from: NOW - 60 * DAY_MS, to: NOW });
    expect(candles.length).toBeGreaterThan(5);
    for (const time of candles.time.subarray(0, candles.length)) expect(candleOpen(time, timeframe)).toBe(time);
  });
});

describe("the account's stream of Binance", () => {
  it("asks for signs of life, and says when a trade is in a currency that it does not know", async () => {
    const stage = binanceStage();
    const { binance, broker } = stage.start();
    const unknown = await binance.userStream([]);
    const stream = await listen(stage, { binance, broker });
    expect(stream.isReady).toBe(true);
    const script = await binance.userStream([BTC.id]);
    script.open(0);
    expect(script.tick(19_999).send).toEqual([]);
    expect(script.tick(20_000).send).toEqual(['{"id":"ping","method":"ping"}']);
    expect(script.silenceMs).toBeGreaterThan(2 * 20_000);
    expect(unknown.url).toBe(script.url);
  });

  it("tells of money that came and went", async () => {
    const { binance } = binanceStage().start();
    const script = await binance.userStream([]);
    const event = { e: "balanceUpdate", E: 5, a: "USDT", d: "-12.50000000", T: 1_700_000_000_000 };
    const { news } = script.take(JSON.stringify({ subscriptionId: 0, event }), 1);
    expect(news).toMatchObject([{ type: "movement", movement: { type: "withdrawal", currency: "USDT" } }]);
  });
});
