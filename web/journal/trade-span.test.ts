import { describe, expect, test } from "vitest";
import { datasetOf } from "../../e2e/fixture/candles.ts";
import { timeframeLengthMs } from "../format/timeframe.ts";
import { marketTimeframes, tradeSpan } from "./trade-span.ts";

const MINUTE_MS = 60_000;
const OPENED_AT = Date.UTC(2018, 0, 16, 11, 55);
const trade = (minutes: number) => ({ openedAt: OPENED_AT, closedAt: OPENED_AT + minutes * MINUTE_MS });
const EVERY = marketTimeframes("SIM:BTC-USD", []);

describe("the candles around a trade of the journal", () => {
  test("are of a timeframe that the data of a replay can make, however long the trade was", () => {
    const data = datasetOf("d1", { timeframe: "5m" });
    const timeframes = marketTimeframes(data.instrument.id, [data]);
    for (let minutes = 1; minutes < 60 * 24 * 400; minutes = Math.ceil(minutes * 1.3)) {
      const { timeframe } = tradeSpan(trade(minutes), timeframes);
      expect(timeframeLengthMs(timeframe) % (5 * MINUTE_MS)).toBe(0);
    }
    expect(tradeSpan(trade(115), EVERY).timeframe).toBe("3m");
    expect(tradeSpan(trade(115), timeframes).timeframe).toBe("5m");
    expect(tradeSpan(trade(360), timeframes).timeframe).toBe("15m");
  });

  test("are bound by the data of the trade's own instrument only", () => {
    const daily = datasetOf("d1", { timeframe: "1d" });
    expect(marketTimeframes("SIM:OTHER", [daily])).toEqual(EVERY);
    expect(marketTimeframes(daily.instrument.id, [daily])).toEqual(["1d", "1w"]);
  });

  test("leave as much room on both sides as the trade took, or 40 candles", () => {
    const long = trade(300);
    const span = tradeSpan(long, EVERY);
    expect(span.timeframe).toBe("15m");
    expect(long.openedAt - span.from).toBeGreaterThanOrEqual(600 * MINUTE_MS);
    expect(span.to).toBeGreaterThan(long.closedAt + 299 * MINUTE_MS);
    expect(tradeSpan(trade(60 * 24 * 4000), EVERY).timeframe).toBe("1w");
  });
});
