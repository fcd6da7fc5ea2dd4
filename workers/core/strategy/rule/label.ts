import type { ParameterValues } from "../strategy.ts";
import type { KernelName } from "./kernels.ts";
import type { Term } from "./term.ts";

/** Longest label in characters: what a chart's legend holds. */
const LABEL_LENGTH_MAX = 60;

const SIGNS: Partial<Record<KernelName, string>> = {
  ...{ add: "+", sub: "-", mul: "*", div: "/", and: "and", or: "or" },
  ...{ lt: "<", le: "<=", gt: ">", ge: ">=", eq: "==", ne: "!=" },
};

/** Writes terms as a reader knows them, with the parameters' values in their places. */
export class Labels {
  private readonly values: ParameterValues;
  private readonly known = new Map<Term, string>();

  constructor(values: ParameterValues) {
    this.values = values;
  }

  /** Cut short with an ellipsis where it is long, so that names used many times cannot make it grow without bound. */
  of(term: Term): string {
    const known = this.known.get(term);
    if (known !== undefined) return known;
    const text = this.write(term);
    const label = text.length > LABEL_LENGTH_MAX ? `${text.slice(0, LABEL_LENGTH_MAX - 1)}…` : text;
    this.known.set(term, label);
    return label;
  }

  private write({ body }: Term): string {
    switch (body.op) {
      case "number":
        return String(body.value);
      case "parameter":
        return String(this.values[body.name]);
      case "field":
        return body.field;
      case "clock":
        return `${body.unit}()`;
      case "account":
        return `${body.reading}()`;
      case "indicator": {
        const output = body.output > 0 ? `.${body.spec.outputs[body.output]}` : "";
        return `${body.spec.name}(${this.list([...body.inputs, ...body.settings])})${output}`;
      }
      case "kernel": {
        const sign = SIGNS[body.kernel];
        if (sign !== undefined) return `(${body.inputs.map((term) => this.of(term)).join(` ${sign} `)})`;
        return `${body.kernel === "choose" ? "if" : body.kernel}(${this.list(body.inputs)})`;
      }
      case "cross":
        return `cross_${body.side}(${this.list(body.inputs)})`;
      case "streak":
        return `${body.side}(${this.list([...body.inputs, body.length])})`;
      case "prev":
        return `prev(${this.list([...body.inputs, body.length])})`;
      case "since":
        return `since(${this.list(body.inputs)})`;
      case "frame":
        return `tf("${body.timeframe}", ${this.list(body.inputs)})`;
      case "other":
        return `of("${body.symbol}", ${this.list(body.inputs)})`;
    }
  }

  private list(terms: readonly Term[]): string {
    return terms.map((term) => this.of(term)).join(", ");
  }
}
