export type SqlValue = string | number | null | ArrayBuffer;
export type SqlRow = Record<string, SqlValue>;
export interface Query {
  readonly text: string;
  readonly values?: readonly SqlValue[];
}

/** The SQL of what is backed up: an object's own, or the database. */
export interface CaptureSql {
  /** All statements at one instant, or as one transaction. */
  run(queries: readonly Query[]): Promise<SqlRow[][]>;
  /** The first rows of a statement: at least one where there is any, and then no more than some `bytesMax` hold. */
  page(query: Query, bytesMax: number): Promise<SqlRow[]>;
}
