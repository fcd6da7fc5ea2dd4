import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo, useRef } from "react";
import type { Backtest } from "../../schema/wire/backtest.ts";
import type { Overview, Trade } from "../../schema/wire/report.ts";
import { reportQuery } from "../api/queries.ts";
import { Section } from "../ui/page.tsx";
import { Failure, Skeleton, SkeletonRows } from "../ui/states.tsx";
import { ReportBodySkeleton } from "./backtest-page.tsx";
import { BreakdownsSection } from "./breakdowns-section.tsx";
import { HeadlineNumbers } from "./headline-numbers.tsx";
import { MonthlyTable } from "./monthly-table.tsx";
import { RealSection } from "./real-section.tsx";
import { ReportChart, type ReportChartHandle } from "./report-chart.tsx";
import { ReportNav } from "./report-nav.tsx";
import type { RunMarket } from "./run-instrument.ts";
import { runTitle } from "./run-title.ts";
import { SettingsSection } from "./settings-section.tsx";
import { StatisticsSection } from "./statistics-section.tsx";
import type { TradeView } from "./trade-list.ts";
import { TradesSection } from "./trades-section.tsx";
import { Verdict } from "./verdict.tsx";

const NO_TRADES: readonly Trade[] = [];

/** The report in reading order: verdict, numbers, charts, whether it is real, and everything behind it. */
export function Report({ run, market }: { run: Backtest; market: RunMarket }) {
  const overview = useQuery(reportQuery(run.id, "overview"));
  if (overview.isPending || !market.settled) return <ReportBodySkeleton />;
  if (overview.isError) return <Failure error={overview.error} onRetry={() => void overview.refetch()} />;
  return (
    <>
      <ReportNav />
      <Verdict overview={overview.data} currency={market.currency} />
      <HeadlineNumbers
        statistics={overview.data.statistics}
        currency={market.currency}
        markets={overview.data.instruments.length}
      />
      <Charted run={run} overview={overview.data} market={market} />
      <StatisticsSection statistics={overview.data.statistics} currency={market.currency} />
      <SettingsSection run={run} overview={overview.data} market={market} />
    </>
  );
}

/** The parts that move together: the chart and the table of trades. */
function Charted({ run, overview, market }: { run: Backtest; overview: Overview; market: RunMarket }) {
  const equity = useQuery(reportQuery(run.id, "equity"));
  const trades = useQuery(reportQuery(run.id, "trades"));
  const chart = useRef<ReportChartHandle>(null);
  const { view, onView, selected, select } = useTradeSearch();
  const list = trades.data ?? NO_TRADES;
  function jump(trade: Trade) {
    select(trade.id);
    chart.current?.jump(trade);
  }
  return (
    <>
      <Section id="chart" title="Price, equity and draw-down">
        {equity.isError ? (
          <Failure error={equity.error} onRetry={() => void equity.refetch()} />
        ) : equity.data === undefined ? (
          <Skeleton className="h-[688px] w-full max-md:h-[560px]" />
        ) : (
          <ReportChart
            {...{ run, overview, selected }}
            handle={chart}
            equity={equity.data}
            trades={list}
            datasets={market.datasets}
            onSelect={select}
          />
        )}
      </Section>
      <LazyParts run={run} overview={overview} market={market}>
        {trades.isError ? (
          <Failure error={trades.error} onRetry={() => void trades.refetch()} />
        ) : trades.data === undefined ? (
          <SkeletonRows rows={10} />
        ) : (
          <TradesSection
            runId={run.id}
            runName={runTitle(run)}
            trades={list}
            {...{ market, view, onView, selected }}
            onSelect={jump}
          />
        )}
      </LazyParts>
    </>
  );
}

interface LazyPartsProps {
  readonly run: Backtest;
  readonly overview: Overview;
  readonly market: RunMarket;
  /** The table of trades, which stands between months and breakdowns. */
  readonly children: React.ReactNode;
}

function LazyParts({ run, overview, market, children }: LazyPartsProps) {
  const robustness = useQuery(reportQuery(run.id, "robustness"));
  const tables = useQuery(reportQuery(run.id, "tables"));
  return (
    <>
      {robustness.data !== undefined && (
        <RealSection overview={overview} robustness={robustness.data} currency={market.currency} />
      )}
      {robustness.isPending && <Skeleton className="mt-8 h-80 w-full" />}
      {robustness.isError && <Failure error={robustness.error} onRetry={() => void robustness.refetch()} />}
      {tables.isPending && <Skeleton className="mt-8 h-60 w-full" />}
      {tables.isError && <Failure error={tables.error} onRetry={() => void tables.refetch()} />}
      {tables.data !== undefined && (
        <Section id="months" title="Months" note="Return of each month, in percent">
          <MonthlyTable tables={tables.data} />
        </Section>
      )}
      {children}
      {tables.data !== undefined && <BreakdownsSection tables={tables.data} currency={market.currency} />}
    </>
  );
}

/** The state of the table of trades lives in the address, so that a link shows the same rows. */
function useTradeSearch() {
  const search = useSearch({ from: "/app/backtests/$id" });
  const navigate = useNavigate({ from: "/backtests/$id" });
  const { sort = "id", order = "asc", show, exit, find, trade } = search;
  const view = useMemo<TradeView>(() => ({ sort, order, show, exit, text: find }), [sort, order, show, exit, find]);
  const onView = useCallback(
    (change: Partial<TradeView>) => {
      const { text, ...rest } = change;
      void navigate({
        search: (now) => ({ ...now, ...rest, ...("text" in change ? { find: text } : {}) }),
        replace: true,
        resetScroll: false,
      });
    },
    [navigate],
  );
  const select = useCallback(
    (id: number) => {
      void navigate({ search: (now) => ({ ...now, trade: id }), replace: true, resetScroll: false });
    },
    [navigate],
  );
  return { view, onView, selected: trade ?? null, select };
}
