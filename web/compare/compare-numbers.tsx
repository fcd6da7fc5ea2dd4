import type { Comparison } from "../../schema/wire/comparison.ts";
import type { Statistics } from "../../schema/wire/report.ts";
import { runTitle } from "../backtest/run-title.ts";
import { STATISTIC_GROUPS, type StatisticItem } from "../backtest/statistic-items.ts";
import { formatKind, formatStatistic } from "../backtest/statistic-list.ts";
import { classNames } from "../ui/class-names.ts";
import { Hint } from "../ui/hint.tsx";
import { runColour } from "./compare-run.ts";

interface CompareNumbersProps {
  readonly rows: Comparison["rows"];
  readonly currency: string;
}

/** Every statistic of each run, with the difference to the first. The best of a row is bold. */
export function CompareNumbers({ rows, currency }: CompareNumbersProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard.
    <section tabIndex={0} aria-label="Numbers of the runs" className="card scroll-thin overflow-x-auto">
      <table className="num w-full text-table" style={{ minWidth: 200 + rows.length * 190 }}>
        <thead>
          <tr className="border-b border-line">
            <th
              scope="col"
              className="sticky left-0 z-[1] w-52 bg-surface px-4 text-left font-medium text-muted max-sm:w-36"
            >
              Statistic
            </th>
            {rows.map(({ run }, index) => (
              <th key={run.id} scope="col" className="h-10 max-w-48 px-4 text-right font-medium">
                <span className="flex items-center justify-end gap-2">
                  <span
                    aria-hidden
                    className="size-2 shrink-0 rounded-full"
                    style={{ background: `var(--${runColour(index)})` }}
                  />
                  <span className="truncate" title={runTitle(run)}>
                    {runTitle(run)}
                  </span>
                </span>
              </th>
            ))}
          </tr>
        </thead>
        {STATISTIC_GROUPS.map((group) => (
          <tbody key={group.title}>
            <tr>
              <th
                scope="colgroup"
                colSpan={rows.length + 1}
                className="sticky left-0 px-4 pt-4 pb-1 text-left text-base font-semibold"
              >
                {group.title}
              </th>
            </tr>
            {group.items.map((item) => (
              <NumberRow key={item.key} item={item} rows={rows} currency={currency} />
            ))}
          </tbody>
        ))}
      </table>
    </section>
  );
}

function NumberRow({ item, rows, currency }: CompareNumbersProps & { item: StatisticItem }) {
  const values = rows.map(({ overview }) => numberOf(overview.statistics, item));
  const best = bestOf(values, item.better);
  return (
    <tr className="border-t border-line/70 hover:bg-hover">
      <th scope="row" className="sticky left-0 z-[1] bg-surface px-4 py-1.5 text-left font-normal text-muted">
        <span className="flex items-center gap-1">
          {item.label}
          <Hint label={item.label}>{item.hint}</Hint>
        </span>
      </th>
      {rows.map(({ run, overview }, index) => (
        <td key={run.id} className="px-4 py-1.5 text-right whitespace-nowrap">
          {index > 0 && <Difference item={item} value={values[index]} base={values[0]} currency={currency} />}
          <span className={classNames(values[index] !== null && values[index] === best && "font-semibold")}>
            {formatStatistic(overview.statistics, item.key, currency)}
          </span>
        </td>
      ))}
    </tr>
  );
}

interface DifferenceProps {
  readonly item: StatisticItem;
  readonly value: number | null;
  readonly base: number | null;
  readonly currency: string;
}

function Difference({ item, value, base, currency }: DifferenceProps) {
  if (value === null || base === null || value === base) return null;
  const words = formatKind(value - base, item.kind, currency, "always");
  return <span className="mr-3 text-[11px] text-faint">{words}</span>;
}

function numberOf(statistics: Statistics, item: StatisticItem): number | null {
  const value = statistics[item.key];
  return typeof value === "number" ? value : null;
}

/** The best value of a row; null where there is no better or worse, or all are the same. */
function bestOf(values: readonly (number | null)[], better: StatisticItem["better"]): number | null {
  const known = values.filter((value) => value !== null);
  if (better === undefined || known.length < 2 || known.every((value) => value === known[0])) return null;
  return better === "higher" ? Math.max(...known) : Math.min(...known);
}
