import { candleOpen, type Timeframe } from "../core/candle/timeframe.ts";
import type { RunDefinition } from "../core/engine/settings.ts";
import type { MachineParts } from "./bot-machine.ts";

// What a feed answers at once.
const ROWS_A_CALL = 5_000;

/**
 * The closed candles of a bot's markets from a moment on, and up to where all of them are known whole: a candle's open of
 * the `coarsest` timeframe, no later than `end`. `full`: there may be more behind.
 */
export async function readClosed(
  { record, feedOf, instruments }: Pick<MachineParts, "record" | "feedOf"> & Pick<RunDefinition, "instruments">,
  { from, end, coarsest }: { readonly from: number; readonly end: number; readonly coarsest: Timeframe },
) {
  const answers = await Promise.all(
    instruments.map(async ({ instrument }) => {
      const feed = await feedOf(instrument.id);
      return feed.minutes({ ownerId: record.ownerId, instrument: instrument.id, from, limit: ROWS_A_CALL });
    }),
  );
  const marketAt = Math.min(...answers.map((answer) => answer.marketAt));
  // Where a page is full, only what all pages reach is known whole.
  const full = answers.filter((answer) => answer.rows.length >= ROWS_A_CALL).map((answer) => answer.rows.at(-1)?.[0]);
  const known = candleOpen(Math.min(marketAt, end, ...full.map((last) => last ?? from)), coarsest);
  return { answers, marketAt, known, full: full.length > 0 };
}
