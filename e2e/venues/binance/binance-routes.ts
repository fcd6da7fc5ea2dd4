import { DAY_MS, TIMEFRAMES, type Timeframe, timeframeMs } from "../../../workers/core/candle/timeframe.ts";
import type { BinanceEmulator } from "./binance-emulator.ts";
import { accountJson, eight, exchangeInfoJson, queryJson, RATE_LIMITS, tradeJson } from "./binance-json.ts";
import { candleRow } from "./emulated-candles.ts";
import { EmulatedError } from "./emulated-error.ts";
import { type Asked, required } from "./order-terms.ts";

export interface Route {
  readonly weight: number;
  readonly isSigned: boolean;
  readonly run: (venue: BinanceEmulator, asked: Asked) => unknown;
}

const PAGE_MAX = 1_000;

const open = (weight: number, run: Route["run"]): Route => ({ weight, isSigned: false, run });
const signed = (weight: number, run: Route["run"]): Route => ({ weight, isSigned: true, run });

/** Every request that the emulator answers, by method and path. */
export const ROUTES: Readonly<Record<string, Route>> = {
  "GET /api/v3/ping": open(1, () => ({})),
  "GET /api/v3/time": open(1, (venue) => ({ serverTime: venue.now() })),
  "GET /api/v3/exchangeInfo": open(20, exchangeInfo),
  "GET /api/v3/klines": open(2, klines),
  "GET /api/v3/ticker/price": open(
    4,
    tickers((symbol, price) => ({ symbol, price })),
  ),
  "GET /api/v3/ticker/bookTicker": open(
    4,
    tickers((symbol, price) => ({
      symbol,
      bidPrice: price,
      bidQty: "1.00000000",
      askPrice: price,
      askQty: "1.00000000",
    })),
  ),
  "GET /api/v3/ticker/24hr": open(4, tickers(dayTicker)),
  "GET /api/v3/depth": open(5, depth),
  "GET /api/v3/account": signed(20, (venue) => accountJson(venue.book, venue.feeRate)),
  "GET /api/v3/account/commission": signed(20, commission),
  "GET /api/v3/rateLimit/order": signed(40, () =>
    RATE_LIMITS.filter(({ rateLimitType }) => rateLimitType === "ORDERS"),
  ),
  "POST /api/v3/order": signed(1, (venue, asked) => venue.orders.place(asked)),
  "POST /api/v3/order/test": signed(1, (venue, asked) => venue.orders.place(asked, { isTest: true })),
  "GET /api/v3/order": signed(4, (venue, asked) => venue.orders.query(asked)),
  "DELETE /api/v3/order": signed(1, (venue, asked) => venue.orders.cancel(asked)),
  "POST /api/v3/order/cancelReplace": signed(1, (venue, asked) => venue.orders.cancelReplace(asked)),
  "GET /api/v3/openOrders": signed(80, openOrders),
  "DELETE /api/v3/openOrders": signed(1, (venue, asked) => venue.orders.cancelAll(asked)),
  "GET /api/v3/allOrders": signed(20, allOrders),
  "GET /api/v3/myTrades": signed(20, myTrades),
  "POST /api/v3/orderList/oco": signed(1, (venue, asked) => venue.orders.placeList("oco", asked)),
  "POST /api/v3/orderList/oto": signed(1, (venue, asked) => venue.orders.placeList("oto", asked)),
  "POST /api/v3/orderList/otoco": signed(1, (venue, asked) => venue.orders.placeList("otoco", asked)),
  "POST /api/v3/orderList/opo": signed(1, (venue, asked) => venue.orders.placeList("opo", asked)),
  "POST /api/v3/orderList/opoco": signed(1, (venue, asked) => venue.orders.placeList("opoco", asked)),
  "DELETE /api/v3/orderList": signed(1, (venue, asked) => venue.orders.cancelList(asked)),
  // What the wallet and the margin business say to whoever has only a spot account.
  "GET /sapi/v1/margin/allPairs": signed(1, () => []),
  "GET /sapi/v1/margin/isolated/allPairs": signed(10, () => []),
  "GET /sapi/v1/capital/config/getall": signed(10, (venue) => [...venue.book.funds.keys()].map(coinJson)),
  "GET /sapi/v1/bnbBurn": signed(1, (venue) => ({ spotBNBBurn: venue.burnsBnb, interestBNBBurn: false })),
  "GET /sapi/v1/account/apiRestrictions": signed(1, (venue) => venue.restrictions),
  "GET /sapi/v1/system/status": open(1, () => ({ status: 0, msg: "normal" })),
};

function coinJson(coin: string) {
  const network = { network: coin, coin, name: coin, isDefault: true, depositEnable: true, withdrawEnable: true };
  const amounts = {
    withdrawFee: "0.0001",
    withdrawMin: "0.001",
    withdrawMax: "1000",
    withdrawIntegerMultiple: "0.00000001",
  };
  return { coin, name: coin, trading: true, isLegalMoney: false, networkList: [{ ...network, ...amounts }] };
}

function exchangeInfo(venue: BinanceEmulator, asked: Asked): unknown {
  const names = namesOf(asked);
  const all = [...venue.book.instruments.values()];
  const chosen = all.filter(({ symbol }) => names === undefined || names.includes(symbol));
  if (names !== undefined && chosen.length < names.length) throw new EmulatedError(-1121, "Invalid symbol.");
  return exchangeInfoJson(chosen, venue.now());
}

function namesOf(asked: Asked): string[] | undefined {
  const one = asked.get("symbol");
  if (one !== undefined) return [one];
  const many = asked.get("symbols");
  return many === undefined ? undefined : (JSON.parse(many) as string[]);
}

function tickers(show: (symbol: string, price: string) => unknown): Route["run"] {
  return (venue, asked) => {
    const names = namesOf(asked) ?? [...venue.book.instruments.keys()];
    const rows = names.map((symbol) => {
      const price = venue.book.prices.get(symbol);
      if (price === undefined) throw new EmulatedError(-1121, "Invalid symbol.");
      return show(symbol, eight(price));
    });
    return asked.has("symbol") ? rows[0] : rows;
  };
}

function dayTicker(symbol: string, price: string) {
  const prices = { weightedAvgPrice: price, prevClosePrice: price, lastPrice: price, openPrice: price };
  const touch = { bidPrice: price, bidQty: "1.00000000", askPrice: price, askQty: "1.00000000" };
  const rest = { highPrice: price, lowPrice: price, volume: "1.00000000", quoteVolume: price, count: 1 };
  const times = { openTime: 0, closeTime: DAY_MS - 1, firstId: 1, lastId: 1 };
  return {
    symbol,
    priceChange: "0.00000000",
    priceChangePercent: "0.000",
    ...prices,
    lastQty: "1.00000000",
    ...touch,
    ...rest,
    ...times,
  };
}

function depth(venue: BinanceEmulator, asked: Asked): unknown {
  const price = venue.book.prices.get(required(asked, "symbol"));
  if (price === undefined) throw new EmulatedError(-1121, "Invalid symbol.");
  return { lastUpdateId: 1, bids: [[eight(price), "1.00000000"]], asks: [[eight(price), "1.00000000"]] };
}

function commission({ feeRate }: BinanceEmulator, asked: Asked): unknown {
  const rate = eight(feeRate);
  const standardCommission = { maker: rate, taker: rate, buyer: "0.00000000", seller: "0.00000000" };
  return { symbol: required(asked, "symbol"), standardCommission };
}

function klines(venue: BinanceEmulator, asked: Asked): unknown {
  const symbol = required(asked, "symbol");
  if (!venue.book.instruments.has(symbol)) throw new EmulatedError(-1121, "Invalid symbol.");
  const interval = required(asked, "interval") as Timeframe;
  if (!TIMEFRAMES.includes(interval)) throw new EmulatedError(-1120, "Invalid interval.");
  const length = timeframeMs(interval);
  const limit = Math.min(PAGE_MAX, Number(asked.get("limit") ?? 500));
  const now = venue.now();
  const end = Math.min(now, Number(asked.get("endTime") ?? now));
  const from = Number(asked.get("startTime") ?? end - limit * length + 1);
  const rows: unknown[] = [];
  const origin = interval === "1w" ? 4 * DAY_MS : 0;
  for (
    let time = Math.ceil((from - origin) / length) * length + origin;
    time <= end && rows.length < limit;
    time += length
  ) {
    if (!venue.isGap(time)) rows.push(candleRow(symbol, time, length, { tape: venue.book.tape, now }));
  }
  return rows;
}

function openOrders(venue: BinanceEmulator, asked: Asked): unknown {
  const symbol = asked.get("symbol");
  const live = venue.book.liveOrders().filter((order) => symbol === undefined || order.symbol === symbol);
  return live.map(queryJson);
}

function allOrders(venue: BinanceEmulator, asked: Asked): unknown {
  const symbol = required(asked, "symbol");
  const from = BigInt(asked.get("orderId") ?? "0");
  const own = [...venue.book.orders.values()].filter((order) => order.symbol === symbol && order.id >= from);
  return own.slice(-Number(asked.get("limit") ?? 500)).map(queryJson);
}

function myTrades(venue: BinanceEmulator, asked: Asked): unknown {
  const symbol = required(asked, "symbol");
  const limit = Math.min(PAGE_MAX, Number(asked.get("limit") ?? 500));
  const [from, orderId, start, end] = ["fromId", "orderId", "startTime", "endTime"].map((name) => asked.get(name));
  if (start !== undefined && end !== undefined && Number(end) - Number(start) > DAY_MS) {
    throw new EmulatedError(-1127, "More than 24 hours between startTime and endTime.");
  }
  const own = venue.book.fills.filter(
    (fill) =>
      fill.symbol === symbol &&
      (from === undefined || fill.id >= BigInt(from)) &&
      (orderId === undefined || fill.order.id === BigInt(orderId)) &&
      (start === undefined || fill.at >= Number(start)) &&
      (end === undefined || fill.at <= Number(end)),
  );
  const isLatest = from === undefined && start === undefined;
  return (isLatest ? own.slice(-limit) : own.slice(0, limit)).map(tradeJson);
}
