import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parsePrice, parseQuantity } from "../../../workers/core/ledger/decimal-text.ts";
import { HAS_RECORDED_PAYLOADS, recordedPayload, recordedText } from "../recorded-payloads.ts";
import { documentedOperations } from "../spec.ts";
import { bracketOrder, testOrder } from "../test-order.ts";
import { BTC, binanceStage, listen, priceOf } from "./binance-stage.ts";

const DOCUMENT = new URL("../../../docs/venues/binance.md", import.meta.url);
/** Operations that came after the specification was written. */
const NEWER = ["POST /api/v3/orderList/opo", "POST /api/v3/orderList/opoco"];

/** Everything that the client, the market data and a broker ask for, once. */
async function fullRun(stage: ReturnType<typeof binanceStage>) {
  const parts = stage.start();
  const { broker, binance } = parts;
  const { client, market } = binance;
  await client.facts();
  const [instrument] = await market.instruments();
  await market.candles({ instrument, timeframe: "1m", from: stage.clock.now - 600_000, to: stage.clock.now });
  await market.status();
  await market.prices([instrument]);
  await broker.report("");
  const events: string[] = [];
  const connect = stage.venue.connect.bind(stage.venue);
  stage.venue.connect = (path, rawQuery, socket) => {
    const send = (text: string) => {
      events.push(text);
      socket.send(text);
    };
    return connect(path, rawQuery, { ...socket, send });
  };
  await listen(stage, parts);
  const buy = { instrument: BTC.id, quantity: "1" };
  await broker.place(testOrder(buy));
  const resting = testOrder({ ...buy, kind: "limit", limit: "90" });
  await broker.place(resting);
  const terms = { quantity: parseQuantity("2", "quantity"), limit: parsePrice("91", "limit"), stop: undefined };
  expect((await broker.replace(resting.id, 1, terms)).outcome).toBe("ack");
  await broker.order(resting.id);
  expect((await broker.cancel(resting.id, undefined)).outcome).toBe("ack");
  const two = bracketOrder(buy, { stop: "95", target: "105" });
  for (const order of [two, { ...bracketOrder(buy, { stop: "95", target: "105" }) }]) {
    const legs = order === two ? order.legs : order.legs.slice(0, 1);
    expect((await broker.place({ ...order, legs })).outcome).toBe("ack");
  }
  for (const count of [2, 1]) {
    const order = bracketOrder({ ...buy, side: "sell", kind: "limit", limit: "110" }, { stop: "115", target: "105" });
    expect((await broker.place({ ...order, legs: order.legs.slice(0, count) })).outcome).toBe("ack");
  }
  stage.venue.book.trade("BTCUSDT", priceOf(101));
  await broker.report("");
  return { events };
}

it("Binance's client asks for the documented operations and no other", async () => {
  const stage = binanceStage();
  await fullRun(stage);
  const used = new Set(stage.made.map(({ request }) => `${request.method} ${request.path}`));
  const documented = documentedOperations(readFileSync(DOCUMENT, "utf8"));
  expect([...used].sort()).toEqual(documented.sort());
});

it.skipIf(!HAS_RECORDED_PAYLOADS)(
  "documented operations of Binance are the venue's, and take what we send",
  async () => {
    const spec = operationsOf(recordedText("binance/spot_api.yaml"));
    const stage = binanceStage();
    await fullRun(stage);
    const faults: string[] = [];
    for (const { request } of stage.made) {
      const name = `${request.method} ${request.path}`;
      if (NEWER.includes(name)) continue;
      const text = spec.get(name);
      if (text === undefined) {
        faults.push(`${name} must be specified`);
        continue;
      }
      for (const parameter of new Set([...new URLSearchParams(request.rawQuery || request.body).keys()])) {
        // Parameters are written in the operation, or shared by their names.
        const isKnown =
          new RegExp(`(?:name: ${parameter}$|parameters/\\w*${parameter}\\w*'?$)`, "im").test(text) ||
          SHARED.has(parameter);
        if (!isKnown) faults.push(`${name} must take ${parameter}, does not`);
      }
    }
    expect([...new Set(faults)]).toEqual([]);
  },
);

/** Parameters that the specification calls by other names, or that came after it was written. */
const SHARED: ReadonlySet<string> = new Set([
  ...["symbol", "symbols", "timestamp", "signature", "recvWindow", "interval", "limit", "showPermissionSets"],
  ...["startTime", "endTime", "fromId", "side", "type", "timeInForce", "newOrderRespType", "omitZeroBalances"],
]);

/** The text of each operation of a specification in YAML, by method and path. */
function operationsOf(text: string): Map<string, string> {
  const operations = new Map<string, string>();
  let path = "";
  let name = "";
  for (const line of text.split("\n")) {
    const found = /^ {2}(\/[^:]+):$/.exec(line);
    const method = /^ {4}(get|post|put|delete):$/.exec(line);
    if (found !== null) path = found[1];
    else if (method !== null) name = `${method[1].toUpperCase()} ${path}`;
    if (name !== "") operations.set(name, `${operations.get(name) ?? ""}${line}\n`);
  }
  return operations;
}

it.skipIf(!HAS_RECORDED_PAYLOADS)("the emulator says of everything what the venue's documents say", async () => {
  const stage = binanceStage();
  const replies = new Map<string, unknown>();
  const handle = stage.venue.handle.bind(stage.venue);
  stage.venue.handle = (request) => {
    const reply = handle(request);
    const name = `${request.method} ${request.path}`;
    const read = JSON.parse(reply.body) as unknown;
    if (!replies.has(name) && JSON.stringify(read) !== "[]") replies.set(name, read);
    return reply;
  };
  const { events } = await fullRun(stage);
  const documented = (section: string, at = 0): unknown => {
    const all = recordedPayload<Record<string, { section: string; example: unknown }[]>>(
      "binance/fixtures-docs-examples.json",
    );
    return Object.values(all)
      .flat()
      .filter((each) => each.section.startsWith(section))[at]?.example;
  };
  const pairs: [string, unknown][] = [
    ["POST /api/v3/order", documented("New order (TRADE)", 2)],
    ["DELETE /api/v3/order", documented("Cancel order (TRADE)")],
    ["POST /api/v3/order/cancelReplace", documented("Cancel an Existing")],
    ["GET /api/v3/order", documented("Query order (USER_DATA)")],
    ["GET /api/v3/myTrades", documented("Account trade list")],
    ["GET /api/v3/account", documented("Account information")],
    ["GET /api/v3/exchangeInfo", documented("Exchange information")],
    ["GET /api/v3/openOrders", documented("Current open orders")],
    ["POST /api/v3/orderList/otoco", documented("New Order list - OTOCO")],
    ["POST /api/v3/orderList/oto", documented("New Order list - OTO")],
    ["POST /api/v3/orderList/opoco", documented("New Order List - OPOCO")],
    ["GET /api/v3/ticker/bookTicker", documented("Symbol order book ticker")],
  ];
  for (const [name, example] of pairs) {
    expect([name, missingNames(example, replies.get(name))]).toEqual([name, []]);
  }
  const report = events
    .map((text) => JSON.parse(text) as { event?: { e: string } })
    .find(({ event }) => event !== undefined);
  expect(missingNames(documented("Order Update"), report)).toEqual([]);
});

/** What the emulator does not say: routing and block trading have no part in it. */
const LEFT_OUT: ReadonlySet<string> = new Set(["sors", "icebergQty"]);

/** Names that an example has and a reply has not, at whatever depth. */
function missingNames(example: unknown, reply: unknown, at = ""): string[] {
  if (Array.isArray(example)) {
    if (!Array.isArray(reply)) return [`${at}[]`];
    return example.length === 0 || reply.length === 0 ? [] : missingNames(example[0], reply[0], `${at}[]`);
  }
  if (typeof example !== "object" || example === null) return [];
  if (typeof reply !== "object" || reply === null) return [at];
  return Object.entries(example).flatMap(([name, inner]) => {
    if (LEFT_OUT.has(name)) return [];
    if (!(name in reply)) return [`${at}.${name}`];
    return missingNames(inner, (reply as Record<string, unknown>)[name], `${at}.${name}`);
  });
}
