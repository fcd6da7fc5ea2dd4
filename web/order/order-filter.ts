import type { OrderStateName } from "../../schema/wire/trading.ts";
import { dayStart, type OrdersSearch } from "../app/trading-search.ts";

/** The filters of orders as the API takes them. Days are of the person's zone, the last one wholly shown. */
export function orderFilter({ q, account, state, open, from, to }: OrdersSearch) {
  return {
    search: wordsOf(q),
    accountId: account,
    state,
    open: open === true ? ("true" as const) : undefined,
    from: dayStart(from),
    to: dayStart(to, 1),
  };
}

/** The filters of executions: they have no state, and words are looked for in the name of their market. */
export function fillFilter({ q, account, from, to }: OrdersSearch) {
  return { search: wordsOf(q), accountId: account, from: dayStart(from), to: dayStart(to, 1) };
}

/** What was typed, no longer than the API takes it. */
function wordsOf(typed: string | undefined): string | undefined {
  return typed?.trim().slice(0, 60);
}

/** Whether anything narrows the list. */
export function hasOrderFilter({ q, account, state, open, from, to }: OrdersSearch): boolean {
  return [q, account, state, open, from, to].some((value) => value !== undefined);
}

/** Whether an order can still trade, or nobody can be sure that it cannot. */
export function isOpenOrder(state: OrderStateName): boolean {
  return OPEN.has(state);
}

const OPEN: ReadonlySet<OrderStateName> = new Set([
  "INTENT",
  "SUBMITTING",
  "ACCEPTED",
  "UNKNOWN",
  "LOST",
  "PENDING_CANCEL",
  "PENDING_REPLACE",
]);
