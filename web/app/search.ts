import { TRADE_SHOWS, TRADE_SORTS, type TradeShow, type TradeSort } from "../backtest/trade-list.ts";

/** What the addresses of the pages carry. Everything is optional: an unknown or damaged value is left out. */

export const BACKTEST_SORTS = ["created", "name", "return", "drawdown", "sharpe", "trades"] as const;
export type BacktestSort = (typeof BACKTEST_SORTS)[number];
export const BACKTEST_STATUSES = ["done", "running", "failed", "cancelled"] as const;
export type BacktestStatusFilter = (typeof BACKTEST_STATUSES)[number];

/** Runs that one comparison takes: more columns than this cannot be read. */
export const COMPARE_RUNS_MAX = 5;

type Search = Record<string, unknown>;

export interface BacktestSearch {
  readonly q?: string;
  readonly status?: BacktestStatusFilter;
  readonly sort?: BacktestSort;
  readonly order?: "asc" | "desc";
}

export function parseBacktestSearch(search: Search): BacktestSearch {
  const sort = BACKTEST_SORTS.find((known) => known === search.sort);
  const status = BACKTEST_STATUSES.find((known) => known === search.status);
  return {
    ...textOf("q", search.q),
    ...(status === undefined ? {} : { status }),
    ...(sort === undefined ? {} : { sort }),
    ...(search.order === "asc" || search.order === "desc" ? { order: search.order } : {}),
  };
}

/** State of the table of trades of a report. */
export interface ReportSearch {
  readonly sort?: TradeSort;
  readonly order?: "asc" | "desc";
  readonly show?: TradeShow | undefined;
  readonly exit?: string | undefined;
  readonly find?: string | undefined;
  /** The trade that the chart stands on. */
  readonly trade?: number;
}

export function parseReportSearch(search: Search): ReportSearch {
  const sort = TRADE_SORTS.find((known) => known === search.sort);
  const show = TRADE_SHOWS.find((known) => known === search.show);
  const trade = Number(search.trade ?? Number.NaN);
  return {
    ...(sort === undefined ? {} : { sort }),
    ...(search.order === "asc" || search.order === "desc" ? { order: search.order } : {}),
    ...(show === undefined ? {} : { show }),
    ...textOf("exit", search.exit),
    ...textOf("find", search.find),
    ...(Number.isInteger(trade) ? { trade } : {}),
  };
}

export interface NewRunSearch {
  /** A run whose settings are taken over. */
  readonly again?: string;
  readonly dataset?: string;
  /** `library:sma-cross` or `saved:<id>`. */
  readonly strategy?: string;
}

export function parseNewRunSearch(search: Search): NewRunSearch {
  return {
    ...textOf("again", search.again),
    ...textOf("dataset", search.dataset),
    ...textOf("strategy", search.strategy),
  };
}

export interface CompareSearch {
  readonly ids?: string;
}

export function parseCompareSearch(search: Search): CompareSearch {
  return textOf("ids", search.ids);
}

/** The runs that a comparison's address names, each once. */
export function compareIds(search: CompareSearch): readonly string[] {
  const ids = (search.ids ?? "").split(",").filter((id) => id !== "");
  return [...new Set(ids)].slice(0, COMPARE_RUNS_MAX);
}

export interface DataSearch {
  readonly q?: string;
  readonly import?: "open";
  /** Whether candles of a venue are being asked for. */
  readonly bring?: "open";
  /** Of which source, where one was named. */
  readonly source?: string;
}

export function parseDataSearch(search: Search): DataSearch {
  return {
    ...textOf("q", search.q),
    ...(search.import === "open" ? { import: "open" } : {}),
    ...(search.bring === "open" ? { bring: "open", ...textOf("source", search.source) } : {}),
  };
}

export interface LanguageSearch {
  readonly q?: string;
}

export function parseLanguageSearch(search: Search): LanguageSearch {
  return textOf("q", search.q);
}

function textOf<K extends string>(key: K, value: unknown): { [P in K]?: string } {
  if (typeof value === "number") return { [key]: String(value) } as { [P in K]?: string };
  return typeof value === "string" && value !== "" ? ({ [key]: value } as { [P in K]?: string }) : {};
}
