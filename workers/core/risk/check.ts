import { type Decimal, ONE } from "../ledger/decimal.ts";
import { formatDecimal } from "../ledger/decimal-text.ts";
import type { OrderIntent } from "../order/desk-order.ts";
import { type BindingLimit, bindingLimit, CAPS, type CapLevel, type CapName, type Limits } from "./cap.ts";
import type { InstrumentRules, Reference, RiskBook, RiskScope } from "./risk-book.ts";

/** What a check may look at. */
export interface CheckInput {
  readonly intent: OrderIntent;
  readonly book: RiskBook;
  readonly limits: Limits;
  /** UTC ms. */
  readonly now: number;
}

/** Why an intent is denied. `value` and `limit` are texts: decimals, times, names. */
export interface Denial {
  readonly code: string;
  /** The cap that denies, or "none" where the rule is no cap. */
  readonly cap: CapName | "none";
  readonly value: string;
  readonly limit: string;
  /** Whose limit it is, and on whose share it was measured. */
  readonly level?: CapLevel | "default";
  readonly scope?: RiskScope;
}

/** One rule. It returns nothing where the intent keeps it. */
export interface Check {
  readonly name: string;
  readonly check: (input: CheckInput) => Denial | undefined;
}

export function denial(code: string, { value, limit }: { readonly value: string; readonly limit: string }): Denial {
  return { code, cap: "none", value, limit };
}

/** Denies by a cap where `isBroken` says so of its binding limit; nothing where nobody set one. */
export function denialByCap(
  { limits }: CheckInput,
  { name, scope, value }: { readonly name: CapName; readonly scope: RiskScope; readonly value: Decimal },
  isBroken: (limit: Decimal) => boolean = (limit) => value > limit,
): Denial | undefined {
  const binding = bindingLimit(limits, name, scope);
  return binding !== undefined && isBroken(binding.limit) ? brokenCap(name, { scope, value, binding }) : undefined;
}

export function brokenCap(
  name: CapName,
  { scope, value, binding }: { readonly scope: RiskScope; readonly value: Decimal; readonly binding: BindingLimit },
): Denial {
  const limit = formatDecimal(binding.limit);
  return { code: CAPS[name].code, cap: name, value: formatDecimal(value), limit, level: binding.level, scope };
}

/** Small counts as decimals: verdicts and throttles count at every turn. */
const COUNTS = Array.from({ length: 256 }, (_, count) => (BigInt(count) * ONE) as Decimal);

/** A count of whole things as a decimal. */
export function ofCount(count: number): Decimal {
  return COUNTS[count] ?? ((BigInt(count) * ONE) as Decimal);
}

/** The reference of an instrument. Throws where there is none: what cannot be valued cannot be capped. */
export function referenceIn(book: RiskBook): (instrument: string) => Reference {
  return (instrument) => {
    const reference = book.references.get(instrument);
    if (reference === undefined) throw new Error(`no reference price of ${instrument}`);
    return reference;
  };
}

/** The rules of an instrument. Throws where the venue has no such instrument. */
export function rulesIn(book: RiskBook, instrument: string): InstrumentRules {
  const rules = book.instruments.get(instrument);
  if (rules === undefined) throw new Error(`no rules of ${instrument}`);
  return rules;
}
