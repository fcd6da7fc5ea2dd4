import { useMemo } from "react";
import type { Comparison } from "../../schema/wire/comparison.ts";
import { runTitle } from "../backtest/run-title.ts";
import type { ChartLine, ChartSpec } from "../chart/chart-spec.ts";
import { ChartView } from "../chart/chart-view.tsx";
import { formatPercent } from "../format/format.ts";
import { runColour } from "./compare-run.ts";
import { evenTimes, onEvenTimes } from "./even-grid.ts";

/** Longer names would push the values off the chart. */
const LABEL_CHARACTERS_MAX = 28;

/** Growth of each run from its own start, and its falls, over one time axis. */
export function CompareChart({ rows }: { rows: Comparison["rows"] }) {
  const spec = useMemo(() => compareChartSpec(rows), [rows]);
  return (
    <ChartView
      spec={spec}
      label={`Return and draw-down of ${rows.length} runs over time.`}
      className="h-[480px] max-md:h-[400px]"
    />
  );
}

/** Return in percent makes runs with different cash comparable. */
function compareChartSpec(rows: Comparison["rows"]): ChartSpec {
  const times = evenTimes(rows.map(({ equity }) => ({ times: equity.time, values: equity.equity })));
  const growth: ChartLine[] = rows.map(({ run, overview, equity }, index) => ({
    id: `return ${run.id}`,
    label: shortened(runTitle(run)),
    pane: 0,
    colour: runColour(index),
    ...onEvenTimes(
      { times: equity.time, values: equity.equity.map((value) => value / overview.statistics.initialCash - 1) },
      times,
    ),
    look: "line",
    format: (value) => formatPercent(value, { sign: "always", digits: 1 }),
    axisExact: (value, digits) => formatPercent(value, { sign: "always", digits }),
  }));
  const falls: ChartLine[] = rows.map(({ run, equity }, index) => ({
    id: `fall ${run.id}`,
    label: index === 0 ? "Draw-down" : "",
    pane: 1,
    colour: runColour(index),
    ...onEvenTimes({ times: equity.time, values: equity.drawdown.map((share) => -share) }, times, "lowest"),
    look: "line",
    format: (value) => formatPercent(value, { digits: 1 }),
    axisExact: (value, digits) => formatPercent(value, { digits }),
  }));
  return { lines: [...growth, ...falls], paneShares: [2, 1] };
}

function shortened(title: string): string {
  return title.length > LABEL_CHARACTERS_MAX ? `${title.slice(0, LABEL_CHARACTERS_MAX - 1)}…` : title;
}
