import type { ISeriesPrimitive, SeriesAttachedParameter, Time } from "lightweight-charts";
import { PrimitivePlace } from "./primitive-place.ts";
import type { TimeGrid } from "./time-grid.ts";

/** A column pair over times, as drawn. */
export interface BandColumns {
  readonly times: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** Fills the space between two columns behind the lines of a pane. */
export class BandPrimitive implements ISeriesPrimitive<Time> {
  private readonly place = new PrimitivePlace();
  private columns: BandColumns = { times: [], low: [], high: [] };
  private colour = "";

  attached(parameter: SeriesAttachedParameter<Time>): void {
    this.place.attach(parameter);
  }

  detached(): void {
    this.place.detach();
  }

  set(columns: BandColumns, grid: TimeGrid, colour: string): void {
    this.columns = columns;
    this.colour = colour;
    this.place.redraw(grid);
  }

  paneViews() {
    return this.place.views("bottom", (context) => this.draw(context));
  }

  private draw(context: CanvasRenderingContext2D): void {
    const { columns } = this;
    if (columns.times.length < 2) return;
    const points = columns.times.map((timeMs) => this.place.x(timeMs));
    context.beginPath();
    for (let at = 0; at < points.length; at++) this.step(context, points[at], columns.high[at]);
    for (let at = points.length - 1; at >= 0; at--) this.step(context, points[at], columns.low[at]);
    context.closePath();
    context.fillStyle = this.colour;
    context.fill();
  }

  private step(context: CanvasRenderingContext2D, x: number | null, value: number): void {
    const y = this.place.y(value);
    if (x !== null && y !== null) context.lineTo(x, y);
  }
}
