import { type Report, Statistics } from "../../schema/wire/report.ts";

/** A report in its full shape that tells nothing but `finalEquity`: for tests of what carries reports about. */
export function testReport(finalEquity: number): Report {
  const zeros = Object.keys(Statistics.shape).map((name) => [name, 0]);
  const flags = { drawdownOpen: false, profitFactorInfinite: false };
  const statistics = Statistics.parse({ ...Object.fromEntries(zeros), ...flags, finalEquity });
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
