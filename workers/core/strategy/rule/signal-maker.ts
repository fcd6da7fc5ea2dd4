import type { CandleColumns } from "../../candle/candle.ts";
import type { Snapshot } from "../../engine/snapshot.ts";
import type { ColumnCache } from "../../indicator/column-cache.ts";
import { ENTER_LONG, ENTER_SHORT, type ParameterValues, type ProgramContext, type SignalColumns } from "../strategy.ts";
import type { CheckedRules } from "./checker.ts";
import type { AccountState, Node } from "./node.ts";
import { Planner } from "./planner.ts";
import type { Series } from "./series.ts";
import type { PriceKind } from "./syntax.ts";

/** One price of an entry, by the side that enters; undefined where the rules name none for a side. */
interface PricePlan {
  readonly kind: PriceKind;
  readonly long: Node | undefined;
  readonly short: Node | undefined;
  column: Float64Array;
}

/**
 * The rules with their parameters chosen: candles in, signals out, for any number of candles at once. A backtest hands
 * in thousands, a bot one; the signals are the same to the bit.
 */
export class SignalMaker {
  readonly account: AccountState = { position: 0, entry_price: Number.NaN, candles_held: 0 };
  private readonly root: Series;
  private readonly actions: readonly { readonly flag: number; readonly node: Node }[];
  private readonly prices: readonly PricePlan[];
  private flags = new Uint8Array(0);

  constructor(rules: CheckedRules, values: ParameterValues, context: ProgramContext) {
    const planner = new Planner(values, context, this.account);
    this.actions = rules.actions.map(({ flag, condition }) => ({ flag, node: planner.node(condition) }));
    const prices = new Map<PriceKind, { long?: Node; short?: Node }>();
    for (const { kind, side, value } of rules.prices) {
      const plan = prices.get(kind) ?? {};
      if (side !== "short") plan.long = planner.node(value);
      if (side !== "long") plan.short = planner.node(value);
      prices.set(kind, plan);
    }
    this.prices = [...prices].map(([kind, { long, short }]) => ({ kind, long, short, column: new Float64Array(0) }));
    this.root = planner.root;
  }

  /** Signals of the candles; the arrays are filled again by the next call. */
  next(candles: CandleColumns, others: ReadonlyMap<string, CandleColumns>, cache?: ColumnCache): SignalColumns {
    const { length } = candles;
    this.root.cache = cache;
    this.root.evaluate(candles, others);
    if (this.flags.length < length) this.flags = new Uint8Array(length);
    const { flags } = this;
    flags.fill(0, 0, length);
    // Nothing is decided up to and including the candle that completes the warm-up. The bound may be infinite; as a
    // small integer it keeps the loops free of conversions.
    const start = Math.min(this.root.readyAt + 1, length) | 0;
    for (const { flag, node } of this.actions) raise(flags, flag, node.column, start, length);
    const columns: Partial<Record<PriceKind, Float64Array>> = {};
    for (const plan of this.prices) columns[plan.kind] = pick(plan, flags, length).subarray(0, length);
    return { flags: flags.subarray(0, length), ...columns };
  }

  readings() {
    return this.root.readings();
  }

  snapshot(): Snapshot {
    return this.root.snapshot();
  }

  restore(snapshot: Snapshot): void {
    this.root.restore(snapshot);
  }
}

function raise(flags: Uint8Array, flag: number, condition: Float64Array, from: number, to: number): void {
  for (let i = from; i < to; i++) if (condition[i] === 1) flags[i] |= flag;
}

/** The price at each entry, that of the side that enters. */
function pick(plan: PricePlan, flags: Uint8Array, length: number): Float64Array {
  if (plan.column.length < length) plan.column = new Float64Array(length);
  const { column } = plan;
  const long = plan.long?.column;
  const short = plan.short?.column;
  for (let i = 0; i < length; i++) {
    const side = flags[i] & ENTER_LONG ? long : flags[i] & ENTER_SHORT ? short : undefined;
    column[i] = side === undefined ? (plan.kind === "scale" ? 1 : Number.NaN) : side[i];
  }
  return column;
}
