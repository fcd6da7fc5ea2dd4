import type { CostMethod } from "../core/ledger/position.ts";
import type { InstrumentRules } from "../core/risk/risk-book.ts";

/** An instrument as the desk needs it: its grid and hours, and what it is quoted in. */
export interface DeskInstrument extends InstrumentRules {
  readonly quote: string;
}

/** The account a desk serves. */
export interface DeskAccount {
  readonly id: string;
  readonly currency: string;
  readonly method: CostMethod;
  readonly instruments: ReadonlyMap<string, DeskInstrument>;
  /** Whether the market runs on a time of its own, as a replay does: ages and rates are then measured on that. */
  readonly marketTime: boolean;
  /** How far a balance of the venue may be off by its rounding, in the account's currency, as a decimal. */
  readonly balanceTolerance: string;
}

/** The scope of the account as a whole, beside those of its bots. */
export const ACCOUNT_SCOPE = "account";
/** Whose orders those are that were placed elsewhere. */
export const EXTERNAL_BOT = "external";
/** Reason of a switch that a person threw: what is open under it is cancelled until it is gone. */
export const KILL_REASON = "KILL_SWITCH";

/** The bot that a scope is of; null for the account and for what was placed elsewhere. */
export function botIdOf(scope: string): string | null {
  return scope === ACCOUNT_SCOPE || scope === EXTERNAL_BOT ? null : scope;
}

/** Those of some scopes that are of bots, trading by hand among them. */
export function botsAmong(scopes: readonly string[]): string[] {
  return scopes.filter((scope) => botIdOf(scope) !== null);
}
