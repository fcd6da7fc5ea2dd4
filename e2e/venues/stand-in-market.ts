import { formatDecimal, parsePrice } from "../../workers/core/ledger/decimal-text.ts";
import { onGrid, pathAt, seedOf } from "./emulated-path.ts";
import type { VenueEmulator } from "./venue-emulator.ts";

/** What markets stand at about, in their quote; the others at what their tape has. */
const LEVELS: Readonly<Record<string, number>> = {
  ...{ AAPL: 200, SPY: 500, "ETH/USD": 50 },
  ...{ EUR_USD: 1.1, EURUSD: 1.1, XAG_USD: 30, DE30_EUR: 18_000 },
  // Between the prices that its exchange takes on its day.
  ...{ "NSECM-2885": 1_320, "NSECM-22": 1_500 },
};

/**
 * Gives every market of a stand-in a price that its past candles lead to, the same ones with each start, and that goes on from
 * there. Its ids begin where none was before: a server that knows those of an earlier start takes them for what they are.
 */
export function beginMarket({ book }: Pick<VenueEmulator, "book">): void {
  const now = book.now();
  book.lastId += BigInt(Math.floor(now / 1_000));
  for (const instrument of book.instruments.values()) {
    const { symbol, tick, status } = instrument;
    if (status !== "trading") continue;
    const level = LEVELS[symbol];
    const price = level === undefined ? undefined : onGrid(level * pathAt(seedOf(symbol), now), formatDecimal(tick));
    book.trade(symbol, price === undefined ? book.tape.price(instrument, now) : parsePrice(price, "price"));
  }
}
