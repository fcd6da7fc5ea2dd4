import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { errorOf, isDefinite } from "../../../workers/brokers/binance/errors.ts";
import {
  BinanceOrder,
  BinanceTrade,
  fillsOf,
  OrderListReply,
  orderOf,
  tradeOf,
} from "../../../workers/brokers/binance/parse.ts";
import { replaceOutcome } from "../../../workers/brokers/binance/replace.ts";
import { ExchangeInfo, symbolsOf } from "../../../workers/brokers/binance/rules.ts";
import { type BinanceKey, binanceSigner, queryOf, socketPayload } from "../../../workers/brokers/binance/sign.ts";
import { binanceMarketStream, binanceUserStream } from "../../../workers/brokers/binance/stream.ts";
import { readReply } from "../../../workers/brokers/request/read-reply.ts";
import { formatDecimal, parseQuantity } from "../../../workers/core/ledger/decimal-text.ts";
import { HAS_RECORDED_PAYLOADS, recordedPayload } from "../recorded-payloads.ts";
import { EMULATED_HOSTS } from "./binance-stage.ts";

interface Example {
  readonly section: string;
  readonly example: unknown;
}

function examples(document: string, section: string): unknown[] {
  const all = recordedPayload<Record<string, Example[]>>("binance/fixtures-docs-examples.json")[document];
  const found = all.filter((each) => each.section.startsWith(section)).map((each) => each.example);
  expect(found.length, section).toBeGreaterThan(0);
  return found;
}

/** As it would have arrived: numbers keep how they were written only by that. */
function read<T>(value: unknown, schema: z.ZodType<T>): T {
  return readReply(JSON.stringify(value), schema);
}

const QUANTITY = parseQuantity("5", "quantity");

async function userScript() {
  const key: BinanceKey = { kind: "hmac", apiKey: "key", secret: "secret" };
  const sign = await binanceSigner(key);
  return binanceUserStream({ hosts: EMULATED_HOSTS, apiKey: "key", sign, venueNow: () => 1, quoteOf: () => "USDT" });
}

describe.skipIf(!HAS_RECORDED_PAYLOADS)("what was recorded of Binance", () => {
  it("is signed as the venue signs it", async () => {
    const file = recordedPayload<{
      apiKey: string;
      secretKey: string;
      vectors: { id: string; payload: string; signature: string }[];
      ed25519: { pkcs8_der_base64: string; payload: string; signature_base64: string };
    }>("binance/signing-vectors.json");
    const sign = await binanceSigner({ kind: "hmac", apiKey: file.apiKey, secret: file.secretKey });
    for (const { id, payload, signature } of file.vectors) expect([id, await sign(payload)]).toEqual([id, signature]);
    const { pkcs8_der_base64: secret, payload, signature_base64: expected } = file.ed25519;
    const other = await binanceSigner({ kind: "ed25519", apiKey: "key", secret });
    expect(await other(payload)).toBe(expected);
    const pem = `-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----\n`;
    expect(await (await binanceSigner({ kind: "ed25519", apiKey: "key", secret: pem }))(payload)).toBe(expected);
  });

  it("has its payloads put together as the venue does", () => {
    const file = recordedPayload<{ vectors: { id: string; payload: string }[] }>("binance/signing-vectors.json");
    for (const { id, payload } of file.vectors) {
      const pairs = payload.split("&").map((pair) => {
        const [name, value] = pair.split("=");
        return [name, id.startsWith("rest") ? decodeURIComponent(value) : value] as const;
      });
      if (id.startsWith("rest")) expect(queryOf(pairs)).toBe(payload);
      else expect(socketPayload([...pairs].reverse())).toBe(payload);
    }
  });

  it("is read: orders, lists of orders, trades", () => {
    for (const order of examples("rest-api.md", "New order (TRADE)").slice(1)) {
      const parsed = read(order, BinanceOrder);
      expect(orderOf(parsed)).toMatchObject({ instrument: "BINANCE:BTCUSDT", side: "sell", status: "filled" });
    }
    const full = read(examples("rest-api.md", "New order (TRADE)")[2], BinanceOrder);
    const fills = fillsOf(full, "USDT");
    expect(fills.map(({ tradeId }) => tradeId)).toEqual([56, 57, 58, 59, 60].map((id) => `BTCUSDT:${id}`));
    expect(formatDecimal(fills.reduce((sum, { quantity }) => (sum + quantity) as never, QUANTITY))).toBe("15");
    for (const section of ["New Order list - O", "New Order List - OPO"]) {
      for (const list of examples("rest-api.md", section)) {
        const { orderReports } = read(list, OrderListReply);
        for (const report of orderReports) expect(orderOf(report, QUANTITY).status).toBe("open");
      }
    }
    for (const list of examples("rest-api.md", "Cancel Order list")) {
      for (const report of read(list, OrderListReply).orderReports) expect(orderOf(report).status).toBe("canceled");
    }
    const [canceled] = examples("rest-api.md", "Cancel order (TRADE)");
    expect(orderOf(read(canceled, BinanceOrder))).toMatchObject({ clientOrderId: "myOrder1", status: "canceled" });
    for (const section of ["Query order (", "Current open orders", "All orders"]) {
      const orders = examples("rest-api.md", section).flat();
      for (const order of orders) {
        expect(orderOf(read(order, BinanceOrder))).toMatchObject({ clientOrderId: "myOrder1", stop: undefined });
      }
    }
    const [[trade]] = examples("rest-api.md", "Account trade list") as unknown[][];
    expect(tradeOf(read(trade, BinanceTrade), "BTC")).toMatchObject({ tradeId: "BNBBTC:28457", feeCurrency: "BNB" });
  });

  it("is read: every outcome of a change", () => {
    const order = { order: { id: "x".repeat(20) } } as never;
    const outcomes = examples("rest-api.md", "Cancel an Existing").map((example) => {
      const { code } = example as { code?: number };
      const status = code === undefined ? 200 : code === -2021 ? 409 : 400;
      const reply = { status, body: JSON.stringify(example), headers: new Headers(), sentAt: 0, heardAt: 0 };
      const error = errorOf(reply);
      const answer = error === undefined ? { reply, error } : { reply, error };
      const { outcome, news } = replaceOutcome(answer as never, { order, quote: "USDT", revision: 1 });
      return `${outcome} ${news.length}`;
    });
    // Both done; nothing canceled; canceled alone; placed alone; neither; too many; canceled alone.
    const expected = ["ack 2", "rejected 0", "rejected 1", "unknown 0", "rejected 0", "rejected 0", "rejected 1"];
    expect(outcomes).toEqual(expected);
  });

  it("is read: rules of symbols", () => {
    for (const path of ["binance/fixtures-nautilus/py/http_responses/http_spot_market_exchange_info.json"]) {
      const info = read(recordedPayload(path), ExchangeInfo);
      const [btc] = symbolsOf(info);
      expect(btc.instrument).toMatchObject({
        id: "BINANCE:BTCUSDT",
        tick: 0.01,
        quantityMin: 0.00001,
        status: "trading",
      });
      expect(btc.instrument.kinds).toEqual(["market", "limit", "stop-limit"]);
    }
    const [documented] = examples("rest-api.md", "Exchange information");
    expect(symbolsOf(read(documented, ExchangeInfo))).toHaveLength(1);
  });

  it("is read: frames of the account's stream", async () => {
    const script = await userScript();
    const types = (frame: unknown) => script.take(JSON.stringify(frame), 1).news.map(({ type }) => type);
    const documented = examples("user-data-stream.md", "");
    const byName = new Map(documented.map((frame) => [(frame as { event: { e: string } }).event.e, frame]));
    const told: Record<string, string[]> = {
      executionReport: ["order"],
      balanceUpdate: ["movement"],
      outboundAccountPosition: [],
      listStatus: [],
      externalLockUpdate: [],
      eventStreamTerminated: ["gap"],
    };
    for (const [name, expected] of Object.entries(told))
      expect([name, types(byName.get(name))]).toEqual([name, expected]);
    const reports: Record<string, string[]> = {
      binance_us: ["fill", "order"],
      calculated: ["order"],
      canceled: ["order"],
      custom_client_id: ["fill", "order"],
      empty_client_id: ["fill", "order"],
      expired: ["order"],
      new: ["order"],
      pending_cancel: ["order"],
      rejected: ["order"],
      trade: ["fill", "order"],
      // A trade without a price is none that can be booked: everything is asked for instead.
      trade_l_zero: ["gap"],
      trade_l_zero_canceled: ["order"],
      trade_l_zero_partial: ["order"],
      trade_prevention: ["order"],
    };
    for (const [name, expected] of Object.entries(reports)) {
      const path = `binance/fixtures-nautilus/py/ws_messages/ws_spot_execution_report_${name}.json`;
      const { data: event } = recordedPayload<{ data: unknown }>(path);
      expect([name, types({ subscriptionId: 0, event })]).toEqual([name, expected]);
    }
  });

  it("is read: answers to a subscription, and prices", async () => {
    const script = await userScript();
    const [ready] = examples("web-socket-api.md", "Subscribe to User Data Stream through").slice(1);
    const answer = JSON.stringify({ ...(ready as object), id: "subscribe" });
    expect(script.take(answer, 1)).toMatchObject({ isReady: true });
    const refused = JSON.stringify({ id: "subscribe", status: 401, error: { code: -2015, msg: "Invalid API-key." } });
    expect(script.take(refused, 1).close).toMatchObject({ isFinal: true });
    const [data] = examples("web-socket-streams.md", "Individual Symbol Mini");
    const market = binanceMarketStream({ hosts: EMULATED_HOSTS, symbols: ["BNBBTC"] });
    const step = market.take(JSON.stringify({ stream: "bnbbtc@miniTicker", data }), 7);
    expect(step.news).toMatchObject([{ type: "mark", mark: { instrument: "BINANCE:BNBBTC", at: 1672515782136 } }]);
  });
});

describe("a refusal of Binance", () => {
  it.each([
    ["-2010", "Account has insufficient balance for requested action.", true],
    ["-2010", "Duplicate order sent.", false],
    ["-1013", "Filter failure: LOT_SIZE", true],
    ["-1000", "An unknown error occurred while processing the request.", false],
    ["-1001", "Internal error; unable to process your request. Please try again.", false],
    ["-1006", "An unexpected response was received from the message bus. Execution status unknown.", false],
    [
      "-1007",
      "Timeout waiting for response from backend server. Send status unknown; execution status unknown.",
      false,
    ],
    ["-1008", "Server is currently overloaded with other requests. Please try again in a few minutes.", false],
    ["-1016", "This service is no longer available.", false],
    ["-9999", "Something new.", false],
  ])("%s %s is certain: %s", (code, message, certain) => {
    expect(isDefinite(code, message)).toBe(certain);
  });
});
