import type { VenueMark } from "../broker.ts";
import { venueInstant } from "../venue-decimal.ts";
import type { AccountRequests } from "./account-requests.ts";
import { dataPrice, instrumentId, isCoin, nativeSymbol } from "./parse.ts";
import { latestTradesReply } from "./payloads.ts";

/** Symbols asked for at once: they stand in the address. */
const SYMBOLS_ASKED_MAX = 100;
/** How often a price is to be expected while a market is open, ms. */
export const PRICE_INTERVAL_MS = 10_000;

/** The last trades of instruments, as far as there are any. */
export async function latestMarks(
  data: AccountRequests,
  feed: "iex" | "sip",
  instruments: readonly string[],
): Promise<VenueMark[]> {
  const symbols = instruments.map(nativeSymbol).filter((symbol) => symbol !== undefined);
  const coins = symbols.filter(isCoin);
  const stocks = symbols.filter((symbol) => !isCoin(symbol));
  return [
    ...(await marksAt(data, "/v1beta3/crypto/us/latest/trades?symbols=", coins)),
    ...(await marksAt(data, `/v2/stocks/trades/latest?feed=${feed}&symbols=`, stocks)),
  ];
}

async function marksAt(data: AccountRequests, path: string, symbols: readonly string[]): Promise<VenueMark[]> {
  const marks: VenueMark[] = [];
  for (let from = 0; from < symbols.length; from += SYMBOLS_ASKED_MAX) {
    const asked = symbols.slice(from, from + SYMBOLS_ASKED_MAX);
    const reply = await data.ask(latestTradesReply, `${path}${encodeURIComponent(asked.join(","))}`, { kind: "data" });
    const heardAt = data.venueNow();
    for (const [symbol, { p, t }] of Object.entries(reply?.trades ?? {})) {
      const at = venueInstant(t, "trade.t");
      marks.push({ instrument: instrumentId(symbol), price: dataPrice(p), at, heardAt, intervalMs: PRICE_INTERVAL_MS });
    }
  }
  return marks;
}
