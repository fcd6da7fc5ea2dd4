import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useDeferredValue, useMemo, useState } from "react";
import type { Dataset } from "../../schema/wire/dataset.ts";
import type { StrategyPreview } from "../../schema/wire/strategy.ts";
import { datasetsQuery } from "../api/queries.ts";
import { client } from "../api/runtime.ts";
import { formatCount } from "../format/format.ts";
import { type TimeframeName, timeframeLengthMs, timeframesFrom, timeframeWords } from "../format/timeframe.ts";
import { SimulatedBadge } from "../ui/badge.tsx";
import { classNames } from "../ui/class-names.ts";
import { boxClass } from "../ui/field.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { InlineError, Skeleton } from "../ui/states.tsx";

const CandleChart = lazy(async () => ({ default: (await import("../chart/candle-chart.tsx")).CandleChart }));

/** Candles that signals are shown on; few enough to answer while somebody types. */
const STRETCHES = [
  { value: "300", label: "300", hint: "The last 300 candles" },
  { value: "1000", label: "1,000", hint: "The last 1,000 candles" },
  { value: "3000", label: "3,000", hint: "The last 3,000 candles" },
] as const;

/** What most strategies are written for; datasets with coarser candles begin with their own. */
const FIRST_TIMEFRAME: TimeframeName = "1h";

interface SignalPreviewProps {
  readonly document: string;
  /** Whether the text passed its last check: signals of a broken text cannot be had. */
  readonly sound: boolean;
}

/** The entries and exits that a run of the rules as they stand in the editor takes, on candles of one's choice. */
export function SignalPreview({ document, sound }: SignalPreviewProps) {
  const datasets = useQuery(datasetsQuery);
  const [chosenId, setChosenId] = useState<string | null>(null);
  const [wanted, setWanted] = useState<TimeframeName | null>(null);
  const [stretch, setStretch] = useState<(typeof STRETCHES)[number]["value"]>("1000");
  const dataset = datasets.data?.find((row) => row.id === chosenId) ?? datasets.data?.[0];
  if (datasets.isPending) return <Skeleton className="h-[420px] w-full" />;
  if (dataset === undefined) {
    return <p className="p-6 text-muted">Import candles to see what the rules say on them.</p>;
  }
  const choices = timeframesFrom(dataset.timeframe);
  const timeframe =
    [wanted, FIRST_TIMEFRAME].find((name) => name !== null && choices.includes(name)) ?? dataset.timeframe;
  return (
    <Preview
      {...{ document, sound, dataset, timeframe }}
      candles={Number(stretch)}
      tools={
        <div className="flex flex-wrap items-center gap-2 border-b border-line px-3 py-2">
          <select
            aria-label="Candles to show signals on"
            value={dataset.id}
            onChange={(event) => setChosenId(event.target.value)}
            className={`${boxClass} select-arrow w-52 pr-7 max-sm:w-full`}
          >
            {datasets.data?.map((row) => (
              <option key={row.id} value={row.id}>
                {row.name}
              </option>
            ))}
          </select>
          <select
            aria-label="Timeframe"
            value={timeframe}
            onChange={(event) => setWanted(event.target.value as TimeframeName)}
            className={`${boxClass} select-arrow w-32 pr-7`}
          >
            {choices.map((choice) => (
              <option key={choice} value={choice}>
                {timeframeWords(choice)}
              </option>
            ))}
          </select>
          <Segmented label="Candles shown" value={stretch} choices={STRETCHES} onChange={setStretch} />
          {dataset.source === "simulated" && <SimulatedBadge />}
        </div>
      }
    />
  );
}

interface PreviewProps extends SignalPreviewProps {
  readonly dataset: Dataset;
  readonly timeframe: TimeframeName;
  readonly candles: number;
  readonly tools: React.ReactNode;
}

function Preview({ document, sound, dataset, timeframe, candles, tools }: PreviewProps) {
  const deferred = useDeferredValue(document);
  const fromMs = Math.max(dataset.from, dataset.to - candles * timeframeLengthMs(timeframe));
  const span = useMemo(() => ({ fromMs, toMs: dataset.to }), [fromMs, dataset.to]);
  const preview = useQuery({
    queryKey: ["preview", dataset.id, timeframe, fromMs, deferred],
    queryFn: ({ signal }) =>
      client.request<StrategyPreview>("/strategies/preview", {
        method: "POST",
        body: { document: deferred, datasetId: dataset.id, timeframe, from: fromMs, to: dataset.to },
        signal,
      }),
    enabled: sound && deferred.trim() !== "",
    placeholderData: (last) => last,
  });
  const signals = preview.data?.markers;
  const entries = signals?.filter((signal) => signal.action.startsWith("enter")).length ?? 0;
  const stale = !sound || preview.isPlaceholderData;
  return (
    <div>
      {tools}
      <Suspense fallback={<Skeleton className="m-3 h-[420px]" />}>
        <CandleChart
          key={`${dataset.id} ${timeframe} ${candles}`}
          {...{ dataset, timeframe, span }}
          {...(signals === undefined ? {} : { signals })}
          indicators={preview.data?.indicators ?? null}
          className={classNames("h-[420px] transition-opacity max-md:h-[340px]", stale && "opacity-60")}
        />
      </Suspense>
      <p role="status" className="num border-t border-line px-4 py-2.5 text-muted">
        {sound
          ? preview.data === undefined
            ? "Looking for signals"
            : `${formatCount(entries)} entries and ${formatCount((signals?.length ?? 0) - entries)} exits that a run would take on ${formatCount(preview.data.candles)} candles${preview.data.truncated ? "; more than are shown" : ""}`
          : "The chart shows the rules as they last made sense."}
      </p>
      {preview.isError && (
        <div className="p-3 pt-0">
          <InlineError error={preview.error} />
        </div>
      )}
    </div>
  );
}
