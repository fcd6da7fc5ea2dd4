import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { z } from "zod";
import { Bot, BotState, DashboardState } from "../../schema/wire/bot.ts";
import { BotLogEntry } from "../../schema/wire/bot-log.ts";
import { type CandleSeries, CHART_CANDLES_MAX } from "../../schema/wire/dataset.ts";
import { JournalPage, JournalStatistics } from "../../schema/wire/journal.ts";
import { MarketCandleSeries, ReplayState } from "../../schema/wire/market.ts";
import { Page, type PageQuery } from "../../schema/wire/primitive.ts";
import { RiskView, VerdictPage } from "../../schema/wire/risk.ts";
import {
  AccountState,
  EquityHistory,
  Fill,
  type ListFills,
  type ListOrders,
  Order,
  OrderDetail,
  TradingAccount,
} from "../../schema/wire/trading.ts";
import { ApiError } from "../api/api-error.ts";
import type { QueryValues, RequestOptions } from "../api/client.ts";
import { client, queryClient } from "../api/runtime.ts";
import { type CandleHistory, completedCandles, type WantedCandles } from "./candle-history.ts";

/** Rows fetched at once by lists that load on: two screens of a large monitor. */
const PAGE_ROWS = 50;
/** All bots and accounts of a person fit into this many: the API allows 20 accounts of 50 bots. */
const ALL_ROWS_MAX = 1_000;
const LARGEST_PAGE = 200;
/** Candles around the latest that a live chart shows. */
const CANDLES_MAX = 1_000;

/** How often it is asked how far a replay is. */
const REPLAY_EVERY_MS = 3_000;

/** A reply of the API, held against its schema. Throws `ApiError`, also where the reply is not what it should be. */
export async function ask<S extends z.ZodType>(path: string, schema: S, options: RequestOptions = {}) {
  const body = await client.request<unknown>(path, options);
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  throw new ApiError({
    status: 200,
    code: "unreadable_reply",
    title: "The reply could not be read",
    detail: "The page and the server are of different versions. Reload the page.",
  });
}

const Accounts = Page(TradingAccount);
const Bots = Page(Bot);
const Orders = Page(Order);
const Fills = Page(Fill);
const BotLog = Page(BotLogEntry);

export const accountsQuery = queryOptions({
  queryKey: ["accounts"],
  queryFn: () => allRows("/accounts", Accounts),
});

export function accountStateQuery(id: string) {
  return queryOptions({
    queryKey: ["account", id, "state"],
    queryFn: ({ signal }) => ask(`/accounts/${id}/state`, AccountState, { signal }),
  });
}

/** Where the replay of an account is. The market's own clock comes over sockets; this is asked for now and then. */
export function replayQuery(id: string) {
  return queryOptions({
    queryKey: ["account", id, "replay"],
    queryFn: ({ signal }) => ask(`/accounts/${id}/replay`, ReplayState, { signal }),
    refetchInterval: ({ state }) => (state.data?.status === "ended" ? false : REPLAY_EVERY_MS),
  });
}

/** Marked equity of an account since an instant of its market's time. */
export function equityQuery(id: string, from?: number) {
  return queryOptions({
    queryKey: ["account", id, "equity", from ?? null],
    queryFn: ({ signal }) => ask(`/accounts/${id}/equity`, EquityHistory, { query: { from }, signal }),
  });
}

export function riskQuery(id: string) {
  return queryOptions({
    queryKey: ["account", id, "risk"],
    queryFn: ({ signal }) => ask(`/accounts/${id}/risk`, RiskView, { signal }),
    // Shares that are used change with every order; the page says how old they are.
    refetchInterval: 5_000,
  });
}

export function verdictsQuery(id: string, denied: boolean) {
  return infiniteQueryOptions({
    queryKey: ["account", id, "verdicts", denied],
    queryFn: ({ pageParam, signal }) =>
      ask(`/accounts/${id}/verdicts`, VerdictPage, {
        query: pageOf(pageParam, denied ? { denied: "true" } : {}),
        signal,
      }),
    ...PAGED,
    refetchInterval: 10_000,
  });
}

export const dashboardQuery = queryOptions({
  queryKey: ["dashboard"],
  queryFn: ({ signal }) => ask("/dashboard", DashboardState, { signal }),
});

export const botsQuery = queryOptions({
  queryKey: ["bots", "list", "false"],
  queryFn: () => allRows("/bots", Bots),
  refetchInterval: 15_000,
});

export const archivedBotsQuery = queryOptions({
  queryKey: ["bots", "list", "true"],
  queryFn: () => allRows("/bots", Bots, { archived: "true" }),
});

export function botQuery(id: string) {
  return queryOptions({
    queryKey: ["bots", id],
    queryFn: ({ signal }) => ask(`/bots/${id}`, Bot, { signal }),
  });
}

export function botStateQuery(id: string) {
  return queryOptions({
    queryKey: ["bots", id, "state"],
    queryFn: ({ signal }) => ask(`/bots/${id}/state`, BotState, { signal }),
  });
}

export function botLogQuery(id: string) {
  return infiniteQueryOptions({
    queryKey: ["bots", id, "log"],
    queryFn: ({ pageParam, signal }) => ask(`/bots/${id}/log`, BotLog, { query: pageOf(pageParam), signal }),
    ...PAGED,
  });
}

type Filters<T extends PageQuery> = Omit<T, keyof PageQuery>;

export function ordersQuery(filter: Filters<ListOrders>) {
  return infiniteQueryOptions({
    queryKey: ["orders", "list", filter],
    queryFn: ({ pageParam, signal }) => ask("/orders", Orders, { query: pageOf(pageParam, filter), signal }),
    ...PAGED,
    refetchInterval: 5_000,
  });
}

export function orderQuery(id: string) {
  return queryOptions({
    queryKey: ["orders", id],
    queryFn: ({ signal }) => ask(`/orders/${id}`, OrderDetail, { signal }),
    refetchInterval: 3_000,
  });
}

export function fillsQuery(filter: Filters<ListFills>) {
  return infiniteQueryOptions({
    queryKey: ["fills", filter],
    queryFn: ({ pageParam, signal }) => ask("/fills", Fills, { query: pageOf(pageParam, filter), signal }),
    ...PAGED,
    refetchInterval: 5_000,
  });
}

export interface MarketWindow {
  readonly accountId: string;
  readonly instrument: string;
  readonly timeframe: CandleSeries["timeframe"];
  /** Instants of the market's time. */
  readonly from: number;
  readonly to: number;
}

/** The closed candles of an account's market. The last stretch stays until the next is here. */
export function marketCandlesQuery({ accountId, instrument, timeframe, from, to }: MarketWindow) {
  return queryOptions({
    queryKey: ["market", accountId, instrument, timeframe, from, to],
    queryFn: async ({ signal }): Promise<CandleSeries> => {
      const query = { instrument, timeframe, from, to, accountId, limit: CANDLES_MAX };
      // Charts draw the candles of datasets; these are of none.
      return { datasetId: "", ...(await ask("/markets/candles", MarketCandleSeries, { query, signal })) };
    },
    placeholderData: (last, query) =>
      query?.queryKey[2] === instrument && query.queryKey[3] === timeframe ? last : undefined,
  });
}

/** Which candles of a running market: those since a bot began, or the latest. */
export interface HistoryPlace {
  readonly accountId: string;
  readonly instrument: string;
  readonly part: "life" | "latest";
}

/**
 * The closed candles of an account's running market, as far back as wanted. One entry grows with the market: asking again
 * fetches what followed, and a request that fails leaves what is known.
 */
export function candleHistoryQuery({ accountId, instrument, part }: HistoryPlace, wanted: WantedCandles) {
  const queryKey = ["market", accountId, instrument, wanted.timeframe, part] as const;
  return queryOptions({
    queryKey,
    queryFn: ({ signal, client: cache }): Promise<CandleHistory> =>
      completedCandles(cache.getQueryData<CandleHistory>(queryKey), wanted, ({ timeframe, from }) => {
        const query = { instrument, timeframe, from, accountId, limit: CHART_CANDLES_MAX };
        return ask("/markets/candles", MarketCandleSeries, { query, signal });
      }),
  });
}

export function journalQuery(filter: Readonly<Record<string, string | undefined>>) {
  return infiniteQueryOptions({
    queryKey: ["journal", "list", filter],
    queryFn: ({ pageParam, signal }) => ask("/journal", JournalPage, { query: pageOf(pageParam, filter), signal }),
    ...PAGED,
  });
}

export const journalStatisticsQuery = queryOptions({
  queryKey: ["journal", "statistics"],
  queryFn: ({ signal }) => ask("/journal/statistics", JournalStatistics, { signal }),
});

/** The picture of a trade's chart. */
export function journalPictureQuery(id: string) {
  return queryOptions({
    queryKey: ["journal", id, "picture"],
    queryFn: async ({ signal }) => (await client.fetch(`/journal/${id}/picture`, { signal })).blob(),
  });
}

/** Asks again for everything about trading, as after a verb that changes what several pages show. */
export function refreshTrading(): void {
  for (const queryKey of [["bots"], ["orders"], ["fills"], ["account"], ["accounts"], ["dashboard"]]) {
    void queryClient.invalidateQueries({ queryKey });
  }
}

const PAGED = {
  initialPageParam: "",
  getNextPageParam: ({ next }: { next: string | null }) => next ?? undefined,
  placeholderData: keepPreviousData,
};

function pageOf(cursor: string, filter: QueryValues = {}): QueryValues {
  return { ...filter, cursor: cursor === "" ? undefined : cursor, limit: PAGE_ROWS };
}

async function allRows<T>(
  path: string,
  schema: z.ZodType<{ rows: T[]; next: string | null }>,
  filter: QueryValues = {},
): Promise<readonly T[]> {
  const rows: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await ask(path, schema, { query: { ...filter, limit: LARGEST_PAGE, cursor } });
    rows.push(...page.rows);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined && rows.length < ALL_ROWS_MAX);
  return rows;
}
