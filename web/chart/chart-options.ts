import { ColorType, CrosshairMode, type Time } from "lightweight-charts";
import type { ColourOf } from "./chart-colours.ts";
import { axisTime, tickTime } from "./chart-time.ts";

const SMALLEST_FONT_PX = 11;
/** A market with two candles would show two blocks. */
const WIDEST_BAR_PX = 60;

interface ChartLook {
  readonly colourOf: ColourOf;
  /** Length of time between two of its values, ms. */
  readonly lengthMs: () => number;
  readonly hasCandles: boolean;
}

/** How every chart looks and is handled. */
export function chartOptions({ colourOf, lengthMs, hasCandles }: ChartLook) {
  return {
    autoSize: true,
    layout: {
      // The notice of the library stands in the help, with a link: its own logo would need an inline style element.
      attributionLogo: false,
      background: { type: ColorType.Solid, color: "transparent" } as const,
      textColor: colourOf("muted"),
      fontFamily: getComputedStyle(document.body).fontFamily,
      fontSize: SMALLEST_FONT_PX,
      panes: { separatorColor: colourOf("line"), separatorHoverColor: colourOf("line-strong"), enableResize: true },
    },
    grid: { vertLines: { color: colourOf("chart-grid") }, horzLines: { color: colourOf("chart-grid") } },
    crosshair: {
      mode: CrosshairMode.Normal,
      vertLine: { color: colourOf("faint"), labelBackgroundColor: colourOf("line-strong") },
      horzLine: { color: colourOf("faint"), labelBackgroundColor: colourOf("line-strong") },
    },
    rightPriceScale: { borderVisible: false, minimumWidth: 72, entireTextOnly: true },
    timeScale: {
      borderColor: colourOf("line"),
      minBarSpacing: 0.02,
      // A line of three values is as wide as one of three hundred.
      ...(hasCandles ? { maxBarSpacing: WIDEST_BAR_PX } : {}),
      timeVisible: true,
      tickMarkFormatter: (time: Time, kind: number) => tickTime(time, kind, lengthMs()),
    },
    localization: { timeFormatter: (time: Time) => axisTime(time, lengthMs()) },
    // A finger that moves up or down scrolls the page, not the prices.
    handleScroll: { vertTouchDrag: false },
  };
}
