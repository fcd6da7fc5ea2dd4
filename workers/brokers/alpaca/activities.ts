import { type Money, magnitude, negate, type Price } from "../../core/ledger/decimal.ts";
import type { VenueFill, VenueReport } from "../../core/ledger/venue-report.ts";
import { VenueSilence } from "../request/venue-reply.ts";
import type { VenueHistory } from "../venue-client.ts";
import { venueDecimal, venueMoney, venueUnits } from "../venue-decimal.ts";
import type { AccountRequests } from "./account-requests.ts";
import { CURRENCY, fillOf, instrumentId, isCoin, symbolOf } from "./parse.ts";
import { type AlpacaActivity, fillActivities, otherActivities } from "./payloads.ts";

type Movement = VenueReport["movements"][number];

/** Rows of one page of activities. */
const PAGE_ROWS = 100;
/** How long a trade may take to show among the others, ms: so far back before the last one is read again each time. */
const LATE_MS_MAX = 300_000;
/** Pages of trades that one sweep reads; the next goes on from there. */
const FILL_PAGES_MAX = 20;
/** How often fees, dividends and transfers are asked for: the venue books them once a day. */
const OTHERS_EVERY_MS = 600_000;
/** How far back they are read again: a day's fees come on the next one, and are put right within a week. */
const OTHERS_BACK_MS = 8 * 86_400_000;
/** Pages of them that one sweep reads. */
const OTHER_PAGES_MAX = 20;

/**
 * How far the sweep has come: the time of the last trade, and when the rest was asked for, UTC ms. Ids of activities begin
 * with the time in New York, which an hour of the year has twice: so they tell trades apart, and times tell how far we are.
 */
interface Sweep {
  readonly at: number;
  readonly othersAt: number;
}

/** Trades after a cursor, and what else moved money, each maybe more than once: their ids tell them apart. */
export async function alpacaHistory(
  account: AccountRequests,
  { cursor, since }: { readonly cursor: string; readonly since: number },
): Promise<VenueHistory> {
  const start = readCursor(cursor);
  const { fills, complete } = await fillsAfter(account, Math.max(since, start.at) - LATE_MS_MAX);
  const at = Math.max(start.at, ...fills.map((fill) => fill.at));
  const now = account.venueNow();
  if (!complete || now - start.othersAt < OTHERS_EVERY_MS) {
    return { fills, movements: [], cursor: writeCursor({ ...start, at }), complete };
  }
  const movements = await otherMovements(account, since);
  return { fills, movements, cursor: writeCursor({ at, othersAt: now }), complete };
}

async function fillsAfter(account: AccountRequests, from: number): Promise<{ fills: VenueFill[]; complete: boolean }> {
  const fills: VenueFill[] = [];
  let before = "";
  for (let page = 0; page < FILL_PAGES_MAX; page++) {
    const path = `/v2/account/activities?activity_types=FILL&direction=asc&page_size=${PAGE_ROWS}&after=${instant(from)}`;
    const rows = await account.ask(fillActivities, `${path}${before === "" ? "" : `&page_token=${before}`}`);
    if (rows === undefined) throw new VenueSilence("the venue must list its activities", { isSent: true });
    fills.push(...rows.map(fillOf));
    const last = rows.at(-1)?.id;
    if (rows.length < PAGE_ROWS || last === undefined) return { fills, complete: true };
    if (last === before) throw new VenueSilence("pages of activities must go on", { isSent: true });
    before = last;
  }
  return { fills, complete: false };
}

/** Everything of late that is no trade. */
async function otherMovements(account: AccountRequests, since: number): Promise<Movement[]> {
  const after = instant(Math.max(since, account.venueNow() - OTHERS_BACK_MS));
  const movements: Movement[] = [];
  let before = "";
  for (let page = 0; page < OTHER_PAGES_MAX; page++) {
    const path = `/v2/account/activities?category=non_trade_activity&direction=asc&page_size=${PAGE_ROWS}&after=${after}`;
    const rows = (await account.ask(otherActivities, `${path}${before === "" ? "" : `&page_token=${before}`}`)) ?? [];
    movements.push(...rows.flatMap((row) => movementOf(row, since)));
    const last = rows.at(-1)?.id;
    if (rows.length < PAGE_ROWS || last === undefined || last === before) return movements;
    before = last;
  }
  return movements;
}

/** Money that came from or went to the owner. */
const TRANSFERS = new Set(["TRANS", "CSD", "CSW", "JNLC", "ACATC"]);
/** What holding something brings or costs. */
const HOLDING = /^DIV|^CGD$/;
/** What the venue takes, and interest. */
const CHARGES = new Set(["FEE", "CFEE", "PTC", "PTR", "INT", "INTNRA", "INTTW"]);

/** What an activity that is no trade does to the ledger: nothing where it was before us, or was taken back. */
export function movementOf(activity: AlpacaActivity, since: number): Movement[] {
  const { id, activity_type: type, currency, symbol, status } = activity;
  const at = timeOf(activity);
  if (status === "canceled" || at < since) return [];
  const net = venueMoney(activity.net_amount ?? "0", "activity.net_amount");
  const common = { id, at, currency: currency ?? CURRENCY };
  const movements: Movement[] = [];
  if (net !== 0n) movements.push(moneyOf(type, net, symbol ?? undefined, common));
  if (type === "CFEE") movements.push(...coinFee(activity, at));
  return movements;
}

function moneyOf(
  type: string,
  net: Money,
  symbol: string | undefined,
  common: { id: string; at: number; currency: string },
): Movement {
  if (TRANSFERS.has(type)) {
    return { ...common, type: net < 0n ? "withdrawal" : "deposit", amount: magnitude(net) };
  }
  if (HOLDING.test(type) && symbol !== undefined) {
    return { ...common, type: "funding", instrument: instrumentId(symbolOf(symbol)), amount: negate(net) };
  }
  if (CHARGES.has(type)) return { ...common, type: "fee", amount: negate(net) };
  return { ...common, type: "cash-adjustment", amount: net, reason: `told as ${type}` };
}

/** A fee that is taken in the coin that was bought. Without a price it cannot be booked: the position shows it then. */
function coinFee({ id, symbol, qty, price, per_share_amount: each }: AlpacaActivity, at: number): Movement[] {
  const quantity = venueUnits(qty ?? "0", "activity.qty");
  const worth = venueDecimal(price ?? each ?? "0", "activity.price");
  if (quantity === 0n || worth <= 0n || !symbol) return [];
  const name = symbolOf(symbol, "crypto");
  if (!isCoin(name)) return [];
  return [
    {
      type: "position-adjustment",
      id: `${id}.coin`,
      at,
      instrument: instrumentId(name),
      quote: name.slice(name.indexOf("/") + 1),
      side: quantity < 0n ? "sell" : "buy",
      quantity: magnitude(quantity),
      price: worth as Price,
      reason: "fee taken in the coin",
    },
  ];
}

/** When it was booked: the day, where that is all that is said. Its id begins with the time. */
function timeOf({ id, created_at: created, date }: AlpacaActivity): number {
  const at = Date.parse(created ?? date ?? "");
  if (Number.isFinite(at)) return at;
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})\d{9}::/.exec(id) ?? [];
  if (year === undefined) throw new RangeError(`activity ${id} must have a time`);
  return Date.UTC(Number(year), Number(month) - 1, Number(day));
}

function instant(at: number): string {
  // Whole seconds are all that it reads.
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

const CURSOR = /^(\d{1,16})\|(\d{1,16})$/;

function readCursor(text: string): Sweep {
  if (text === "") return { at: 0, othersAt: 0 };
  const match = CURSOR.exec(text);
  if (match === null) throw new RangeError(`cursor must be one of this venue's, was ${text.slice(0, 60)}`);
  return { at: Number(match[1]), othersAt: Number(match[2]) };
}

function writeCursor({ at, othersAt }: Sweep): string {
  return `${Math.round(at)}|${Math.round(othersAt)}`;
}
