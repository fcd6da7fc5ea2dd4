import type { ParameterValues } from "../strategy.ts";
import { KERNELS } from "./kernels.ts";
import type { Term } from "./term.ts";

/** What a constant term comes to with these parameters, computed by the same kernels as columns are. */
export function constantValue(term: Term, values: ParameterValues): number {
  const { body } = term;
  if (body.op === "number") return body.value;
  if (body.op === "parameter") return values[body.name];
  if (body.op !== "kernel") throw new TypeError(`${body.op} is not constant`);
  const out = new Float64Array(1);
  const inputs = body.inputs.map((input) => Float64Array.of(constantValue(input, values)));
  KERNELS[body.kernel](out, 1, inputs);
  return out[0];
}
