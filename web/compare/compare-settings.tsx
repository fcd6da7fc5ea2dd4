import type { Comparison } from "../../schema/wire/comparison.ts";
import { useRunMarket } from "../backtest/run-instrument.ts";
import { runTitle } from "../backtest/run-title.ts";
import { describeSettings } from "../backtest/setting-list.ts";
import { runColour } from "./compare-run.ts";

interface CompareSettingsProps {
  readonly rows: Comparison["rows"];
  readonly currency: string;
}

/** The settings that are not the same in all runs; the others are left out. */
export function CompareSettings({ rows, currency }: CompareSettingsProps) {
  const { datasets } = useRunMarket([...new Set(rows.flatMap(({ run }) => run.settings.datasetIds))]);
  const nameOf = (id: string) => datasets.find((dataset) => dataset.id === id)?.name ?? id;
  const described = rows.map(({ run, overview }) => {
    const names = { currency, datasets: run.settings.datasetIds.map(nameOf), strategy: overview.strategyTitle };
    return new Map(describeSettings(run.settings, names, overview.parameters).map((row) => [row.label, row.value]));
  });
  const labels = [...new Set(described.flatMap((map) => [...map.keys()]))];
  const differing = labels.filter((label) => new Set(described.map((map) => map.get(label) ?? "")).size > 1);
  if (differing.length === 0) {
    return <p className="text-muted">All settings are the same: the runs differ in nothing that was asked for.</p>;
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard.
    <section tabIndex={0} aria-label="Settings that differ" className="card scroll-thin overflow-x-auto">
      <table className="num w-full text-table" style={{ minWidth: 200 + rows.length * 150 }}>
        <thead>
          <tr className="border-b border-line">
            <th scope="col" className="h-9 w-52 px-4 text-left font-medium text-muted max-sm:w-36">
              Setting
            </th>
            {rows.map(({ run }, index) => (
              <th key={run.id} scope="col" className="max-w-48 px-4 text-right font-medium">
                <span className="flex items-center justify-end gap-2">
                  <span
                    aria-hidden
                    className="size-2 shrink-0 rounded-full"
                    style={{ background: `var(--${runColour(index)})` }}
                  />
                  <span className="truncate">{runTitle(run)}</span>
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {differing.map((label) => (
            <tr key={label} className="border-t border-line/70">
              <th scope="row" className="px-4 py-1.5 text-left font-normal text-muted">
                {label}
              </th>
              {described.map((map, index) => (
                <td key={rows[index].run.id} className="px-4 py-1.5 text-right">
                  {map.get(label) ?? "—"}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
