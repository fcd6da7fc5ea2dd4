import type { ReactNode } from "react";
import type { Check, Overview, Robustness } from "../../schema/wire/report.ts";
import { formatCount, formatNumber, formatPercent, NONE } from "../format/format.ts";
import { formatDateTime } from "../format/time.ts";
import { classNames } from "../ui/class-names.ts";
import { Hint } from "../ui/hint.tsx";
import { Section } from "../ui/page.tsx";
import { PlainTable } from "../ui/plain-table.tsx";
import { Signed } from "../ui/signed.tsx";
import { FanChart } from "./fan-chart.tsx";
import { CheckMark } from "./verdict.tsx";

interface RealSectionProps {
  readonly overview: Overview;
  readonly robustness: Robustness;
  readonly currency: string;
}

/** The checks that ask whether the result would have happened outside the test. Those with more to show than their finding have cards. */
export function RealSection(props: RealSectionProps) {
  const { checks } = props.overview;
  const passed = checks.filter((check) => check.passed === true).length;
  const run = checks.filter((check) => check.passed !== null).length;
  const parts = checks.map((check) => ({ check, detail: detailOf(check, props), wide: check.id === "monte-carlo" }));
  const narrow = parts.filter((part) => part.detail !== null && !part.wide);
  const wide = parts.filter((part) => part.detail !== null && part.wide);
  const brief = parts.filter((part) => part.detail === null);
  return (
    <Section id="real" title="Is it real?" note={<span className="num">{`${passed} of ${run} checks passed`}</span>}>
      <div className="grid gap-3 lg:grid-cols-2">
        {[...narrow, ...wide].map(({ check, detail }, at) => (
          <div
            key={check.id}
            className={classNames(
              "card min-w-0 p-4",
              // The last of an odd number takes the whole row, so that no hole stands beside it.
              (at >= narrow.length || (at === narrow.length - 1 && at % 2 === 0)) && "lg:col-span-2",
            )}
          >
            <Finding check={check} />
            <div className="mt-3">{detail}</div>
          </div>
        ))}
      </div>
      {brief.length > 0 && (
        <ul className="card mt-3 divide-y divide-line">
          {brief.map(({ check }) => (
            <li key={check.id} className="px-4 py-2.5">
              <Finding check={check} />
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

/** What there is to see behind a finding; null where the finding says it all or the check does not apply. */
function detailOf({ id, passed }: Check, { overview, robustness, currency }: RealSectionProps): ReactNode {
  const { path, lookAhead, warmUp, cost, monteCarlo } = robustness;
  if (passed === null) return null;
  switch (id) {
    case "path":
      return path === null ? null : <PathBounds path={path} />;
    case "look-ahead":
      return lookAhead === null || lookAhead.differences.length === 0 ? null : <LookAhead result={lookAhead} />;
    case "warm-up":
      return warmUp === null || warmUp.readings.length === 0 ? null : <WarmUp result={warmUp} />;
    case "cost":
      return cost === null ? null : <Costs cost={cost} />;
    case "monte-carlo":
      return monteCarlo === null ? null : (
        <MonteCarlo fan={monteCarlo} initialCash={overview.statistics.initialCash} currency={currency} />
      );
    case "sample":
      return null;
  }
}

const HINTS: Readonly<Record<Check["id"], string>> = {
  path: "A candle does not say whether its high or its low came first. The run is repeated with the order that hurts most and the one that helps most; a result that changes much hangs on luck.",
  cost: "The run repeated with more expensive trading. A result that vanishes at twice the costs will vanish in practice.",
  "monte-carlo":
    "The same trades, or days where trades overlap, drawn again in other orders and mixes. It shows how much of the curve was the luck of the sequence.",
  "look-ahead":
    "The run repeated on candles cut off at several moments. A signal that changes when the future is removed has seen the future.",
  "warm-up":
    "Indicators computed again with a longer history before the start. One that drifts was not ready when trading began.",
  sample: "Few trades or a short period prove nothing, however good they look.",
};

function Finding({ check }: { check: Check }) {
  return (
    <div className="flex items-start gap-2">
      <CheckMark check={check} />
      <div className="min-w-0">
        <h3 className="flex items-center gap-1 font-semibold">
          {check.title}
          <Hint label={check.title}>{HINTS[check.id]}</Hint>
        </h3>
        <p className="num text-muted">{check.finding}</p>
      </div>
    </div>
  );
}

function PathBounds({ path }: { path: NonNullable<Robustness["path"]> }) {
  const low = Math.min(path.worst, path.own, path.best, 0);
  const high = Math.max(path.worst, path.own, path.best, 0);
  const place = (value: number) => `${(((value - low) / Math.max(1e-9, high - low)) * 100).toFixed(1)}%`;
  const points = [
    { label: "Worst path", value: path.worst },
    { label: "As run", value: path.own },
    { label: "Best path", value: path.best },
  ];
  return (
    <div>
      <div aria-hidden className="relative mx-1.5 my-4 h-1.5 rounded-full bg-hover">
        <div
          className="absolute inset-y-0 rounded-full bg-accent/45"
          style={{ left: place(path.worst), right: `calc(100% - ${place(path.best)})` }}
        />
        <div className="absolute -inset-y-1.5 w-px bg-line-strong" style={{ left: place(0) }} />
        <div
          className="absolute -top-[3px] size-3 -translate-x-1/2 rounded-full border-2 border-surface bg-accent"
          style={{ left: place(path.own) }}
        />
      </div>
      <dl className="num grid grid-cols-3 gap-2">
        {points.map((point) => (
          <div key={point.label} className="min-w-0 nth-2:text-center nth-3:text-right">
            <dt className="text-table text-muted">{point.label}</dt>
            <dd className="text-[15px] font-medium">
              <Signed value={point.value}>{formatPercent(point.value, { sign: "always" })}</Signed>
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function Costs({ cost }: { cost: NonNullable<Robustness["cost"]> }) {
  return (
    <PlainTable
      label="Result at multiples of the costs"
      rows={cost.rows}
      keyOf={(row) => row.multiple}
      columns={[
        {
          title: "Fees and slippage",
          left: true,
          cell: (row) => (row.multiple === 0 ? "none" : `× ${row.multiple}`),
        },
        {
          title: "Total return",
          cell: (row) => <Signed value={row.totalReturn}>{formatPercent(row.totalReturn, { sign: "always" })}</Signed>,
        },
        { title: "Sharpe", cell: (row) => formatNumber(row.sharpe) },
      ]}
    />
  );
}

interface MonteCarloProps {
  readonly fan: NonNullable<Robustness["monteCarlo"]>;
  readonly initialCash: number;
  readonly currency: string;
}

function MonteCarlo({ fan, initialCash, currency }: MonteCarloProps) {
  return (
    <>
      <FanChart fan={fan} initialCash={initialCash} currency={currency} />
      <p className="num mt-2 text-table text-muted">
        Draw-down of the middle run {formatPercent(fan.drawdownP50, { digits: 1 })} · {fan.method}
      </p>
      {fan.requested !== undefined && fan.paths < fan.requested && (
        <p className="num mt-1 text-table text-muted">
          {formatCount(fan.paths)} of the {formatCount(fan.requested)} paths asked for: with this many{" "}
          {fan.unit ?? "trades"} each, more would take too long.
        </p>
      )}
    </>
  );
}

function LookAhead({ result }: { result: NonNullable<Robustness["lookAhead"]> }) {
  return (
    <PlainTable
      label="Signals that changed when the future was cut off"
      rows={result.differences.slice(0, 6)}
      keyOf={(row) => `${row.cut} ${row.time}`}
      columns={[
        { title: "Signal at", left: true, cell: (row) => formatDateTime(row.time) },
        { title: "Cut at", left: true, cell: (row) => formatDateTime(row.cut) },
        { title: "Whole data", left: true, cell: (row) => row.before || NONE },
        { title: "Cut data", left: true, cell: (row) => row.after || NONE },
      ]}
    />
  );
}

function WarmUp({ result }: { result: NonNullable<Robustness["warmUp"]> }) {
  return (
    <PlainTable
      label="Indicators with a shorter and a longer history"
      rows={result.readings}
      keyOf={(row) => row.name}
      columns={[
        { title: "Indicator", left: true, cell: (row) => row.name },
        { title: "As run", cell: (row) => formatNumber(row.short, { digits: 4 }) },
        { title: "Longer", cell: (row) => formatNumber(row.long, { digits: 4 }) },
        { title: "Drift", cell: (row) => formatPercent(row.drift, { digits: 4 }) },
      ]}
    />
  );
}
