import type { CandleSeries } from "../../schema/wire/dataset.ts";
import type { EquitySeries, Trade } from "../../schema/wire/report.ts";
import type { ChartSpec } from "../chart/chart-spec.ts";
import { snapToGrid } from "../chart/time-grid.ts";
import { formatMoney, formatPercent } from "../format/format.ts";
import { timeframeLengthMs } from "../format/timeframe.ts";

interface ReportChartInput {
  readonly candles: CandleSeries;
  readonly symbol: string;
  readonly tick: number;
  readonly currency: string;
  readonly equity: EquitySeries;
  readonly trades: readonly Trade[];
  readonly selected: number | null;
  readonly logarithmic: boolean;
}

/** The three panes of a report. Equity is marked at closes, so its points are put onto the candles that closed then. */
export function reportChartSpec(input: ReportChartInput): ChartSpec {
  const { candles, equity, currency } = input;
  const grid = { times: candles.time, lengthMs: timeframeLengthMs(candles.timeframe) };
  const column = (values: readonly number[], keep?: "last" | "lowest") =>
    snapToGrid(grid, { times: equity.time, values }, keep);
  const money = {
    format: (value: number) => formatMoney(value, currency),
    axisFormat: (value: number) => formatMoney(value, currency, { digits: 0 }),
  };
  const percent = (value: number) => formatPercent(value);
  const band =
    equity.worst === null || equity.best === null
      ? undefined
      : { low: column(equity.worst), high: column(equity.best) };
  const falls = column(
    equity.drawdown.map((share) => -share),
    "lowest",
  );
  return {
    candles: { data: candles, tick: input.tick, label: input.symbol },
    lines: [
      {
        id: "equity",
        label: "Equity",
        pane: 1,
        colour: "chart-equity",
        ...column(equity.equity),
        look: "line",
        ...money,
      },
      ...(equity.buyHold === null
        ? []
        : [
            {
              id: "hold",
              label: "Buy and hold",
              pane: 1,
              colour: "chart-benchmark" as const,
              ...column(equity.buyHold),
              look: "dashed" as const,
              ...money,
            },
          ]),
      {
        id: "drawdown",
        label: "Draw-down",
        pane: 2,
        colour: "loss",
        ...falls,
        look: "area-below-zero",
        format: percent,
      },
    ],
    bands:
      band === undefined
        ? []
        : [
            {
              id: "paths",
              pane: 1,
              colour: "chart-band",
              times: band.low.times,
              low: band.low.values,
              high: band.high.values,
            },
          ],
    trades: input.trades.filter((trade) => trade.symbol === input.symbol),
    selectedTrade: input.selected,
    logarithmic: input.logarithmic,
    paneShares: [5, 3, 1.6],
  };
}
