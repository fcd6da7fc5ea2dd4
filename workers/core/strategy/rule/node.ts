import type { CandleColumns } from "../../candle/candle.ts";
import { DAY_MS, floorMod, HOUR_MS, MINUTE_MS } from "../../candle/timeframe.ts";
import type { Snapshot } from "../../engine/snapshot.ts";
import type { ColumnCache } from "../../indicator/column-cache.ts";
import { CandleIndicator, type Indicator } from "../../indicator/indicator.ts";
import type { Kernel } from "./kernels.ts";
import type { AccountReading, ClockUnit, Field } from "./term.ts";

/** Where nodes find the candles of the chunk that is computed. */
export interface CandleHolder {
  candles: CandleColumns;
  cache?: ColumnCache | undefined;
}

/**
 * One distinct expression over a stream of candles. `fill` computes its values for the next `length` candles into
 * `column`, from the columns of its inputs, which were filled before; what it must remember it carries from call to
 * call, so that the result does not depend on how the candles were cut into chunks.
 */
export abstract class Node {
  /** Values of the last chunk; may be longer than it. Conditions are 1, 0 or NaN. */
  column: Float64Array = new Float64Array(0);

  abstract fill(length: number): void;

  snapshot(): Snapshot {
    return null;
  }

  restore(_snapshot: Snapshot): void {}

  protected reserve(length: number): Float64Array {
    if (this.column.length < length) this.column = new Float64Array(length);
    return this.column;
  }
}

export class ConstantNode extends Node {
  readonly value: number;

  constructor(value: number) {
    super();
    this.value = value;
  }

  override fill(length: number): void {
    if (this.column.length < length) this.column = new Float64Array(length).fill(this.value);
  }
}

/** A column of the candles themselves, not copied, or a mean of several. */
export class FieldNode extends Node {
  readonly field: Field;
  private readonly holder: CandleHolder;

  constructor(holder: CandleHolder, field: Field) {
    super();
    this.holder = holder;
    this.field = field;
  }

  override fill(length: number): void {
    const { candles } = this.holder;
    const { open, high, low, close } = candles;
    switch (this.field) {
      case "hl2": {
        const out = this.reserve(length);
        for (let i = 0; i < length; i++) out[i] = (high[i] + low[i]) / 2;
        break;
      }
      case "hlc3": {
        const out = this.reserve(length);
        for (let i = 0; i < length; i++) out[i] = (high[i] + low[i] + close[i]) / 3;
        break;
      }
      case "ohlc4": {
        const out = this.reserve(length);
        for (let i = 0; i < length; i++) out[i] = (open[i] + high[i] + low[i] + close[i]) / 4;
        break;
      }
      default:
        this.column = candles[this.field];
    }
  }
}

export class ClockNode extends Node {
  private readonly holder: CandleHolder;
  private readonly unit: ClockUnit;

  constructor(holder: CandleHolder, unit: ClockUnit) {
    super();
    this.holder = holder;
    this.unit = unit;
  }

  override fill(length: number): void {
    const out = this.reserve(length);
    const { time } = this.holder.candles;
    for (let i = 0; i < length; i++) out[i] = clockValue(time[i], this.unit);
  }
}

function clockValue(time: number, unit: ClockUnit): number {
  if (unit === "hour") return floorMod(Math.floor(time / HOUR_MS), 24);
  if (unit === "minute") return floorMod(Math.floor(time / MINUTE_MS), 60);
  // The first of January 1970 was a Thursday, the fourth day of the week.
  return floorMod(Math.floor(time / DAY_MS) + 3, 7) + 1;
}

/** What a stepped program knows of its position, set before each candle. */
export type AccountState = { [K in AccountReading]: number };

export class AccountNode extends Node {
  private readonly account: AccountState;
  private readonly reading: AccountReading;

  constructor(account: AccountState, reading: AccountReading) {
    super();
    this.account = account;
    this.reading = reading;
  }

  override fill(length: number): void {
    this.reserve(length).fill(this.account[this.reading], 0, length);
  }
}

export class KernelNode extends Node {
  private readonly kernel: Kernel;
  private readonly inputs: readonly Node[];
  private readonly columns: Float64Array[];

  constructor(kernel: Kernel, inputs: readonly Node[]) {
    super();
    this.kernel = kernel;
    this.inputs = inputs;
    this.columns = inputs.map((input) => input.column);
  }

  override fill(length: number): void {
    for (let k = 0; k < this.inputs.length; k++) this.columns[k] = this.inputs[k].column;
    this.kernel(this.reserve(length), length, this.columns);
  }
}

/** An indicator; its column is the main output, `outs` holds all. */
export class IndicatorNode extends Node {
  outs: Float64Array[];
  private readonly indicator: Indicator;
  private readonly holder: CandleHolder;
  private readonly source: Node | undefined;
  /** Same for equal indicators over the candles' own columns; undefined over anything computed. */
  private readonly sharedKey: string | undefined;

  constructor(
    indicator: Indicator,
    { outputs, sharedKey }: { outputs: number; sharedKey: string | undefined },
    holder: CandleHolder,
    source: Node | undefined,
  ) {
    super();
    this.sharedKey = sharedKey;
    this.indicator = indicator;
    this.holder = holder;
    this.source = source;
    this.outs = Array.from({ length: outputs }, () => this.column);
  }

  override fill(length: number): void {
    const { indicator, outs, source, sharedKey } = this;
    const { cache, candles } = this.holder;
    if (cache !== undefined && sharedKey !== undefined) {
      const candidate = { indicator, outputs: outs.length };
      this.outs = cache.columns(sharedKey, candidate, { candles, source: source?.column, length });
      this.column = this.outs[0];
      return;
    }
    if (outs[0].length < length) for (let k = 0; k < outs.length; k++) outs[k] = new Float64Array(length);
    this.column = outs[0];
    if (indicator instanceof CandleIndicator) indicator.fill(this.holder.candles, outs, length);
    else if (source !== undefined) indicator.fill(source.column, outs, length);
  }

  override snapshot(): Snapshot {
    return this.indicator.snapshot();
  }

  override restore(snapshot: Snapshot): void {
    this.indicator.restore(snapshot);
  }
}

/** Another output of an indicator. */
export class OutputNode extends Node {
  private readonly indicator: IndicatorNode;
  private readonly index: number;

  constructor(indicator: IndicatorNode, index: number) {
    super();
    this.indicator = indicator;
    this.index = index;
  }

  override fill(): void {
    this.column = this.indicator.outs[this.index];
  }
}
