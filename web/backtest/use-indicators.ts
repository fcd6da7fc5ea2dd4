import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { IndicatorSeries } from "../../schema/wire/indicator.ts";
import { indicatorsQuery } from "../api/queries.ts";
import { usePreferences } from "../app/preferences.ts";
import type { TimeSpan } from "../chart/chart-spec.ts";
import { nextIndicatorWindow } from "../chart/indicator-window.ts";
import { timeframeLengthMs } from "../format/timeframe.ts";

/** Indicators on less of the screen than this are left out: a pane that is mostly empty looks broken. */
const COVERAGE_MIN = 0.5;

interface ShownIndicators {
  /** Null while they are hidden, on their way or not to be had. */
  readonly indicators: IndicatorSeries | null;
  /** One sentence where the chart shows less than it should. */
  readonly note: string | undefined;
  /** Tells what is on screen now. */
  readonly look: (visible: TimeSpan) => void;
}

/** The indicators of a run for what its chart shows, loaded as somebody moves about. */
export function useIndicators(runId: string, symbol: string, whole: TimeSpan): ShownIndicators {
  const shown = usePreferences().indicators === "shown";
  const [span, setSpan] = useState(whole);
  const query = useQuery({
    ...indicatorsQuery({ runId, symbol, from: span.fromMs, to: span.toMs }),
    enabled: shown && symbol !== "",
    retry: false,
  });
  const truncated = query.data?.truncated ?? false;
  const drawn = shown && query.data !== undefined && coverage(query.data, span) >= COVERAGE_MIN;
  return {
    indicators: drawn ? query.data : null,
    note: !shown ? undefined : noteOf({ failed: query.isError, truncated, drawn }),
    look: (visible) => setSpan((loaded) => nextIndicatorWindow({ visible, loaded, whole, truncated }) ?? loaded),
  };
}

/** The share of `span` that the indicators lie on. */
function coverage({ time, timeframe }: IndicatorSeries, span: TimeSpan): number {
  if (time.length === 0) return 0;
  const fromMs = Math.max(span.fromMs, time[0]);
  const toMs = Math.min(span.toMs, time[time.length - 1] + timeframeLengthMs(timeframe));
  return (toMs - fromMs) / (span.toMs - span.fromMs);
}

function noteOf(state: { failed: boolean; truncated: boolean; drawn: boolean }): string | undefined {
  if (state.failed) return "The strategy's indicators could not be loaded.";
  if (!state.truncated) return undefined;
  return state.drawn
    ? "Indicators are drawn on the newest candles only: zoom in to see them elsewhere."
    : "Zoom in to see the strategy's indicators.";
}
