import type { NamedUnit } from "./unit-name.ts";

/** Units that together give a source as it was at one instant, in the order in which they are loaded. */
export interface UnitChain {
  readonly source: string;
  readonly epoch: string;
  readonly units: readonly NamedUnit[];
  /** As of when, UTC ms. */
  readonly asOf: number;
}

/**
 * The chain of a source that leads closest to an instant without passing it, of the names that are there: the newest base
 * that is whole, and from it back the fewest increments. Undefined where there is none. A unit that is in `refused` is not
 * used; what does not need it is.
 */
export function chainAt(
  units: readonly NamedUnit[],
  { to, refused = new Set() }: { readonly to: number; readonly refused?: ReadonlySet<string> },
): UnitChain | undefined {
  const usable = units.filter(({ at, key }) => at <= to && !refused.has(key));
  const epochs = [...new Set(usable.map(({ epoch }) => epoch))].sort().reverse();
  for (const epoch of epochs) {
    const chain = chainOfEpoch(usable.filter((unit) => unit.epoch === epoch));
    if (chain !== undefined) return chain;
  }
  return undefined;
}

function chainOfEpoch(units: readonly NamedUnit[]): UnitChain | undefined {
  const parts = wholeBase(units);
  if (parts === undefined) return undefined;
  const increments = byNumber(units);
  const numbers = [...increments.keys()].sort((a, b) => b - a);
  for (const number of numbers) {
    const steps = stepsTo(increments, number);
    const last = steps?.at(-1);
    if (steps === undefined || last === undefined) continue;
    return { source: last.source, epoch: last.epoch, units: [...parts, ...steps], asOf: last.at };
  }
  // A base alone is not of one instant: what changed while it was made is in its first increment.
  return undefined;
}

function wholeBase(units: readonly NamedUnit[]): NamedUnit[] | undefined {
  const parts = units.filter(({ number }) => number === 0).sort((a, b) => a.part - b.part);
  const byPart = new Map(parts.map((part) => [part.part, part]));
  const last = parts.find(({ isLast }) => isLast);
  if (last === undefined || byPart.size < last.part) return undefined;
  return [...byPart.values()].filter(({ part }) => part <= last.part);
}

/** Of increments of one number the last: an earlier one was stored, and its answer lost. */
function byNumber(units: readonly NamedUnit[]): Map<number, NamedUnit> {
  const sorted = units.filter(({ number }) => number > 0).sort((a, b) => a.at - b.at);
  return new Map(sorted.map((unit) => [unit.number, unit]));
}

function stepsTo(increments: ReadonlyMap<number, NamedUnit>, number: number): NamedUnit[] | undefined {
  const steps: NamedUnit[] = [];
  for (let at = number; at > 0; ) {
    const unit = increments.get(at);
    if (unit === undefined || unit.covers >= at) return undefined;
    steps.unshift(unit);
    at = unit.covers;
  }
  return steps;
}
