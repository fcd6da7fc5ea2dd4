/** How long a terminal may take to answer, ms: its server has 180 s for an order, a person's patience has less. */
export const BRIDGE_REPLY_MS_MAX = 10_000;
/** Candles of one request: a third of the longest frame. */
export const BRIDGE_BARS_MAX = 5_000;
/** Deals of one page of the history. */
export const BRIDGE_DEALS_MAX = 500;
/** Symbols of one page of the list: a broker has up to some ten thousand. */
export const BRIDGE_SYMBOLS_MAX = 500;
export const BRIDGE_SYMBOL_PAGES_MAX = 100;
/** Comments of orders hold 31 characters, of which brokers take some for themselves; our ids have 20. */
export const BRIDGE_CID_CHARACTERS_MAX = 20;
