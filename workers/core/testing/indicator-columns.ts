import type { CandleColumns } from "../candle/candle.ts";
import { CandleIndicator, type Indicator } from "../indicator/indicator.ts";
import { INDICATORS, type IndicatorSpec } from "../indicator/registry.ts";

/** Every output column of an indicator over the closes (or the candles) of `candles`. */
export function columnsOf(name: string, values: readonly number[], candles: CandleColumns): Float64Array[] {
  const spec = specOf(name);
  const indicator = spec.create(values);
  const outs = spec.outputs.map(() => new Float64Array(candles.length));
  if (indicator instanceof CandleIndicator) indicator.fill(candles, outs, candles.length);
  else indicator.fill(candles.close, outs, candles.length);
  return outs;
}

/** The same by pushing one candle at a time and reading every output. */
export function streamOf(indicator: Indicator, spec: IndicatorSpec, candles: CandleColumns, from = 0): Float64Array[] {
  const outs = spec.outputs.map(() => new Float64Array(candles.length).fill(Number.NaN));
  for (let i = from; i < candles.length; i++) {
    const first = indicator instanceof CandleIndicator ? indicator.push(candles, i) : indicator.push(candles.close[i]);
    outs[0][i] = first;
    for (let k = 1; k < outs.length; k++) outs[k][i] = spec.read(indicator, k);
  }
  return outs;
}

export function specOf(name: string): IndicatorSpec {
  const spec = INDICATORS.get(name);
  if (spec === undefined) throw new Error(`no indicator ${name}`);
  return spec;
}
