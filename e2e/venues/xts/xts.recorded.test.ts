import { describe, expect, it } from "vitest";
import { readJson } from "../../../workers/brokers/request/read-json.ts";
import { VenueRefusal, type VenueReply, VenueSilence } from "../../../workers/brokers/request/venue-reply.ts";
import { markOf, readBars } from "../../../workers/brokers/xts/candles.ts";
import { resultOf } from "../../../workers/brokers/xts/errors.ts";
import { utcOfBarTime, utcOfIstText, utcOfSocketTime } from "../../../workers/brokers/xts/ist-time.ts";
import { openXts } from "../../../workers/brokers/xts/open-xts.ts";
import {
  cashOf,
  fillOf,
  orderOf,
  positionsOf,
  readRows,
  XtsOrder,
  XtsTrade,
} from "../../../workers/brokers/xts/parse.ts";
import { XtsToken } from "../../../workers/brokers/xts/sign.ts";
import { XtsStream } from "../../../workers/brokers/xts/stream.ts";
import { formatDecimal, parsePrice, parseQuantity } from "../../../workers/core/ledger/decimal-text.ts";
import { HAS_RECORDED_PAYLOADS, recordedPayload } from "../recorded-payloads.ts";
import { testOrder } from "../test-order.ts";
import { XTS_HOST } from "./xts-stage.ts";

type Recorded = Readonly<Record<string, readonly { readonly context: string; readonly json: unknown }[]>>;

const recorded = HAS_RECORDED_PAYLOADS ? recordedPayload<Recorded>("xts/fixtures-docs-examples.json") : {};

/** A trade as some brokers list it, with names of its own for the same things. */
const SHORTENED = {
  ...{ AppOrderID: "1234567890", ExchangeSegment: "NSECM", ExchangeInstrumentID: "2885", OrderSide: "BUY" },
  ...{ TradedQuantity: "10", TradedPrice: "2449.5", OrderGeneratedDateTime: "Jun 18 2026 10:15:35" },
};

/** One payload with its numbers as text, as every reply is read. */
function payload(group: string, index: number): unknown {
  return readJson(JSON.stringify(recorded[group]?.[index]?.json));
}

function reply(body: unknown, status = 200): VenueReply {
  return { status, headers: new Headers(), body: JSON.stringify(body), sentAt: 0, heardAt: 0 };
}

function isReply(json: unknown): json is { type: string; result?: unknown } {
  return typeof json === "object" && json !== null && "type" in json && typeof json.type === "string";
}

describe.skipIf(!HAS_RECORDED_PAYLOADS)("what is recorded of XTS", () => {
  const all = Object.entries(recorded).flatMap(([group, list]) =>
    list.map(({ json }, index) => ({ group, index, json })),
  );

  it("is read whole: each reply by its envelope, and nothing else is taken for one", () => {
    expect(all).toHaveLength(88);
    for (const { group, index, json } of all) {
      const name = `${group} ${index}`;
      const [only] = Array.isArray(json) && json.length === 1 ? json : [json];
      if (!isReply(only)) {
        expect(() => resultOf(reply(json)), name).toThrow();
        continue;
      }
      if (only.type === "success")
        expect(resultOf(reply(json)), name).toEqual(readJson(JSON.stringify(only.result ?? null)) ?? undefined);
      else expect(() => resultOf(reply(json, 400)), name).toThrow(VenueRefusal);
    }
  });

  it("F06: a reply of 429 is a definite refusal, and one of 500 with the same words is not", () => {
    const json = recorded.interactive__RateLimit?.[0]?.json;
    expect(() => resultOf(reply(json, 429))).toThrow(VenueRefusal);
    expect(() => resultOf(reply({ type: "error", code: "e-orders-9999", description: "timed out" }, 400))).toThrow(
      "timed out",
    );
  });

  it("gives orders of the book, of sockets and of delayed orders their terms", () => {
    const [row] = readRows(
      XtsOrder,
      (payload("interactive__tradebook__orderbook", 0) as { result: unknown }).result,
      "orders",
    );
    expect(row && orderOf(row)).toEqual({
      ...{ clientOrderId: "123abc", venueOrderId: "648468730", instrument: "XTS:NSECM-16921", side: "buy" },
      ...{ quantity: parseQuantity("15", "q"), limit: parsePrice("254.55", "p"), stop: undefined },
      ...{ filled: parseQuantity("0", "q"), status: "open" },
    });
    for (const [group, index] of [
      ["interactive__SocketStreaming", 0],
      ["interactive__SocketStreaming", 4],
      ["interactive__GTTOrders", 4],
    ] as const) {
      expect(orderOf(XtsOrder.parse(payload(group, index)))).toMatchObject({ status: "open", side: "buy" });
    }
  });

  it("tells trades with their own number, and refuses a book whose trades have none", () => {
    const trade = fillOf(XtsTrade.parse(payload("interactive__SocketStreaming", 1)));
    expect(trade).toMatchObject({
      tradeId: "NSECM:1320599156383056",
      price: parsePrice("44", "p"),
      clientOrderId: "454845",
    });
    expect(trade.at).toBe(Date.UTC(2021, 4, 14, 5, 47, 29));
    // Both examples of the book are shortened: one trade has no number, the other no instrument.
    for (const index of [0, 1]) {
      const { result } = payload("interactive__tradebook__tradebook", index) as { result: unknown };
      expect(() => readRows(XtsTrade, result, "trades").map(fillOf)).toThrow(VenueSilence);
    }
    const [whole] = readRows(XtsTrade, [{ ...SHORTENED, TradeID: "220618000123" }], "trades");
    expect(whole && fillOf(whole)).toMatchObject({
      tradeId: "NSECM:220618000123",
      at: Date.UTC(2026, 5, 18, 4, 45, 35),
    });
  });

  it("reads positions, money and the log-in", () => {
    const { held, flows } = positionsOf(
      (payload("interactive__portfolio__positions", 0) as { result: unknown }).result,
    );
    expect([...held]).toEqual([["XTS:NSECM-22", parseQuantity("10", "q")]]);
    expect(formatDecimal(flows)).toBe("827");
    expect(formatDecimal(cashOf((payload("interactive__portfolio__funds", 0) as { result: unknown }).result))).toBe(
      "267.2",
    );
    const login = (payload("interactive__Authentication", 1) as { result: unknown }).result;
    expect(XtsToken.parse(login)).toMatchObject({ userID: "RM12345", isInvestorClient: false });
  });

  it("makes of frames what they say: orders, trades, prices, and doubt where something moved that has no order", () => {
    const stream = new XtsStream({ base: XTS_HOST.base, token: "t", userId: "u", side: "interactive" });
    const types = (name: string, json: unknown) =>
      stream.take(`42${JSON.stringify([name, JSON.stringify(json)])}`, 5).news.map(({ type }) => type);
    const frames = (recorded.interactive__SocketStreaming ?? []).map(({ json }) => json);
    const names = [
      "order",
      "trade",
      "position",
      "tradeConversion",
      "gttOrder",
      "gttOrderRejection",
      "marketStatusUpdate",
    ];
    expect(names.map((name, index) => types(name, frames[index]))).toEqual([
      ["order"],
      ["fill"],
      ["gap"],
      ["gap"],
      [],
      [],
      [],
    ]);
    expect(types("1505-json-full", recorded.market__SS?.[0]?.json)).toEqual([]);
  });

  it("reads candles by India's clock, of which a day begins at its midnight", () => {
    const [{ result }] = payload("market__ohlc", 2) as { result: { dataResponse: string } }[];
    expect(readBars(result.dataResponse, "1m")).toEqual([
      { time: Date.UTC(2025, 0, 19, 18, 30), values: ["1316", "1316", "1300.25", "1305.45", "14040244", "0", ""] },
    ]);
  });

  it("asks for an order and for its change in the words that are recorded", async () => {
    const asked: { path: string; body: Record<string, unknown> }[] = [];
    const fetch = async (url: string, { body }: RequestInit) => {
      asked.push({ path: new URL(url).pathname, body: typeof body === "string" ? JSON.parse(body) : {} });
      return new Response(JSON.stringify({ type: "success", result: { AppOrderID: 2190766863 } }));
    };
    const token = { token: "t", userID: "u" };
    const key = { appKey: "a", secretKey: "s" };
    const tokens = () => ({ read: () => token, write: () => undefined });
    let now = 0;
    const wait = async (delayMs: number) => {
      now += delayMs;
    };
    const keys = { interactive: key, market: key, tokens, clientId: "RM1" };
    const { client } = openXts({ fetch, now: () => now, wait, host: XTS_HOST, ...keys });
    const order = testOrder({ instrument: "XTS:NSECM-3045", kind: "limit", limit: "254.55", quantity: "15" });
    await client.place(order);
    const placed = { order, parent: undefined, venueOrderId: "2190766863", sentAs: order.id, revision: 0, sentAt: 0 };
    await client.replace(placed, 1, {
      quantity: parseQuantity("25", "q"),
      limit: parsePrice("255.65", "p"),
      stop: undefined,
    });
    const bodies = asked.filter(({ body }) => "orderUniqueIdentifier" in body).map(({ body }) => body);
    const own = { orderUniqueIdentifier: order.id };
    const example = (group: string) => recorded[group]?.[0]?.json as Record<string, unknown> | undefined;
    const { apiOrderSource, ...place } = example("interactive__orders__place_order") ?? {};
    const modify = example("interactive__orders__modify_order") ?? {};
    expect(apiOrderSource).toBe("WEB");
    expect(bodies).toEqual([
      { ...place, ...own },
      { ...modify, ...own, clientID: "RM1" },
    ]);
  });
});

describe("times of XTS", () => {
  it("F31: go from India's clock to UTC, whichever of its four forms they have", () => {
    const at = Date.UTC(2026, 5, 18, 3, 50, 15);
    expect(utcOfIstText("18-06-2026 09:20:15")).toBe(at);
    expect(utcOfIstText("Jun 18 2026 09:20:15")).toBe(at);
    expect(utcOfBarTime(Date.UTC(2026, 5, 18, 9, 20, 15) / 1_000)).toBe(at);
    expect(utcOfSocketTime(Date.UTC(2026, 5, 18, 9, 20, 15) / 1_000 - 315_532_800)).toBe(at);
    for (const text of [
      "",
      "2026-06-18 09:20:15",
      "31-02-2026 09:20:15",
      "18-06-2026 24:20:15",
      "Jux 18 2026 09:20:15",
    ]) {
      expect(() => utcOfIstText(text)).toThrow(RangeError);
    }
  });

  it("are those of a price as the exchange stamps it", () => {
    const frame = {
      ExchangeSegment: "1",
      ExchangeInstrumentID: "467",
      LastTradedPrice: "610.25",
      LastUpdateTime: "1420632949",
    };
    expect(markOf(frame, 7)).toMatchObject({
      instrument: "XTS:NSECM-467",
      at: Date.UTC(2025, 0, 6, 6, 45, 49),
      heardAt: 7,
    });
  });
});
