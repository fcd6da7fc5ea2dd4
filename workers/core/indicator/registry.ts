import { CATALOGUE } from "./catalogue.ts";
import type { Row, ScaleRule } from "./catalogue-row.ts";
import type { Indicator } from "./indicator.ts";

export interface IndicatorParameter {
  readonly name: string;
  readonly kind: "integer" | "number";
  readonly default: number;
  readonly min: number;
  readonly max: number;
}

/** An indicator as strategies, charts and documentation know it. */
export interface IndicatorSpec {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  /** What it is fed: one series of values, or whole candles. */
  readonly input: "value" | "candle";
  readonly parameters: readonly IndicatorParameter[];
  /** Names of the outputs in the order `fill` writes them; the first is `value`. */
  readonly outputs: readonly string[];
  /** Where each output belongs on a chart. */
  readonly scales: readonly ScaleRule[];
  /** Inputs before the first value of every output: its index in the series. */
  first(values: readonly number[]): number;
  /** Inputs after which the start of the series no longer shows (below about 1e-3 of its weight). */
  settle(values: readonly number[]): number;
  /** Window values that one input makes it read again: 0 for those whose cost does not grow with the period. */
  rereads(values: readonly number[]): number;
  create(values: readonly number[]): Indicator;
  /** Output `index` after a push. */
  read(indicator: Indicator, index: number): number;
}

/** Every indicator, by name. */
export const INDICATORS: ReadonlyMap<string, IndicatorSpec> = new Map(CATALOGUE.map((row) => [row.name, specOf(row)]));

/** Canonical key of an indicator over a source: equal keys mean equal columns. */
export function indicatorKey(name: string, values: readonly number[], source: string): string {
  return `${name}(${[source, ...values].join(",")})`;
}

function specOf(row: Row): IndicatorSpec {
  const fields = row.fields ?? ["value"];
  const outputs = row.outputs ?? ["value"];
  const { scale } = row;
  return {
    name: row.name,
    title: row.title,
    summary: row.summary,
    input: row.input,
    parameters: row.parameters,
    outputs,
    scales: typeof scale === "string" ? outputs.map(() => scale) : scale,
    first: row.first,
    settle: (values) => row.first(values) + (row.memory?.(values) ?? 0),
    rereads: row.rereads ?? (() => 0),
    create: row.create,
    read: (indicator, index) => (indicator as unknown as Record<string, number>)[fields[index]],
  };
}
