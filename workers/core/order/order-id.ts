import { sha256 } from "../report/sha256.ts";

/**
 * The id under which a venue knows an order: 20 characters of [a-z0-9], which every venue takes. It is a hash of what was
 * intended, so the same intent always has the same id, after a crash too.
 */
export type ClientOrderId = string & { readonly clientOrderId: true };

/** What makes one intent of a bot differ from another. */
export interface IntentKey {
  readonly account: string;
  readonly bot: string;
  /** Open time of the candle that the decision was taken on, UTC ms. */
  readonly candleTime: number;
  /** Which order of the decision: entry, stop, target, exit. */
  readonly leg: string;
  /** Counts the orders of a leg on that candle. */
  readonly ordinal: number;
}

/** Characters that name the bot: two of 1,000 bots of an account share them with odds of 6 in a million. */
export const BOT_PREFIX_CHARACTERS = 7;
/** Characters that name the order: two of a bot's 1,000,000 orders share them with odds of 3 in a thousand million. */
const ORDER_CHARACTERS = 13;
/** How many texts of so many characters there are, of 36 each. */
const BOT_PREFIXES = 36n ** BigInt(BOT_PREFIX_CHARACTERS);
const ORDERS = 36n ** BigInt(ORDER_CHARACTERS);

/** Prefixes that were made before: each order and each look at a venue's list needs them. As many as an account has bots. */
const PREFIXES = new Map<string, string>();
const PREFIXES_KEPT_MAX = 1_000;
/** Ids that were made before: an intent that is delivered again has the same. As many as busy minutes ask for: a megabyte. */
const IDS = new Map<string, ClientOrderId>();
const IDS_KEPT_MAX = 5_000;

const PATTERN = /^[a-z0-9]{20}$/;

export function clientOrderId(key: IntentKey): ClientOrderId {
  const { account, bot, candleTime, leg, ordinal } = key;
  const text = JSON.stringify([account, bot, candleTime, leg, ordinal]);
  const known = IDS.get(text);
  if (known !== undefined) return known;
  const order = base36(text, ORDERS).padStart(ORDER_CHARACTERS, "0");
  // Joined, since an id is looked up again and again: a template would leave it in two pieces.
  const id = [botPrefix({ account, bot }), order].join("") as ClientOrderId;
  if (IDS.size >= IDS_KEPT_MAX) IDS.clear();
  IDS.set(text, id);
  return id;
}

/** How the ids of a bot's orders begin: whose order it is can be told from the venue's list alone. */
export function botPrefix({ account, bot }: { readonly account: string; readonly bot: string }): string {
  const key = JSON.stringify([account, bot]);
  const known = PREFIXES.get(key);
  if (known !== undefined) return known;
  const prefix = base36(key, BOT_PREFIXES).padStart(BOT_PREFIX_CHARACTERS, "0");
  if (PREFIXES.size >= PREFIXES_KEPT_MAX) PREFIXES.clear();
  PREFIXES.set(key, prefix);
  return prefix;
}

/** An id that came from a venue, where it has the form of ours. */
export function asClientOrderId(text: string): ClientOrderId | undefined {
  return PATTERN.test(text) ? (text as ClientOrderId) : undefined;
}

function base36(text: string, below: bigint): string {
  return (BigInt(`0x${sha256(text)}`) % below).toString(36);
}
