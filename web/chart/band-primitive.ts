import type {
  IChartApi,
  IPrimitivePaneRenderer,
  ISeriesApi,
  ISeriesPrimitive,
  SeriesAttachedParameter,
  Time,
} from "lightweight-charts";
import { timeCoordinate } from "./time-coordinate.ts";
import type { TimeGrid } from "./time-grid.ts";

type Target = Parameters<IPrimitivePaneRenderer["draw"]>[0];

/** A column pair over times, as drawn. */
export interface BandColumns {
  readonly times: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** Fills the space between two columns behind the lines of a pane. */
export class BandPrimitive implements ISeriesPrimitive<Time> {
  private chart: IChartApi | undefined;
  private series: ISeriesApi<"Line" | "Area" | "Candlestick"> | undefined;
  private columns: BandColumns = { times: [], low: [], high: [] };
  private grid: TimeGrid = { times: [], lengthMs: 1 };
  private colour = "";
  private update: (() => void) | undefined;

  attached(parameter: SeriesAttachedParameter<Time>): void {
    this.chart = parameter.chart as IChartApi;
    this.series = parameter.series as ISeriesApi<"Line">;
    this.update = parameter.requestUpdate;
  }

  detached(): void {
    this.chart = undefined;
    this.series = undefined;
  }

  set(columns: BandColumns, grid: TimeGrid, colour: string): void {
    this.columns = columns;
    this.grid = grid;
    this.colour = colour;
    this.update?.();
  }

  paneViews() {
    return [{ zOrder: () => "bottom" as const, renderer: () => ({ draw: (target: Target) => this.draw(target) }) }];
  }

  private draw(target: Target): void {
    const { chart, series, columns } = this;
    if (chart === undefined || series === undefined || columns.times.length < 2) return;
    // biome-ignore lint/correctness/useHookAtTopLevel: a method of the canvas, not a hook of React.
    target.useMediaCoordinateSpace(({ context }) => {
      const points = columns.times.map((timeMs) => timeCoordinate(chart, this.grid, timeMs));
      context.beginPath();
      for (let at = 0; at < points.length; at++) this.step(context, points[at], columns.high[at]);
      for (let at = points.length - 1; at >= 0; at--) this.step(context, points[at], columns.low[at]);
      context.closePath();
      context.fillStyle = this.colour;
      context.fill();
    });
  }

  private step(context: CanvasRenderingContext2D, x: number | null, value: number): void {
    const y = this.series?.priceToCoordinate(value) ?? null;
    if (x !== null && y !== null) context.lineTo(x, y);
  }
}
