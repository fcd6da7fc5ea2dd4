import type { Writable } from "node:stream";
import type { Report } from "../workers/core/report/report.ts";

/** Months of the monthly table that are printed; older ones are in the JSON. */
const YEARS_PRINTED_MAX = 15;

/** Prints a report for people: verdict, numbers beside buy and hold, checks, years, exits, receipt. */
export function printReport(report: Report, out: Writable): void {
  const { overview, tables } = report;
  const { statistics: s } = overview;
  const lines = [
    "",
    overview.verdict,
    "",
    `${overview.strategyTitle} on ${overview.instruments.map((entry) => entry.symbol).join(", ")}, ${overview.timeframe}, ` +
      `${day(overview.from)} to ${day(overview.to)}, ${overview.candles.toLocaleString("en")} candles`,
    ...Object.entries(overview.parameters).map(([name, value]) => `  ${name} = ${value}`),
    "",
    row("", "strategy", "buy and hold"),
    row("Total return", percent(s.totalReturn), percent(s.buyHoldReturn)),
    row("CAGR", percent(s.cagr), percent(s.buyHoldCagr)),
    row("Max draw-down", percent(s.maxDrawdown), percent(s.buyHoldMaxDrawdown)),
    row("Volatility a year", percent(s.volatility), percent(s.buyHoldVolatility)),
    row("Sharpe (deflated)", `${number(s.sharpe)} (${percent(s.deflatedSharpe)})`, number(s.buyHoldSharpe)),
    "",
    row("Final equity", number(s.finalEquity)),
    row("Sortino / Calmar", `${number(s.sortino)} / ${number(s.calmar)}`),
    row("Trades (open)", `${s.closedTrades} (${s.openTrades})`),
    row("Win rate", percent(s.winRate)),
    row("Profit factor", s.profitFactorInfinite ? "∞" : number(s.profitFactor)),
    row("Expectancy a trade", number(s.expectancy)),
    row("Exposure", percent(s.exposure)),
    row("Fees / slippage", `${number(s.feesPaid)} / ${number(s.slippagePaid)}`),
    "",
    "Is it real?",
    ...overview.checks.map(({ passed, title, finding }) => `  ${mark(passed)} ${title.padEnd(20)} ${finding}`),
    "",
    ...section("Year", tables.yearly.slice(-YEARS_PRINTED_MAX), (entry) =>
      row(`  ${entry.year}`, percent(entry.return), `${entry.trades} trades`),
    ),
    ...section("Ended by", tables.byExit, (entry) =>
      row(`  ${entry.key}`, `${entry.trades} trades`, number(entry.profit)),
    ),
    ...section(
      "Refused orders",
      tables.refused,
      (entry) => `  ${entry.rule}: ${entry.count}, such as ${entry.example}`,
    ),
    ...overview.warnings.map((warning) => `note: ${warning}`),
    `receipt ${overview.receipt.receipt}`,
    "",
  ];
  out.write(`${lines.join("\n")}\n`);
}

function section<T>(title: string, entries: readonly T[], line: (entry: T) => string): string[] {
  return entries.length === 0 ? [] : [title, ...entries.map(line), ""];
}

function row(label: string, value: string, other = ""): string {
  return `${label.padEnd(22)}${value.padStart(18)}${other.padStart(18)}`.trimEnd();
}

function mark(passed: boolean | null): string {
  return passed === null ? "–" : passed ? "✓" : "✗";
}

function percent(value: number | null): string {
  return value === null ? "—" : `${sign(value)}${(Math.abs(value) * 100).toFixed(2)} %`;
}

function number(value: number | null): string {
  if (value === null) return "—";
  const digits = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  return `${sign(value)}${Math.abs(value).toLocaleString("en", digits)}`;
}

function sign(value: number): string {
  return value < 0 ? "−" : "";
}

function day(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}
