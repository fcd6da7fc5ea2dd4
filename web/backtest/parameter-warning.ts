import type { ParameterSpec } from "../../schema/wire/strategy.ts";
import type { RunDraft } from "./run-draft.ts";

/** Something odd about the parameters that may still be meant; undefined where there is nothing. */
export function parameterWarning(
  parameters: readonly ParameterSpec[],
  typed: RunDraft["parameters"],
): string | undefined {
  const numberOf = (name: string) => {
    const spec = parameters.find((known) => known.name === name);
    return spec === undefined ? Number.NaN : Number(typed[name]?.trim() || spec.default);
  };
  const fast = numberOf("fast");
  const slow = numberOf("slow");
  // NaN, where there is no such parameter or no number yet, is never at least anything.
  if (!(fast >= slow)) return undefined;
  return fast === slow
    ? `Fast and slow are both ${fast}: they will never cross.`
    : `Fast (${fast}) is slower than slow (${slow}): the strategy will do the opposite of what it says.`;
}
