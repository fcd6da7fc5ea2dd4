import type { ISeriesPrimitive, SeriesAttachedParameter, Time } from "lightweight-charts";
import type { ColourOf } from "./chart-colours.ts";
import type { ChartFill, ChartMoment, ChartSignal, ChartTrade } from "./chart-spec.ts";
import { PrimitivePlace } from "./primitive-place.ts";
import type { TimeGrid } from "./time-grid.ts";

/** Under this many pixels a trade, marks would cover each other: the lines alone are drawn. */
const MARK_SPACE_PX = 12;
/** How near the pointer must be to a mark to touch it. */
const TOUCH_PX = 9;

/** A moment's words stand so far from its line, and below the legend. */
const LABEL_SPACE_PX = 5;
const LABEL_TOP_PX = 34;

export interface Marks {
  readonly trades: readonly ChartTrade[];
  readonly signals: readonly ChartSignal[];
  readonly fills: readonly ChartFill[];
  readonly moments: readonly ChartMoment[];
  readonly selectedTrade: number | null;
}

interface DrawnTrade {
  readonly trade: ChartTrade;
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

/** Draws trades as entry, exit and the thin line between them, and the signals of a preview, over the candles. */
export class MarksPrimitive implements ISeriesPrimitive<Time> {
  private readonly place = new PrimitivePlace();
  private marks: Marks = { trades: [], signals: [], fills: [], moments: [], selectedTrade: null };
  private colourOf: ColourOf = () => "";
  private drawn: DrawnTrade[] = [];

  attached(parameter: SeriesAttachedParameter<Time>): void {
    this.place.attach(parameter);
  }

  detached(): void {
    this.place.detach();
  }

  set(marks: Marks, grid: TimeGrid, colourOf: ColourOf): void {
    this.marks = marks;
    this.colourOf = colourOf;
    this.place.redraw(grid);
  }

  paneViews() {
    return this.place.views("top", (context, width) => this.draw(context, width));
  }

  hitTest(x: number, y: number) {
    let nearest: { id: number; distance: number } | undefined;
    for (const { trade, x1, y1, x2, y2 } of this.drawn) {
      const distance = Math.min(Math.hypot(x - x1, y - y1), Math.hypot(x - x2, y - y2));
      if (distance <= TOUCH_PX && distance < (nearest?.distance ?? Number.POSITIVE_INFINITY)) {
        nearest = { id: trade.id, distance };
      }
    }
    if (nearest === undefined) return null;
    return { externalId: String(nearest.id), cursorStyle: "pointer", zOrder: "top" as const };
  }

  private draw(context: CanvasRenderingContext2D, width: number): void {
    this.drawn = this.visibleTrades(width);
    const roomy = this.drawn.length * MARK_SPACE_PX < width;
    for (const trade of this.drawn) this.drawTrade(context, trade, roomy);
    this.drawSignals(context, width);
    this.drawFills(context, width);
    this.drawMoments(context, width);
  }

  private drawMoments(context: CanvasRenderingContext2D, width: number): void {
    for (const { time, label } of this.marks.moments) {
      const x = this.place.x(time);
      if (x === null || x < 0 || x > width) continue;
      context.strokeStyle = this.colourOf("accent");
      context.fillStyle = this.colourOf("accent");
      context.lineWidth = 1;
      context.setLineDash([2, 3]);
      context.beginPath();
      context.moveTo(x, 0);
      context.lineTo(x, context.canvas.height);
      context.stroke();
      context.setLineDash([]);
      // Left of the line where there is no room to the right of it.
      const fits = x + context.measureText(label).width + 2 * LABEL_SPACE_PX < width;
      context.textAlign = fits ? "left" : "right";
      context.textBaseline = "top";
      context.fillText(label, fits ? x + LABEL_SPACE_PX : x - LABEL_SPACE_PX, LABEL_TOP_PX);
    }
  }

  private visibleTrades(width: number): DrawnTrade[] {
    const visible: DrawnTrade[] = [];
    const { grid } = this.place;
    const endMs = (grid.times.at(-1) ?? 0) + grid.lengthMs;
    for (const trade of this.marks.trades) {
      const x1 = this.place.x(trade.entryTime);
      const x2 = this.place.x(trade.exitTime ?? endMs);
      const y1 = this.place.y(trade.entryPrice);
      const y2 = this.place.y(trade.exitPrice);
      if (x1 === null || x2 === null || y1 === null || y2 === null || x2 < 0 || x1 > width) continue;
      visible.push({ trade, x1, y1, x2, y2 });
    }
    return visible;
  }

  private drawTrade(context: CanvasRenderingContext2D, drawn: DrawnTrade, roomy: boolean): void {
    const { trade, x1, y1, x2, y2 } = drawn;
    const selected = trade.id === this.marks.selectedTrade;
    const colour = this.colourOf(trade.profit >= 0 ? "profit" : "loss");
    context.strokeStyle = colour;
    context.lineWidth = selected ? 2.5 : 1.25;
    context.setLineDash(trade.exitTime === null ? [3, 3] : []);
    context.beginPath();
    context.moveTo(x1, y1);
    context.lineTo(x2, y2);
    context.stroke();
    context.setLineDash([]);
    if (!roomy && !selected) return;
    const size = selected ? 7 : 4;
    drawTriangle(context, {
      x: x1,
      y: y1,
      size,
      up: trade.side === "long",
      fill: this.colourOf("ink"),
      edge: this.colourOf("surface"),
    });
    if (trade.exitTime === null) return;
    context.beginPath();
    context.arc(x2, y2, selected ? 4.5 : 3, 0, 2 * Math.PI);
    context.fillStyle = colour;
    context.fill();
    context.lineWidth = 1;
    context.strokeStyle = this.colourOf("surface");
    context.stroke();
  }

  private drawFills(context: CanvasRenderingContext2D, width: number): void {
    for (const { time, price, side } of this.marks.fills) {
      const x = this.place.x(time);
      const y = this.place.y(price);
      if (x === null || y === null || x < 0 || x > width) continue;
      drawTriangle(context, {
        x,
        y,
        size: 5,
        up: side === "buy",
        fill: this.colourOf("ink"),
        edge: this.colourOf("surface"),
      });
    }
  }

  private drawSignals(context: CanvasRenderingContext2D, width: number): void {
    for (const { time, price, action } of this.marks.signals) {
      const x = this.place.x(time);
      const y = this.place.y(price);
      if (x === null || y === null || x < 0 || x > width) continue;
      const enters = action.startsWith("enter");
      // An entry points the way of its side; an exit points back.
      const up = action === "enter long" || action === "exit short";
      const place = { x, y: up ? y + 12 : y - 12, size: 5, up, edge: this.colourOf(enters ? "accent" : "faint") };
      drawTriangle(context, { ...place, fill: enters ? this.colourOf("accent") : this.colourOf("surface") });
    }
  }
}

interface Triangle {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly up: boolean;
  readonly fill: string;
  readonly edge: string;
}

function drawTriangle(context: CanvasRenderingContext2D, { x, y, size, up, fill, edge }: Triangle): void {
  const tip = up ? -size : size;
  context.beginPath();
  context.moveTo(x, y + tip);
  context.lineTo(x - size, y - tip * 0.7);
  context.lineTo(x + size, y - tip * 0.7);
  context.closePath();
  context.fillStyle = fill;
  context.fill();
  context.lineWidth = 1;
  context.strokeStyle = edge;
  context.stroke();
}
