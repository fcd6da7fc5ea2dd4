import { expect, it } from "vitest";
import { serverTimeOfUtc, utcOfServerTime } from "../../../workers/brokers/mt5/candles.ts";
import { DAY_MS, MINUTE_MS } from "../../../workers/core/candle/timeframe.ts";
import { INDIA_STOCK, isOpen } from "../../../workers/core/candle/trading-calendar.ts";
import { xtsStage } from "./xts-stage.ts";

it("brings every minute of a month once, page by page, at its own time and as the venue has it", async () => {
  const stage = xtsStage();
  const [instrument] = await stage.market.instruments();
  if (instrument === undefined) throw new Error("there must be an instrument");
  const to = Math.floor(stage.now() / MINUTE_MS) * MINUTE_MS;
  const begin = to - 30 * DAY_MS;
  const seen = new Map<number, number>();
  let pages = 0;
  for (let from: number | undefined = begin; from !== undefined; pages++) {
    const page = await stage.market.candles({ instrument, timeframe: "1m", from, to });
    for (let index = 0; index < page.candles.length; index++) {
      const time = page.candles.time[index];
      expect(seen.has(time)).toBe(false);
      seen.set(time, page.candles.close[index]);
    }
    from = page.next;
    // The rate lets a few through each second.
    stage.clock.now += 1_000;
  }
  const expected: number[] = [];
  for (let time = begin; time < to; time += MINUTE_MS) if (isOpen(INDIA_STOCK, time)) expected.push(time);
  expect([...seen.keys()]).toEqual(expected);
  expect(pages).toBe(5);
  const { tape } = stage.venue.book;
  const closeOf = (time: number) =>
    Number(tape.candle({ symbol: "NSECM-2885", tick: "0.05" }, { time, lengthMs: MINUTE_MS }).close);
  for (const [time, close] of seen) expect(close).toBe(closeOf(time));
});

it("F32: goes between UTC and the clock of a broker that closes with New York, through both changes of the clock", () => {
  const clock = { rule: "new-york-close" } as const;
  // Two hours before UTC in winter, three in summer: New York changes on 10 March and 3 November 2024.
  expect(serverTimeOfUtc(Date.UTC(2024, 0, 15, 12), clock)).toBe(Date.UTC(2024, 0, 15, 14));
  expect(serverTimeOfUtc(Date.UTC(2024, 6, 15, 12), clock)).toBe(Date.UTC(2024, 6, 15, 15));
  for (let day = 0; day < 366; day++) {
    const noon = Date.UTC(2024, 0, 1, 12) + day * DAY_MS;
    expect(utcOfServerTime(serverTimeOfUtc(noon, clock), clock)).toBe(noon);
  }
  const fixed = { rule: "fixed", offsetMs: 3 * 3_600_000 } as const;
  expect(utcOfServerTime(serverTimeOfUtc(5, fixed), fixed)).toBe(5);
});
