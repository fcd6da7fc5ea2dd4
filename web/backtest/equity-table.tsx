import type { EquitySeries } from "../../schema/wire/report.ts";
import { formatNumber, formatPercent } from "../format/format.ts";
import { formatDateTime, formatInstant } from "../format/time.ts";

/** Rows of the table behind the chart: enough to follow the curve, few enough to read. */
const ROWS_MAX = 120;

/** The curve of the chart in numbers. */
export function EquityTable({ equity }: { equity: EquitySeries }) {
  const step = Math.max(1, Math.ceil(equity.time.length / ROWS_MAX));
  const rows = equity.time.map((_, at) => at).filter((at) => at % step === 0 || at === equity.time.length - 1);
  const number = (values: readonly number[] | null, at: number) => formatNumber(values?.[at]);
  return (
    <section
      aria-label="Equity in numbers"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard.
      tabIndex={0}
      className="scroll-thin h-[640px] overflow-auto max-md:h-[500px]"
    >
      <table className="num w-full min-w-[560px] text-right text-table">
        <thead className="sticky top-0 bg-surface text-muted">
          <tr className="[&>th]:px-4 [&>th]:py-2 [&>th]:font-medium">
            <th className="text-left">Time</th>
            <th>Equity</th>
            <th>Draw-down</th>
            {equity.worst !== null && <th>Worst path</th>}
            {equity.best !== null && <th>Best path</th>}
            {equity.buyHold !== null && <th>Buy and hold</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map((at) => (
            <tr key={equity.time[at]} className="border-t border-line [&>td]:px-4 [&>td]:py-1.5">
              <td className="text-left text-muted" title={formatInstant(equity.time[at])}>
                {formatDateTime(equity.time[at])}
              </td>
              <td>{formatNumber(equity.equity[at])}</td>
              <td>{formatPercent(-equity.drawdown[at])}</td>
              {equity.worst !== null && <td>{number(equity.worst, at)}</td>}
              {equity.best !== null && <td>{number(equity.best, at)}</td>}
              {equity.buyHold !== null && <td>{number(equity.buyHold, at)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
