import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { movementOf } from "../../../workers/brokers/alpaca/activities.ts";
import { AlpacaDataScript } from "../../../workers/brokers/alpaca/data-stream.ts";
import { changeVerdict } from "../../../workers/brokers/alpaca/errors.ts";
import { instrumentOf } from "../../../workers/brokers/alpaca/instruments.ts";
import { orderBody } from "../../../workers/brokers/alpaca/order-body.ts";
import { fillOf, holdingsOf, parseBody, symbolOf, venueOrderOf } from "../../../workers/brokers/alpaca/parse.ts";
import {
  account,
  alpacaOrder,
  assetsReply,
  barsReply,
  clockReply,
  fillActivities,
  latestTradesReply,
  ordersReply,
  positionsReply,
} from "../../../workers/brokers/alpaca/payloads.ts";
import { AlpacaTradeScript } from "../../../workers/brokers/alpaca/stream.ts";
import { formatDecimal } from "../../../workers/core/ledger/decimal-text.ts";
import { NOWHERE_SOCKET } from "../emulated-hosts.ts";
import { HAS_RECORDED_PAYLOADS, recordedPayload } from "../recorded-payloads.ts";
import { isOperation, uncalledRows } from "../spec.ts";
import { testOrder } from "../test-order.ts";
import { ALPACA_KEYS } from "./alpaca-emulator.ts";

const DOCUMENT = new URL("../../../docs/venues/alpaca.md", import.meta.url);

interface Pair {
  readonly test: string;
  readonly method: string;
  readonly url: string;
  readonly response: unknown;
}
type Examples = Record<string, { readonly section: string; readonly json: unknown }[]>;

/** What a reply is read as, by method and path; those of calls that we do not make are not named. */
const SCHEMAS: readonly (readonly [RegExp, z.ZodType])[] = [
  [/^GET \/v2\/account$/, account],
  [/^GET \/v2\/assets$/, assetsReply],
  [/^GET \/v2\/positions$/, positionsReply],
  [/^GET \/v2\/orders$/, ordersReply],
  [/^(POST|PATCH) \/v2\/orders/, alpacaOrder],
  [/^GET \/v2\/orders(\/|:by_client)/, alpacaOrder],
  [/^GET \/v2\/stocks\/trades\/latest$/, latestTradesReply],
  [/^GET \/v1beta3\/crypto\/us\/latest\/trades$/, latestTradesReply],
  [/^GET \/(v2\/stocks|v1beta3\/crypto\/us)\/bars$/, barsReply],
];

function pairs(): Pair[] {
  return recordedPayload<Pair[]>("alpaca/fixtures-alpaca-py.json");
}

function schemaOf({ method, url }: Pair): z.ZodType | undefined {
  const path = url.replace(/^https:\/\/[^/]+/, "").replace(/\?.*$/, "");
  return SCHEMAS.find(([pattern]) => pattern.test(`${method} ${path}`))?.[1];
}

function reply(test: string): string {
  return JSON.stringify(pairs().find((one) => one.test === test)?.response);
}

function examples(path: string): unknown[] {
  return recordedPayload<Examples>("alpaca/fixtures-docs-examples.json")[path].map(({ json }) => json);
}

const EXCERPT = "alpaca/fixtures-ccxt-excerpt.json";

describe.skipIf(!HAS_RECORDED_PAYLOADS)("what was recorded of Alpaca", () => {
  it("is read wherever it is a reply to a call that we make", () => {
    const ours = pairs().filter((pair) => schemaOf(pair) !== undefined);
    expect([pairs().length, ours.length]).toEqual([83, 22]);
    for (const pair of ours) {
      const read = () => parseBody(schemaOf(pair) as z.ZodType, JSON.stringify(pair.response));
      expect(read, pair.test).not.toThrow();
    }
  });

  it("is read, or named with the reason why nothing calls for it", () => {
    const documented = uncalledRows(readFileSync(DOCUMENT, "utf8")).map(({ operation }) => operation);
    const uncalled = pairs().filter((pair) => schemaOf(pair) === undefined);
    const used = new Set<string>();
    for (const { method, url, test } of uncalled) {
      const path = url.replace(/^https:\/\/[^/]+/, "").replace(/\?.*$/, "");
      const operation = documented.find((one) => isOperation(one, method, path));
      expect(operation, `${test}: ${method} ${path}`).toBeDefined();
      used.add(operation ?? "");
    }
    expect(documented.filter((one) => !used.has(one))).toEqual([]);
  });

  it("shows orders as they are", () => {
    const order = venueOrderOf(parseBody(alpacaOrder, reply("test_market_order").replace("AAPL`", "AAPL")));
    expect({ ...order, quantity: formatDecimal(order.quantity) }).toMatchObject({
      venueOrderId: "61e69015-8549-4bfd-b9c3-01e75843f47d",
      instrument: "ALPACA:AAPL",
      side: "buy",
      quantity: "1",
      limit: undefined,
      status: "open",
    });
  });

  it("shows positions with their sign, and cash below zero", () => {
    const facts = parseBody(account, reply("test_get_account"));
    const { positions, balances } = holdingsOf(facts, parseBody(positionsReply, reply("test_get_all_positions")));
    expect([...(positions ?? [])].map(([id, units]) => [id, formatDecimal(units)])).toEqual([["ALPACA:AAPL", "5"]]);
    expect([...(balances ?? [])].map(([name, money]) => [name, formatDecimal(money)])).toEqual([["USD", "-23140.2"]]);
  });

  it("shows stocks and coins on their grids, and no pair that is not paid in dollars", () => {
    const [stock] = parseBody(assetsReply, reply("test_get_all_assets"));
    expect(instrumentOf(stock)).toMatchObject({ id: "ALPACA:AAPL", kind: "stock", tick: 0.01, lot: 1e-9 });
    const { response } = recordedPayload<{ response: { method: string; httpResponse: unknown }[] }>(EXCERPT);
    const markets = response.find(({ method }) => method === "fetchMarkets")?.httpResponse;
    const coins = parseBody(assetsReply, JSON.stringify(markets)).map(instrumentOf);
    expect(coins).toMatchObject([
      undefined,
      { id: "ALPACA:AAVE/USD", kind: "crypto", base: "AAVE", tick: 0.01, lot: 1e-9, quantityMin: 0.010186515 },
    ]);
    const clock = response.find(({ method }) => method === "fetchTime")?.httpResponse;
    expect(parseBody(clockReply, JSON.stringify(clock)).is_open).toBe(false);
  });

  it("keeps every digit of an id that is longer than a double", () => {
    const { response } = recordedPayload<{ response: { method: string; httpResponse_text?: string }[] }>(EXCERPT);
    const text = response.find(({ method }) => method === "fetchTrades")?.httpResponse_text ?? "";
    const id = /"i":(\d+)/.exec(text)?.[1];
    const row = { activity_type: "FILL", order_id: "a", symbol: "BTC/USD", side: "buy", qty: "1", price: "2" };
    const body = JSON.stringify([{ ...row, transaction_time: "2024-07-18T05:02:23.898910982Z", id: "0" }]);
    const [fill] = parseBody(fillActivities, body.replace('"id":"0"', `"id":${id}`));
    expect(fillOf(fill)).toMatchObject({ tradeId: "2880534893454904000", at: 1_721_278_943_898, quote: "USD" });
  });

  it("hears of its orders and of its key as the venue's examples say it", () => {
    const script = new AlpacaTradeScript({ stream: NOWHERE_SOCKET, key: ALPACA_KEYS });
    const frames = examples("content/api-references/trading-api/streaming.md").map((frame) => JSON.stringify(frame));
    const take = (part: string) => script.take(frames.find((frame) => frame.includes(part)) ?? "", 1);
    expect(JSON.parse(script.open(0).send[0])).toMatchObject({
      action: "authenticate",
      data: { key_id: ALPACA_KEYS.keyId },
    });
    expect(JSON.parse(take('"authorized"').send[0])).toEqual(JSON.parse(frames[0]));
    expect(take('"listening"')).toMatchObject({ isReady: true, news: [{ type: "gap" }] });
    expect(take('"listening"').news).toEqual([]);
    const { news } = take('"execution_id"');
    expect(news).toMatchObject([
      { type: "order", order: { instrument: "ALPACA:SOL/USD", status: "filled", side: "sell" } },
      { type: "gap" },
    ]);
    expect(take('"unauthorized"').close).toMatchObject({ isFinal: true });
  });

  it("hears of the market as the venue's examples say it, and of what ends it", () => {
    for (const path of ["stock-pricing-data/realtime.md", "real-time.md"]) {
      const folder = path === "real-time.md" ? "crypto-api" : "market-data-api";
      const frames = examples(`content/api-references/${folder}/${path}`).map((frame) => JSON.stringify(frame));
      const make = () => new AlpacaDataScript({ url: NOWHERE_SOCKET, key: ALPACA_KEYS, instruments: ["ALPACA:AAPL"] });
      const take = (part: string) => make().take(frames.find((frame) => frame.includes(part)) ?? "", 1);
      expect(JSON.parse(take('"connected"').send[0])).toMatchObject({ action: "auth", key: ALPACA_KEYS.keyId });
      expect(JSON.parse(take('"authenticated"').send[0])).toMatchObject({ action: "subscribe", trades: ["AAPL"] });
      expect(take('"code":402').close).toMatchObject({ isFinal: true });
      expect(take('"code":406').close).toMatchObject({ isFinal: false });
    }
  });

  it("refuses for certain what the venue's examples refuse", () => {
    const refusals = examples("content/trading/orders.md").filter(
      (one) => (one as { code?: number }).code !== undefined,
    );
    for (const body of refusals) {
      expect(changeVerdict({ status: 422, body: JSON.stringify(body) }, "place")).toMatchObject({ verdict: "refused" });
    }
    const taken = JSON.stringify({ code: 40010001, message: "client_order_id must be unique" });
    expect(changeVerdict({ status: 422, body: taken }, "place").verdict).toBe("unknown");
  });

  it("sends brackets and trailing stops as the venue's examples do", () => {
    const bodies = examples("content/trading/orders.md") as Record<string, unknown>[];
    const leg = { instrument: "ALPACA:SPY", side: "sell", quantity: "100", reduceOnly: true } as const;
    const legs = [testOrder({ ...leg, kind: "limit", limit: "301" }), testOrder({ ...leg, kind: "stop", stop: "299" })];
    const bracket = testOrder({ instrument: "ALPACA:SPY", quantity: "100", legs });
    const expected = bodies.find((body) => body.order_class === "bracket");
    // Theirs limits what the stop may cost; ours is a stop.
    const stopLoss = { stop_loss: { stop_price: "299" } };
    expect(orderBody(bracket)).toEqual({ ...expected, ...stopLoss, client_order_id: bracket.id });
    const trailing = testOrder({ ...leg, kind: "trailing-stop", trail: "6.15" });
    const example = bodies.find((body) => body.type === "trailing_stop");
    expect(orderBody(trailing)).toEqual({ ...example, time_in_force: "gtc", client_order_id: trailing.id });
  });
});

describe("what moves money at Alpaca without a trade", () => {
  const row = { id: "20260105000000000::a", created_at: "2026-01-05T00:00:00Z", net_amount: "-1.5" };

  it.each([
    ["CSD", "1", { type: "deposit", amount: "1" }],
    ["CSW", "-2", { type: "withdrawal", amount: "2" }],
    ["FEE", "-0.03", { type: "fee", amount: "0.03" }],
    ["INT", "0.5", { type: "fee", amount: "-0.5" }],
    ["DIV", "7.25", { type: "funding", amount: "-7.25", instrument: "ALPACA:AAPL" }],
    ["SPIN", "3", { type: "cash-adjustment", amount: "3" }],
  ])("is told as what it is: %s", (type, net, expected) => {
    const [movement] = movementOf({ ...row, activity_type: type, net_amount: net, symbol: "AAPL" }, 0);
    const amount = "amount" in movement ? formatDecimal(movement.amount) : "";
    expect({ ...movement, amount }).toMatchObject({ ...expected, id: row.id, currency: "USD" });
  });

  it("is left out where it was before us, or was taken back", () => {
    expect(movementOf({ ...row, activity_type: "FEE" }, Date.parse("2026-01-06T00:00:00Z"))).toEqual([]);
    expect(movementOf({ ...row, activity_type: "FEE", status: "canceled" }, 0)).toEqual([]);
  });

  it("takes a fee in the coin from the position, at what it was worth", () => {
    const fee = { ...row, activity_type: "CFEE", net_amount: "0", symbol: "ETHUSD", qty: "-0.0002", price: "2000" };
    const [movement] = movementOf(fee, 0);
    expect(movement).toMatchObject({ type: "position-adjustment", instrument: "ALPACA:ETH/USD", side: "sell" });
  });
});

describe("names of instruments at Alpaca", () => {
  it.each([
    ["BTCUSD", "crypto", "BTC/USD"],
    ["SOLUSDT", "crypto", "SOL/USDT"],
    ["BTC/USD", undefined, "BTC/USD"],
    ["LTCUSD", undefined, "LTC/USD"],
    ["BRK.B", undefined, "BRK.B"],
    ["AAPL", undefined, "AAPL"],
    ["HUSD", undefined, "HUSD"],
    ["XXXUSD", "us_equity", "XXXUSD"],
  ])("%s of %s is %s", (raw, assetClass, symbol) => {
    expect(symbolOf(raw, assetClass)).toBe(symbol);
  });
});
