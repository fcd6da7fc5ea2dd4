import type { CandleSeries } from "../../schema/wire/dataset.ts";
import type { IndicatorSeries } from "../../schema/wire/indicator.ts";
import type { EquitySeries, Trade } from "../../schema/wire/report.ts";
import type { ChartSpec } from "../chart/chart-spec.ts";
import { indicatorLines, ownPaneShares } from "../chart/indicator-lines.ts";
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
  /** What the strategy looks at; null shows none. */
  readonly indicators: IndicatorSeries | null;
}

/** The panes of a report: price, its indicators where they need one, equity, draw-down. Equity is marked at closes, so its points are put onto the candles that closed then. */
export function reportChartSpec(input: ReportChartInput): ChartSpec {
  const { candles, equity, currency, indicators } = input;
  const ownShares = ownPaneShares(indicators);
  const equityPane = ownShares.length + 1;
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
      ...(indicators === null ? [] : indicatorLines(indicators, { grid, tick: input.tick, ownPane: 1 })),
      {
        id: "equity",
        label: "Equity",
        pane: equityPane,
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
              pane: equityPane,
              colour: "chart-benchmark" as const,
              ...column(equity.buyHold),
              look: "dashed" as const,
              ...money,
            },
          ]),
      {
        id: "drawdown",
        label: "Draw-down",
        pane: equityPane + 1,
        colour: "loss",
        ...falls,
        look: "area-below-zero",
        format: percent,
        axisExact: (value, digits) => formatPercent(value, { digits }),
      },
    ],
    bands:
      band === undefined
        ? []
        : [
            {
              id: "paths",
              pane: equityPane,
              colour: "chart-band",
              times: band.low.times,
              low: band.low.values,
              high: band.high.values,
            },
          ],
    trades: input.trades.filter((trade) => trade.symbol === input.symbol),
    selectedTrade: input.selected,
    logarithmic: input.logarithmic,
    paneShares: ownShares.length > 0 ? [5, ...ownShares, 2.6, 1.4] : [5, 3, 1.6],
  };
}
