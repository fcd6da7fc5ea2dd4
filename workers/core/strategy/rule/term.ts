import type { Timeframe } from "../../candle/timeframe.ts";
import type { IndicatorSpec } from "../../indicator/registry.ts";
import type { KernelName } from "./kernels.ts";

export type ValueType = "number" | "condition";

/** What a constant expression can come to over the ranges of its parameters. */
export interface Range {
  readonly min: number;
  readonly max: number;
  /** Whether it is always a whole number. */
  readonly whole: boolean;
}

export type Field = "open" | "high" | "low" | "close" | "volume" | "hl2" | "hlc3" | "ohlc4";
export type ClockUnit = "hour" | "minute" | "weekday";
export type AccountReading = "position" | "entry_price" | "candles_held";

export type TermBody =
  | { readonly op: "number"; readonly value: number; readonly whole: boolean }
  | { readonly op: "parameter"; readonly name: string; readonly range: Range }
  | { readonly op: "field"; readonly field: Field }
  | { readonly op: "clock"; readonly unit: ClockUnit }
  | { readonly op: "account"; readonly reading: AccountReading }
  | {
      readonly op: "indicator";
      readonly spec: IndicatorSpec;
      readonly settings: readonly Term[];
      /** One term for a value indicator, none for one over candles. */
      readonly inputs: readonly Term[];
      readonly output: number;
    }
  | { readonly op: "kernel"; readonly kernel: KernelName; readonly inputs: readonly Term[] }
  | { readonly op: "cross"; readonly side: "above" | "below"; readonly inputs: readonly Term[] }
  | {
      readonly op: "streak";
      readonly side: "rising" | "falling";
      readonly inputs: readonly Term[];
      readonly length: Term;
    }
  | { readonly op: "prev"; readonly inputs: readonly Term[]; readonly length: Term }
  | { readonly op: "since"; readonly inputs: readonly Term[] }
  | { readonly op: "frame"; readonly timeframe: Timeframe; readonly inputs: readonly Term[] }
  | { readonly op: "other"; readonly symbol: string; readonly inputs: readonly Term[] };

/** A checked expression. A name of the document is one term wherever it is used, so terms form a graph without cycles. */
export interface Term {
  readonly body: TermBody;
  readonly type: ValueType;
  readonly depth: number;
  /** Only for constant expressions: numbers, parameters and their arithmetic. */
  readonly range: Range | undefined;
  readonly usesAccount: boolean;
  readonly usesFrame: boolean;
  readonly usesOther: boolean;
  /** May lack a value for any length of time, so nothing waits for its first one. */
  readonly fitful: boolean;
}

/** The terms that a body is computed from on each candle. */
export function inputsOf(body: TermBody): readonly Term[] {
  return "inputs" in body ? body.inputs : [];
}

export function makeTerm(body: TermBody, type: ValueType): Term {
  const inputs = inputsOf(body);
  const some = (has: (term: Term) => boolean) => inputs.some(has);
  return {
    body,
    type,
    depth: inputs.reduce((deepest, term) => Math.max(deepest, term.depth), 0) + 1,
    range: rangeOf(body),
    usesAccount: body.op === "account" || some((term) => term.usesAccount),
    usesFrame: body.op === "frame" || some((term) => term.usesFrame),
    usesOther: body.op === "other" || some((term) => term.usesOther),
    fitful: body.op === "since" || body.op === "account" || some((term) => term.fitful),
  };
}

function rangeOf(body: TermBody): Range | undefined {
  if (body.op === "number") return { min: body.value, max: body.value, whole: body.whole };
  if (body.op === "parameter") return body.range;
  if (body.op !== "kernel") return undefined;
  const ranges = body.inputs.map((term) => term.range);
  if (ranges.some((range) => range === undefined)) return undefined;
  return rangeOfKernel(body.kernel, ranges as readonly Range[]);
}

/** Interval arithmetic: the ends of the result over all values of the operands. */
function rangeOfKernel(kernel: KernelName, [a, b, ...rest]: readonly Range[]): Range | undefined {
  const whole = a.whole && (b === undefined || b.whole) && rest.every((range) => range.whole);
  switch (kernel) {
    case "add":
      return { min: a.min + b.min, max: a.max + b.max, whole };
    case "sub":
      return { min: a.min - b.max, max: a.max - b.min, whole };
    case "mul":
      return spanOf([a.min * b.min, a.min * b.max, a.max * b.min, a.max * b.max], whole);
    case "div":
      if (b.min <= 0 && b.max >= 0) return undefined;
      return spanOf([a.min / b.min, a.min / b.max, a.max / b.min, a.max / b.max], false);
    case "neg":
      return { min: -a.max, max: -a.min, whole };
    case "min":
    case "max": {
      const pick = kernel === "min" ? Math.min : Math.max;
      const all = b === undefined ? [a] : [a, b, ...rest];
      return { min: pick(...all.map((range) => range.min)), max: pick(...all.map((range) => range.max)), whole };
    }
    case "round":
      return { min: Math.round(a.min), max: Math.round(a.max), whole: true };
    case "floor":
      return { min: Math.floor(a.min), max: Math.floor(a.max), whole: true };
    case "ceil":
      return { min: Math.ceil(a.min), max: Math.ceil(a.max), whole: true };
    default:
      return undefined;
  }
}

function spanOf(ends: readonly number[], whole: boolean): Range {
  return { min: Math.min(...ends), max: Math.max(...ends), whole };
}
