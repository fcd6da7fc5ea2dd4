/** How long a terminal may take to answer, ms: its server has 180 s for an order, a person's patience has less. */
export const BRIDGE_REPLY_MS_MAX = 10_000;
/**
 * Candles of one request, so that a full answer fits a frame of the sidecar's. There each number is a quoted text: a time of 10
 * digits, four prices of as many digits as a double has, 17, with a point, and ticks of up to 14 digits, with quotes, commas and
 * brackets 117 characters. 2,000 of them are 234,000 of 262,144.
 */
export const BRIDGE_BARS_MAX = 2_000;
/** Deals of one page of the history. */
export const BRIDGE_DEALS_MAX = 500;
/** Symbols of one page of the list: a broker has up to some ten thousand. */
export const BRIDGE_SYMBOLS_MAX = 500;
export const BRIDGE_SYMBOL_PAGES_MAX = 100;
/** Comments of orders hold 31 characters, of which brokers take some for themselves; our ids have 20. */
export const BRIDGE_CID_CHARACTERS_MAX = 20;
