import { z } from "zod";
import { DAY_MS, HOUR_MS } from "../../core/candle/timeframe.ts";
import type { VenueFill } from "../../core/ledger/venue-report.ts";
import { readReply } from "../request/read-reply.ts";
import type { VenueHistory } from "../venue-client.ts";
import type { BinanceConnection } from "./connection.ts";
import { BinanceTrade, tradeOf } from "./parse.ts";
import type { Params } from "./sign.ts";
import type { SymbolBook } from "./symbol-book.ts";

/** Trades of one page: as many as the venue gives. */
const PAGE_MAX = 1_000;
/** Requests of one call, over all symbols, before others get their turn. */
const REQUESTS_MAX = 10;
/** The venue may show a trade this much after it was made, so that a window is left only once it is older. */
const LATE_MS = HOUR_MS;

const Trades = z.array(BinanceTrade).max(PAGE_MAX);
/** By symbol: the next trade by its id once one is known, and until then the start of a window, UTC ms. */
const Cursor = z.record(z.string(), z.union([z.object({ from: z.string() }), z.object({ since: z.number() })]));
type Place = z.infer<typeof Cursor>[string];

/** Trades after a cursor, of each symbol by the ids that the venue counts them by. */
export async function binanceHistory(
  { connection, symbols, now }: { connection: BinanceConnection; symbols: SymbolBook; now: () => number },
  asked: { readonly cursor: string; readonly since: number; readonly instruments: readonly string[] },
): Promise<VenueHistory> {
  const places = new Map<string, Place>(
    Object.entries(asked.cursor === "" ? {} : Cursor.parse(JSON.parse(asked.cursor))),
  );
  const fills: VenueFill[] = [];
  let requests = 0;
  let complete = true;
  for (const instrument of asked.instruments) {
    const rules = await symbols.of(instrument);
    if (rules === undefined) continue;
    for (let more = true; more; ) {
      if (requests >= REQUESTS_MAX) {
        complete = false;
        break;
      }
      requests++;
      const place = places.get(rules.symbol) ?? { since: asked.since };
      const page = await askPage(connection, rules.symbol, place);
      fills.push(...page.map((trade) => tradeOf(trade, rules.quote)));
      const next = nextPlace(place, page, now());
      places.set(rules.symbol, next.place);
      more = next.more;
    }
  }
  return { fills, movements: [], cursor: JSON.stringify(Object.fromEntries(places)), complete };
}

async function askPage(connection: BinanceConnection, symbol: string, place: Place) {
  const from: Params =
    "from" in place
      ? [["fromId", place.from]]
      : [
          ["startTime", String(place.since)],
          ["endTime", String(place.since + DAY_MS - 1)],
        ];
  const params: Params = [["symbol", symbol], ...from, ["limit", String(PAGE_MAX)]];
  const body = await connection.ask({ method: "GET", path: "/api/v3/myTrades", params, kind: "query", weight: 20 });
  // Ids rise with time; a page that is told in another order must not lose any.
  return readReply(body, Trades).sort((left, right) => (BigInt(left.id) < BigInt(right.id) ? -1 : 1));
}

function nextPlace(place: Place, page: z.infer<typeof Trades>, now: number): { place: Place; more: boolean } {
  const last = page.at(-1);
  if (last !== undefined) {
    return { place: { from: (BigInt(last.id) + 1n).toString() }, more: page.length === PAGE_MAX };
  }
  if ("from" in place) return { place, more: false };
  const end = place.since + DAY_MS;
  const since = Math.max(place.since, Math.min(end, now - LATE_MS));
  return { place: { since }, more: end <= now };
}
