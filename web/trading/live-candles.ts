import type { CandleSeries } from "../../schema/wire/dataset.ts";
import type { MarketCandle } from "../../schema/wire/live.ts";
import { timeframeLengthMs } from "../format/timeframe.ts";

/** Candles as they are drawn. */
export interface DrawnCandles {
  readonly series: CandleSeries;
  /** Whether minutes came that do not continue what is drawn: those between were not heard, and have to be asked for. */
  readonly behind: boolean;
}

/**
 * Candles with the minutes that followed them folded in: a minute makes its candle higher, lower and of its close, or begins
 * a new one. Minutes before the last candle are in it already. `minutes` rise in time; each stands once. `base` holds every
 * candle that had closed by `marketAt`, so that no candle means no trade until then; after it, minutes that leave a candle
 * out are not drawn.
 */
export function withMinutes(base: CandleSeries, marketAt: number, minutes: readonly MarketCandle[]): DrawnCandles {
  const lengthMs = timeframeLengthMs(base.timeframe);
  const lastBase = base.time.at(-1);
  const fresh = lastBase === undefined ? minutes : minutes.filter(({ time }) => time >= lastBase);
  if (fresh.length === 0) return { series: base, behind: false };
  const next: CandleSeries = {
    ...base,
    ...{ time: [...base.time], open: [...base.open], high: [...base.high] },
    ...{ low: [...base.low], close: [...base.close], volume: [...base.volume] },
  };
  const grid = { lengthMs, lastBase, marketAt };
  const behind = fresh.some((minute) => !fold(next, minute, grid));
  return { series: next, behind };
}

interface DrawnNow {
  /** Whether the socket that tells the minutes is away. */
  readonly away: boolean;
  /** Whether the last request for candles failed. */
  readonly failed: boolean;
  readonly behind: boolean;
  /** The market's time up to which all closed candles are known, and the last that the socket told; null where none. */
  readonly historyAt: number;
  readonly toldAt: number | null;
}

/** The market's time that the candles drawn are of, where the market may have gone on without them; null where they keep up. */
export function drawnAsOf({ away, failed, behind, historyAt, toldAt }: DrawnNow): number | null {
  if (behind && (failed || away)) return historyAt;
  return away ? Math.max(historyAt, toldAt ?? historyAt) : null;
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
  readonly marketAt: number;
}

/** Whether the minute continues the series, and was taken in. */
function fold(series: CandleSeries, minute: MarketCandle, { lengthMs, lastBase, marketAt }: Grid): boolean {
  const at = series.time.length - 1;
  const begun = at < 0 ? undefined : series.time[at];
  // Counted from a candle that is there: weeks do not begin with the epoch.
  const origin = begun ?? 0;
  const start = origin + Math.floor((minute.time - origin) / lengthMs) * lengthMs;
  if (start > Math.max(marketAt, begun === undefined ? marketAt : begun + lengthMs)) return false;
  if (begun === undefined || start > begun) {
    series.time.push(start);
    series.open.push(minute.open);
    series.high.push(minute.high);
    series.low.push(minute.low);
    series.close.push(minute.close);
    series.volume.push(minute.volume);
    return true;
  }
  series.high[at] = Math.max(series.high[at], minute.high);
  series.low[at] = Math.min(series.low[at], minute.low);
  series.close[at] = minute.close;
  // The last candle of the base may hold the minute's volume already.
  if (begun !== lastBase) series.volume[at] += minute.volume;
  return true;
}
