import { RateBudget, type RateWindow } from "./rate-budget.ts";

/**
 * Budgets of this process by what their limit holds for, such as a venue's address, or one key at it: a process lives
 * hours and serves few people's keys in them.
 */
const BUDGETS = new Map<string, RateBudget>();

/**
 * The budget of everybody in this process who shares a limit. Processes know nothing of one another: what others behind the
 * same address use is learnt from the venue's replies.
 */
export function sharedBudget(name: string, windows: readonly RateWindow[]): RateBudget {
  const known = BUDGETS.get(name);
  if (known !== undefined) return known;
  const budget = new RateBudget(windows);
  BUDGETS.set(name, budget);
  return budget;
}
