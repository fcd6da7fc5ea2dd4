import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { Backtest } from "../../schema/wire/backtest.ts";
import type { Comparison } from "../../schema/wire/comparison.ts";
import type { CandleSeries, Dataset } from "../../schema/wire/dataset.ts";
import type { IndicatorSeries } from "../../schema/wire/indicator.ts";
import type { EquitySeries, Overview, Robustness, Tables, Trade } from "../../schema/wire/report.ts";
import type { Session } from "../../schema/wire/session.ts";
import type { LanguageWord, LibraryStrategy, StrategyVersion, UserStrategy } from "../../schema/wire/strategy.ts";
import { errorOfResponse, offlineError } from "./api-error.ts";
import { client } from "./runtime.ts";

/** Rows asked for at once: the largest page of the API. */
const PAGE_ROWS = 200;
/** Most rows a list of this page holds; a person with more filters first. */
const LIST_ROWS_MAX = 2_000;
/** Candles of one chart: several for each pixel of a phone, about two for each of a wide screen. */
const CHART_CANDLES = 4_000;
/** A report never changes once written. */
const FOREVER_MS = Number.POSITIVE_INFINITY;
/** Lists with a run under way are asked again this often. */
const RUNNING_POLL_MS = 2_000;

export interface RowPage<T> {
  readonly rows: readonly T[];
  readonly next: string | null;
}

/** Who is signed in. Needs no token, so that the sign-in page can ask. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  staleTime: 60_000,
  async queryFn(): Promise<Session> {
    const response = await fetch("/api/v1/session", { credentials: "same-origin" }).catch(() => undefined);
    if (response === undefined) throw offlineError();
    if (!response.ok) throw await errorOfResponse(response);
    return (await response.json()) as Session;
  },
});

export const backtestsQuery = queryOptions({
  queryKey: ["backtests"],
  queryFn: () => allRows<Backtest>("/backtests"),
  refetchInterval: (query) => (query.state.data?.some(isUnderWay) ? RUNNING_POLL_MS : false),
});

/** One run. */
export function backtestQuery(id: string) {
  return queryOptions({
    queryKey: ["backtest", id],
    queryFn: ({ signal }) => client.request<Backtest>(`/backtests/${id}`, { signal }),
  });
}

interface ReportParts {
  overview: Overview;
  equity: EquitySeries;
  trades: Trade[];
  tables: Tables;
  robustness: Robustness;
}

/** The parts of a report; named here because the wire's list brings its whole validator with it. */
export const REPORT_PART_NAMES = [
  "overview",
  "equity",
  "trades",
  "tables",
  "robustness",
] as const satisfies readonly (keyof ReportParts)[];

/** One part of a finished run's report, as it was sent. */
export function fetchReportPart<P extends keyof ReportParts>(id: string, part: P): Promise<ReportParts[P]> {
  return client.request<ReportParts[P]>(`/backtests/${id}/report/${part}`);
}

/** One part of a finished run's report. */
export function reportQuery<P extends keyof ReportParts>(id: string, part: P) {
  return queryOptions({
    queryKey: ["backtest", id, "report", part],
    queryFn: ({ signal }) => client.request<ReportParts[P]>(`/backtests/${id}/report/${part}`, { signal }),
    staleTime: FOREVER_MS,
  });
}

export interface IndicatorWindow {
  readonly runId: string;
  readonly symbol: string;
  readonly from: number;
  readonly to: number;
}

/** The indicators of a run's strategy on a stretch of its candles. The last stretch stays until the next is here. */
export function indicatorsQuery({ runId, symbol, from, to }: IndicatorWindow) {
  const market = ["backtest", runId, "indicators", symbol] as const;
  return queryOptions({
    queryKey: [...market, from, to],
    queryFn: ({ signal }) =>
      client.request<IndicatorSeries>(`/backtests/${runId}/indicators`, { query: { symbol, from, to }, signal }),
    staleTime: FOREVER_MS,
    placeholderData: (last, query) => (query?.queryKey[3] === symbol ? last : undefined),
  });
}

export const datasetsQuery = queryOptions({
  queryKey: ["datasets"],
  queryFn: async () => rowsOf(await client.request<RowList<Dataset>>("/datasets")),
});

export function datasetQuery(id: string) {
  return queryOptions({
    queryKey: ["dataset", id],
    queryFn: ({ signal }) => client.request<Dataset>(`/datasets/${id}`, { signal }),
  });
}

export interface CandleWindow {
  readonly datasetId: string;
  readonly timeframe: string;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** Most candles of the reply; the server answers a larger timeframe where more would fit the span. */
  readonly limit?: number;
}

/** Candles of a stretch of time, for a chart. The last stretch stays on screen until the next is here. */
export function candlesQuery({ datasetId, timeframe, from, to, limit = CHART_CANDLES }: CandleWindow) {
  return queryOptions({
    queryKey: ["dataset", datasetId, "candles", timeframe, from ?? null, to ?? null, limit],
    queryFn: ({ signal }) =>
      client.request<CandleSeries>(`/datasets/${datasetId}/candles`, {
        query: { timeframe, from, to, limit },
        signal,
      }),
    staleTime: FOREVER_MS,
    placeholderData: keepPreviousData,
  });
}

export const libraryQuery = queryOptions({
  queryKey: ["strategies", "library"],
  queryFn: async () => rowsOf(await client.request<RowList<LibraryStrategy>>("/strategies/library")),
  staleTime: FOREVER_MS,
});

export const languageQuery = queryOptions({
  queryKey: ["strategies", "language"],
  queryFn: async () => rowsOf(await client.request<RowList<LanguageWord>>("/strategies/language")),
  staleTime: FOREVER_MS,
});

export const strategiesQuery = queryOptions({
  queryKey: ["strategies", "own"],
  queryFn: async () => rowsOf(await client.request<RowList<UserStrategy>>("/strategies")),
});

export function strategyQuery(id: string) {
  return queryOptions({
    queryKey: ["strategy", id],
    queryFn: ({ signal }) => client.request<UserStrategy>(`/strategies/${id}`, { signal }),
  });
}

export function strategyVersionsQuery(id: string) {
  return queryOptions({
    queryKey: ["strategy", id, "versions"],
    queryFn: async () => rowsOf(await client.request<RowList<StrategyVersion>>(`/strategies/${id}/versions`)),
  });
}

/** Two to five finished runs side by side. */
export function comparisonQuery(ids: readonly string[]) {
  return queryOptions({
    queryKey: ["comparison", ...ids],
    queryFn: ({ signal }) => client.request<Comparison>("/backtests/compare", { query: { ids }, signal }),
    enabled: ids.length >= 2,
  });
}

/** Whether the run has yet to end. */
export function isUnderWay(run: Pick<Backtest, "status">): boolean {
  return run.status === "queued" || run.status === "running";
}

type RowList<T> = readonly T[] | RowPage<T>;

function rowsOf<T>(list: RowList<T>): readonly T[] {
  return "rows" in list ? list.rows : list;
}

async function allRows<T>(path: string): Promise<readonly T[]> {
  const rows: T[] = [];
  let cursor: string | undefined;
  do {
    const page: RowPage<T> = await client.request(path, { query: { limit: PAGE_ROWS, cursor } });
    rows.push(...page.rows);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined && rows.length < LIST_ROWS_MAX);
  return rows;
}
