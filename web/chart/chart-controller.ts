import {
  BaselineSeries,
  type CandlestickData,
  CandlestickSeries,
  createChart,
  type IChartApi,
  type ISeriesApi,
  type LineData,
  LineSeries,
  LineStyle,
  type Logical,
  MismatchDirection,
  PriceScaleMode,
} from "lightweight-charts";
import { formatNumber, formatPrice } from "../format/format.ts";
import { timeframeLengthMs } from "../format/timeframe.ts";
import { axisLabels } from "./axis-labels.ts";
import { BandPrimitive } from "./band-primitive.ts";
import { candleRow, changedRows } from "./candle-rows.ts";
import { type ColourOf, readColours } from "./chart-colours.ts";
import { chartOptions } from "./chart-options.ts";
import { followed, holdsAll } from "./chart-range.ts";
import type { ChartHover, ChartLine, ChartSpec, TimeSpan } from "./chart-spec.ts";
import { LevelLines } from "./level-lines.ts";
import { linePoint } from "./line-point.ts";
import { MarksPrimitive } from "./marks-primitive.ts";
import { indexOfTime, type TimeGrid, timeOfIndex } from "./time-grid.ts";

export interface ChartListeners {
  onHover(hover: ChartHover | null): void;
  onVisible(span: TimeSpan): void;
  onTrade(id: number): void;
  onLayout(paneTops: readonly number[]): void;
}

type LineApi = ISeriesApi<"Line"> | ISeriesApi<"Baseline">;

/** Owns one chart of the library in `element` from the first specification on. Lines and panes keep their number. */
export class ChartController {
  private readonly chart: IChartApi;
  private readonly colourOf: ColourOf;
  private readonly candles: ISeriesApi<"Candlestick"> | undefined;
  private readonly lines = new Map<string, LineApi>();
  private readonly holed: ReadonlySet<string>;
  private readonly bands = new Map<string, BandPrimitive>();
  private readonly marks = new MarksPrimitive();
  private readonly levels = new LevelLines();
  private readonly observer: ResizeObserver;
  private grid: TimeGrid = { times: [], lengthMs: 1 };
  private spec: ChartSpec;
  private layoutFrame = 0;
  /** What was asked to be shown: the library follows with its next frame, and says what it showed before until then. */
  private asked: TimeSpan | undefined;

  constructor(element: HTMLElement, spec: ChartSpec, listeners: ChartListeners) {
    this.spec = spec;
    this.colourOf = readColours(element);
    const lengthMs = () => this.grid.lengthMs;
    this.chart = createChart(
      element,
      chartOptions({ colourOf: this.colourOf, lengthMs, hasCandles: spec.candles !== undefined }),
    );
    if (spec.candles !== undefined) {
      this.candles = this.chart.addSeries(CandlestickSeries, candleLook(this.colourOf), 0);
      this.candles.attachPrimitive(this.marks);
    }
    for (const line of spec.lines) this.lines.set(line.id, this.addLine(line));
    this.holed = new Set(spec.lines.filter((line) => line.holed).map((line) => line.id));
    for (const band of spec.bands ?? []) {
      const primitive = new BandPrimitive();
      const host = spec.lines.find((line) => line.pane === band.pane);
      const series = host === undefined ? this.candles : this.lines.get(host.id);
      series?.attachPrimitive(primitive);
      this.bands.set(band.id, primitive);
    }
    this.chart.panes().forEach((pane, index) => {
      pane.setStretchFactor(spec.paneShares[index] ?? 1);
    });
    this.listen(listeners);
    this.observer = new ResizeObserver(() => {
      // The library gives its panes their heights in the frame that it draws next.
      this.layoutFrame = requestAnimationFrame(() => listeners.onLayout(this.paneTops()));
    });
    this.observer.observe(element);
    this.update(spec);
    this.fit();
  }

  /** Shows new data; the stretch of time on screen stays, but for a chart without candles all of which was shown. */
  update(spec: ChartSpec): void {
    const { asked } = this;
    const visible = this.grid.times.length === 0 ? undefined : (asked ?? this.visible());
    const fresh = this.grid.times.length === 0;
    const whole = !fresh && spec.candles === undefined && this.isWhole();
    const changed = spec.candles?.data !== this.spec.candles?.data || fresh;
    const grown = fresh ? null : changedRows(this.spec.candles?.data, spec.candles?.data);
    const before = this.grid;
    this.spec = spec;
    this.grid = gridOf(spec);
    if (grown !== null) for (const row of grown) this.candles?.update(row);
    else if (spec.candles !== undefined && changed) this.setCandles(spec.candles);
    for (const line of spec.lines) this.setLine(line);
    for (const band of spec.bands ?? []) this.bands.get(band.id)?.set(band, this.grid, this.colourOf(band.colour));
    const { trades = [], signals = [], fills = [], moments = [], selectedTrade = null, logarithmic = false } = spec;
    this.marks.set({ trades, signals, fills, moments, selectedTrade }, this.grid, this.colourOf);
    if (this.candles !== undefined) this.levels.set(this.candles, spec.levels ?? [], this.colourOf);
    const mode = logarithmic ? PriceScaleMode.Logarithmic : PriceScaleMode.Normal;
    this.candles?.priceScale().applyOptions({ mode });
    for (const line of spec.lines) {
      const linear = line.linear || line.look === "area-below-zero";
      if (!linear) this.lines.get(line.id)?.priceScale().applyOptions({ mode });
    }
    // Candles that grow at their end move the chart along where its end was in view.
    if (visible !== undefined && changed && (grown === null || asked !== undefined)) {
      this.show(spec.follows ? followed(visible, before, this.grid) : visible);
    }
    if (whole) this.fit();
  }

  /** Whether all there is stands on screen. */
  private isWhole(): boolean {
    const range = this.chart.timeScale().getVisibleLogicalRange();
    return range !== null && holdsAll(range, this.grid.times.length);
  }

  /** Shows a stretch of time. */
  show(span: TimeSpan): void {
    this.asked = span;
    this.chart.timeScale().setVisibleLogicalRange({
      from: indexOfTime(this.grid, span.fromMs),
      to: indexOfTime(this.grid, span.toMs),
    });
  }

  /** The stretch of time on screen. */
  visible(): TimeSpan | undefined {
    const range = this.chart.timeScale().getVisibleLogicalRange();
    if (range === null) return undefined;
    return { fromMs: timeOfIndex(this.grid, range.from), toMs: timeOfIndex(this.grid, range.to) };
  }

  fit(): void {
    this.asked = undefined;
    this.chart.timeScale().fitContent();
  }

  /** Moves by a share of the screen: positive is later. */
  pan(share: number): void {
    const range = this.chart.timeScale().getVisibleLogicalRange();
    if (range === null) return;
    const by = (range.to - range.from) * share;
    this.chart.timeScale().setVisibleLogicalRange({ from: range.from + by, to: range.to + by });
  }

  /** Shows `factor` times as much time: under 1 zooms in. */
  zoom(factor: number): void {
    const range = this.chart.timeScale().getVisibleLogicalRange();
    if (range === null) return;
    const middle = (range.from + range.to) / 2;
    const half = Math.max(5, ((range.to - range.from) / 2) * factor);
    this.chart.timeScale().setVisibleLogicalRange({ from: middle - half, to: middle + half });
  }

  picture(): HTMLCanvasElement {
    return this.chart.takeScreenshot(true);
  }

  paneTops(): number[] {
    let top = 0;
    return this.chart.panes().map((pane) => {
      const own = top;
      top += pane.getHeight() + 1;
      return own;
    });
  }

  destroy(): void {
    this.observer.disconnect();
    cancelAnimationFrame(this.layoutFrame);
    this.chart.remove();
  }

  private hoverAt(index: Logical): ChartHover {
    const candle = this.candles?.dataByIndex(index, MismatchDirection.NearestLeft) ?? null;
    const values = new Map<string, number>();
    for (const [id, line] of this.lines) {
      const nearest = this.holed.has(id) ? MismatchDirection.None : MismatchDirection.NearestLeft;
      const point = line.dataByIndex(index, nearest);
      if (point !== null && isLineData(point)) values.set(id, point.value);
    }
    const volume = this.spec.candles?.data.volume[Math.max(0, Math.round(index))] ?? 0;
    return {
      timeMs: this.grid.times[Math.round(index)] ?? null,
      candle: candle !== null && isCandle(candle) ? { ...candle, volume } : null,
      values,
    };
  }

  private listen(listeners: ChartListeners): void {
    this.chart.subscribeCrosshairMove((event) => {
      const { point, logical } = event;
      listeners.onHover(point === undefined || logical === undefined ? null : this.hoverAt(logical));
    });
    this.chart.subscribeClick((event) => {
      const id = Number(event.hoveredObjectId ?? Number.NaN);
      if (Number.isInteger(id)) listeners.onTrade(id);
    });
    this.chart.timeScale().subscribeVisibleLogicalRangeChange(() => {
      this.asked = undefined;
      const span = this.visible();
      if (span !== undefined) listeners.onVisible(span);
    });
  }

  private setCandles({ data, tick }: NonNullable<ChartSpec["candles"]>): void {
    this.candles?.setData(data.time.map((_, at) => candleRow(data, at)));
    const minMove = tick > 0 ? tick : 0.00001;
    this.candles?.applyOptions({
      priceFormat: { type: "custom", minMove, formatter: (price: number) => formatPrice(price, tick) },
    });
  }

  private addLine(line: ChartLine): LineApi {
    const colour = this.colourOf(line.colour);
    const look = {
      priceLineVisible: false,
      lastValueVisible: false,
      crosshairMarkerRadius: 3,
      ...(line.scale === undefined ? {} : { priceScaleId: line.scale }),
      priceFormat: lineFormat(line),
    };
    if (line.look === "area-below-zero") {
      const base = { baseValue: { type: "price" as const, price: 0 }, topLineColor: colour, bottomLineColor: colour };
      const fill = { bottomFillColor1: `${colour}1f`, bottomFillColor2: `${colour}59`, lineWidth: 1 as const };
      return this.chart.addSeries(BaselineSeries, { ...look, ...base, ...fill }, line.pane);
    }
    const lineStyle = line.look === "dashed" ? LineStyle.Dashed : LineStyle.Solid;
    const lineWidth = line.look === "line" ? 2 : 1;
    return this.chart.addSeries(LineSeries, { ...look, color: colour, lineStyle, lineWidth }, line.pane);
  }

  private setLine(line: ChartLine): void {
    const points = line.times.map((timeMs, at) => linePoint(line, timeMs, at));
    const series = this.lines.get(line.id);
    series?.setData(points);
    series?.applyOptions({ priceFormat: lineFormat(line) });
  }
}

function lineFormat({ format, axisFormat = format, axisExact = plainNumber }: ChartLine) {
  const tickmarksFormatter = (values: readonly number[]) => axisLabels(values, axisFormat, axisExact);
  return { type: "custom" as const, minMove: 0.0001, formatter: axisFormat, tickmarksFormatter };
}

function plainNumber(value: number, digits: number): string {
  return formatNumber(value, { digits });
}

function isLineData(point: object): point is LineData {
  return "value" in point;
}

function isCandle(point: object): point is CandlestickData {
  return "open" in point;
}

function candleLook(colourOf: ColourOf) {
  return {
    upColor: colourOf("surface"),
    downColor: colourOf("chart-down"),
    borderUpColor: colourOf("chart-down"),
    borderDownColor: colourOf("chart-down"),
    wickUpColor: colourOf("chart-down"),
    wickDownColor: colourOf("chart-down"),
    priceLineVisible: false,
    lastValueVisible: false,
  };
}

function gridOf(spec: ChartSpec): TimeGrid {
  const { candles } = spec;
  if (candles !== undefined) return { times: candles.data.time, lengthMs: timeframeLengthMs(candles.data.timeframe) };
  const times = [...new Set(spec.lines.flatMap((line) => line.times))].sort((a, b) => a - b);
  const lengthMs = times.length > 1 ? (times[times.length - 1] - times[0]) / (times.length - 1) : 1;
  return { times, lengthMs: Math.max(1, lengthMs) };
}
