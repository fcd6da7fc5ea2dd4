import { type BindingLimit, bindingLimit, type Limits } from "./cap.ts";
import { ofCount } from "./check.ts";
import type { RiskScope, ScopeBook } from "./risk-book.ts";

/** The throttle counts orders that traded within this time. */
export const EXECUTION_WINDOW_MS = 10 * 60_000;

/** Why a bot or an account has to be halted until a person arms it again. */
export interface HaltReason {
  readonly cap: "executions" | "rejectsInARow";
  readonly count: number;
  readonly binding: BindingLimit;
}

/**
 * Whether something trades, or is refused, again and again: what a strategy in a loop does. Undefined while it does not.
 * The count itself must stay below the limit: the one that reaches it halts.
 */
export function haltReason(
  { executions, rejectsInARow }: Pick<ScopeBook, "executions" | "rejectsInARow">,
  limits: Limits,
  { scope, now }: { readonly scope: RiskScope; readonly now: number },
): HaltReason | undefined {
  const traded = countAfter(executions, now - EXECUTION_WINDOW_MS);
  return (
    reasonOf("executions", traded, bindingLimit(limits, "executions", scope)) ??
    reasonOf("rejectsInARow", rejectsInARow, bindingLimit(limits, "rejectsInARow", scope))
  );
}

function reasonOf(cap: HaltReason["cap"], count: number, binding: BindingLimit | undefined): HaltReason | undefined {
  return binding !== undefined && ofCount(count) >= binding.limit ? { cap, count, binding } : undefined;
}

function countAfter(times: readonly number[], from: number): number {
  let count = 0;
  for (const at of times) if (at > from) count++;
  return count;
}
