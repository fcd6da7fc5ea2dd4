import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type { CaptureSql, Query, SqlRow } from "../../workers/backup/capture-sql.ts";

/** SQL of a file or of memory, as backups read and fill it. */
export function nodeSql(database: DatabaseSync): CaptureSql {
  const rowsOf = ({ text, values = [] }: Query) => {
    const bound = values.map((value) => (value instanceof ArrayBuffer ? new Uint8Array(value) : value));
    const rows = database.prepare(text).all(...(bound as SQLInputValue[]));
    return rows.map(
      (row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)])) as SqlRow,
    );
  };
  return {
    async run(queries) {
      database.exec("begin");
      try {
        const rows = queries.map(rowsOf);
        database.exec("commit");
        return rows;
      } catch (error) {
        database.exec("rollback");
        throw error;
      }
    },
    page: async (query) => rowsOf(query),
  };
}

function plain(value: unknown): unknown {
  return value instanceof Uint8Array ? value.slice().buffer : value;
}
