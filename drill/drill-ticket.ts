import { onGrid } from "../e2e/venues/emulated-path.ts";
import type { Chance } from "../workers/account/testing/simulate/chance.ts";
import type { DrilledVenue } from "./drilled-venue.ts";

/** What is drawn of each kind; the rest are limits that stand by. */
const MARKET_SHARE = 0.3;
const STOP_SHARE = 0.25;
/** Of orders: they go the other way than most. */
const AGAINST_SHARE = 0.1;
/** Of orders that go against what is held: they say that they only close. */
const REDUCING_SHARE = 0.3;
/** How far a limit or a stop is from the market at most, as a share: some steps of its walk. */
const APART_SHARE_MAX = 0.002;
/** A stop that becomes a limit rests so far on the worse side of it, as a share. */
const BEHIND_SHARE = 0.001;
/** A position is worth no more than so many orders: what a venue or a cap denies proves little. */
const HELD_ORDERS_MAX = 8;

interface Market {
  readonly price: number;
  /** What the account holds there, signed. */
  readonly held: number;
  /** What of it no order at the venue holds back. */
  readonly free: number;
  /** What most orders do at that time: the desk denies those that would trade with one another. */
  readonly leaning: "buy" | "sell";
}

/** An order that a client of the drill asks the API for, but for its account. */
export function drillTicket(drilled: DrilledVenue, { price, held, free, leaning }: Market, chance: Chance) {
  const { instrument, tick, quantityDecimals, worth, stopKind, canShort } = drilled;
  const [least, most] = worth;
  const isFull = Math.abs(held) * price > most * HELD_ORDERS_MAX;
  const isMost = !chance.happens(AGAINST_SHARE);
  const wanted = isFull ? (held > 0 ? "sell" : "buy") : leaning;
  const drawnSide = isMost ? wanted : wanted === "buy" ? "sell" : "buy";
  // A venue that lends nothing refuses to sell what others hold back, and five refusals in a row halt the account.
  const side = canShort || free * price > most ? drawnSide : "buy";
  const drawn = (least + chance.share(most - least)) / price;
  const closes = side === "sell" ? held > 0 : held < 0;
  const reduceOnly = chance.happens(REDUCING_SHARE) && closes;
  const quantity = (reduceOnly ? Math.min(drawn, Math.abs(held)) : drawn).toFixed(quantityDecimals);
  const apart = chance.share(APART_SHARE_MAX) * (side === "buy" ? -1 : 1);
  const at = (share: number) => onGrid(price * (1 + share), tick);
  const base = { instrument, side, quantity, reduceOnly };
  const draw = chance.share(1);
  if (draw < MARKET_SHARE) return { ...base, kind: "market" };
  if (draw >= MARKET_SHARE + STOP_SHARE) return { ...base, kind: "limit", limit: at(apart) };
  if (stopKind === "stop") return { ...base, kind: "stop", stop: at(-apart) };
  const behind = side === "buy" ? BEHIND_SHARE : -BEHIND_SHARE;
  return { ...base, kind: "stop-limit", stop: at(-apart), limit: at(-apart + behind) };
}
