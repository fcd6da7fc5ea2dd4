import { BUDGET_WINDOW_MS, BUDGETS, type Budget, type Budgets } from "../auth/request-budgets.ts";

/** Tests and drills send in one instant what people send in hours; tests of the limits bring limits of their own. */
export const ROOMY_BUDGETS: Budgets = roomy(BUDGETS);

function roomy(budgets: Budgets): Budgets {
  const widen = (budget: Budget) => ({ ...budget, count: 1e9, windowMs: BUDGET_WINDOW_MS });
  const each = ({ reading, changing, expensive }: Budgets["principal"]) => ({
    reading: widen(reading),
    changing: widen(changing),
    expensive: widen(expensive),
  });
  const { address, hook, principal, tenant } = budgets;
  return { address: widen(address), hook: widen(hook), principal: each(principal), tenant: each(tenant) };
}
