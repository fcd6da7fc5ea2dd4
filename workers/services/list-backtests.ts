import { and, asc, desc, eq, gt, lt, or, type SQL, sql } from "drizzle-orm";
import { backtests } from "../../schema/tables/backtest.ts";
import type { Backtest, ListBacktests } from "../../schema/wire/backtest.ts";
import { invalid } from "../platform/problem-error.ts";
import type { BacktestRow } from "../run/run-store.ts";
import { backtestOf } from "./backtest.ts";
import type { ServiceContext } from "./service-context.ts";

// Runs without a number sort below every number.
const NONE = -1e308;

/** What a list may be sorted by: the expression in the database, and the same of a row. */
const SORTS: Readonly<Record<ListBacktests["sort"], { column: SQL; of: (row: BacktestRow) => number }>> = {
  created: { column: sql`${backtests.createdAt}`, of: (row) => row.createdAt },
  totalReturn: { column: sql`coalesce(${backtests.totalReturn}, ${NONE})`, of: (row) => row.totalReturn ?? NONE },
  sharpe: { column: sql`coalesce(${backtests.sharpe}, ${NONE})`, of: (row) => row.sharpe ?? NONE },
  maxDrawdown: { column: sql`coalesce(${backtests.maxDrawdown}, ${NONE})`, of: (row) => row.maxDrawdown ?? NONE },
  trades: { column: sql`coalesce(${backtests.trades}, ${NONE})`, of: (row) => row.trades ?? NONE },
};

/** One page of the owner's runs. Throws 422 for a cursor that is not one of ours. */
export async function listBacktests(call: {
  ctx: ServiceContext;
  input: ListBacktests;
}): Promise<{ rows: Backtest[]; next: string | null }> {
  const { ctx, input } = call;
  const { column, of } = SORTS[input.sort];
  const descending = input.order === "desc";
  const rows = await ctx.owned.list(backtests, {
    where: and(filterOf(input), input.cursor === undefined ? undefined : afterCursor(input.cursor, column, descending)),
    orderBy: descending ? [desc(column), desc(backtests.id)] : [asc(column), asc(backtests.id)],
    limit: input.limit + 1,
  });
  const shown = rows.slice(0, input.limit);
  const last = shown.at(-1);
  const next = rows.length > input.limit && last !== undefined ? encodeCursor(of(last), last.id) : null;
  return { rows: shown.map(backtestOf), next };
}

function filterOf(input: ListBacktests): SQL | undefined {
  const text = input.search?.toLowerCase();
  return and(
    input.status === undefined ? undefined : eq(backtests.status, input.status),
    // `instr` takes the text as it is; `like` patterns are limited to 50 bytes and give `%` a meaning.
    text === undefined || text === ""
      ? undefined
      : sql`instr(lower(${backtests.name} || ' ' || ${backtests.strategyTitle} || ' ' || ${backtests.symbols}), ${text}) > 0`,
  );
}

function afterCursor(cursor: string, column: SQL, descending: boolean): SQL | undefined {
  const { value, id } = decodeCursor(cursor);
  const beyond = descending ? lt : gt;
  return or(beyond(column, value), and(eq(column, value), beyond(backtests.id, id)));
}

function encodeCursor(value: number, id: string): string {
  return btoa(JSON.stringify([value, id]));
}

function decodeCursor(cursor: string): { value: number; id: string } {
  try {
    const parts: unknown = JSON.parse(atob(cursor));
    if (Array.isArray(parts) && typeof parts[0] === "number" && typeof parts[1] === "string") {
      return { value: parts[0], id: parts[1] };
    }
  } catch {
    // Falls through to the same refusal as a cursor of another form.
  }
  throw invalid("cursor", "must be the `next` of an earlier page", cursor);
}
