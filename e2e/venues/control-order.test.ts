import { expect, it } from "vitest";
import { formatDecimal } from "../../workers/core/ledger/decimal-text.ts";
import { BinanceEmulator } from "./binance/binance-emulator.ts";
import { obey } from "./control-order.ts";
import { beginMarket } from "./stand-in-market.ts";
import { VENUES } from "./venues.ts";

function venue() {
  return new BinanceEmulator({ now: () => 0, random: () => 0.5, after: () => undefined });
}
const PING = { method: "GET", path: "/api/v3/ping", rawQuery: "", headers: {}, body: "" };
const FAULT = "/control/fault";
const TRADE = "/control/trade";
const ORDER = "/control/order";

it("a stand-in is cut off, and is back once that is cleared", () => {
  const stand = venue();
  const status = () => {
    const reply = stand.faults.handle(stand, PING);
    return reply === "hang" ? reply : reply.status;
  };
  expect(status()).toBe(200);
  obey(stand, FAULT, '{"maintenance":true}');
  expect([status(), status()]).toEqual([503, 503]);
  obey(stand, FAULT, '{"clear":true}');
  obey(stand, FAULT, '{"fault":"request-lost","times":2,"path":"GET /api/v3/ping"}');
  expect([status(), status(), status()]).toEqual(["hang", "hang", 200]);
  obey(stand, FAULT, '{"rates":{"server-error":1},"clockSkewMs":-7000}');
  expect([status(), stand.faults.clockSkewMs]).toEqual([503, -7_000]);
});

it("its market trades where it is told to, by text or number", () => {
  const stand = venue();
  for (const price of ['"101.5"', "101.5"]) {
    obey(stand, TRADE, `{"instrument":"BTCUSDT","price":${price},"quantity":"0.1"}`);
    expect(formatDecimal(stand.book.prices.get("BTCUSDT") ?? (0n as never))).toBe("101.5");
  }
});

it.each([
  ["alpaca", "AAPL", "3"],
  ["binance", "BTCUSDT", "0.5"],
  ["mt5", "EURUSD", "10000"],
  ["oanda", "EUR_USD", "100"],
  ["xts", "NSECM-22", "5"],
])("somebody trades at %s past every server, under a name that none of them gave", (name, instrument, quantity) => {
  const stand = VENUES[name]?.({ now: () => 1_800_000_000_000, random: () => 0.5, after: () => undefined });
  if (stand === undefined) throw new Error(`there must be a venue ${name}`);
  beginMarket(stand);
  obey(stand, ORDER, JSON.stringify({ instrument, side: "buy", quantity }));
  obey(stand, ORDER, JSON.stringify({ instrument, side: "sell", quantity: Number(quantity) / 5 }));
  const traded = stand.book.fills.map(({ side, order }) => [side, order.status, /^outside\d+$/.test(order.clientId)]);
  expect(traded).toEqual([
    ["buy", "filled", true],
    ["sell", "filled", true],
  ]);
  const held = formatDecimal(stand.book.positions.get(instrument) ?? (0n as never));
  expect(Number(held)).toBeCloseTo(Number(quantity) * 0.8, 8);
});

it.each([
  [FAULT, "", /^the body must be JSON$/],
  [FAULT, "[]", /^the body must be an object/],
  [FAULT, "{}", /^the body must name one of fault/],
  [FAULT, '{"fault":"server-done"}', /^fault must be one of .*server-down.*, was "server-done"$/],
  [FAULT, '{"times":2}', /^fault must be named where times or path is, was left out$/],
  [FAULT, '{"fault":"server-down","times":"two"}', /^times must be .*, was "two"$/],
  [FAULT, '{"maintenance":"yes"}', /^maintenance must be .*, was "yes"$/],
  [FAULT, '{"rates":{"server-down":2}}', /^rates\.server-down must be .*, was 2$/],
  [FAULT, '{"rates":{"server-done":1}}', /^rates.server-done must be left out/],
  [FAULT, '{"rates":null}', /^rates must be /],
  [FAULT, '{"speed":9,"clear":true}', /^speed must be left out/],
  [TRADE, '{"instrument":"BTCUSDT"}', /^price must be a number.*, was left out$/],
  [TRADE, '{"instrument":"BTCUSDT","price":"dear"}', /^price must be .*dear/],
  [TRADE, '{"instrument":"NOPE","price":"3"}', /^instrument must be one of .*BTCUSDT.*, was NOPE$/],
  [ORDER, '{"instrument":"BTCUSDT","side":"up","quantity":"1"}', /^side must be buy or sell, was "up"$/],
  [ORDER, '{"instrument":"BTCUSDT","side":"buy"}', /^quantity must be a number.*, was left out$/],
  [ORDER, '{"instrument":"BTCUSDT","side":"buy","quantity":"99999999"}', /^the order must be .*, was no-funds$/],
  [
    "/control/other",
    "{}",
    /^path must be \/control\/trade, \/control\/order or \/control\/fault, was \/control\/other$/,
  ],
])(
  "an order that is not understood changes nothing and is answered with field, rule and value: %s %s",
  (path, body, told) => {
    const stand = venue();
    expect(() => obey(stand, path, body)).toThrow(told);
    expect(stand.faults.handle(stand, PING)).toMatchObject({ status: 200 });
  },
);
