import type { Price } from "../../workers/core/ledger/decimal.ts";
import { formatDecimal, parsePrice } from "../../workers/core/ledger/decimal-text.ts";
import type { EmulatedInstrument } from "./emulated-order.ts";
import { chance, looksOf, onGrid, pathAt, seedOf } from "./emulated-path.ts";

/** Somebody put a market's price. */
interface Move {
  readonly at: number;
  readonly price: number;
}

/** A candle as texts on the grid of its instrument. */
export interface TapeCandle {
  readonly time: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: number;
}

/** What a market without an owner stands at about. */
const LEVELS: Readonly<Record<string, number>> = { BTCUSDT: 100, ETHUSDT: 50 };
const LEVEL = 100;
const VOLUME_MAX = 100;

/**
 * Prices of a venue's instruments at every instant: they wander by themselves, and go on from where somebody has put them. What
 * was before the first of these moves led to it, so that candles, last price and fills are of one market.
 */
export class EmulatedTape {
  private readonly moves = new Map<string, Move[]>();

  /** The market was put to a price, UTC ms. */
  move(symbol: string, price: Price, now: number): void {
    const moves = this.moves.get(symbol) ?? [];
    // A clock that is set back must not bring the order of moves out of order.
    const at = Math.max(now, moves.at(-1)?.at ?? 0);
    moves.push({ at, price: Number(formatDecimal(price)) });
    this.moves.set(symbol, moves);
  }

  private priceAt(symbol: string, time: number): number {
    const seed = seedOf(symbol);
    const moves = this.moves.get(symbol) ?? [];
    const last = moves.findLast(({ at }) => at <= time) ?? moves[0];
    if (last === undefined) return (LEVELS[symbol] ?? LEVEL) * pathAt(seed, time);
    return last.price * (pathAt(seed, time) / pathAt(seed, last.at));
  }

  /** The price at an instant, on the grid. */
  price({ symbol, tick }: Pick<EmulatedInstrument, "symbol" | "tick">, time: number): Price {
    return parsePrice(onGrid(this.priceAt(symbol, time), formatDecimal(tick)), "price");
  }

  /** The candle that opens at `time`, as far as it has come by `now`. */
  candle(
    { symbol, tick }: { readonly symbol: string; readonly tick: string },
    { time, lengthMs, now = Number.POSITIVE_INFINITY }: { time: number; lengthMs: number; now?: number },
  ): TapeCandle {
    const end = Math.max(time, Math.min(time + lengthMs - 1, now));
    const inside = (this.moves.get(symbol) ?? []).filter(({ at }) => at > time && at <= end).map(({ at }) => at);
    const looks = [...looksOf(time, end), ...inside, ...inside.map((at) => at - 1)];
    const prices = looks.map((at) => this.priceAt(symbol, at));
    const text = (price: number) => onGrid(price, tick);
    return {
      ...{ time, open: text(this.priceAt(symbol, time)), close: text(this.priceAt(symbol, end)) },
      ...{ high: text(Math.max(...prices)), low: text(Math.min(...prices)) },
      volume: chance(seedOf(symbol) ^ lengthMs, Math.floor(time / 1_000)) * VOLUME_MAX,
    };
  }
}
