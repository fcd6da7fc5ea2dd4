import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo, useRef, useState } from "react";
import type { CandleSeries, Dataset } from "../../schema/wire/dataset.ts";
import type { IndicatorSeries } from "../../schema/wire/indicator.ts";
import { candlesQuery } from "../api/queries.ts";
import { usePreferences } from "../app/preferences.ts";
import { timeframeLengthMs } from "../format/timeframe.ts";
import { classNames } from "../ui/class-names.ts";
import { Segmented } from "../ui/segmented.tsx";
import { Failure, Skeleton } from "../ui/states.tsx";
import { nextWindow } from "./candle-window.ts";
import { type RangeName, rangeShown, rangeSpan, rangesWithin } from "./chart-range.ts";
import type { ChartSignal, ChartSpec, TimeSpan } from "./chart-spec.ts";
import { type ChartHandle, ChartView } from "./chart-view.tsx";
import { indicatorLines, ownPaneShares } from "./indicator-lines.ts";
import { IndicatorToggle } from "./indicator-toggle.tsx";

interface CandleChartProps {
  readonly dataset: Dataset;
  /** Timeframe to draw; the dataset's own where left out. Longer stretches are drawn coarser. */
  readonly timeframe?: Dataset["timeframe"];
  readonly signals?: readonly ChartSignal[];
  /** What a strategy looks at on these candles; left out, there is no strategy. */
  readonly indicators?: IndicatorSeries | null;
  /** The stretch that can be seen; all of the dataset where left out. */
  readonly span?: TimeSpan;
  readonly className?: string;
  readonly tools?: ReactNode;
}

/** The candles of a dataset, finer the closer one looks. */
export function CandleChart({ dataset, timeframe, signals, indicators, span, className, tools }: CandleChartProps) {
  const chart = useRef<ChartHandle>(null);
  const [loaded, setLoaded] = useState<TimeSpan | null>(null);
  const [place, setPlace] = useState<TimeSpan>();
  const [range, setRange] = useState<RangeName | undefined>("all");
  const [logarithmic, setLogarithmic] = useState(false);
  const whole = useMemo(() => span ?? { fromMs: dataset.from, toMs: dataset.to }, [span, dataset]);
  const { fromMs, toMs } = loaded ?? whole;
  const candles = useQuery(
    candlesQuery({ datasetId: dataset.id, timeframe: timeframe ?? dataset.timeframe, from: fromMs, to: toMs }),
  );
  const wanted = usePreferences().indicators === "shown";
  const drawn = wanted ? (indicators ?? null) : null;
  const spec = useMemo<ChartSpec | undefined>(
    () =>
      candles.data === undefined
        ? undefined
        : {
            candles: { data: candles.data, tick: dataset.instrument.tick, label: dataset.instrument.symbol },
            lines: drawn === null ? [] : indicatorLines(drawn, placeOf(candles.data, dataset)),
            signals: signals ?? [],
            logarithmic,
            paneShares: [5.4, ...ownPaneShares(drawn)],
          },
    [candles.data, dataset, signals, drawn, logarithmic],
  );
  return (
    <div>
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-3 py-2">
        <Segmented
          label="Stretch of time"
          value={range}
          choices={rangesWithin(whole)}
          onChange={(name) => {
            setRange(name);
            setPlace(name === "all" ? undefined : rangeSpan(name, whole));
            if (name !== "all") return chart.current?.show(rangeSpan(name, whole));
            setLoaded(null);
            chart.current?.fit();
          }}
        />
        <Segmented
          label="Scale"
          value={logarithmic ? "log" : "linear"}
          onChange={(scale) => setLogarithmic(scale === "log")}
          choices={[
            { value: "linear", label: "Linear" },
            { value: "log", label: "Log", hint: "Equal steps are equal percentages" },
          ]}
        />
        {indicators !== undefined && <IndicatorToggle />}
        {tools}
      </div>
      {candles.isError ? (
        <Failure error={candles.error} title="The candles could not be loaded" onRetry={() => void candles.refetch()} />
      ) : spec === undefined ? (
        <Skeleton className={classNames("m-3", className)} />
      ) : (
        <ChartView
          handle={chart}
          spec={spec}
          label={`Candles of ${dataset.name}${signals === undefined ? "" : `, with ${signals.length} signals`}.`}
          className={className ?? "h-[420px]"}
          opensAt={place}
          onSettled={(visible) => {
            setPlace(visible);
            setRange(rangeShown(visible, whole));
            setLoaded((now) => nextWindow({ visible, loaded: now, whole }) ?? now);
          }}
        />
      )}
    </div>
  );
}

function placeOf(candles: CandleSeries, { instrument }: Dataset) {
  const grid = { times: candles.time, lengthMs: timeframeLengthMs(candles.timeframe) };
  return { grid, tick: instrument.tick, ownPane: 1 };
}
