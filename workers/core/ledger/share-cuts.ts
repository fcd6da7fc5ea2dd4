import { add, type Decimal, larger, magnitude, negate, proportion, smaller, subtract, ZERO } from "./decimal.ts";
import { roundToStep } from "./decimal-grid.ts";

/** A change of an account's position that none of its bots traded. Quantities are signed: below zero is short. */
export interface AccountChange {
  /** What the account holds before it. */
  readonly held: Decimal;
  readonly change: Decimal;
  /** Bots lose whole lots. */
  readonly lot: Decimal;
}

/**
 * What bots lose where an account turns out to hold less than the sum of their shares: by bot, above zero. What is no bot's
 * goes first, then each share on the side that lost in proportion to its size, in whole lots or all of it: no two of them can
 * then close what is there once. `shares` are signed.
 */
export function shareCuts(
  shares: ReadonlyMap<string, Decimal>,
  { held, change, lot }: AccountChange,
): ReadonlyMap<string, Decimal> {
  const towards = (value: Decimal) => (change < 0n ? value : negate(value));
  const all = [...shares].map(([bot, share]) => [bot, towards(share)] as const);
  const nobodys = subtract<Decimal>(towards(held), sumOf(all));
  const exposed = all.filter(([, share]) => share > 0n);
  let left = subtract<Decimal>(magnitude(change), larger(nobodys, ZERO));
  let of = sumOf(exposed);
  const cuts = new Map<string, Decimal>();
  for (const [bot, share] of exposed) {
    if (left <= 0n) break;
    const exact = proportion(smaller(left, of), { part: share, of, rounding: "ceil" });
    const cut = smaller(roundToStep(exact, { step: lot, rounding: "ceil" }), share);
    cuts.set(bot, cut);
    left = subtract<Decimal>(left, cut);
    of = subtract<Decimal>(of, share);
  }
  return cuts;
}

function sumOf(shares: readonly (readonly [string, Decimal])[]): Decimal {
  return shares.reduce<Decimal>((sum, [, share]) => add<Decimal>(sum, share), ZERO);
}
