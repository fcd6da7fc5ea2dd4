import type { Indicator } from "./indicator.ts";
import type { IndicatorParameter, IndicatorSpec } from "./registry.ts";

/** Longest period of any indicator: a year of hours; bounds the memory of a strategy's windows. */
export const PERIOD_MAX = 10_000;

/**
 * Where an output belongs on a chart: on the price's axis, in a pane of its own, or wherever its source belongs (an
 * average of closes lies on the price, an average of volumes does not).
 */
export type ScaleRule = "price" | "own" | "source";

/** What an indicator needs to be listed; `IndicatorSpec` in the registry says what each field means. */
export type Row = {
  readonly [K in "name" | "title" | "summary" | "input" | "parameters"]: IndicatorSpec[K];
} & {
  readonly outputs?: readonly string[];
  /** One for all outputs, or one each in their order. */
  readonly scale: ScaleRule | readonly ScaleRule[];
  readonly fields?: readonly string[];
  readonly first: (values: readonly number[]) => number;
  /** Inputs that an exponential memory of this period needs to fade; absent for finite windows. */
  readonly memory?: (values: readonly number[]) => number;
  readonly rereads?: (values: readonly number[]) => number;
  readonly create: (values: readonly number[]) => Indicator;
};

export function period(value: number, name = "period"): IndicatorParameter {
  return { name, kind: "integer", default: value, min: 1, max: PERIOD_MAX };
}

export function factor(name: string, value: number, max: number): IndicatorParameter {
  return { name, kind: "number", default: value, min: 0.001, max };
}

/** A finite window has its first value with its last input. */
export const window = ([n]: readonly number[]) => n - 1;
/** An EMA of period n forgets to a thousandth in about 3.5·n inputs, Wilder's smoothing in about 7·n. */
export const ema = ([n]: readonly number[]) => Math.ceil(3.5 * n);
export const wilder = ([n]: readonly number[]) => 7 * n;

export function value(
  name: string,
  title: string,
  summary: string,
  parameters: readonly IndicatorParameter[],
  rest: Omit<Row, "name" | "title" | "summary" | "input" | "parameters">,
): Row {
  return { name, title, summary, input: "value", parameters, ...rest };
}

export function candle(
  name: string,
  title: string,
  summary: string,
  parameters: readonly IndicatorParameter[],
  rest: Omit<Row, "name" | "title" | "summary" | "input" | "parameters">,
): Row {
  return { name, title, summary, input: "candle", parameters, ...rest };
}
