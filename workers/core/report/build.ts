import { DAY_MS, floorMod, HOUR_MS, timeframeMs } from "../candle/timeframe.ts";
import type { RunResult } from "../engine/result.ts";
import type { TradeRow } from "../engine/trade-log.ts";
import { checksOf, counted, verdictOf } from "./checks.ts";
import { defined } from "./formulas.ts";
import { receiptOf } from "./receipt.ts";
import type { Report, ReportTrade } from "./report.ts";
import { robustnessOf } from "./robustness.ts";
import { statisticsOf, type Trials } from "./statistics.ts";
import { breakdown, drawdownRows, monthlyReturns, yearlyReturns } from "./tables.ts";
import { multipleOfRisk } from "./trade-statistics.ts";

/** What a report says that the engine does not know. */
export interface ReportMeta {
  readonly strategyTitle: string;
  /** The strategy's text, or its id where it is code; hashed into the receipt. */
  readonly strategySource: string;
  /** One an instrument, in order. */
  readonly datasets: readonly { readonly datasetId: string; readonly simulated: boolean }[];
  readonly trials: Trials;
  readonly warnings?: readonly string[];
  readonly elapsedMs: number | null;
}

const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/** The full report of a finished run. */
export function buildReport(result: RunResult, meta: ReportMeta): Report {
  const { definition, main } = result;
  const closed = main.trades.rows();
  const statistics = statisticsOf(result, closed, meta.trials);
  const robustness = robustnessOf(result);
  const checks = checksOf(robustness, statistics, definition.settings);
  return {
    overview: {
      verdict: verdictOf(statistics, checks, main.refused),
      checks,
      statistics,
      timeframe: definition.timeframe,
      from: Number.isNaN(result.from) ? 0 : result.from,
      to: Number.isNaN(result.to) ? 0 : result.to,
      candles: result.candles,
      strategyTitle: meta.strategyTitle,
      parameters: { ...definition.parameters },
      instruments: definition.instruments.map(({ instrument }, index) => ({
        symbol: instrument.symbol,
        ...meta.datasets[index],
      })),
      receipt: receiptOf(result, meta.strategySource),
      warnings: [...(meta.warnings ?? []), ...warningsOf(result)],
      elapsedMs: meta.elapsedMs,
    },
    equity: equityOf(result),
    trades: [...closed, ...main.open].map((trade, index) => tradeOf(result, trade, index)),
    tables: tablesOf(result, closed),
    robustness,
  };
}

function equityOf(result: RunResult): Report["equity"] {
  const { time, equity, drawdown, worst, best, buyHold } = result.curve;
  return {
    time,
    equity,
    drawdown,
    worst: result.worst === undefined ? null : worst,
    best: result.best === undefined ? null : best,
    buyHold,
  };
}

function tradeOf(result: RunResult, trade: TradeRow, index: number): ReportTrade {
  const size = Math.abs(trade.quantity);
  const open = trade.reason === "open";
  return {
    id: index + 1,
    symbol: result.definition.instruments[trade.instrument].instrument.symbol,
    side: trade.quantity > 0 ? "long" : "short",
    quantity: size,
    entryTime: trade.entryTime,
    entryPrice: trade.entryPrice,
    exitTime: open ? null : trade.exitTime,
    exitPrice: trade.exitPrice,
    fees: trade.fees,
    profit: trade.profit,
    profitShare: trade.profit / (size * trade.entryPrice),
    mae: trade.mae,
    mfe: trade.mfe,
    r: defined(multipleOfRisk(trade)),
    candles: trade.candles,
    entryTag: trade.tag,
    exitReason: trade.reason,
  };
}

function tablesOf(result: RunResult, closed: readonly TradeRow[]): Report["tables"] {
  const { cash } = result.definition.settings;
  const { daily } = result.main;
  const symbol = (trade: TradeRow) => result.definition.instruments[trade.instrument].instrument.symbol;
  const hour = (trade: TradeRow) => String(floorMod(Math.floor(trade.entryTime / HOUR_MS), 24)).padStart(2, "0");
  // 1970-01-01 was a Thursday.
  const weekday = (trade: TradeRow) => floorMod(Math.floor(trade.entryTime / DAY_MS) + 4, 7);
  return {
    monthly: monthlyReturns(daily, cash),
    yearly: yearlyReturns(daily, cash, closed),
    byExit: breakdown(closed, (trade) => trade.reason),
    byTag: breakdown(closed, (trade) => trade.tag || "untagged"),
    byInstrument: breakdown(closed, symbol),
    byHour: breakdown(closed, hour),
    byWeekday: breakdown(closed, (trade) => String(weekday(trade))).map((row) => ({
      ...row,
      key: WEEKDAYS[Number(row.key)],
    })),
    drawdowns: drawdownRows(result.drawdown.deepest(), result.to),
    refused: result.main.refused.map((row) => ({ ...row })),
  };
}

/** Share of the expected candles below which a report says that they are missing. */
const SPARSE_SHARE = 0.9;

/** Candles of the period on markets that never close; 0 where a market does, since its sessions are not known here. */
function expectedCandles(result: RunResult): number {
  const { instruments, timeframe } = result.definition;
  if (instruments.some(({ instrument }) => instrument.daysPerYear !== 365) || !(result.to > result.from)) return 0;
  return Math.round((result.to - result.from) / timeframeMs(timeframe)) * instruments.length;
}

function warningsOf(result: RunResult): string[] {
  const { main } = result;
  const warnings: string[] = [];
  if (result.candles === 0) warnings.push("The period holds no candles.");
  const warmup = result.definition.strategy.warmup(result.definition.parameters, result.definition.timeframe);
  if (result.candles > 0 && result.candles < warmup) {
    warnings.push(`The strategy needs ${counted(warmup, "candle")} to settle; the period holds ${result.candles}.`);
  }
  if (main.liquidations > 0) warnings.push(`${counted(main.liquidations, "liquidation")} of the position.`);
  const refused = main.refused.reduce((sum, row) => sum + row.count, 0);
  if (refused > 0) warnings.push(`${counted(refused, "order")} refused; see the table of refused orders.`);
  const expected = expectedCandles(result);
  if (result.candles < expected * SPARSE_SHARE) {
    warnings.push(`The data have holes: ${counted(result.candles, "candle")} of about ${counted(expected, "candle")}.`);
  }
  return warnings;
}
