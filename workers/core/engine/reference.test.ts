import { describe, expect, it } from "vitest";
import type { Timeframe } from "../candle/timeframe.ts";
import { findStrategy } from "../strategy/registry.ts";
import type { Strategy } from "../strategy/strategy.ts";
import { HAS_REFERENCE_DATA, referenceCandles } from "../testing/reference-data.ts";
import { definitionOf, runOn } from "../testing/runs.ts";
import { HAND_DONCHIAN, HAND_RSI, HAND_SMA_CROSS } from "../testing/test-strategies.ts";

/** Results of kernc/backtesting.py 0.6.6: closed trades, open at the end, equity ratio, draw-down, first entry, last exit. */
const REFERENCES: [string, Timeframe, Strategy, number, number, number, number, string, string][] = [
  ["kernc_GOOG_1d", "1d", HAND_SMA_CROSS, 19, 1, 2.768365111, 0.376098, "2005-04-21T00:00", "2012-11-06T00:00"],
  ["kernc_GOOG_1d", "1d", HAND_RSI, 9, 0, 1.553400278, 0.495364, "2006-02-10T00:00", "2013-02-04T00:00"],
  ["kernc_GOOG_1d", "1d", HAND_DONCHIAN, 39, 1, 3.033006816, 0.332687, "2004-09-21T00:00", "2013-01-18T00:00"],
  ["lean_SPY_1d", "1d", HAND_SMA_CROSS, 64, 1, 1.92670703, 0.359767, "1998-06-30T00:00", "2020-10-01T00:00"],
  ["lean_SPY_1d", "1d", HAND_RSI, 19, 0, 1.939147552, 0.523139, "1998-08-05T00:00", "2020-06-08T00:00"],
  ["lean_SPY_1d", "1d", HAND_DONCHIAN, 92, 1, 1.526933987, 0.39829, "1998-02-04T00:00", "2021-03-05T00:00"],
  [
    "lean_coinbase_BTCUSD_1d",
    "1d",
    HAND_SMA_CROSS,
    13,
    1,
    13.946612942,
    0.649702,
    "2015-03-02T00:00",
    "2018-05-27T00:00",
  ],
  ["lean_coinbase_BTCUSD_1d", "1d", HAND_RSI, 7, 0, 6.926788996, 0.489825, "2015-04-15T00:00", "2018-07-25T00:00"],
  [
    "lean_coinbase_BTCUSD_1d",
    "1d",
    HAND_DONCHIAN,
    14,
    0,
    18.418305002,
    0.443611,
    "2015-03-03T00:00",
    "2018-08-04T00:00",
  ],
  ["freqtrade_ETHBTC_5m", "5m", HAND_SMA_CROSS, 68, 0, 0.803468746, 0.236227, "2018-01-10T12:25", "2018-01-30T02:15"],
  ["freqtrade_ETHBTC_5m", "5m", HAND_RSI, 14, 1, 1.122882768, 0.119739, "2018-01-10T07:25", "2018-01-29T15:00"],
  ["freqtrade_ETHBTC_5m", "5m", HAND_DONCHIAN, 67, 0, 0.893764817, 0.186476, "2018-01-10T09:00", "2018-01-30T02:00"],
  [
    "nautilus_FTX_BTC-PERP_1m",
    "1m",
    HAND_SMA_CROSS,
    497,
    0,
    0.372483917,
    0.636565,
    "2022-01-01T00:25",
    "2022-02-01T05:25",
  ],
  ["nautilus_FTX_BTC-PERP_1m", "1m", HAND_RSI, 165, 0, 0.697090052, 0.353675, "2022-01-01T00:00", "2022-02-01T02:26"],
  [
    "nautilus_FTX_BTC-PERP_1m",
    "1m",
    HAND_DONCHIAN,
    751,
    0,
    0.160166017,
    0.840305,
    "2022-01-01T00:08",
    "2022-02-01T04:17",
  ],
];

/** Each reference with the strategy written by hand, and with the one of the library that has its name. */
const CASES = REFERENCES.flatMap(([file, timeframe, hand, ...expected]) => {
  const library = findStrategy(hand.id);
  if (library === undefined) throw new Error(`the library lacks ${hand.id}`);
  return [
    { file, timeframe, strategy: hand, form: "by hand", expected },
    { file, timeframe, strategy: library, form: "of the library", expected },
  ];
});

describe.skipIf(!HAS_REFERENCE_DATA)("the engine against results of another backtester on real candles", () => {
  it.each(CASES)(
    "$file: $strategy.id $form trades as the reference does",
    ({ file, timeframe, strategy, expected }) => {
      const [closed, open, ratio, fall, entry, exit] = expected;
      const result = runOn(definitionOf(strategy, { timeframe, settings: { end: "keep" } }), referenceCandles(file));
      const { trades } = result.main;
      expect(trades.length).toBe(closed);
      expect(result.main.open.length).toBe(open);
      const first = trades.length > 0 ? trades.at(0).entryTime : Number.NaN;
      expect(new Date(first).toISOString().slice(0, 16)).toBe(entry);
      expect(new Date(trades.at(trades.length - 1).exitTime).toISOString().slice(0, 16)).toBe(exit);
      expect(Math.abs(result.main.finalEquity / 10_000 / ratio - 1)).toBeLessThan(1e-6);
      expect(Math.abs(result.drawdown.maxDepth - fall)).toBeLessThan(1e-6);
    },
  );
});
