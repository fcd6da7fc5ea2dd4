import { type CandleColumns, emptyCandles } from "../../candle/candle.ts";
import { type Snapshot, snapshotField, snapshotNumber } from "../../engine/snapshot.ts";
import {
  ENTER_LONG,
  ENTER_SHORT,
  EXIT_LONG,
  EXIT_SHORT,
  type IndicatorReading,
  type InstrumentView,
  type ProgramContext,
  type Signal,
  type SignalColumns,
  type SteppedProgram,
  type StrategyView,
} from "../strategy.ts";
import type { SignalMaker } from "./signal-maker.ts";

const NO_CANDLES = emptyCandles(0);
const NO_SIGNALS: readonly Signal[] = [];

/** Rules that look at their position: the same nodes as in a backtest by columns, one candle at a time. */
export class SteppedRules implements SteppedProgram {
  readonly form = "stepped";
  private readonly maker: SignalMaker;
  private readonly symbol: string;
  private readonly candles: ReadonlyMap<string, CandleColumns>;
  private readonly others = new Map<string, CandleColumns>();
  /** Side of the entry asked for last, which is the side of any entry that still rests. */
  private lastSide = 0;

  constructor(maker: SignalMaker, { symbol, symbols }: ProgramContext) {
    this.maker = maker;
    this.symbol = symbol;
    this.candles = new Map(symbols.map((name) => [name, emptyCandles(1)]));
  }

  warm(view: StrategyView): void {
    this.look(view);
  }

  onCandle(view: StrategyView): readonly Signal[] {
    const { index, own, signals } = this.look(view);
    return signals.flags.length === 0 || signals.flags[0] === 0 ? NO_SIGNALS : this.ask(index, own, signals);
  }

  /** Takes the candles that have just closed and computes every node for them. */
  private look(view: StrategyView): { index: number; own: InstrumentView; signals: SignalColumns } {
    for (const instrument of view.instruments) {
      const candles = this.candles.get(instrument.symbol);
      if (candles === undefined) continue;
      if (instrument.fresh) take(candles, instrument);
      this.others.set(instrument.symbol, instrument.fresh ? candles : NO_CANDLES);
    }
    const index = view.instruments.findIndex((instrument) => instrument.symbol === this.symbol);
    const own = view.instruments[index];
    if (own === undefined) throw new Error(`${this.symbol} is not among the instruments in view`);
    const { position } = own;
    const { account } = this.maker;
    account.position = Math.sign(position.quantity);
    account.entry_price = position.quantity === 0 ? Number.NaN : position.entryPrice;
    account.candles_held = position.candlesHeld;
    const candles = this.others.get(this.symbol) ?? NO_CANDLES;
    return { index, own, signals: this.maker.next(candles, this.others) };
  }

  /** The wishes behind flags, in the order in which the engine acts on flags: exits first. */
  private ask(instrument: number, { position, workingOrders }: InstrumentView, signals: SignalColumns): Signal[] {
    const flags = signals.flags[0];
    const held = Math.sign(position.quantity);
    const wishes: Signal[] = [];
    const leaves = (side: number) => (flags & (side > 0 ? EXIT_LONG : EXIT_SHORT)) !== 0;
    if (workingOrders > 0 && this.lastSide !== 0 && leaves(this.lastSide)) wishes.push({ instrument, side: "cancel" });
    if (held !== 0 && leaves(held)) wishes.push({ instrument, side: "close" });
    const long = (flags & ENTER_LONG) !== 0;
    if (long !== ((flags & ENTER_SHORT) !== 0)) {
      this.lastSide = long ? 1 : -1;
      const { limit, entryStop, stop, target, trail, scale } = signals;
      wishes.push({
        instrument,
        side: long ? "buy" : "sell",
        limit: limit?.[0],
        entryStop: entryStop?.[0],
        stop: stop?.[0],
        target: target?.[0],
        trail: trail?.[0],
        scale: scale?.[0],
      });
    }
    return wishes;
  }

  readings(): readonly IndicatorReading[] {
    return this.maker.readings();
  }

  snapshot(): Snapshot {
    return { maker: this.maker.snapshot(), lastSide: this.lastSide };
  }

  restore(snapshot: Snapshot): void {
    this.maker.restore(snapshotField(snapshot, "maker"));
    this.lastSide = snapshotNumber(snapshot, "lastSide");
  }
}

function take(candles: CandleColumns, view: InstrumentView): void {
  candles.time[0] = view.time;
  candles.open[0] = view.open;
  candles.high[0] = view.high;
  candles.low[0] = view.low;
  candles.close[0] = view.close;
  candles.volume[0] = view.volume;
}
