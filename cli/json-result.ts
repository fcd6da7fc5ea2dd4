import type { RunResult } from "../workers/core/engine/result.ts";
import type { Report } from "../workers/core/report/report.ts";

/** The result as `--json` writes it; times are ISO, `equityRatio` is final over initial equity. */
export function resultJson(report: Report, result: RunResult) {
  const { statistics, receipt, verdict, checks } = report.overview;
  const closed = report.trades.filter((trade) => trade.exitTime !== null);
  const entries = report.trades.map((trade) => trade.entryTime);
  const exits = closed.map((trade) => trade.exitTime ?? 0);
  return {
    verdict,
    closedTrades: statistics.closedTrades,
    openTrades: statistics.openTrades,
    equityRatio: result.main.finalEquity / statistics.initialCash,
    maxDrawdown: result.drawdown.maxDepth,
    firstEntry: entries.length === 0 ? null : isoTime(entries.reduce((a, b) => Math.min(a, b))),
    lastExit: exits.length === 0 ? null : isoTime(exits.reduce((a, b) => Math.max(a, b))),
    statistics,
    checks,
    robustness: report.robustness,
    receipt,
    warnings: report.overview.warnings,
    trades: report.trades.map((trade) => ({
      ...trade,
      entryTime: isoTime(trade.entryTime),
      exitTime: trade.exitTime === null ? null : isoTime(trade.exitTime),
    })),
  };
}

function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
