import { type IPriceLine, type ISeriesApi, LineStyle } from "lightweight-charts";
import type { ColourOf } from "./chart-colours.ts";
import type { ChartLevel } from "./chart-spec.ts";

/** The prices that stand across a chart, each as a line of the library on the candles. */
export class LevelLines {
  private readonly lines = new Map<string, IPriceLine>();

  /** Draws `levels` and takes away what is not among them. */
  set(series: ISeriesApi<"Candlestick">, levels: readonly ChartLevel[], colourOf: ColourOf): void {
    const wanted = new Set(levels.map(({ id }) => id));
    for (const [id, line] of this.lines) {
      if (wanted.has(id)) continue;
      series.removePriceLine(line);
      this.lines.delete(id);
    }
    for (const { id, price, label, colour, look } of levels) {
      const lineStyle = look === "dashed" ? LineStyle.Dashed : LineStyle.Solid;
      const options = { price, title: label, color: colourOf(colour), lineWidth: 1 as const, lineStyle };
      const line = this.lines.get(id);
      if (line === undefined) this.lines.set(id, series.createPriceLine(options));
      else line.applyOptions(options);
    }
  }
}
