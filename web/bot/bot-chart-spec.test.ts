import { describe, expect, test } from "vitest";
import type { BotState } from "../../schema/wire/bot.ts";
import type { CandleSeries } from "../../schema/wire/dataset.ts";
import { botChartSpec, lifeSpan, signalsOf } from "./bot-chart-spec.ts";

const HOUR_MS = 3_600_000;
const SERIES: CandleSeries = {
  ...{ datasetId: "", timeframe: "1h", time: [0, HOUR_MS], open: [1, 2], high: [3, 3], low: [1, 1], close: [2, 3] },
  volume: [1, 1],
};

function entry(kind: BotState["log"][number]["kind"], at: number, message: string): BotState["log"][number] {
  return { sequence: at, at, kind, message };
}

describe("what a bot's chart draws", () => {
  test("a signal stands at the close of the candle that it was said on", () => {
    const signals = signalsOf([entry("signal", HOUR_MS + 5, "enter long: buy 0.42 market")], SERIES);
    expect(signals).toEqual([{ time: HOUR_MS + 5, price: 3, action: "enter long" }]);
    const closed = signalsOf([entry("signal", 10, "close (target: 2 %): buy 0.42 market")], SERIES);
    expect(closed).toEqual([{ time: 10, price: 2, action: "exit short" }]);
  });

  test("the chart opens at the bot's life with a little before it, and never at less than sixty candles", () => {
    const young = lifeSpan(100 * HOUR_MS, 101 * HOUR_MS, HOUR_MS);
    expect(young).toEqual({ fromMs: 41 * HOUR_MS, toMs: 104 * HOUR_MS });
    const old = lifeSpan(0, 400 * HOUR_MS, HOUR_MS);
    expect(old).toEqual({ fromMs: -100 * HOUR_MS, toMs: 403 * HOUR_MS });
  });

  test("what traded or was said before the first candle or after the last is not drawn in empty space", () => {
    const fill = (at: number) =>
      ({ at, instrument: "SIM:BTC-USD", price: "2", side: "buy" }) as BotState["fills"][number];
    const state = {
      ...{ openOrders: [], positions: [] },
      log: [entry("signal", 2 * HOUR_MS, "enter long: buy 1 market"), entry("signal", 3 * HOUR_MS, "enter long")],
    } as Partial<BotState> as BotState;
    const traded = [-1, 0, 2 * HOUR_MS, 2 * HOUR_MS + 1].map(fill);
    const on = { instrument: "SIM:BTC-USD", alone: true, beganAt: 0, price: null, fills: traded };
    const { fills, signals } = botChartSpec(state, on, SERIES);
    expect(fills?.map(({ time }) => time)).toEqual([0, 2 * HOUR_MS]);
    expect(signals?.map(({ time }) => time)).toEqual([2 * HOUR_MS]);
  });

  test("what is no signal, names no action or lies before the candles is not drawn", () => {
    const log = [
      entry("order", HOUR_MS, "enter long"),
      entry("signal", HOUR_MS, "nothing to do"),
      entry("signal", -1, "exit short"),
    ];
    expect(signalsOf(log, SERIES)).toEqual([]);
  });
});
