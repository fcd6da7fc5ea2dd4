import type { Tables } from "../../schema/wire/report.ts";
import { formatCount, formatNumber } from "../format/format.ts";
import { Signed } from "../ui/signed.tsx";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;
/** A month this good or bad has the full tint; beyond it shades would only tell outliers apart. */
const FULL_TINT_RETURN = 0.12;
const TINT_PERCENT_MAX = 34;

/** Returns by month and year; the tint grows with the size of the return. */
export function MonthlyTable({ tables }: { tables: Tables }) {
  const byMonth = new Map(tables.monthly.map((row) => [`${row.year}-${row.month}`, row.return]));
  const years = [...tables.yearly].sort((a, b) => b.year - a.year);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard.
    <section className="card scroll-thin overflow-x-auto" tabIndex={0} aria-label="Returns by month, in percent">
      <table className="num w-full min-w-[760px] table-fixed border-separate border-spacing-0.5 p-2 text-center text-table">
        <thead className="text-muted">
          <tr className="[&>th]:h-7 [&>th]:font-medium">
            <th scope="col" className="w-16 text-left">
              <span className="pl-2">Year</span>
            </th>
            {MONTHS.map((month) => (
              <th key={month} scope="col">
                {month}
              </th>
            ))}
            <th scope="col" className="w-20">
              Year
            </th>
            <th scope="col" className="w-16">
              Trades
            </th>
          </tr>
        </thead>
        <tbody>
          {years.map((row) => (
            <tr key={row.year} className="[&>td]:h-8">
              <th scope="row" className="text-left font-medium">
                <span className="pl-2">{row.year}</span>
              </th>
              {MONTHS.map((month, index) => (
                <MonthCell key={month} value={byMonth.get(`${row.year}-${index + 1}`)} />
              ))}
              <td className="font-semibold">
                <Signed value={row.return}>{percentText(row.return)}</Signed>
              </td>
              <td className="text-muted">{formatCount(row.trades)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function MonthCell({ value }: { value: number | undefined }) {
  if (value === undefined) return <td className="text-faint">·</td>;
  const tint = Math.min(1, Math.abs(value) / FULL_TINT_RETURN) * TINT_PERCENT_MAX;
  const colour = value >= 0 ? "var(--profit)" : "var(--loss)";
  return (
    <td
      className="rounded-sm"
      style={{ backgroundColor: `color-mix(in srgb, ${colour} ${tint.toFixed(0)}%, transparent)` }}
    >
      {percentText(value)}
    </td>
  );
}

/** Without the unit, which the table's name says once. */
function percentText(share: number): string {
  return formatNumber(share * 100, { digits: Math.abs(share) >= 1 ? 0 : 1, sign: "always" });
}
