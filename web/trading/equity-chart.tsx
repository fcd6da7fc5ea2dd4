import { useMemo } from "react";
import type { ChartSpec } from "../chart/chart-spec.ts";
import { ChartView } from "../chart/chart-view.tsx";
import { formatMoney, formatShort } from "../format/format.ts";

interface EquityChartProps {
  readonly points: readonly { readonly at: number; readonly equity: number }[];
  readonly currency: string;
  readonly label: string;
  readonly className?: string;
}

/** Equity over time. */
export function EquityChart({ points, currency, label, className }: EquityChartProps) {
  const spec = useMemo<ChartSpec>(() => {
    // The chart takes one value for a second, in order: of several, the last.
    const bySecond = new Map(points.map(({ at, equity }) => [Math.floor(at / 1_000) * 1_000, equity] as const));
    const times = [...bySecond.keys()].sort((a, b) => a - b);
    const line = {
      id: "equity",
      label: "Equity",
      pane: 0,
      colour: "chart-equity",
      times,
      values: times.map((time) => bySecond.get(time) ?? Number.NaN),
      look: "line",
      format: (value: number) => formatMoney(value, currency),
      axisFormat: (value: number) => formatShort(value),
    } as const;
    return { lines: [line], paneShares: [1] };
  }, [points, currency]);
  return <ChartView spec={spec} label={label} className={className ?? "h-56"} />;
}
