import { z } from "zod";
import { emptyCandles } from "../../core/candle/candle.ts";
import { DAY_MS, HOUR_MS, timeframeMs } from "../../core/candle/timeframe.ts";
import { newYorkToUtcMs } from "../../core/candle/us-market-day.ts";
import type { CandlePage, MarketData } from "../market-data.ts";
import type { BridgeLine, Mt5Client } from "./client.ts";
import { BRIDGE_BARS_MAX, BRIDGE_REPLY_MS_MAX } from "./limits.ts";
import { readAnswer } from "./parse.ts";

/**
 * How a broker's clock runs. Most close their day at 17:00 in New York, so that their clock is seven hours before New
 * York's all year; the others keep one offset.
 */
export type ServerClock = { readonly rule: "new-york-close" } | { readonly rule: "fixed"; readonly offsetMs: number };

const SERVER_BEFORE_NEW_YORK_MS = 7 * HOUR_MS;

/** UTC of an instant by a broker's clock, ms. */
export function utcOfServerTime(serverMs: number, clock: ServerClock): number {
  if (clock.rule === "fixed") return serverMs - clock.offsetMs;
  const newYorkMs = serverMs - SERVER_BEFORE_NEW_YORK_MS;
  return newYorkMs + newYorkToUtcMs(Math.floor(newYorkMs / DAY_MS));
}

/** A broker's clock at an instant of UTC, ms. */
export function serverTimeOfUtc(utcMs: number, clock: ServerClock): number {
  if (clock.rule === "fixed") return utcMs + clock.offsetMs;
  // The offset is that of New York's day, which begins within a day of UTC's.
  const guess = utcMs - newYorkToUtcMs(Math.floor(utcMs / DAY_MS));
  return utcMs - newYorkToUtcMs(Math.floor(guess / DAY_MS)) + SERVER_BEFORE_NEW_YORK_MS;
}

const NumberText = z.string().regex(/^\d{1,18}(\.\d{1,18})?$/, "must be a number");
const Bars = z.object({
  /** Opened at, by the server's clock in seconds; open, high, low, close, ticks. Oldest first. */
  bars: z.array(z.tuple([NumberText, NumberText, NumberText, NumberText, NumberText, NumberText])).max(BRIDGE_BARS_MAX),
  more: z.boolean(),
});

const TIMEFRAMES = ["1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h"] as const;

/** Candles of a terminal. Days and weeks follow the broker's midnight and not UTC's, so they are made of hours. */
export function mt5MarketData(
  client: Mt5Client,
  { line, clock, now }: { readonly line: BridgeLine; readonly clock: ServerClock; readonly now: () => number },
): MarketData {
  return {
    venue: "MT5",
    timeframes: TIMEFRAMES,
    instruments: () => client.instruments(),
    async candles({ instrument, timeframe, from, to }): Promise<CandlePage> {
      const length = timeframeMs(timeframe);
      const until = Math.min(to, now());
      const asked = {
        ...{ symbol: instrument.nativeId, timeframe, limit: BRIDGE_BARS_MAX },
        from_s: Math.floor(serverTimeOfUtc(from, clock) / 1_000),
        to_s: Math.ceil(serverTimeOfUtc(until, clock) / 1_000),
      };
      const { bars, more } = readAnswer(Bars, await line.ask("bars.get", asked, BRIDGE_REPLY_MS_MAX));
      const rows = bars
        .map((bar) => ({ time: utcOfServerTime(Number(bar[0]) * 1_000, clock), bar }))
        // An hour that the clock goes through twice or leaves out shows bars twice or out of order: each time counts once.
        .filter(({ time }, index, all) => index === 0 || time > (all[index - 1]?.time ?? 0))
        .filter(({ time }) => time >= from && time < to && time + length <= now());
      const candles = emptyCandles(rows.length);
      for (const [index, { time, bar }] of rows.entries()) {
        candles.time[index] = time;
        for (const [column, name] of (["open", "high", "low", "close", "volume"] as const).entries()) {
          candles[name][index] = Number(bar[column + 1]);
        }
      }
      const last = bars.at(-1);
      const next = more && last !== undefined ? utcOfServerTime(Number(last[0]) * 1_000, clock) + length : undefined;
      return { candles, next: next !== undefined && next < to ? next : undefined };
    },
    prices: (instruments) => client.prices(instruments.map(({ id }) => id)),
    async status() {
      const { canTrade, warnings } = await client.facts();
      return canTrade ? { state: "open", message: "" } : { state: "maintenance", message: warnings.join(" ") };
    },
  };
}
