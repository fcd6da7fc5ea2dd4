import { BINANCE_WINDOWS } from "../../../workers/brokers/binance/limits.ts";
import { openBinance } from "../../../workers/brokers/binance/open-binance.ts";
import { RateBudget } from "../../../workers/brokers/request/rate-budget.ts";
import type { VenueInstrument } from "../../../workers/brokers/venue-client.ts";
import { type CandleColumns, candlesOf } from "../../../workers/core/candle/candle.ts";
import { MINUTE_MS } from "../../../workers/core/candle/timeframe.ts";
import { ALWAYS_OPEN } from "../../../workers/core/candle/trading-calendar.ts";
import { seededRandom } from "../../../workers/core/testing/random-candles.ts";
import { BinanceEmulator } from "../binance/binance-emulator.ts";
import { EMULATED_HOSTS } from "../binance/binance-stage.ts";
import { candleRow } from "../binance/emulated-candles.ts";
import { BackfillStage, type StageParts } from "./backfill-stage.ts";

export const SYMBOL = "BTCUSDT";
const NOW = Date.UTC(2025, 0, 1);

const BTCUSDT: VenueInstrument = {
  ...{ id: `BINANCE:${SYMBOL}`, venue: "BINANCE", symbol: SYMBOL, nativeId: SYMBOL, kind: "crypto", base: "BTC" },
  ...{ quote: "USDT", tick: 0.01, lot: 0.00001, quantityMin: 0.00001, notionalMin: 5, daysPerYear: 365 },
  ...{ quantityMax: undefined, kinds: [], calendar: ALWAYS_OPEN, status: "trading" },
};

/** Minutes of Binance's emulator on their way into an archive. */
export function binanceBackfill(parts: { readonly seed: number } & Partial<StageParts>) {
  const { seed, ...rest } = parts;
  const clock = { now: NOW };
  const random = seededRandom(seed);
  const venue = new BinanceEmulator({ now: () => clock.now, random, after: () => undefined });
  const budget = new RateBudget(BINANCE_WINDOWS);
  const stage = new BackfillStage({
    ...{ venue, clock, random },
    open: (deps) => openBinance({ ...deps, environment: "live", key: undefined, hosts: EMULATED_HOSTS, budget }).market,
    ...rest,
  });
  const begin = (from: number, to: number) => stage.begin({ instrument: BTCUSDT, timeframe: "1m", from, to });
  return { clock, random, venue, stage, begin };
}

/** What the venue has in `[from, to)`, of the same texts that it sends. */
export function sourceCandles(from: number, to: number, isGap: (time: number) => boolean = () => false): CandleColumns {
  const times = Array.from({ length: (to - from) / MINUTE_MS }, (_, at) => from + at * MINUTE_MS);
  return candlesOf(
    times
      .filter((time) => !isGap(time))
      .map((time) => {
        const [, open, high, low, close, volume] = candleRow(SYMBOL, time, MINUTE_MS).map(Number);
        return { time, open, high, low, close, volume };
      }),
  );
}
