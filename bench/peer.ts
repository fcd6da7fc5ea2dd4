import { createRequire } from "node:module";
import type { CandleColumns } from "../workers/core/candle/candle.ts";

interface Peer {
  backtest(
    strategy: {
      entryRule(enter: () => void, args: { bar: Bar }): void;
      exitRule(exit: () => void, args: { bar: Bar }): void;
    },
    series: unknown,
  ): unknown[];
}
interface Frames {
  DataFrame: new (rows: readonly Bar[]) => { setIndex(name: string): { renameSeries(names: object): unknown } };
}
interface Bar {
  readonly time: Date;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly fast: number;
  readonly slow: number;
}

const require = createRequire(import.meta.url);

/** The same cross by grademark, its averages given; returns the number of trades. */
export function grademarkCross(candles: CandleColumns): number {
  const { backtest } = require("grademark") as Peer;
  const { DataFrame } = createRequire(require.resolve("grademark"))("data-forge") as Frames;
  const rows: Bar[] = [];
  let fast = 0;
  let slow = 0;
  for (let i = 0; i < candles.length; i++) {
    fast += candles.close[i] - (i >= 20 ? candles.close[i - 20] : 0);
    slow += candles.close[i] - (i >= 50 ? candles.close[i - 50] : 0);
    rows.push({
      time: new Date(candles.time[i]),
      open: candles.open[i],
      high: candles.high[i],
      low: candles.low[i],
      close: candles.close[i],
      volume: candles.volume[i],
      fast: fast / 20,
      slow: slow / 50,
    });
  }
  const series = new DataFrame(rows.slice(50)).setIndex("time");
  const trades = backtest(
    {
      entryRule: (enter, { bar }) => {
        if (bar.fast > bar.slow) enter();
      },
      exitRule: (exit, { bar }) => {
        if (bar.fast < bar.slow) exit();
      },
    },
    series,
  );
  return trades.length;
}
