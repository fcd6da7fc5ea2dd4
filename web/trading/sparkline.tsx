/** A small line over its own range, without axes: which way something went. */
export function Sparkline({
  values,
  label,
  className,
}: {
  values: readonly number[];
  label: string;
  className?: string;
}) {
  const path = sparkPath(values);
  if (path === null) return <span className="text-faint">—</span>;
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
      className={className ?? "h-5 w-24"}
    >
      <path d={path} fill="none" stroke="var(--chart-equity)" strokeWidth="1.5" vectorEffect="non-scaling-stroke" />
    </svg>
  );
}

const WIDTH = 100;
const HEIGHT = 24;
/** Room for the width of the stroke at the top and the bottom. */
const MARGIN = 2;

/** The path of a line through `values` in a box of 100 by 24; null for fewer than two. A flat line runs in the middle. */
export function sparkPath(values: readonly number[]): string | null {
  if (values.length < 2) return null;
  const low = Math.min(...values);
  const spread = Math.max(...values) - low;
  return values
    .map((value, at) => {
      const x = (at / (values.length - 1)) * WIDTH;
      const share = spread === 0 ? 0.5 : (value - low) / spread;
      const y = HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN);
      return `${at === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join("");
}
