import type { ParameterValues, ScaleName } from "../strategy.ts";
import { constantValue } from "./constant.ts";
import type { Labels } from "./label.ts";
import type { Term, TermBody } from "./term.ts";

/**
 * Lines between half and twice the price are drawn over it: nearer bounds would lose `close * 0.98`, wider ones would
 * flatten the candles.
 */
const PRICE_WEIGHT_BOUND = 2;

/**
 * Tells which terms lie on the price's axis. A term's weight is how much it moves where every price of the instrument
 * moves by one: 1 for a close, an average or `ema(close, 50) + 2 * atr(50)`, 0 for an RSI or `high - low`.
 */
export class TermScales {
  private readonly values: ParameterValues;
  private readonly known = new Map<Term, number>();

  constructor(values: ParameterValues) {
    this.values = values;
  }

  of(term: Term): ScaleName {
    const weight = this.weight(term);
    return weight > 1 / PRICE_WEIGHT_BOUND && weight < PRICE_WEIGHT_BOUND ? "price" : "own";
  }

  private weight(term: Term): number {
    if (term.range !== undefined || term.type === "condition") return 0;
    const known = this.known.get(term);
    if (known !== undefined) return known;
    const weight = this.weigh(term.body);
    this.known.set(term, weight);
    return weight;
  }

  private weigh(body: TermBody): number {
    switch (body.op) {
      case "field":
        return body.field === "volume" ? 0 : 1;
      case "account":
        return body.reading === "entry_price" ? 1 : 0;
      case "indicator": {
        const rule = body.spec.scales[body.output];
        const [source] = body.inputs;
        return rule === "price" ? 1 : rule === "source" && source !== undefined ? this.weight(source) : 0;
      }
      case "kernel":
        return this.kernel(body);
      case "prev":
      case "frame":
        return this.weight(body.inputs[0]);
      // The price of another instrument has an axis of its own.
      default:
        return 0;
    }
  }

  private kernel({ kernel, inputs }: TermBody & { op: "kernel" }): number {
    const [a, b] = inputs;
    switch (kernel) {
      case "add":
        return this.weight(a) + this.weight(b);
      case "sub":
        return this.weight(a) - this.weight(b);
      case "neg":
        return -this.weight(a);
      case "mul":
        if (a.range !== undefined) return constantValue(a, this.values) * this.weight(b);
        return b.range === undefined ? 0 : constantValue(b, this.values) * this.weight(a);
      case "div":
        return b.range === undefined ? 0 : this.weight(a) / constantValue(b, this.values);
      case "round":
      case "floor":
      case "ceil":
      case "abs":
        return this.weight(a);
      case "min":
      case "max":
        return this.least(inputs);
      case "choose":
        return this.least(inputs.slice(1));
      default:
        return 0;
    }
  }

  private least(terms: readonly Term[]): number {
    return Math.min(...terms.map((term) => this.weight(term)));
  }
}

/**
 * What a term that is not on the price's axis measures: an indicator what it is called, an average what it is made of, so that
 * `sma(volume, 20)` goes with volumes and `ema(rsi(close, 14), 5)` with the RSI.
 */
export function unitOf(term: Term, labels: Labels): string {
  const { body } = term;
  if (body.op === "prev" || body.op === "frame") return unitOf(body.inputs[0], labels);
  if (body.op !== "indicator") return labels.of(term);
  const [source] = body.inputs;
  return body.spec.scales[body.output] === "source" && source !== undefined ? unitOf(source, labels) : body.spec.name;
}
