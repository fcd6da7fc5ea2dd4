/**
 * Tables, columns and triggers that a migration has made itself by a statement: nothing that runs knows them. What is made only
 * where it is not there yet may be somebody else's.
 */
export class OwnNames {
  private readonly tables = new Set<string>();
  private readonly columns = new Set<string>();
  private readonly triggers = new Set<string>();
  /** Triggers that statements still to come make. */
  private readonly coming: string[];

  constructor(statements: readonly string[]) {
    this.coming = statements.map((statement) => madeTrigger(statement) ?? "");
  }

  /** Takes note of a statement, once it was judged by what stood before it. */
  see(statement: string): void {
    const trigger = this.coming.shift();
    if (trigger !== undefined && !/^create trigger if not exists/i.test(statement)) this.triggers.add(trigger);
    const table = /^create (?:virtual )?table (?!if not exists\b)(\w+)/i.exec(statement)?.[1];
    if (table !== undefined) this.tables.add(table.toLowerCase());
    const dropped = /^drop table (?:if exists )?(\w+)/i.exec(statement)?.[1];
    if (dropped !== undefined) this.tables.delete(dropped.toLowerCase());
    const added = /^alter table (\w+) add (?:column )?(\w+)/i.exec(statement);
    if (added !== null) this.columns.add(`${added[1]}.${added[2]}`.toLowerCase());
  }

  hasTable(name: string | undefined): boolean {
    return this.tables.has((name ?? "").toLowerCase());
  }

  hasColumns(table: string | undefined, names: readonly string[]): boolean {
    return names.every((name) => this.columns.has(`${table}.${name}`.toLowerCase()));
  }

  /** Made before by this migration, or made anew behind. */
  keepsTrigger(name: string | undefined): boolean {
    const known = (name ?? "").toLowerCase();
    return known !== "" && (this.triggers.has(known) || this.coming.includes(known));
  }
}

function madeTrigger(statement: string): string | undefined {
  return /^create trigger (?:if not exists )?(\w+)/i.exec(statement)?.[1]?.toLowerCase();
}
