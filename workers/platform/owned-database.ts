import { and, count, eq, type SQL } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import type { SQLiteColumn, SQLiteTable, SQLiteUpdateSetSource } from "drizzle-orm/sqlite-core";
import type { Database } from "./database.ts";
import { prepareInsertOfChange } from "./insert-of-change.ts";

/** A table whose every row belongs to one user. */
export type OwnedTable = SQLiteTable & { readonly ownerId: SQLiteColumn };
type Row<T extends OwnedTable> = T["$inferSelect"];
type NewRow<T extends OwnedTable> = Omit<T["$inferInsert"], "ownerId">;

export interface ListOptions {
  readonly where?: SQL | undefined;
  readonly orderBy?: readonly SQL[];
  readonly limit: number;
}

/**
 * The database as one owner sees it: every read and write is filtered by, or stamped with, the owner, so that a query
 * that forgets to ask whose row it is cannot be written.
 */
export interface OwnedDatabase {
  readonly ownerId: string;
  find<T extends OwnedTable>(table: T, where: SQL): Promise<Row<T> | undefined>;
  list<T extends OwnedTable>(table: T, options: ListOptions): Promise<Row<T>[]>;
  count<T extends OwnedTable>(table: T, where?: SQL): Promise<number>;
  insert<T extends OwnedTable>(table: T, row: NewRow<T>): Promise<void>;
  /** Inserts unless a row of the same key is there. Returns how many rows were made. */
  insertOnce<T extends OwnedTable>(table: T, row: NewRow<T>): Promise<number>;
  /** Returns how many rows changed: a compare-and-swap asks for its expected state in `where` and looks at the count. */
  update<T extends OwnedTable>(table: T, values: SQLiteUpdateSetSource<T>, where: SQL): Promise<number>;
  remove<T extends OwnedTable>(table: T, where: SQL): Promise<number>;
  /** Statements made by the `prepare…` functions, all or none. Returns how many rows each of them changed. */
  batch(statements: readonly BatchItem<"sqlite">[]): Promise<readonly number[]>;
  prepareInsert<T extends OwnedTable>(table: T, row: NewRow<T>): BatchItem<"sqlite">;
  /** Inserts where the change right before it in the batch met a row. */
  prepareInsertOfChange<T extends OwnedTable>(table: T, row: NewRow<T>): BatchItem<"sqlite">;
  /** Inserts, or changes the row of the same key; the key must hold the owner. */
  prepareUpsert<T extends OwnedTable>(
    table: T,
    row: NewRow<T>,
    change: { readonly target: SQLiteColumn[]; readonly set: SQLiteUpdateSetSource<T> },
  ): BatchItem<"sqlite">;
  prepareUpdate<T extends OwnedTable>(table: T, values: SQLiteUpdateSetSource<T>, where: SQL): BatchItem<"sqlite">;
  prepareRemove<T extends OwnedTable>(table: T, where: SQL): BatchItem<"sqlite">;
}

/** Throws where `ownerId` is empty. */
export function ownedDatabase(database: Database, ownerId: string): OwnedDatabase {
  if (ownerId === "") throw new Error("a query needs an owner");
  const mine = (table: OwnedTable, where?: SQL) => and(eq(table.ownerId, ownerId), where);
  const insertion = (table: OwnedTable, row: object) => database.insert(table).values({ ...row, ownerId });
  const change = (table: OwnedTable, values: object, where: SQL) =>
    database.update(table).set(values).where(mine(table, where));
  const removal = (table: OwnedTable, where: SQL) => database.delete(table).where(mine(table, where));
  return {
    ownerId,
    async find(table, where) {
      const rows = await database.select().from(plain(table)).where(mine(table, where)).limit(1);
      return rows[0];
    },
    async list(table, options) {
      return database
        .select()
        .from(plain(table))
        .where(mine(table, options.where))
        .orderBy(...(options.orderBy ?? []))
        .limit(options.limit);
    },
    async count(table, where) {
      const rows = await database.select({ rows: count() }).from(plain(table)).where(mine(table, where));
      return rows[0]?.rows ?? 0;
    },
    async insert(table, row) {
      await insertion(table, row);
    },
    async insertOnce(table, row) {
      return (await insertion(table, row).onConflictDoNothing()).meta.changes;
    },
    async update(table, values, where) {
      return (await change(table, values, where)).meta.changes;
    },
    async remove(table, where) {
      return (await removal(table, where)).meta.changes;
    },
    async batch(statements) {
      const [first, ...rest] = statements;
      if (first === undefined) return [];
      const results = await database.batch([first, ...rest]);
      // A select answers rows, and has changed none.
      return results.map((result) => (result as Partial<D1Result>).meta?.changes ?? 0);
    },
    prepareInsert: insertion,
    prepareInsertOfChange: (table, row) =>
      prepareInsertOfChange(database, table, { ...row, ownerId } as (typeof table)["$inferInsert"]),
    prepareUpsert(table, row, { target, set }) {
      if (!target.includes(table.ownerId)) throw new Error("the key of an upsert must hold the owner");
      return insertion(table, row).onConflictDoUpdate({ target, set });
    },
    prepareUpdate: change,
    prepareRemove: removal,
  };
}

/** The table as drizzle's `from` can type it for a type that is still open. */
function plain(table: OwnedTable): SQLiteTable {
  return table;
}
