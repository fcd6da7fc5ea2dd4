import { type Report, Statistics } from "../../schema/wire/report.ts";

/** A report in its full shape that tells nothing but what is given: for tests of what carries reports about. */
export function testReport(finalEquity: number, sharpe: number | null = null): Report {
  const zeros = Object.keys(Statistics.shape).map((name) => [name, 0]);
  const others = { drawdownOpen: false, profitFactorInfinite: false, trialSpread: "estimate", daysPerYear: 365 };
  const statistics = Statistics.parse({ ...Object.fromEntries(zeros), ...others, finalEquity, sharpe });
  const column = [0, 1];
  return {
    overview: {
      ...{ verdict: "", checks: [], statistics, timeframe: "1h", from: 0, to: 1, candles: 2, strategyTitle: "" },
      ...{ parameters: {}, instruments: [], warnings: [], elapsedMs: null },
      receipt: {
        candles: "",
        strategy: "",
        parameters: "",
        settings: "",
        engine: "",
        seed: 1,
        receipt: "",
        result: "",
      },
    },
    equity: { time: column, equity: column, drawdown: column, worst: null, best: null, buyHold: null },
    trades: [],
    tables: {
      ...{ monthly: [], yearly: [], byExit: [], byTag: [], byInstrument: [], byHour: [], byWeekday: [] },
      ...{ drawdowns: [], refused: [] },
    },
    robustness: { path: null, lookAhead: null, warmUp: null, cost: null, monteCarlo: null },
  };
}
