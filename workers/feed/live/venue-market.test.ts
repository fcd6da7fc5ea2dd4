import { describe, expect, it } from "vitest";
import type { CandlePage, MarketData } from "../../brokers/market-data.ts";
import type { VenueInstrument } from "../../brokers/venue-client.ts";
import { emptyCandles } from "../../core/candle/candle.ts";
import { MINUTE_MS } from "../../core/candle/timeframe.ts";
import { price } from "../../core/testing/orders.ts";
import { VenueMarket } from "./venue-market.ts";
import type { Coverage, MinuteRow, MinuteStore } from "./venue-minutes.ts";

const BEGIN = Date.UTC(2026, 5, 1);
const INSTRUMENT = { id: "BINANCE:BTCUSDT" } as VenueInstrument;
const PAGE = 100;

/** Minutes in memory, as the object keeps them in its storage. */
class MemoryMinutes implements MinuteStore {
  coverage: Coverage | undefined;
  private kept = new Map<number, MinuteRow>();

  restart(from: number): void {
    this.kept = new Map();
    this.coverage = { from, to: from };
  }
  putBefore(rows: readonly MinuteRow[], from: number): void {
    this.put(rows, { from, to: this.coverage?.to ?? from });
  }
  putAfter(rows: readonly MinuteRow[], to: number): void {
    this.put(rows, { from: this.coverage?.from ?? to, to });
  }
  private put(rows: readonly MinuteRow[], coverage: Coverage): void {
    for (const row of rows) this.kept.set(row[0], row);
    this.coverage = coverage;
  }
  rows(from: number, limit: number): MinuteRow[] {
    const all = [...this.kept.values()].sort(([left], [right]) => left - right);
    return all.filter(([time]) => time >= from && time < (this.coverage?.to ?? 0)).slice(0, limit);
  }
  last(): MinuteRow | undefined {
    return [...this.kept.values()].sort(([left], [right]) => right - left)[0];
  }
}

/** A market whose venue has a candle of each minute but those that `isMissing` names. */
function marketAt(nowMs: number) {
  const clock = { nowMs };
  const asked: (readonly [from: number, to: number])[] = [];
  const missing = new Set<number>();
  const data = {
    async candles({ from, to }: { from: number; to: number }): Promise<CandlePage> {
      asked.push([from, to]);
      const end = Math.min(to, from + PAGE * MINUTE_MS);
      const times: number[] = [];
      for (let time = from; time < end; time += MINUTE_MS) {
        if (!missing.has(time) && time + MINUTE_MS <= clock.nowMs) times.push(time);
      }
      const candles = emptyCandles(times.length);
      times.forEach((time, at) => {
        candles.time[at] = time;
        for (const field of ["open", "high", "low", "close"] as const) candles[field][at] = time / MINUTE_MS;
      });
      return { candles, next: end < to ? end : undefined };
    },
    prices: async () => [
      { instrument: INSTRUMENT.id, price: price("101.5"), at: clock.nowMs, heardAt: clock.nowMs, intervalMs: 1_000 },
    ],
  } as unknown as MarketData;
  const store = new MemoryMinutes();
  const market = new VenueMarket({ data: async () => data, instrument: INSTRUMENT, store, now: () => clock.nowMs });
  return { market, clock, asked, missing, store };
}

const minute = (count: number) => BEGIN + count * MINUTE_MS;

describe("the minutes of a venue's market", () => {
  it("are asked for once, page by page, and then from where they end", async () => {
    const { market, clock, asked } = marketAt(minute(250) + 20_000);
    const first = await market.minutes({ from: BEGIN, limit: 5_000 });
    expect(first.rows.map(([time]) => time)).toEqual(Array.from({ length: 250 }, (_, at) => minute(at)));
    expect(first.marketAt).toBe(minute(250));
    expect(asked).toHaveLength(3);
    await market.minutes({ from: minute(10), limit: 5_000 });
    expect(asked).toHaveLength(3);
    clock.nowMs = minute(252) + 20_000;
    const next = await market.minutes({ from: minute(250), limit: 5_000 });
    expect(next.rows.map(([time]) => time)).toEqual([minute(250), minute(251)]);
    expect(asked.at(-1)).toEqual([minute(250), minute(252)]);
  });

  it("do not go past a minute that the venue does not show yet, and past one without trades after a while", async () => {
    const { market, clock, missing } = marketAt(minute(5) + 2_000);
    missing.add(minute(4));
    expect((await market.minutes({ from: BEGIN, limit: 100 })).marketAt).toBe(minute(4));
    clock.nowMs = minute(5) + 16_000;
    const after = await market.minutes({ from: BEGIN, limit: 100 });
    expect(after.marketAt).toBe(minute(5));
    expect(after.rows).toHaveLength(4);
    // A candle that comes within that time is not lost.
    const late = marketAt(minute(5) + 2_000);
    late.missing.add(minute(4));
    await late.market.minutes({ from: BEGIN, limit: 100 });
    late.missing.clear();
    expect((await late.market.minutes({ from: BEGIN, limit: 100 })).rows).toHaveLength(5);
  });

  it("are read also before the first that is kept, without a hole", async () => {
    const { market, store } = marketAt(minute(400) + 20_000);
    await market.minutes({ from: minute(300), limit: 1_000 });
    const { rows } = await market.minutes({ from: minute(200), limit: 1_000 });
    expect(rows.map(([time]) => time)).toEqual(Array.from({ length: 200 }, (_, at) => minute(200 + at)));
    expect(store.coverage).toEqual({ from: minute(200), to: minute(400) });
  });

  it("are not lost to whoever asks for what has not come yet", async () => {
    const { market } = marketAt(minute(60) + 20_000);
    await market.minutes({ from: BEGIN, limit: 1_000 });
    expect((await market.minutes({ from: minute(90), limit: 1 })).rows).toEqual([]);
    expect((await market.minutes({ from: BEGIN, limit: 1_000 })).rows).toHaveLength(60);
  });
});

describe("the price of a venue's market", () => {
  it("is shown with the candle that runs, and as stale once none came for a while", async () => {
    const { market, clock } = marketAt(minute(3) + 5_000);
    expect(market.state()).toMatchObject({ price: null, stale: true, running: null });
    await market.price();
    expect(market.state()).toMatchObject({ price: "101.5", stale: false, running: { time: minute(3), close: 101.5 } });
    clock.nowMs += 60_000;
    expect(market.state().stale).toBe(true);
  });
});
