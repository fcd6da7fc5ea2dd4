/** Return codes of a trade server that say that it took what was asked. */
export const TAKEN_RETCODES: ReadonlySet<string> = new Set([
  "10008", // placed
  "10009", // done
  "10010", // done in part
  "10025", // nothing to change
]);

/**
 * Codes of definite rejections: the server, the terminal or the Expert Advisor refused before anything reached the market.
 * Whatever is not among them leaves it open whether the order stands: 10012 is a time-out, 10031 a lost connection.
 */
const DEFINITE_RETCODES: Readonly<Record<string, string>> = {
  10004: "REQUOTE",
  10006: "REJECTED",
  10007: "CANCELED_BY_TRADER",
  10013: "INVALID_REQUEST",
  10014: "INVALID_VOLUME",
  10015: "INVALID_PRICE",
  10016: "INVALID_STOPS",
  10017: "TRADE_DISABLED",
  10018: "MARKET_CLOSED",
  10019: "NO_MONEY",
  10020: "PRICE_CHANGED",
  10021: "NO_QUOTES",
  10022: "INVALID_EXPIRATION",
  10024: "TOO_MANY_REQUESTS",
  10026: "AUTOTRADING_OFF_AT_SERVER",
  10027: "AUTOTRADING_OFF_IN_TERMINAL",
  10029: "FROZEN",
  10030: "INVALID_FILL",
  10032: "ONLY_REAL_ACCOUNTS",
  10033: "TOO_MANY_ORDERS",
  10034: "TOO_MUCH_VOLUME",
  10035: "INVALID_ORDER",
  10036: "POSITION_CLOSED",
  10038: "INVALID_CLOSE_VOLUME",
  10040: "TOO_MANY_POSITIONS",
  10042: "ONLY_LONG",
  10043: "ONLY_SHORT",
  10044: "ONLY_CLOSE",
};

/** What the Expert Advisor itself refuses, before it asks its server. */
const DEFINITE_CODES: ReadonlySet<string> = new Set([
  "unknown_symbol",
  "unknown_order",
  "not_open",
  "bad_params",
  "unknown_method",
  "expired",
  "not_reducing",
  "legs_not_here",
]);

/** The code of a definite rejection; undefined where it is not certain that nothing came of what was asked. */
export function definiteCode({
  code,
  retcode,
}: {
  readonly code: string;
  readonly retcode: string;
}): string | undefined {
  if (retcode !== "0") return DEFINITE_RETCODES[retcode];
  return DEFINITE_CODES.has(code) ? code.toUpperCase() : undefined;
}
