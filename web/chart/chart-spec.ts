import type { CandleSeries } from "../../schema/wire/dataset.ts";

/** Names of CSS variables without their dashes: charts read the same tokens as the page. */
export type ChartColour =
  | "ink"
  | "muted"
  | "faint"
  | "accent"
  | "notice"
  | "profit"
  | "loss"
  | "chart-equity"
  | "chart-benchmark"
  | "chart-band"
  | "series-1"
  | "series-2"
  | "series-3"
  | "series-4"
  | "series-5";

export interface ChartLine {
  readonly id: string;
  readonly label: string;
  readonly pane: number;
  readonly colour: ChartColour;
  /** UTC milliseconds, rising. */
  readonly times: readonly number[];
  readonly values: readonly number[];
  readonly look: "line" | "thin" | "dashed" | "area-below-zero";
  readonly format: (value: number) => string;
  /** How the scale writes its steps where that is shorter than the legend. */
  readonly axisFormat?: (value: number) => string;
  /** The same with so many digits: for steps that would else look alike. Without it they are written as plain numbers. */
  readonly axisExact?: (value: number, digits: number) => string;
  /** A NaN among the values is a hole in the line, and nothing stands where there is no value. */
  readonly holed?: boolean;
  /** Lines of one name share a scale without an axis; left out, the line is on the axis of its pane. */
  readonly scale?: string;
  /** Stays linear while prices are logarithmic: the values may lie below zero. */
  readonly linear?: boolean;
}

/** The space between two columns over the same times. */
export interface ChartBand {
  readonly id: string;
  readonly pane: number;
  readonly colour: ChartColour;
  readonly times: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** A trade as an entry and an exit joined by a thin line. */
export interface ChartTrade {
  readonly id: number;
  readonly side: "long" | "short";
  readonly entryTime: number;
  readonly entryPrice: number;
  /** Null while the trade is open: it is drawn to the last candle. */
  readonly exitTime: number | null;
  readonly exitPrice: number;
  readonly profit: number;
}

/** Something a strategy said at the close of a candle. */
export interface ChartSignal {
  readonly time: number;
  readonly price: number;
  readonly action: "enter long" | "exit long" | "enter short" | "exit short";
}

/** An execution at its price; it points the way it traded. */
export interface ChartFill {
  readonly time: number;
  readonly price: number;
  readonly side: "buy" | "sell";
}

/** An instant that stands across the chart from top to bottom. */
export interface ChartMoment {
  readonly time: number;
  readonly label: string;
}

/** A price that stands across the chart: an order that waits, a stop, what was paid. */
export interface ChartLevel {
  readonly id: string;
  readonly price: number;
  readonly label: string;
  readonly colour: ChartColour;
  readonly look: "solid" | "dashed";
}

/** Everything that a chart shows. Panes stand under each other over one time axis. */
export interface ChartSpec {
  /** Whether the candles are of a running market: their end is followed while it is on screen. */
  readonly follows?: boolean;
  readonly candles?: { readonly data: CandleSeries; readonly tick: number; readonly label: string };
  readonly lines: readonly ChartLine[];
  readonly bands?: readonly ChartBand[];
  readonly trades?: readonly ChartTrade[];
  readonly signals?: readonly ChartSignal[];
  readonly fills?: readonly ChartFill[];
  readonly moments?: readonly ChartMoment[];
  readonly levels?: readonly ChartLevel[];
  readonly selectedTrade?: number | null;
  readonly logarithmic?: boolean;
  /** Share of the height of each pane. */
  readonly paneShares: readonly number[];
}

export interface TimeSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What stands under the crosshair: the value of each line by its id, and the candle. */
export interface ChartHover {
  readonly timeMs: number | null;
  readonly candle: { open: number; high: number; low: number; close: number; volume: number } | null;
  readonly values: ReadonlyMap<string, number>;
}
