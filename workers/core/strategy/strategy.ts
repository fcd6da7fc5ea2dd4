import type { CandleColumns } from "../candle/candle.ts";
import type { Timeframe } from "../candle/timeframe.ts";
import type { Snapshot } from "../engine/snapshot.ts";
import type { ColumnCache } from "../indicator/column-cache.ts";

/** A named number a trader may set. `step` is the grid an optimiser or a neighbourhood test walks. */
export interface ParameterSpec {
  readonly name: string;
  readonly title: string;
  readonly kind: "integer" | "number";
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

export type ParameterValues = Readonly<Record<string, number>>;

/** Bits of a flag column: what the strategy wants at the close of a candle. */
export const ENTER_LONG = 1;
export const EXIT_LONG = 2;
export const ENTER_SHORT = 4;
export const EXIT_SHORT = 8;

/**
 * What a strategy says at each candle of a chunk. Price columns hold NaN where the strategy names none; a column that
 * is absent is NaN everywhere. An exit flag acts before an entry flag of the same candle; an entry flag acts only while
 * flat (or, opposite to the position, closes it and enters).
 */
export interface SignalColumns {
  readonly flags: Uint8Array;
  /** Limit price of the entry; market where NaN. */
  readonly limit?: Float64Array;
  /** Stop price of the entry (stop, or stop-limit together with `limit`). */
  readonly entryStop?: Float64Array;
  /** Protective stop price. */
  readonly stop?: Float64Array;
  /** Take-profit price. */
  readonly target?: Float64Array;
  /** Trailing distance in price units. */
  readonly trail?: Float64Array;
  /** Share of the sizing rule's size, 0..1, where the strategy scales its bets. */
  readonly scale?: Float64Array;
}

/** What a chunk of candles looks like to a strategy: one entry an instrument, all over the same span of time. */
export interface StrategyChunk {
  /** Candles of the instrument that the signals are for. */
  readonly candles: CandleColumns;
  /** Candles of every instrument of the run, by symbol, the own one included. */
  readonly others: ReadonlyMap<string, CandleColumns>;
  /** Indicator columns shared with other programs that step through the same chunks. */
  readonly cache?: ColumnCache;
}

/** The position of the instrument as a stepped strategy sees it. */
export interface PositionView {
  /** Signed quantity; 0 when flat. */
  readonly quantity: number;
  readonly entryPrice: number;
  readonly entryTime: number;
  /** Candles since the first entry; 0 when flat. */
  readonly candlesHeld: number;
}

/** One thing a stepped strategy may ask for at the close of a candle. */
export interface Signal {
  readonly instrument: number;
  readonly side: "buy" | "sell" | "close" | "cancel";
  /** Quantity in base units; left out, the run's sizing rule decides. */
  readonly quantity?: number;
  /** Share of equity to commit, 0..1; overrides the sizing rule where quantity is absent. */
  readonly share?: number;
  readonly limit?: number;
  readonly entryStop?: number;
  readonly stop?: number;
  readonly target?: number;
  readonly trail?: number;
  /** Share of the sizing rule's size, 0..1. */
  readonly scale?: number;
  /** Candles after which an unfilled order is cancelled. */
  readonly expiresAfter?: number;
  /** May add to an open position on the same side. */
  readonly add?: boolean;
  readonly tag?: string;
}

/** What a stepped strategy sees at one close: columns up to `index` of each instrument, and nothing later. */
export interface StrategyView {
  /** Close time of the candles, UTC ms: the instant of the decision. */
  readonly time: number;
  readonly equity: number;
  readonly cash: number;
  readonly instruments: readonly InstrumentView[];
}

export interface InstrumentView {
  readonly symbol: string;
  /** Whether this instrument has a candle that closes now. */
  readonly fresh: boolean;
  /** Open time of the latest closed candle. */
  readonly time: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly position: PositionView;
  /** Orders that rest unfilled. */
  readonly workingOrders: number;
}

/** Where a line belongs on a chart: on the price's axis, or in a pane of its own. */
export type ScaleName = "price" | "own";

/** An indicator's value on the last candle seen, for the warm-up check and for charts. */
export interface IndicatorReading {
  readonly name: string;
  readonly value: number;
  /** Only of readings that charts show. */
  readonly scale?: ScaleName | undefined;
  /** What a line that is not on the price's axis measures, such as `rsi` or `volume`: lines of one unit share an axis. */
  readonly unit?: string | undefined;
}

/** A strategy for one instrument whose signals do not depend on its position: computed a column at a time. */
export interface ColumnProgram {
  readonly form: "columns";
  /** Signals for each candle of the chunk, carrying state from the chunks before. The result is reused by the next call. */
  fill(chunk: StrategyChunk): SignalColumns;
  readings(): readonly IndicatorReading[];
  snapshot(): Snapshot;
  restore(snapshot: Snapshot): void;
}

/** A strategy that is asked at every close, with its position in view. */
export interface SteppedProgram {
  readonly form: "stepped";
  /** Sees a close from before the first traded candle, where nothing can be ordered yet. */
  warm?(view: StrategyView): void;
  onCandle(view: StrategyView): readonly Signal[];
  readings(): readonly IndicatorReading[];
  snapshot(): Snapshot;
  restore(snapshot: Snapshot): void;
}

export type Program = ColumnProgram | SteppedProgram;

/** What a program is made for. */
export interface ProgramContext {
  readonly timeframe: Timeframe;
  /** Symbols of the run in the order of their names. */
  readonly symbols: readonly string[];
  /** The symbol whose signals a column program makes. */
  readonly symbol: string;
}

/** About how long a program takes, for those who share a processor out. */
export interface ProgramCost {
  /** A stepped program runs once for each variant of a run, one over columns once for all of them. */
  readonly form: Program["form"];
  /** Processor time for a candle of one instrument, in nanoseconds on a common server, rather too high than too low. */
  readonly candleNs: number;
}

/** What a strategy that does not tell its cost is taken to need: more than any of the library's. */
export const DEFAULT_PROGRAM_COST: ProgramCost = { form: "stepped", candleNs: 1_000 };

/**
 * A strategy before its parameters are chosen. `scope` says how many programs a run makes: `each` one an instrument,
 * `all` one over all instruments (stepped only).
 */
export interface Strategy {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly parameters: readonly ParameterSpec[];
  readonly scope: "each" | "all";
  /** Whether it can place anything but market orders, so that the path inside a candle matters. */
  readonly pathSensitive: boolean;
  /** Whether it can ever go short. */
  readonly shorts: boolean;
  /**
   * Candles of history before the first signal counts: candles of `timeframe`, which matters to strategies that also
   * look at larger ones.
   */
  warmup(values: ParameterValues, timeframe?: Timeframe): number;
  /** Cost of its programs; `DEFAULT_PROGRAM_COST` where it is absent. */
  cost?(values: ParameterValues): ProgramCost;
  create(values: ParameterValues, context: ProgramContext): Program;
}
