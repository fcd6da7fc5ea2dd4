import { and, desc, eq, lt, or, type SQL } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import { invalid } from "../../platform/problem-error.ts";

/** Pages of a list that shows the newest first: rows older than the cursor's, told apart by id at one instant. */
export interface NewestFirst {
  readonly at: SQLiteColumn;
  readonly id: SQLiteColumn;
}

export function newestFirst({ at, id }: NewestFirst): SQL[] {
  return [desc(at), desc(id)];
}

/** Rows behind a cursor; all where there is none. Throws 422 for one that is not ours. */
export function behindCursor({ at, id }: NewestFirst, cursor: string | undefined): SQL | undefined {
  if (cursor === undefined) return undefined;
  const [time, key] = readCursor(cursor);
  return or(lt(at, time), and(eq(at, time), lt(id, key)));
}

/** A page of what was read with one row more than asked for. */
export function pageOf<T>(
  rows: readonly T[],
  limit: number,
  placeOf: (row: T) => readonly [at: number, id: string],
): { rows: T[]; next: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { rows: shown, next: rows.length > limit && last !== undefined ? btoa(JSON.stringify(placeOf(last))) : null };
}

function readCursor(cursor: string): [number, string] {
  try {
    const parts: unknown = JSON.parse(atob(cursor));
    if (Array.isArray(parts) && Number.isFinite(parts[0]) && typeof parts[1] === "string") {
      return [parts[0] as number, parts[1]];
    }
  } catch {
    // Falls through to the same refusal as a cursor of another form.
  }
  throw invalid("cursor", "must be the `next` of an earlier page", cursor);
}
