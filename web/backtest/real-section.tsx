import type { ReactNode } from "react";
import type { Check, Overview, Robustness } from "../../schema/wire/report.ts";
import { formatCount, formatNumber, formatPercent, NONE } from "../format/format.ts";
import { formatDateTime } from "../format/time.ts";
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

/** The checks that ask whether the result would have happened outside the test. */
export function RealSection({ overview, robustness, currency }: RealSectionProps) {
  const checkOf = (id: Check["id"]) => overview.checks.find((check) => check.id === id);
  const passed = overview.checks.filter((check) => check.passed === true).length;
  const run = overview.checks.filter((check) => check.passed !== null).length;
  const sample = checkOf("sample");
  return (
    <Section id="real" title="Is it real?" note={<span className="num">{`${passed} of ${run} checks passed`}</span>}>
      <div className="grid gap-3 lg:grid-cols-2">
        <Panel check={checkOf("path")} title="Path inside the candle" hint={HINTS.path}>
          <PathBounds path={robustness.path} />
        </Panel>
        <Panel check={checkOf("cost")} title="Costs" hint={HINTS.cost}>
          <Costs cost={robustness.cost} />
        </Panel>
        <Panel check={checkOf("monte-carlo")} title="Other orders of the trades" hint={HINTS.monteCarlo} wide>
          <MonteCarlo fan={robustness.monteCarlo} initialCash={overview.statistics.initialCash} currency={currency} />
        </Panel>
        <Panel check={checkOf("look-ahead")} title="Look-ahead" hint={HINTS.lookAhead}>
          <LookAhead result={robustness.lookAhead} />
        </Panel>
        <Panel check={checkOf("warm-up")} title="Warm-up" hint={HINTS.warmUp}>
          <WarmUp result={robustness.warmUp} />
        </Panel>
        {sample !== undefined && (
          <Panel check={sample} title="Size of the sample" hint={HINTS.sample} wide>
            {null}
          </Panel>
        )}
      </div>
    </Section>
  );
}

const HINTS = {
  path: "A candle does not say whether its high or its low came first. The run is repeated with the order that hurts most and the one that helps most; a result that changes much hangs on luck.",
  cost: "The run repeated with more expensive trading. A result that vanishes at twice the costs will vanish in practice.",
  monteCarlo:
    "The same trades drawn again in other orders and mixes. It shows how much of the curve was the luck of the sequence.",
  lookAhead:
    "The run repeated on candles cut off at several moments. A signal that changes when the future is removed has seen the future.",
  warmUp:
    "Indicators computed again with a longer history before the start. One that drifts was not ready when trading began.",
  sample: "Few trades or a short period prove nothing, however good they look.",
} as const;

function Panel(props: { check: Check | undefined; title: string; hint: string; wide?: boolean; children: ReactNode }) {
  return (
    <div className={`card min-w-0 p-4 ${props.wide ? "lg:col-span-2" : ""}`}>
      <div className="mb-3 flex items-start gap-2">
        <CheckMark check={props.check ?? { passed: null }} />
        <div className="min-w-0">
          <h3 className="flex items-center gap-1 font-semibold">
            {props.title}
            <Hint label={props.title}>{props.hint}</Hint>
          </h3>
          <p className="text-muted">{props.check?.finding ?? "Not run for this strategy."}</p>
        </div>
      </div>
      {props.children}
    </div>
  );
}

function PathBounds({ path }: { path: Robustness["path"] }) {
  if (path === null) return null;
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
      {path.dependentShare !== null && (
        <p className="num mt-3 text-table text-muted">
          {formatPercent(path.dependentShare, { digits: 1 })} of trades end differently on the worst and the best path.
        </p>
      )}
    </div>
  );
}

function Costs({ cost }: { cost: Robustness["cost"] }) {
  if (cost === null) return null;
  return (
    <>
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
            cell: (row) => (
              <Signed value={row.totalReturn}>{formatPercent(row.totalReturn, { sign: "always" })}</Signed>
            ),
          },
          { title: "Sharpe", cell: (row) => formatNumber(row.sharpe) },
        ]}
      />
      <p className="num mt-3 text-table text-muted">
        {cost.breakEven === null
          ? "The profit is not used up within 20 times the costs, or there is none to use up."
          : `The profit is gone at ${formatNumber(cost.breakEven)} times the costs.`}
      </p>
    </>
  );
}

interface MonteCarloProps {
  readonly fan: Robustness["monteCarlo"];
  readonly initialCash: number;
  readonly currency: string;
}

function MonteCarlo({ fan, initialCash, currency }: MonteCarloProps) {
  if (fan === null) return null;
  const facts = [
    { label: "Chance of a loss", value: formatPercent(fan.lossProbability, { digits: 1 }) },
    { label: "Draw-down, middle run", value: formatPercent(fan.drawdownP50, { digits: 1 }) },
    { label: "Draw-down, one run in twenty", value: formatPercent(fan.drawdownP95, { digits: 1 }) },
    { label: "Runs", value: formatCount(fan.paths) },
  ];
  return (
    <div className="grid items-start gap-x-8 gap-y-4 md:grid-cols-[minmax(0,1fr)_200px]">
      <FanChart fan={fan} initialCash={initialCash} currency={currency} />
      <div>
        <dl className="num grid grid-cols-2 gap-x-4 gap-y-3 md:grid-cols-1">
          {facts.map((fact) => (
            <div key={fact.label}>
              <dt className="text-table text-muted">{fact.label}</dt>
              <dd className="text-[15px] font-medium">{fact.value}</dd>
            </div>
          ))}
        </dl>
        <p className="mt-3 text-table text-faint">{fan.method}</p>
      </div>
    </div>
  );
}

function LookAhead({ result }: { result: Robustness["lookAhead"] }) {
  if (result === null) return null;
  const summary = `${formatCount(result.signalsCompared)} signals compared at ${formatCount(result.cuts.length)} cuts.`;
  if (result.differences.length === 0) return <p className="num text-table text-muted">{summary} All the same.</p>;
  return (
    <>
      <p className="num mb-2 text-table text-muted">{summary}</p>
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
    </>
  );
}

function WarmUp({ result }: { result: Robustness["warmUp"] }) {
  if (result === null) return null;
  return (
    <>
      <p className="num mb-2 text-table text-muted">
        {formatCount(result.warmup)} candles are read before the first signal counts.
      </p>
      <PlainTable
        label="Indicators with a shorter and a longer history"
        rows={result.readings}
        keyOf={(row) => row.name}
        empty="This strategy uses no indicator that remembers."
        columns={[
          { title: "Indicator", left: true, cell: (row) => row.name },
          { title: "As run", cell: (row) => formatNumber(row.short, { digits: 4 }) },
          { title: "Longer", cell: (row) => formatNumber(row.long, { digits: 4 }) },
          { title: "Drift", cell: (row) => formatPercent(row.drift, { digits: 4 }) },
        ]}
      />
    </>
  );
}
