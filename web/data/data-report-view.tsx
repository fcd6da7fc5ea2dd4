import type { DataReport } from "../../schema/wire/dataset.ts";
import { formatCount, formatPercent } from "../format/format.ts";
import { formatDateTime, formatDuration, formatPeriod } from "../format/time.ts";
import { timeframeWords } from "../format/timeframe.ts";
import { PlainTable } from "../ui/plain-table.tsx";

/** What an import found in a file: how much was kept, what is missing, what was refused and where. */
export function DataReportView({ report }: { report: DataReport }) {
  const refused = report.badRows.reduce((sum, rows) => sum + rows.count, 0);
  const facts = [
    { label: "Layout", value: report.layout },
    { label: "Rows read", value: formatCount(report.rowsRead) },
    { label: "Candles kept", value: formatCount(report.rowsKept) },
    { label: "Timeframe", value: timeframeWords(report.timeframe) },
    { label: "Period, UTC", value: formatPeriod(report.from, report.to, "UTC") },
    {
      label: "Gaps",
      value:
        report.gapCount === 0 ? "none" : `${formatCount(report.gapCount)}, ${formatCount(report.gapCandles)} candles`,
    },
    { label: "Duplicates", value: report.duplicates === 0 ? "none" : formatCount(report.duplicates) },
    {
      label: "Rows refused",
      value:
        refused === 0 ? "none" : `${formatCount(refused)} (${formatPercent(refused / Math.max(1, report.rowsRead))})`,
    },
  ];
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
      <dl className="num grid grid-cols-2 gap-x-6 gap-y-3 sm:grid-cols-4">
        {facts.map((fact) => (
          <div key={fact.label} className="min-w-0">
            <dt className="text-table text-muted">{fact.label}</dt>
            <dd className="font-medium">{fact.value}</dd>
          </div>
        ))}
      </dl>
      {report.badRows.length > 0 && (
        <div>
          <h3 className="mb-1 font-semibold">Refused rows</h3>
          <PlainTable
            label="Refused rows by rule"
            rows={report.badRows}
            keyOf={(row) => row.rule}
            columns={[
              { title: "Rule", left: true, wrap: true, cell: (row) => row.rule },
              { title: "Rows", cell: (row) => formatCount(row.count) },
              {
                title: "At row",
                left: true,
                wrap: true,
                cell: (row) => (
                  <span className="text-muted">
                    {row.rows.map(formatCount).join(", ")}
                    {row.count > row.rows.length && " …"}
                  </span>
                ),
              },
            ]}
          />
        </div>
      )}
      {report.gaps.length > 0 && (
        <div>
          <h3 className="mb-1 font-semibold">Longest gaps</h3>
          <PlainTable
            label="Longest gaps"
            rows={report.gaps.slice(0, 10)}
            keyOf={(gap) => gap.from}
            columns={[
              { title: "From, UTC", left: true, cell: (gap) => formatDateTime(gap.from, "UTC") },
              { title: "To, UTC", left: true, cell: (gap) => formatDateTime(gap.to, "UTC") },
              { title: "Length", cell: (gap) => formatDuration(gap.to - gap.from) },
              { title: "Candles missing", cell: (gap) => formatCount(gap.candles) },
            ]}
          />
        </div>
      )}
      {report.notes.length > 0 && (
        <ul className="grid gap-1 text-muted">
          {report.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
