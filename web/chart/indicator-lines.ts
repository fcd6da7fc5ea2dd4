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
  /** The first pane for lines that are not on the price's axis. */
  readonly ownPane: number;
}

/** Panes below the candles at most: more would leave none of them room. What is over shares the last one. */
const OWN_PANES_MAX = 3;
/** Share of the chart's height of each own pane, by how many there are. */
const OWN_SHARES = [[], [1.8], [1.4, 1.4], [1.2, 1.2, 1.2]] as const;

/** The lines of a strategy's indicators: those on the price's axis over the candles, the others in a pane for each unit. */
export function indicatorLines(indicators: IndicatorSeries, panes: IndicatorPanes): readonly ChartLine[] {
  const column = (line: IndicatorLine) => onCandles(indicators, line, panes.grid);
  const onPrice = indicators.series.filter((line) => line.scale === "price").slice(0, PANE_LINES_MAX);
  const apart = indicators.series.filter((line) => line.scale === "own").slice(0, PANE_LINES_MAX);
  const units = unitsOf(apart);
  return [
    ...onPrice.map((line, index) => ({
      ...lookOf(line, index),
      ...column(line),
      pane: 0,
      format: (value: number) => formatPrice(value, panes.tick),
    })),
    ...apart.map((line) => {
      const place = units.indexOf(unitOf(line));
      const beside = apart.filter((other) => unitOf(other) === unitOf(line));
      return {
        // Where each unit has a pane, colours begin anew in each.
        ...lookOf(line, units.length > OWN_PANES_MAX ? apart.indexOf(line) : beside.indexOf(line)),
        ...column(line),
        pane: panes.ownPane + Math.min(place, OWN_PANES_MAX - 1),
        linear: true,
        // An RSI and an ATR on one axis would press one of them flat.
        ...(place < OWN_PANES_MAX ? {} : { scale: unitOf(line) }),
        format: (value: number) => formatPrice(value),
        axisFormat: (value: number) => formatNumber(value, { digits: Math.abs(value) < 10 ? 2 : 1 }),
      };
    }),
  ];
}

/** Shares of a chart's height of the panes that the indicators need below the candles; none where all are prices. */
export function ownPaneShares(indicators: IndicatorSeries | null): readonly number[] {
  const apart = (indicators?.series ?? []).filter((line) => line.scale === "own").slice(0, PANE_LINES_MAX);
  return OWN_SHARES[Math.min(unitsOf(apart).length, OWN_PANES_MAX)];
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

function unitsOf(lines: readonly IndicatorLine[]): readonly string[] {
  return [...new Set(lines.map(unitOf))];
}

/** What a line measures; where that was not told, the name of its indicator: `rsi` of `rsi(close, 14)`. */
function unitOf({ unit, name }: IndicatorLine): string {
  return unit ?? name.split("(", 1)[0];
}
