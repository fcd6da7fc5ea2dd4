import type { Dataset } from "../../schema/wire/dataset.ts";
import type { JournalTrade } from "../../schema/wire/journal.ts";
import { TIMEFRAME_NAMES, type TimeframeName, timeframeLengthMs, timeframesFrom } from "../format/timeframe.ts";

/** Candles that a trade is shown with, itself a third of them. */
const CANDLES = 150;
/** Candles on either side of a trade at least, so that a short one is seen in its surroundings. */
const MARGIN_CANDLES = 40;

/** The timeframes of an instrument's candles, smallest first: every one, but for what `played`, datasets of a replay, cannot make. */
export function marketTimeframes(
  instrument: string,
  played: readonly Pick<Dataset, "instrument" | "timeframe">[],
): readonly TimeframeName[] {
  const data = played.find((dataset) => dataset.instrument.id === instrument);
  return data === undefined ? TIMEFRAME_NAMES : timeframesFrom(data.timeframe);
}

/**
 * The candles to show: of `timeframes`, the smallest first, the finest at which the trade and as much on both sides fit; the
 * largest where none is that long. Times are those of the market, in milliseconds.
 */
export function tradeSpan(
  { openedAt, closedAt }: Pick<JournalTrade, "openedAt" | "closedAt">,
  timeframes: readonly TimeframeName[],
): { readonly timeframe: TimeframeName; readonly from: number; readonly to: number } {
  const wantedMs = ((closedAt - openedAt) * 3) / CANDLES;
  const timeframe = timeframes.find((name) => timeframeLengthMs(name) >= wantedMs) ?? timeframes.at(-1) ?? "1d";
  const lengthMs = timeframeLengthMs(timeframe);
  const marginMs = Math.max(closedAt - openedAt, MARGIN_CANDLES * lengthMs);
  const whole = (timeMs: number) => Math.floor(timeMs / lengthMs) * lengthMs;
  return { timeframe, from: whole(openedAt - marginMs), to: whole(closedAt + marginMs) };
}
