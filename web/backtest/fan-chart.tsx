import { type PointerEvent, useState } from "react";
import type { Robustness } from "../../schema/wire/report.ts";
import { formatCount, formatMoney, formatShort } from "../format/format.ts";
import { useElementWidth } from "../ui/screen.ts";

type Fan = NonNullable<Robustness["monteCarlo"]>;

const HEIGHT = 220;
const LEFT = 8;
const RIGHT = 64;
const TOP = 10;
const BOTTOM = 24;
/** Lines across: enough to read a level, few enough to stay in the background. */
const LEVELS = 4;

/** A path that lost all would stand at minus infinity of a logarithmic scale; it is drawn at this multiple instead. */
const MULTIPLE_MIN = 0.001;

interface FanChartProps {
  readonly fan: Fan;
  /** What the multiples of the bands are multiples of. */
  readonly initialCash: number;
  readonly currency: string;
}

/**
 * Where equity could have gone had the trades come otherwise: bands by number of trades (or days) done. The scale is
 * logarithmic, because results of trades multiply.
 */
export function FanChart({ fan, initialCash, currency }: FanChartProps) {
  const [box, width] = useElementWidth();
  const [at, setAt] = useState<number | null>(null);
  const unit = fan.unit ?? "trades";
  if (fan.trade.length < 2) return <p className="text-muted">Too few {unit} for a fan.</p>;
  const low = Math.log(Math.max(MULTIPLE_MIN, Math.min(1, ...fan.p05)));
  const high = Math.log(Math.max(1, ...fan.p95));
  const money = (multiple: number) => formatMoney(multiple * initialCash, currency, { digits: 0 });
  const lastTrade = fan.trade[fan.trade.length - 1];
  const x = (index: number) => LEFT + (fan.trade[index] / Math.max(1, lastTrade)) * (width - LEFT - RIGHT);
  const y = (multiple: number) => {
    const level = Math.log(Math.max(MULTIPLE_MIN, multiple));
    return TOP + (1 - (level - low) / Math.max(1e-9, high - low)) * (HEIGHT - TOP - BOTTOM);
  };
  const levels = Array.from({ length: LEVELS }, (_, step) => Math.exp(low + ((high - low) * step) / (LEVELS - 1)));
  const shown = at ?? fan.trade.length - 1;

  function point(event: PointerEvent<SVGSVGElement>) {
    const place = event.currentTarget.getBoundingClientRect();
    const position = (((event.clientX - place.left) / place.width) * width - LEFT) / (width - LEFT - RIGHT);
    setAt(Math.min(fan.trade.length - 1, Math.max(0, Math.round(position * (fan.trade.length - 1)))));
  }

  return (
    <figure ref={box}>
      <svg
        width={width}
        height={HEIGHT}
        viewBox={`0 0 ${width} ${HEIGHT}`}
        role="img"
        aria-label={`Equity of ${formatCount(fan.paths)} shuffled runs: in the middle ${money(fan.finalP50)}, nine in ten between ${money(fan.finalP05)} and ${money(fan.finalP95)}.`}
        className="block max-w-full touch-pan-y"
        onPointerMove={point}
        onPointerLeave={() => setAt(null)}
      >
        {levels.map((level) => (
          <g key={level}>
            <line x1={LEFT} x2={width - RIGHT} y1={y(level)} y2={y(level)} stroke="var(--line)" />
            <text x={width - RIGHT + 8} y={y(level) + 4} fontSize="11" fill="var(--muted)" className="num">
              {formatShort(level * initialCash)}
            </text>
          </g>
        ))}
        <path d={area(fan.p05, fan.p95, x, y)} fill="var(--chart-band)" opacity="0.7" />
        <path d={area(fan.p25, fan.p75, x, y)} fill="var(--chart-band)" />
        <path d={line(fan.p50, x, y)} fill="none" stroke="var(--chart-equity)" strokeWidth="2" />
        <line x1={LEFT} x2={width - RIGHT} y1={y(1)} y2={y(1)} stroke="var(--chart-benchmark)" strokeDasharray="3 3" />
        {at !== null && (
          <line x1={x(at)} x2={x(at)} y1={TOP} y2={HEIGHT - BOTTOM} stroke="var(--faint)" strokeDasharray="2 3" />
        )}
        <text x={LEFT} y={HEIGHT - 6} fontSize="11" fill="var(--muted)">
          first {unit.slice(0, -1)}
        </text>
        <text x={width - RIGHT} y={HEIGHT - 6} fontSize="11" fill="var(--muted)" textAnchor="end">
          {formatCount(lastTrade)} {unit}
        </text>
      </svg>
      <figcaption className="num mt-1 flex flex-wrap gap-x-4 text-table text-muted">
        <span>
          After {formatCount(fan.trade[shown])} {unit}
        </span>
        <span>
          middle <span className="text-ink">{money(fan.p50[shown])}</span>
        </span>
        <span>
          nine in ten{" "}
          <span className="text-ink">
            {money(fan.p05[shown])} to {money(fan.p95[shown])}
          </span>
        </span>
      </figcaption>
    </figure>
  );
}

type Place = (value: number) => number;

function line(values: readonly number[], x: Place, y: Place): string {
  return values.map((value, at) => `${at === 0 ? "M" : "L"}${x(at).toFixed(1)} ${y(value).toFixed(1)}`).join("");
}

function area(low: readonly number[], high: readonly number[], x: Place, y: Place): string {
  const back = low.map((value, at) => `L${x(at).toFixed(1)} ${y(value).toFixed(1)}`).reverse();
  return `${line(high, x, y)}${back.join("")}Z`;
}
