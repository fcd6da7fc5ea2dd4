import type { CandleColumns } from "../core/candle/candle.ts";
import type { RunDefinition } from "../core/engine/settings.ts";
import type { Trader, TraderStop } from "../core/engine/trader.ts";
import { refOf, type TraderCommand } from "../core/engine/trader-command.ts";
import type { Signal } from "../core/strategy/strategy.ts";
import type { MachineParts, Note } from "./bot-machine.ts";
import { isClosing, keepTries, knownMissing, type MissingStop } from "./missing-stops.ts";
import { writeAsk } from "./write-ask.ts";

/** A closing that came to nothing is tried again after a candle, then after two, four and so on up to this, ms. */
const TRY_AGAIN_MS_MAX = 3_600_000;

interface CloseParts {
  readonly missing: readonly MissingStop[];
  /** The candles of each instrument. */
  readonly chunks: readonly CandleColumns[];
  /** When they close, UTC ms, and how long they are. */
  readonly until: number;
  readonly stepMs: number;
  /** Whether an order has this name already. */
  readonly isTaken: (ref: string) => boolean;
}

/**
 * Closes what is held beyond a stop whose order is gone, at the market, once a candle has met its price, and again until
 * nothing is held: how old the candle is makes no difference. Nothing where an exit is on its way already. Answers what is
 * commanded and the stops that it follows from, as they are to be kept.
 */
export function closeMet(
  trader: Pick<Trader, "positions" | "working" | "act">,
  { missing, chunks, until, stepMs, isTaken }: CloseParts,
): { readonly commands: readonly TraderCommand[]; readonly closing: readonly MissingStop[] } {
  const closing = missing
    .filter((stop) => (stop.tryAt === undefined ? isMet(stop, chunks[stop.index]) : stop.tryAt <= until))
    .filter(({ index }) => trader.positions()[index].quantity !== 0)
    .filter(({ index }) => !isClosing(trader, index));
  if (closing.length === 0) return { commands: [], closing };
  const signals = [...new Set(closing.map(({ index }) => index))].map(
    (instrument): Signal => ({ instrument, side: "close" }),
  );
  // A name of its own: what the candle itself decided is named by its open.
  let time = until - stepMs + 1;
  while (isTaken(refOf({ candleTime: time, leg: "exit", ordinal: 0 }))) time++;
  const kept = closing.map((stop) => {
    const tries = (stop.tries ?? 0) + 1;
    return { ...stop, tries, tryAt: until + Math.min(stepMs * 2 ** (tries - 1), Math.max(stepMs, TRY_AGAIN_MS_MAX)) };
  });
  return { commands: trader.act(signals, { time, at: until }), closing: kept };
}

/**
 * Does so for a bot, inside the write that takes a candle: what is commanded is written down to be asked of the desk, by the
 * order whose stop it was, since bots of one account that close at one candle want orders that are alike.
 */
export function closeStops(
  { trader, ...parts }: MachineParts & { readonly trader: Trader; readonly definition: RunDefinition },
  candle: Pick<CloseParts, "chunks" | "until" | "stepMs">,
  note: Note,
): void {
  const { store } = parts;
  const missing = knownMissing(store);
  if (missing.length === 0) return;
  const isTaken = (ref: string) => store.orderOf(ref) !== undefined;
  const { commands, closing } = closeMet(trader, { ...candle, missing, isTaken });
  if (closing.length === 0) return;
  keepTries(store, closing);
  const [{ ref }] = closing;
  const signal = `the stop of ${store.orderOf(ref) ?? ref}, whose order is gone`;
  for (const command of commands) {
    writeAsk(command, { ...parts, signal });
    if (command.type === "place") note(command, candle.until);
  }
}

/** Whether a candle of these met the price of a stop; of those since something is held. */
function isMet({ side, price, since }: TraderStop, { time, high, low, length }: CandleColumns): boolean {
  if (price === undefined) return false;
  for (let i = 0; i < length; i++) {
    if (time[i] >= since && (side === "buy" ? low[i] <= price : high[i] >= price)) return true;
  }
  return false;
}
