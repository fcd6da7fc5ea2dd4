import { formatNumber, formatPercent, formatPrice, formatShort } from "../format/format.ts";
import { Signed } from "../ui/signed.tsx";
import type { ChartHover, ChartLine, ChartSpec } from "./chart-spec.ts";

interface ChartLegendProps {
  readonly spec: ChartSpec;
  readonly hover: ChartHover | null;
  /** Distance of each pane from the top of the chart. */
  readonly tops: readonly number[];
}

/** The values under the crosshair, or at the end of the data, in the corner of their panes. */
export function ChartLegend({ spec, hover, tops }: ChartLegendProps) {
  const panes = Math.max(spec.paneShares.length, 1);
  return (
    <div
      aria-hidden
      // The canvases of the chart lie at 1 and 2.
      className="pointer-events-none absolute inset-0 z-[3] right-[80px] overflow-hidden text-[11px] leading-4"
    >
      {Array.from({ length: panes }, (_, pane) => pane).map((pane) => (
        <div
          key={pane}
          className="absolute left-3 flex flex-wrap gap-x-3 rounded-sm bg-surface/85 pr-2"
          style={{ top: (tops[pane] ?? 0) + 8 }}
        >
          {pane === 0 && spec.candles !== undefined && <CandleValues candles={spec.candles} hover={hover} />}
          {spec.lines
            .filter((line) => line.pane === pane)
            .map((line) => {
              const value = hover === null ? lastOf(line) : hover.values.get(line.id);
              return (
                <span key={line.id} className="num whitespace-nowrap text-muted">
                  <Swatch colour={line.colour} look={line.look} />
                  {line.label} <span className="text-ink">{value === undefined ? "—" : line.format(value)}</span>
                </span>
              );
            })}
        </div>
      ))}
    </div>
  );
}

function CandleValues({ candles, hover }: { candles: NonNullable<ChartSpec["candles"]>; hover: ChartHover | null }) {
  const { data, tick, label } = candles;
  const last = data.time.length - 1;
  const candle =
    hover?.candle ??
    (last < 0
      ? null
      : {
          open: data.open[last],
          high: data.high[last],
          low: data.low[last],
          close: data.close[last],
          volume: data.volume[last],
        });
  return (
    <>
      <span className="font-medium whitespace-nowrap text-ink">
        {label} · {data.timeframe}
      </span>
      {candle !== null && (
        <span className="num whitespace-nowrap text-muted max-sm:hidden">
          O <span className="text-ink">{formatPrice(candle.open, tick)}</span> H{" "}
          <span className="text-ink">{formatPrice(candle.high, tick)}</span> L{" "}
          <span className="text-ink">{formatPrice(candle.low, tick)}</span> C{" "}
          <span className="text-ink">{formatPrice(candle.close, tick)}</span>
        </span>
      )}
      {candle !== null && (
        <span className="num whitespace-nowrap text-muted">
          <Signed value={candle.close - candle.open}>
            {formatPercent(candle.open > 0 ? candle.close / candle.open - 1 : null, { sign: "always" })}
          </Signed>
          {candle.volume > 0 && <span className="max-sm:hidden"> · Vol {volumeText(candle.volume)}</span>}
        </span>
      )}
    </>
  );
}

function volumeText(volume: number): string {
  return volume >= 10_000 ? formatShort(volume) : formatNumber(volume, { digits: volume < 10 ? 3 : 0 });
}

/** What a line has at its end; one with holes may have nothing there. */
function lastOf({ values, holed }: ChartLine): number | undefined {
  const last = values.at(-1);
  if (holed) return Number.isNaN(last) ? undefined : last;
  return values.findLast((value) => !Number.isNaN(value));
}

/** A short piece of a line, in its colour. */
function Swatch({ colour, look }: Pick<ChartLine, "colour" | "look">) {
  return (
    <svg width="14" height="8" aria-hidden className="mr-1 inline-block align-middle">
      <line
        x1="0"
        x2="14"
        y1="4"
        y2="4"
        stroke={`var(--${colour})`}
        strokeWidth={look === "line" || look === "area-below-zero" ? 2.5 : 1.5}
        strokeDasharray={look === "dashed" ? "3 2" : undefined}
      />
    </svg>
  );
}
