import type { CaptureSql, Query, SqlRow } from "./capture-sql.ts";

/** In an object: nothing else happens in it before the answer is there. */
export function objectSql(storage: Pick<DurableObjectStorage, "sql" | "transactionSync">): CaptureSql {
  const rowsOf = ({ text, values = [] }: Query) => storage.sql.exec<SqlRow>(text, ...values);
  const all = (queries: readonly Query[]) => queries.map((query) => rowsOf(query).toArray());
  return {
    // Nothing is awaited before the work is done, so that it happens in the caller's own turn. One alone is whole anyway.
    run: (queries) =>
      Promise.resolve(queries.length === 1 ? all(queries) : storage.transactionSync(() => all(queries))),
    page(query, bytesMax) {
      const rows: SqlRow[] = [];
      let bytes = 0;
      for (const row of rowsOf(query)) {
        rows.push(row);
        bytes += bytesOfRow(row);
        if (bytes >= bytesMax) break;
      }
      return Promise.resolve(rows);
    },
  };
}

/** In the database: one batch, which is one transaction. */
export function databaseSql(database: D1Database): CaptureSql {
  const prepared = ({ text, values = [] }: Query) => database.prepare(text).bind(...values);
  return {
    async run(queries) {
      if (queries.length === 0) return [];
      const results = await database.batch<SqlRow>(queries.map(prepared));
      return results.map(({ results: rows }) => rows);
    },
    page: async (query) => (await prepared(query).all<SqlRow>()).results,
  };
}

function bytesOfRow(row: SqlRow): number {
  let bytes = 0;
  for (const value of Object.values(row)) {
    if (typeof value === "string") bytes += value.length;
    else bytes += value instanceof ArrayBuffer ? value.byteLength : 8;
  }
  return bytes;
}
