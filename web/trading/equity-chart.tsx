import { useMemo } from "react";
import type { ChartSpec } from "../chart/chart-spec.ts";
import { ChartView } from "../chart/chart-view.tsx";
import { formatMoney, formatNumber, formatShort } from "../format/format.ts";

/** A line that hardly moves needs the digits that "100 k" leaves out. */
const SHORT_SPREAD_SHARE = 0.05;

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
      axisFormat: axisFormat(points),
    } as const;
    return { lines: [line], paneShares: [1] };
  }, [points, currency]);
  return <ChartView spec={spec} label={label} className={className ?? "h-56"} />;
}

function axisFormat(points: EquityChartProps["points"]): (value: number) => string {
  const levels = points.map(({ equity }) => equity);
  const highest = Math.max(...levels);
  const spread = highest - Math.min(...levels);
  if (spread > highest * SHORT_SPREAD_SHARE) return formatShort;
  return (value) => formatNumber(value, { digits: spread < 10 ? 2 : 0 });
}
