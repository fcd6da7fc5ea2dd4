import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { IndicatorSeries } from "../../schema/wire/indicator.ts";
import { indicatorsQuery } from "../api/queries.ts";
import { usePreferences } from "../app/preferences.ts";
import type { TimeSpan } from "../chart/chart-spec.ts";
import { nextIndicatorWindow } from "../chart/indicator-window.ts";

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
  return {
    indicators: (shown ? query.data : null) ?? null,
    note: !shown ? undefined : noteOf(query.isError, truncated),
    look: (visible) => setSpan((loaded) => nextIndicatorWindow({ visible, loaded, whole, truncated }) ?? loaded),
  };
}

function noteOf(failed: boolean, truncated: boolean): string | undefined {
  if (failed) return "The indicators could not be loaded.";
  return truncated ? "Indicators are drawn on the newest candles only: zoom in to see them elsewhere." : undefined;
}
