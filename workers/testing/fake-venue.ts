import { MINUTE_MS } from "../core/candle/timeframe.ts";

/** What a fake Binance is asked, by path. */
export type VenueAnswer = (
  path: string,
  query: URLSearchParams,
) => Response | undefined | Promise<Response | undefined>;

const PAGE_MAX = 1_000;
const FILTERS = [
  { filterType: "PRICE_FILTER", minPrice: "0.01", maxPrice: "1000000", tickSize: "0.01" },
  { filterType: "LOT_SIZE", minQty: "0.00001", maxQty: "9000", stepSize: "0.00001" },
  { filterType: "NOTIONAL", minNotional: "5", applyMinToMarket: true },
];

/** A minute of the fake's only market, as a function of its time. */
export function fakeMinute(time: number) {
  const open = 100 + ((time / MINUTE_MS) % 97);
  return { time, open, high: open + 1.5, low: open - 1.25, close: open + 0.5, volume: 3.5 };
}

/**
 * As much of Binance's open prices as a backfill asks for, in place of the network. `answer` may say something else first.
 * Answers how often it was asked.
 */
export function fakeBinance(now: () => number, answer: VenueAnswer = () => undefined) {
  const asked = { klines: 0 };
  const fetch = async (input: RequestInfo | URL): Promise<Response> => {
    const { pathname, searchParams } = new URL(String(input));
    if (pathname === "/api/v3/klines") asked.klines++;
    const other = await answer(pathname, searchParams);
    if (other !== undefined) return other;
    if (pathname === "/api/v3/time") return Response.json({ serverTime: now() });
    if (pathname === "/api/v3/exchangeInfo") return Response.json(rules(now()));
    if (pathname === "/api/v3/klines") return Response.json(klines(searchParams, now()));
    return new Response("nothing here", { status: 404 });
  };
  return { fetch, asked };
}

function rules(serverTime: number) {
  const names = { symbol: "BTCUSDT", status: "TRADING", baseAsset: "BTC", quoteAsset: "USDT" };
  return { serverTime, rateLimits: [], symbols: [{ ...names, orderTypes: ["LIMIT", "MARKET"], filters: FILTERS }] };
}

function klines(query: URLSearchParams, now: number) {
  const [from, to] = [Number(query.get("startTime")), Math.min(now, Number(query.get("endTime")))];
  const rows: unknown[] = [];
  for (let time = Math.ceil(from / MINUTE_MS) * MINUTE_MS; time <= to && rows.length < PAGE_MAX; time += MINUTE_MS) {
    const { open, high, low, close, volume } = fakeMinute(time);
    rows.push([time, ...[open, high, low, close, volume].map(String), time + MINUTE_MS - 1]);
  }
  return rows;
}
