import type { IndicatorLine, IndicatorSeries } from "../../schema/wire/indicator.ts";
import { formatNumber, formatPrice } from "../format/format.ts";
import { timeframeLengthMs } from "../format/timeframe.ts";
import type { ChartColour, ChartLine } from "./chart-spec.ts";
import { snapToGrid, type TimeGrid } from "./time-grid.ts";

const COLOURS = ["series-2", "series-4", "series-3", "series-5"] as const satisfies readonly ChartColour[];
/** Lines of one pane: each colour solid and dashed. More could not be told apart. */
const PANE_LINES_MAX = COLOURS.length * 2;

interface IndicatorPanes {
  /** Candles that the lines stand on; coarser ones take the last value inside them. */
  readonly grid: TimeGrid;
  readonly tick: number;
  /** Where the lines go that have no price scale. */
  readonly ownPane: number;
}

/** The lines of a strategy's indicators: those on the price's scale over the candles, the others in a pane of their own. */
export function indicatorLines(indicators: IndicatorSeries, panes: IndicatorPanes): readonly ChartLine[] {
  const column = (line: IndicatorLine) => onCandles(indicators, line, panes.grid);
  const onPrice = indicators.series.filter((line) => line.scale === "price").slice(0, PANE_LINES_MAX);
  const apart = indicators.series.filter((line) => line.scale === "own").slice(0, PANE_LINES_MAX);
  const firstFamily = apart[0] === undefined ? "" : familyOf(apart[0].name);
  return [
    ...onPrice.map((line, index) => ({
      ...lookOf(line, index),
      ...column(line),
      pane: 0,
      format: (value: number) => formatPrice(value, panes.tick),
    })),
    ...apart.map((line, index) => {
      const family = familyOf(line.name);
      return {
        ...lookOf(line, index),
        ...column(line),
        pane: panes.ownPane,
        linear: true,
        // An RSI and an ATR on one axis would press one of them flat; the outputs of a MACD belong together.
        ...(family === firstFamily ? {} : { scale: family }),
        format: (value: number) => formatPrice(value),
        axisFormat: (value: number) => formatNumber(value, { digits: Math.abs(value) < 10 ? 2 : 1 }),
      };
    }),
  ];
}

/** Whether any of the indicators needs a pane of its own. */
export function hasOwnPane(indicators: IndicatorSeries | null): boolean {
  return indicators?.series.some((line) => line.scale === "own") ?? false;
}

function lookOf(line: IndicatorLine, index: number) {
  return {
    id: `indicator ${line.name}`,
    label: line.name,
    colour: COLOURS[index % COLOURS.length],
    look: index < COLOURS.length ? ("thin" as const) : ("dashed" as const),
    holed: true,
  };
}

/** A value is known at the close of its candle. */
function onCandles({ time, timeframe }: IndicatorSeries, { values }: IndicatorLine, grid: TimeGrid) {
  const lengthMs = timeframeLengthMs(timeframe);
  return snapToGrid(grid, {
    times: time.map((openMs) => openMs + lengthMs),
    values: values.map((value) => value ?? Number.NaN),
  });
}

/** The name of the indicator without its arguments: `rsi` of `rsi(close, 14)`. */
function familyOf(name: string): string {
  return name.split("(", 1)[0];
}
