import type { BotStatus } from "../../schema/wire/bot.ts";
import type { OrderStateName } from "../../schema/wire/trading.ts";

/**
 * What the addresses of the trading pages carry. Everything is optional; an unknown or damaged value is left out. Every name
 * is there, if only as undefined: the router keeps what the address says of a name that is not.
 */

type Search = Record<string, unknown>;

export const BOT_STATUSES = [
  "stopped",
  "starting",
  "running",
  "paused",
  "halted",
  "error",
] as const satisfies readonly BotStatus[];
export const BOT_SORTS = ["name", "status", "profit", "today", "trades", "created"] as const;
export type BotSort = (typeof BOT_SORTS)[number];

export interface BotsSearch {
  readonly q?: string | undefined;
  readonly status?: BotStatus | undefined;
  readonly archived?: true | undefined;
  readonly sort?: BotSort | undefined;
  readonly order?: "asc" | "desc" | undefined;
}

export function parseBotsSearch(search: Search): BotsSearch {
  return {
    q: textIn(search.q),
    status: oneOf(BOT_STATUSES, search.status),
    archived: search.archived === true ? true : undefined,
    sort: oneOf(BOT_SORTS, search.sort),
    order: oneOf(["asc", "desc"] as const, search.order),
  };
}

export interface NewBotSearch {
  /** `library:sma-cross` or `saved:<id>`. */
  readonly strategy?: string | undefined;
  readonly account?: string | undefined;
}

export function parseNewBotSearch(search: Search): NewBotSearch {
  return { strategy: textIn(search.strategy), account: textIn(search.account) };
}

export const BOT_TABS = ["signals", "orders", "fills", "shadow", "log", "settings"] as const;
export type BotTab = (typeof BOT_TABS)[number];

export interface BotSearch {
  readonly tab?: BotTab | undefined;
  /** The market on the chart, of a bot with several. */
  readonly market?: string | undefined;
  /** Number of the order that is open. */
  readonly order?: string | undefined;
}

export function parseBotSearch(search: Search): BotSearch {
  return { tab: oneOf(BOT_TABS, search.tab), market: textIn(search.market), order: textIn(search.order) };
}

export const ORDER_STATES = [
  "INTENT",
  "DENIED",
  "SUBMITTING",
  "ACCEPTED",
  "UNKNOWN",
  "REJECTED",
  "LOST",
  "PENDING_CANCEL",
  "PENDING_REPLACE",
  "CANCELED",
  "EXPIRED",
  "FILLED",
] as const satisfies readonly OrderStateName[];

export interface OrdersSearch {
  readonly view?: "trades" | undefined;
  readonly q?: string | undefined;
  readonly account?: string | undefined;
  readonly state?: OrderStateName | undefined;
  readonly open?: true | undefined;
  /** Days such as `2026-01-31` in the person's zone, both of them shown. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** The order whose history is open. */
  readonly order?: string | undefined;
  readonly ticket?: "open" | undefined;
}

export function parseOrdersSearch(search: Search): OrdersSearch {
  return {
    view: oneOf(["trades"] as const, search.view),
    q: textIn(search.q),
    account: textIn(search.account),
    state: oneOf(ORDER_STATES, search.state),
    open: search.open === true ? true : undefined,
    from: dayIn(search.from),
    to: dayIn(search.to),
    order: textIn(search.order),
    ticket: oneOf(["open"] as const, search.ticket),
  };
}

export interface RiskSearch {
  readonly account?: string | undefined;
  /** Only what was denied. */
  readonly denied?: true | undefined;
}

export function parseRiskSearch(search: Search): RiskSearch {
  return { account: textIn(search.account), denied: search.denied === true ? true : undefined };
}

export interface JournalSearch {
  readonly q?: string | undefined;
  readonly tag?: string | undefined;
  readonly result?: "won" | "lost" | undefined;
  readonly account?: string | undefined;
  /** The trade that is open. */
  readonly trade?: string | undefined;
}

export function parseJournalSearch(search: Search): JournalSearch {
  return {
    q: textIn(search.q),
    tag: textIn(search.tag),
    result: oneOf(["won", "lost"] as const, search.result),
    account: textIn(search.account),
    trade: textIn(search.trade),
  };
}

/** UTC ms at which a day begins in the person's zone, or the one `later` days behind it; undefined for no day. */
export function dayStart(day: string | undefined, later = 0): number | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day ?? "");
  if (match === null) return undefined;
  const [year, month, date] = match.slice(1).map(Number);
  const start = new Date(year, month - 1, date);
  if (start.getMonth() !== month - 1 || year < 1970) return undefined;
  // Days are counted by the calendar: one of 23 or 25 hours is a day too.
  return new Date(year, month - 1, date + later).getTime();
}

function textIn(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value.slice(0, 200) : undefined;
}

function dayIn(value: unknown): string | undefined {
  return typeof value === "string" && dayStart(value) !== undefined ? value : undefined;
}

function oneOf<T extends string>(known: readonly T[], value: unknown): T | undefined {
  return known.find((one) => one === value);
}
