import { readdirSync, readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

type Value = string | number | bigint | null | Uint8Array;

/** A database of the migrations, in memory, behind as much of D1's interface as the Worker uses. */
export function sqliteD1(): D1Database {
  const database = new DatabaseSync(":memory:");
  const files = readdirSync("migrations").filter((name) => name.endsWith(".sql"));
  for (const name of files.sort()) database.exec(readFileSync(`migrations/${name}`, "utf8"));
  const prepare = (text: string) => new Statement(database, text, []);
  return {
    prepare,
    async batch(statements: readonly Statement[]) {
      database.exec("BEGIN");
      try {
        const results = statements.map((statement) => statement.execute());
        database.exec("COMMIT");
        return results;
      } catch (error) {
        database.exec("ROLLBACK");
        throw error;
      }
    },
  } as unknown as D1Database;
}

class Statement {
  private readonly database: DatabaseSync;
  private readonly text: string;
  private readonly values: readonly Value[];

  constructor(database: DatabaseSync, text: string, values: readonly Value[]) {
    this.database = database;
    this.text = text;
    this.values = values;
  }

  bind(...values: Value[]): Statement {
    return new Statement(this.database, this.text, values);
  }

  execute() {
    const statement = this.database.prepare(this.text);
    if (statement.columns().length > 0)
      return { success: true, results: statement.all(...this.values), meta: { changes: 0 } };
    const { changes } = statement.run(...this.values);
    return { success: true, results: [], meta: { changes: Number(changes) } };
  }

  async run() {
    return this.execute();
  }

  async all() {
    return this.execute();
  }

  async raw() {
    const statement = this.database.prepare(this.text);
    statement.setReturnArrays(true);
    return statement.all(...this.values);
  }
}
