import type { EquitySeries } from "../../schema/wire/report.ts";

/** The equity curve as CSV; times ISO, columns that are absent left out. */
export function equityCsv(equity: EquitySeries): string {
  const columns: readonly (readonly [string, readonly number[] | null])[] = [
    ["equity", equity.equity],
    ["drawdown", equity.drawdown],
    ["worst", equity.worst],
    ["best", equity.best],
    ["buy_and_hold", equity.buyHold],
  ];
  const present = columns.filter((column): column is readonly [string, readonly number[]] => column[1] !== null);
  const head = ["time", ...present.map(([name]) => name)].join(",");
  const rows = equity.time.map((timeMs, at) =>
    [new Date(timeMs).toISOString(), ...present.map(([, values]) => values[at])].join(","),
  );
  return `${[head, ...rows].join("\n")}\n`;
}
