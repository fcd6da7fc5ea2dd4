import type { CandleSeries } from "../../schema/wire/dataset.ts";
import type { MarketCandle } from "../../schema/wire/live.ts";
import { timeframeLengthMs } from "../format/timeframe.ts";

/**
 * Candles with the minutes that followed them folded in: a minute makes its candle higher, lower and of its close, or begins
 * a new one. Minutes before the last candle are in it already. `minutes` rise in time; each stands once.
 */
export function withMinutes(base: CandleSeries, minutes: readonly MarketCandle[]): CandleSeries {
  const lengthMs = timeframeLengthMs(base.timeframe);
  const lastBase = base.time.at(-1);
  const fresh = lastBase === undefined ? minutes : minutes.filter(({ time }) => time >= lastBase);
  if (fresh.length === 0) return base;
  const next: CandleSeries = {
    ...base,
    ...{ time: [...base.time], open: [...base.open], high: [...base.high] },
    ...{ low: [...base.low], close: [...base.close], volume: [...base.volume] },
  };
  for (const minute of fresh) fold(next, minute, { lengthMs, lastBase });
  return next;
}

/** The minutes known with another one: a later word on the same minute takes its place. At most `keep` are kept. */
export function addMinute(
  minutes: readonly MarketCandle[],
  minute: MarketCandle,
  keep: number,
): readonly MarketCandle[] {
  const last = minutes.at(-1);
  if (last === undefined || minute.time > last.time) return [...minutes, minute].slice(-keep);
  if (minute.time === last.time) return [...minutes.slice(0, -1), minute];
  const others = minutes.filter(({ time }) => time !== minute.time);
  return [...others, minute].sort((a, b) => a.time - b.time).slice(-keep);
}

interface Grid {
  readonly lengthMs: number;
  readonly lastBase: number | undefined;
}

function fold(series: CandleSeries, minute: MarketCandle, { lengthMs, lastBase }: Grid): void {
  const at = series.time.length - 1;
  const begun = at < 0 ? undefined : series.time[at];
  // Counted from a candle that is there: weeks do not begin with the epoch.
  const origin = begun ?? 0;
  const start = origin + Math.floor((minute.time - origin) / lengthMs) * lengthMs;
  if (begun === undefined || start > begun) {
    series.time.push(start);
    series.open.push(minute.open);
    series.high.push(minute.high);
    series.low.push(minute.low);
    series.close.push(minute.close);
    series.volume.push(minute.volume);
    return;
  }
  series.high[at] = Math.max(series.high[at], minute.high);
  series.low[at] = Math.min(series.low[at], minute.low);
  series.close[at] = minute.close;
  // The last candle of the base may hold the minute's volume already.
  if (begun !== lastBase) series.volume[at] += minute.volume;
}
