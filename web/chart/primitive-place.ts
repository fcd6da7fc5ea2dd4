import type {
  IChartApi,
  IPrimitivePaneRenderer,
  IPrimitivePaneView,
  ISeriesApi,
  SeriesAttachedParameter,
  Time,
} from "lightweight-charts";
import { timeCoordinate } from "./time-coordinate.ts";
import type { TimeGrid } from "./time-grid.ts";

type Target = Parameters<IPrimitivePaneRenderer["draw"]>[0];

/** Draws over a pane; sizes and places in pixels of the page. */
export type DrawPrimitive = (context: CanvasRenderingContext2D, width: number) => void;

/** Where a drawing of ours stands: the series it was attached to, and the candles that its times lie on. */
export class PrimitivePlace {
  grid: TimeGrid = { times: [], lengthMs: 1 };
  private chart: IChartApi | undefined;
  private series: ISeriesApi<"Candlestick" | "Line" | "Baseline"> | undefined;
  private update: (() => void) | undefined;

  attach(parameter: SeriesAttachedParameter<Time>): void {
    this.chart = parameter.chart as IChartApi;
    this.series = parameter.series as ISeriesApi<"Candlestick">;
    this.update = parameter.requestUpdate;
  }

  detach(): void {
    this.chart = undefined;
    this.series = undefined;
  }

  /** Asks for a new drawing over `grid`. */
  redraw(grid: TimeGrid): void {
    this.grid = grid;
    this.update?.();
  }

  x(timeMs: number): number | null {
    return this.chart === undefined ? null : timeCoordinate(this.chart, this.grid, timeMs);
  }

  y(price: number): number | null {
    return this.series?.priceToCoordinate(price) ?? null;
  }

  /** One view that draws while the series is on a chart. */
  views(layer: "top" | "bottom", draw: DrawPrimitive): IPrimitivePaneView[] {
    const renderer = {
      draw: (target: Target) => {
        if (this.series === undefined) return;
        // biome-ignore lint/correctness/useHookAtTopLevel: a method of the canvas, not a hook of React.
        target.useMediaCoordinateSpace(({ context, mediaSize }) => draw(context, mediaSize.width));
      },
    };
    return [{ zOrder: () => layer, renderer: () => renderer }];
  }
}
