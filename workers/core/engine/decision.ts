import type { Instrument } from "../candle/instrument.ts";
import type { DecisionSizer } from "../fill/decision-sizer.ts";
import { LIMIT, MARKET, type OrderDraft, STOP, STOP_LIMIT } from "../fill/order.ts";
import type { VenueBooks } from "../fill/venue-books.ts";
import { roundToTick } from "../strategy/sizing.ts";
import {
  ENTER_LONG,
  ENTER_SHORT,
  EXIT_LONG,
  EXIT_SHORT,
  type Signal,
  type SignalColumns,
} from "../strategy/strategy.ts";
import type { EntryGuard } from "./entry-guard.ts";

/** Prices and sizes of an entry; NaN where absent. */
interface EntryTerms {
  readonly limit: number;
  readonly entryStop: number;
  readonly stop: number;
  readonly target: number;
  readonly trail: number;
  readonly scale: number;
  readonly quantity: number;
  readonly share: number;
  readonly expiresAfter: number;
  readonly tag: string;
}

/** Turns what a strategy wants at a close into orders of the simulated venue. */
export class Decider {
  private readonly venue: VenueBooks;
  private readonly instruments: readonly Instrument[];
  private readonly direction: "long" | "short" | "both";
  private readonly guard: EntryGuard | undefined;
  private readonly sizer: DecisionSizer | undefined;

  /** `sizer` fixes sizes at the decision; without one they are found at the fill. */
  constructor(
    venue: VenueBooks,
    instruments: readonly Instrument[],
    {
      direction,
      guard,
      sizer,
    }: {
      readonly direction: "long" | "short" | "both";
      readonly guard: EntryGuard | undefined;
      readonly sizer?: DecisionSizer | undefined;
    },
  ) {
    this.venue = venue;
    this.instruments = instruments;
    this.direction = direction;
    this.guard = guard;
    this.sizer = sizer;
  }

  /**
   * Acts on the flags of candle `at`. Exits come first. An entry waits until the position is flat, except that one
   * against an open position closes it and turns around, or only closes it where the run may not trade that side; where
   * both sides want in at once, nobody enters.
   */
  decideFlags(index: number, signals: SignalColumns, at: number): void {
    const flags = signals.flags[at];
    const book = this.venue.books[index];
    const held = this.venue.account.positions[index].quantity;
    if (flags & EXIT_LONG) book.cancelEntries(1);
    if (flags & EXIT_SHORT) book.cancelEntries(-1);
    if ((held > 0 && flags & EXIT_LONG) || (held < 0 && flags & EXIT_SHORT)) this.exit(index);
    const long = (flags & ENTER_LONG) !== 0;
    const short = (flags & ENTER_SHORT) !== 0;
    if (long !== short) {
      const side = long ? 1 : -1;
      if (held * side <= 0 && this.allows(index, side)) this.enter(index, side, termsAt(signals, at));
      else if (held * side < 0) this.exit(index);
    }
    this.venue.settle(index);
  }

  decideSignal(signal: Signal): void {
    const { instrument: index, side } = signal;
    const held = this.venue.account.positions[index].quantity;
    if (side === "cancel") this.venue.books[index].cancelEntries(1);
    if (side === "cancel") this.venue.books[index].cancelEntries(-1);
    if (side === "close" && held !== 0) this.exit(index);
    if (side === "buy" || side === "sell") {
      const sign = side === "buy" ? 1 : -1;
      if ((signal.add || held * sign <= 0) && this.allows(index, sign))
        this.enter(index, sign, termsOf(signal), signal.add);
      else if (held * sign < 0) this.exit(index);
    }
    this.venue.settle(index);
  }

  /** Whether the run may enter this side now. What a protection pauses is counted among the refused orders. */
  private allows(index: number, side: number): boolean {
    if (this.direction !== "both" && this.direction !== (side > 0 ? "long" : "short")) return false;
    const paused = this.guard?.pause(index);
    if (paused === undefined) return true;
    const { symbol } = this.instruments[index];
    this.venue.sizer.refusals.add(`protection: ${paused}`, () => `${symbol}: no entry during the pause after losses`);
    return false;
  }

  /** Closes the position with a market order, once. */
  private exit(index: number): void {
    const book = this.venue.books[index];
    if (book.orders.some((order) => order.role === "exit")) return;
    const side = -Math.sign(this.venue.account.positions[index].quantity);
    const draft = { side, kind: MARKET, role: "exit", reason: "signal" } as const;
    this.venue.place(index, this.sizer === undefined ? draft : this.sizer.exit(index, draft));
  }

  private enter(index: number, side: number, terms: EntryTerms, add = false): void {
    const book = this.venue.books[index];
    if (!add) {
      book.cancelEntries(1);
      book.cancelEntries(-1);
    }
    const draft = this.entryDraft(index, side, terms);
    const sized = this.sizer === undefined ? draft : this.sizer.entry(index, draft);
    if (this.venue.account.positions[index].quantity * side < 0) this.exit(index);
    if (sized !== undefined) this.venue.place(index, sized);
  }

  private entryDraft(index: number, side: number, terms: EntryTerms): Omit<OrderDraft, "id"> {
    const { tick } = this.instruments[index];
    const limited = !Number.isNaN(terms.limit);
    const stopped = !Number.isNaN(terms.entryStop);
    return {
      side,
      role: "entry",
      kind: limited ? (stopped ? STOP_LIMIT : LIMIT) : stopped ? STOP : MARKET,
      limit: roundToTick(terms.limit, tick, side > 0 ? "down" : "up"),
      stop: roundToTick(terms.entryStop, tick, "nearest"),
      legStop: positive(roundToTick(terms.stop, tick, "nearest")),
      legTarget: positive(roundToTick(terms.target, tick, "nearest")),
      legTrail: positive(terms.trail),
      scale: terms.scale,
      quantity: terms.quantity,
      share: terms.share,
      tag: terms.tag,
      expiresAt: this.venue.books[index].candle + terms.expiresAfter + 1,
    };
  }
}

/** An entry at the market, sized by the run's rule, without protection: what most signals ask for. */
const PLAIN_TERMS: EntryTerms = {
  limit: Number.NaN,
  entryStop: Number.NaN,
  stop: Number.NaN,
  target: Number.NaN,
  trail: Number.NaN,
  scale: 1,
  quantity: Number.NaN,
  share: Number.NaN,
  expiresAfter: Number.POSITIVE_INFINITY,
  tag: "",
};

function termsAt(signals: SignalColumns, at: number): EntryTerms {
  const { limit, entryStop, stop, target, trail } = signals;
  const priced = limit !== undefined || entryStop !== undefined || stop !== undefined || target !== undefined;
  if (!priced && trail === undefined && signals.scale === undefined) return PLAIN_TERMS;
  const scale = signals.scale === undefined ? 1 : signals.scale[at];
  return {
    limit: valueAt(signals.limit, at),
    entryStop: valueAt(signals.entryStop, at),
    stop: valueAt(signals.stop, at),
    target: valueAt(signals.target, at),
    trail: valueAt(signals.trail, at),
    scale: scale > 0 ? Math.min(scale, 1) : 0,
    quantity: Number.NaN,
    share: Number.NaN,
    expiresAfter: Number.POSITIVE_INFINITY,
    tag: "",
  };
}

function termsOf(signal: Signal): EntryTerms {
  const scale = signal.scale ?? 1;
  return {
    limit: signal.limit ?? Number.NaN,
    entryStop: signal.entryStop ?? Number.NaN,
    stop: signal.stop ?? Number.NaN,
    target: signal.target ?? Number.NaN,
    trail: signal.trail ?? Number.NaN,
    scale: scale > 0 ? Math.min(scale, 1) : 0,
    quantity: signal.quantity ?? Number.NaN,
    share: signal.share ?? Number.NaN,
    expiresAfter: signal.expiresAfter ?? Number.POSITIVE_INFINITY,
    tag: signal.tag ?? "",
  };
}

function valueAt(column: Float64Array | undefined, at: number): number {
  return column === undefined ? Number.NaN : column[at];
}

/** A protective price or distance that is not above zero protects nothing. */
function positive(value: number): number {
  return value > 0 ? value : Number.NaN;
}
