import { sliceCandles } from "../candle/candle.ts";
import type { Instrument } from "../candle/instrument.ts";
import { timeframeMs } from "../candle/timeframe.ts";
import { DecisionSizer } from "../fill/decision-sizer.ts";
import { scaledFees } from "../fill/fee.ts";
import { HeardVenue } from "../fill/heard-venue.ts";
import type { PathChoice } from "../fill/path.ts";
import { scaledSlippage } from "../fill/slippage.ts";
import { Venue } from "../fill/venue.ts";
import type { VenueBooks } from "../fill/venue-books.ts";
import type { VenueSettings } from "../fill/venue-settings.ts";
import type { IndicatorReading, Signal, SteppedProgram } from "../strategy/strategy.ts";
import type { Account } from "./account.ts";
import { type Block, type BlockInstrument, mergeTimes } from "./block.ts";
import { CandleWalker } from "./candle-walker.ts";
import { DailyEquity } from "./daily-equity.ts";
import { Decider } from "./decision.ts";
import { EntryGuard } from "./entry-guard.ts";
import { HeardWalker } from "./heard-walker.ts";
import { InterleavedWalker } from "./interleaved-walker.ts";
import { isFresh, type MomentWalker } from "./moment-walker.ts";
import type { RunDefinition } from "./settings.ts";
import { type Snapshot, snapshotField, snapshotList, snapshotNumber } from "./snapshot.ts";
import type { TradeKeep } from "./trade-log.ts";
import { LaneView } from "./view.ts";

/** What sets one lane apart from the others of a run. */
export interface LaneVariant {
  readonly path: PathChoice;
  /** Multiple of fees and slippage. */
  readonly cost: number;
  readonly keepTrades: TradeKeep;
  /** Its fills come from outside instead of from the candles. */
  readonly heard?: boolean;
}

/**
 * One simulated account going through the candles of a run. A run has several lanes that share the strategy's signal
 * columns and differ in the path inside a candle or in their costs.
 */
export class Lane {
  readonly venue: VenueBooks;
  readonly account: Account;
  readonly daily: DailyEquity;
  /** Equity at each close of the block, for `length` entries of its timeline. */
  equity = new Float64Array(0);
  candles = 0;
  candlesHeld = 0;
  /** Told the open time of each moment after its decisions; only where sizes are fixed there. */
  closed: ((time: number) => void) | undefined;
  private readonly definition: RunDefinition;
  private readonly decider: Decider;
  private readonly guard: EntryGuard | undefined;
  private readonly view: LaneView;
  private readonly programs: readonly SteppedProgram[];
  private readonly stepMs: number;
  private readonly walker: MomentWalker;
  /** The walker of a lane that fills where a candle can reach an order at all. */
  private readonly skipping: CandleWalker | undefined;

  constructor(definition: RunDefinition, variant: LaneVariant, programs: readonly SteppedProgram[]) {
    const { settings } = definition;
    const instruments: readonly Instrument[] = definition.instruments.map((entry) => entry.instrument);
    this.definition = definition;
    const venueSettings: VenueSettings = {
      ...settings,
      path: variant.path,
      keepTrades: variant.keepTrades,
      fees: scaledFees(settings.fees, variant.cost),
      slippage: scaledSlippage(settings.slippage, variant.cost),
    };
    this.stepMs = timeframeMs(definition.timeframe);
    const pace = { fundingRate: settings.fundingRate, stepMs: this.stepMs };
    const decided = settings.sizeAt === "decision";
    if (variant.heard) {
      this.venue = new HeardVenue(instruments, venueSettings);
      this.walker = new HeardWalker(this.venue);
    } else {
      const venue = new Venue(instruments, venueSettings);
      this.venue = venue;
      this.skipping = decided ? undefined : new CandleWalker(venue, pace);
      this.walker = this.skipping ?? new InterleavedWalker(venue, pace);
    }
    this.account = this.venue.account;
    const symbols = instruments.map((instrument) => instrument.symbol);
    const { direction, protections = [] } = settings;
    this.guard = protections.length > 0 ? new EntryGuard(protections, symbols) : undefined;
    if (this.guard !== undefined) this.account.trades.observer = this.guard.trade.bind(this.guard);
    const sizer = decided ? new DecisionSizer(this.venue, venueSettings) : undefined;
    this.decider = new Decider(this.venue, instruments, { direction, guard: this.guard, sizer });
    this.view = new LaneView(symbols);
    this.programs = programs;
    this.daily = new DailyEquity();
  }

  /** Steps through a block; `equity` then holds a value for each time of it. */
  step(block: Block): void {
    if (this.equity.length < block.length) this.equity = new Float64Array(block.length);
    this.guard?.beginBlock();
    if (this.skipping !== undefined && block.instruments.length === 1 && this.programs.length === 0)
      this.stepColumns(block.instruments[0], { time: block.time, walker: this.skipping });
    else this.stepMerged(block);
    this.guard?.follow(block.time, this.equity, { end: block.length, stepMs: this.stepMs });
    if (!this.definition.isEndless) this.daily.add(block.time, this.equity, block.length);
  }

  /** The common case, kept free of everything it does not need: one instrument, signals in columns. */
  private stepColumns(
    part: BlockInstrument,
    { time, walker }: { readonly time: Float64Array; readonly walker: CandleWalker },
  ): void {
    const { candles, signals, start } = part;
    if (signals === undefined) throw new Error("a block without signals needs a stepped program");
    const { high, low, close } = candles;
    const { flags } = signals;
    const book = this.venue.books[0];
    const position = this.account.positions[0];
    const funded = this.definition.settings.fundingRate !== 0;
    const { equity, account } = this;
    const counted = book.candle - start + 1;
    // What only changes when something happens is kept in locals, and read again after it has.
    let { floor, ceiling, expiry, restless } = book;
    let quantity = position.quantity;
    let cash = account.cash;
    let top = Number.NEGATIVE_INFINITY;
    let bottom = Number.POSITIVE_INFINITY;
    let held = 0;
    for (let i = start; i < candles.length; i++) {
      if (quantity === 0 && !funded && !restless && floor < 0 && ceiling === Number.POSITIVE_INFINITY) {
        // Flat with nothing waiting: only a signal can change anything.
        const from = i;
        while (i < candles.length && flags[i] === 0) i++;
        equity.fill(cash, from - start, i - start);
        if (i === candles.length) break;
      }
      const last = close[i];
      const walked = restless || low[i] <= floor || high[i] >= ceiling || counted + i >= expiry || funded;
      if (quantity !== 0 && !walked) {
        if (high[i] > top) top = high[i];
        if (low[i] < bottom) bottom = low[i];
      }
      if (walked || flags[i] !== 0) {
        // Extremes seen while nothing happened, taken over before the position may change.
        if (quantity !== 0) position.extend(top, bottom);
        top = Number.NEGATIVE_INFINITY;
        bottom = Number.POSITIVE_INFINITY;
        book.candle = counted + i;
        const before = quantity === 0 ? account.fills : Number.POSITIVE_INFINITY;
        if (walked) walker.step(0, part, i);
        // In and out within one candle is a position held, too.
        if (position.quantity === 0 && account.fills - before > 1) held++;
        position.mark = last;
        if (flags[i] !== 0) {
          this.guardAt(time, i - start);
          this.decide(0, part, i);
        }
        ({ floor, ceiling, expiry, restless } = book);
        quantity = position.quantity;
        cash = account.cash;
      }
      if (quantity !== 0) held++;
      equity[i - start] = cash + quantity * last;
    }
    if (quantity !== 0) position.extend(top, bottom);
    if (candles.length > start) position.mark = close[candles.length - 1];
    book.candle = counted + candles.length - 1;
    this.candlesHeld += held;
    this.candles += candles.length - start;
  }

  /** Shows stepped programs the closes before the first traded candle of a block. */
  warm(parts: readonly BlockInstrument[]): void {
    const early = parts.map((part) => ({ ...part, candles: sliceCandles(part.candles, 0, part.start), start: 0 }));
    const at = early.map(() => 0);
    for (const time of mergeTimes(early)) {
      this.view.beginClose();
      early.forEach(({ candles }, index) => {
        const i = at[index];
        if (candles.time[i] !== time) return;
        at[index]++;
        this.view.see(index, candles, i);
        if (this.skipping !== undefined) return;
        // An instrument may be decided on before it has a traded candle of its own.
        this.account.positions[index].mark = candles.close[i];
        this.venue.volumes[index] = candles.volume[i];
      });
      this.view.seeAccount(this.account, this.venue.books, time + this.stepMs);
      for (const program of this.programs) program.warm?.(this.view);
    }
  }

  /** Several instruments on one timeline, or strategies that are asked at every close. */
  private stepMerged(block: Block): void {
    const at = block.instruments.map((part) => part.start);
    for (let j = 0; j < block.length; j++) {
      const time = block.time[j];
      this.view.beginClose();
      const fills = this.account.fills;
      this.walker.walkMoment(block, at, time);
      block.instruments.forEach((part, index) => {
        if (isFresh(block, at, index, time)) this.view.see(index, part.candles, at[index]);
      });
      block.instruments.forEach((part, index) => {
        if (!isFresh(block, at, index, time)) return;
        const i = at[index]++;
        if (part.signals === undefined || part.signals.flags[i] === 0) return;
        this.guardAt(block.time, j);
        this.decide(index, part, i);
      });
      if (this.programs.length > 0) {
        this.guardAt(block.time, j);
        this.ask(block, at, time);
      }
      this.candles++;
      if (this.holds() || this.account.fills - fills > 1) this.candlesHeld++;
      this.equity[j] = this.account.equity();
      if (this.closed !== undefined) this.closed(time);
    }
  }

  private holds(): boolean {
    return this.account.positions.some((position) => position.quantity !== 0);
  }

  /** Asks every stepped program at one close and places what they want. */
  private ask(block: Block, next: readonly number[], time: number): void {
    this.view.seeAccount(this.account, this.venue.books, time + this.stepMs);
    block.instruments.forEach((part, index) => {
      if (part.volatility !== undefined && next[index] > 0)
        this.venue.volatility[index] = part.volatility[next[index] - 1];
    });
    for (const program of this.programs) {
      for (const signal of program.onCandle(this.view)) this.decider.decideSignal(signal);
    }
    if (this.definition.settings.fill !== "close") return;
    block.instruments.forEach((part, index) => {
      if (next[index] > 0 && part.candles.time[next[index] - 1] === time)
        this.skipping?.fillAtClose(index, part, next[index] - 1);
    });
  }

  /** Before a decision at close `j` of a block the guard catches up. */
  private guardAt(time: Float64Array, j: number): void {
    if (this.guard === undefined) return;
    this.guard.follow(time, this.equity, { end: j, stepMs: this.stepMs });
    this.guard.decideAt(time[j] + this.stepMs, this.account.equity());
  }

  private decide(index: number, part: BlockInstrument, i: number): void {
    if (part.signals === undefined) return;
    if (part.volatility !== undefined) this.venue.volatility[index] = part.volatility[i];
    this.decider.decideFlags(index, part.signals, i);
    if (this.definition.settings.fill === "close") this.skipping?.fillAtClose(index, part, i);
  }

  /** Does what somebody outside wants, between two closes. `at`: the market's time, UTC ms. */
  act(signals: readonly Signal[], at: number): void {
    this.guard?.decideAt(at, this.account.equity());
    for (const signal of signals) this.decider.decideSignal(signal);
  }

  /** Closes what is open at the last closes, as the end of a run asks. */
  closeAll(lastCloses: readonly number[], time: number): void {
    lastCloses.forEach((price, index) => {
      if (this.account.positions[index].quantity !== 0) this.venue.closeOut(index, price, time, "end");
    });
  }

  /** Last values of the stepped programs' indicators. */
  readings(): IndicatorReading[] {
    return this.programs.flatMap((program) => program.readings());
  }

  snapshot(): Snapshot {
    return {
      venue: this.venue.snapshot(),
      daily: this.daily.snapshot(),
      candles: this.candles,
      candlesHeld: this.candlesHeld,
      programs: this.programs.map((program) => program.snapshot()),
      guard: this.guard?.snapshot() ?? null,
      seen: this.view.instruments.map((view) => [view.time, view.open, view.high, view.low, view.close, view.volume]),
    };
  }

  restore(snapshot: Snapshot): void {
    this.venue.restore(snapshotField(snapshot, "venue"));
    if (!this.definition.isEndless) this.daily.restore(snapshotField(snapshot, "daily"));
    this.candles = snapshotNumber(snapshot, "candles");
    this.candlesHeld = snapshotNumber(snapshot, "candlesHeld");
    this.guard?.restore(snapshotField(snapshot, "guard"));
    snapshotList(snapshot, "programs").forEach((saved, index) => {
      this.programs[index].restore(saved);
    });
    snapshotList(snapshot, "seen").forEach((saved, index) => {
      const view = this.view.instruments[index];
      [view.time, view.open, view.high, view.low, view.close, view.volume] = saved as readonly number[];
    });
  }
}
