import { useQuery } from "@tanstack/react-query";
import { type Ref, useImperativeHandle, useMemo, useRef, useState } from "react";
import type { Backtest } from "../../schema/wire/backtest.ts";
import type { Dataset } from "../../schema/wire/dataset.ts";
import type { EquitySeries, Overview, Trade } from "../../schema/wire/report.ts";
import { candlesQuery } from "../api/queries.ts";
import { nextWindow } from "../chart/candle-window.ts";
import { type RangeName, rangeShown, rangeSpan } from "../chart/chart-range.ts";
import type { ChartSpec, TimeSpan } from "../chart/chart-spec.ts";
import { type ChartHandle, ChartView } from "../chart/chart-view.tsx";
import { timeframeLengthMs } from "../format/timeframe.ts";
import { saveCanvas, saveText } from "../ui/save-file.ts";
import { Failure, Skeleton } from "../ui/states.tsx";
import { EquityTable } from "./equity-table.tsx";
import { reportChartSpec } from "./report-chart-spec.ts";
import { ReportChartToolbar } from "./report-chart-toolbar.tsx";
import { equityCsv } from "./report-csv.ts";
import { runTitle } from "./run-title.ts";
import { useIndicators } from "./use-indicators.ts";

/** A trade of two candles would otherwise fill the screen. */
const JUMP_CANDLES_MIN = 120;

export interface ReportChartHandle {
  /** Moves the chart to a trade. */
  jump(trade: Trade): void;
}

interface ReportChartProps {
  readonly run: Backtest;
  readonly overview: Overview;
  readonly equity: EquitySeries;
  readonly trades: readonly Trade[];
  readonly datasets: readonly Dataset[];
  readonly selected: number | null;
  readonly onSelect: (id: number) => void;
  readonly handle: Ref<ReportChartHandle>;
}

/** Price with trades, equity with its bounds and draw-down, linked in time. */
export function ReportChart(props: ReportChartProps) {
  const { run, overview, equity, trades, selected, handle } = props;
  const chart = useRef<ChartHandle>(null);
  const [symbol, setSymbol] = useState(overview.instruments[0]?.symbol ?? "");
  const [logarithmic, setLogarithmic] = useState(false);
  const [asTable, setAsTable] = useState(false);
  const [span, setSpan] = useState<TimeSpan | null>(null);
  const [place, setPlace] = useState<TimeSpan>();
  const [range, setRange] = useState<RangeName | undefined>("all");
  const whole = useMemo(() => wholeOf(overview), [overview]);
  const candles = useCandles(props, symbol, span);
  const { indicators, note, look } = useIndicators(run.id, symbol, whole);
  const dataset = props.datasets.find((known) => known.instrument.symbol === symbol);

  useImperativeHandle(handle, () => ({
    jump(trade) {
      setAsTable(false);
      setSymbol(trade.symbol);
      const around = spanAround(trade, overview);
      setSpan((now) => nextWindow({ visible: around, loaded: now, whole }) ?? now);
      setPlace(around);
      chart.current?.show(around);
    },
  }));

  const spec = useMemo<ChartSpec | undefined>(
    () =>
      candles.data === undefined
        ? undefined
        : reportChartSpec({
            candles: candles.data,
            symbol,
            tick: dataset?.instrument.tick ?? 0,
            currency: dataset?.instrument.quote ?? "",
            equity,
            trades,
            selected,
            logarithmic,
            indicators,
          }),
    [candles.data, symbol, dataset, equity, trades, selected, logarithmic, indicators],
  );

  return (
    <div className="card overflow-hidden">
      <ReportChartToolbar
        {...{ symbol, setSymbol, logarithmic, setLogarithmic, asTable, setAsTable, range, whole }}
        symbols={overview.instruments.map((instrument) => instrument.symbol)}
        onRange={(name) => {
          setRange(name);
          const asked = name === "all" ? undefined : rangeSpan(name, whole);
          setPlace(asked);
          if (asked !== undefined) return chart.current?.show(asked);
          setSpan(null);
          chart.current?.fit();
        }}
        onPicture={() => void saveCanvas(chart.current?.picture(), `${runTitle(run)} chart.png`)}
        onData={() => saveText(equityCsv(equity), `${runTitle(run)} equity.csv`, "text/csv")}
      />
      {asTable ? (
        <EquityTable equity={equity} />
      ) : candles.isError ? (
        <Failure error={candles.error} title="The candles could not be loaded" onRetry={() => void candles.refetch()} />
      ) : spec === undefined ? (
        <Skeleton className="m-4 h-[620px] max-md:h-[480px]" />
      ) : (
        <ChartView
          handle={chart}
          spec={spec}
          label={`Price of ${symbol} with ${trades.length} trades, equity and draw-down.`}
          className="h-[640px] max-md:h-[500px]"
          opensAt={place}
          onTrade={props.onSelect}
          onSettled={(visible) => {
            setPlace(visible);
            setRange(rangeShown(visible, whole));
            look(visible);
            setSpan((now) => nextWindow({ visible, loaded: now, whole }) ?? now);
          }}
        />
      )}
      {note !== undefined && !asTable && <Note text={note} />}
    </div>
  );
}

function Note({ text }: { text: string }) {
  return (
    <p role="status" className="border-t border-line px-4 py-2 text-table text-muted">
      {text}
    </p>
  );
}

function useCandles({ overview }: ReportChartProps, symbol: string, span: TimeSpan | null) {
  const instrument = overview.instruments.find((known) => known.symbol === symbol) ?? overview.instruments[0];
  const { fromMs, toMs } = span ?? wholeOf(overview);
  return useQuery({
    ...candlesQuery({
      datasetId: instrument?.datasetId ?? "",
      timeframe: overview.timeframe,
      from: fromMs,
      to: toMs,
    }),
    enabled: instrument !== undefined,
  });
}

/** The trade in the middle, with as much before and after it. */
function spanAround(trade: Trade, overview: Overview): TimeSpan {
  const toMs = trade.exitTime ?? overview.to;
  const middle = (trade.entryTime + toMs) / 2;
  const least = JUMP_CANDLES_MIN * timeframeLengthMs(overview.timeframe);
  const half = Math.max((toMs - trade.entryTime) * 1.5, least / 2);
  return { fromMs: middle - half, toMs: middle + half };
}

function wholeOf(overview: Overview): TimeSpan {
  return { fromMs: overview.from, toMs: overview.to };
}
