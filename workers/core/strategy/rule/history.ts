import { type Timeframe, timeframeMs } from "../../candle/timeframe.ts";
import type { ParameterValues } from "../strategy.ts";
import { constantValue } from "./constant.ts";
import { inputsOf, type Term } from "./term.ts";

/** Measures how many candles of `timeframe` terms need before they are themselves; each term once. */
export class HistoryMeter {
  private readonly values: ParameterValues;
  private readonly stepMs: number;
  private readonly known = new Map<Term, number>();

  constructor(values: ParameterValues, timeframe: Timeframe) {
    this.values = values;
    this.stepMs = timeframeMs(timeframe);
  }

  /** Candles before the first one on which the term has settled. */
  settle(term: Term): number {
    const known = this.known.get(term);
    if (known !== undefined) return known;
    const inputs = inputsOf(term.body).reduce((most, input) => Math.max(most, this.settle(input)), 0);
    const settle = this.convert(term, inputs);
    this.known.set(term, settle);
    return settle;
  }

  private convert({ body }: Term, inputs: number): number {
    switch (body.op) {
      case "indicator":
        return inputs + body.spec.settle(body.settings.map((setting) => constantValue(setting, this.values)));
      case "prev":
      case "streak":
        return inputs + constantValue(body.length, this.values);
      case "cross":
        return inputs + 1;
      case "frame": {
        // One larger candle more: the first one may have begun before the data.
        const ratio = Math.max(1, timeframeMs(body.timeframe) / this.stepMs);
        return Math.ceil((inputs + 2) * ratio);
      }
      default:
        return inputs;
    }
  }
}

/** The smallest larger timeframe that terms ask for, or undefined. */
export function smallestFrame(terms: readonly Term[]): Timeframe | undefined {
  const visited = new Set<Term>();
  let smallest: Timeframe | undefined;
  const visit = (term: Term): void => {
    if (visited.has(term)) return;
    visited.add(term);
    const { body } = term;
    if (body.op === "frame" && (smallest === undefined || timeframeMs(body.timeframe) < timeframeMs(smallest))) {
      smallest = body.timeframe;
    }
    for (const input of inputsOf(body)) visit(input);
  };
  for (const term of terms) visit(term);
  return smallest;
}
