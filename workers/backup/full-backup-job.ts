import type { BaseProgress } from "./change-capture.ts";
import type { ManifestEntry } from "./manifest.ts";
import type { StoredUnit } from "./source-backup.ts";
import type { SourceCursor } from "./source-cursor.ts";

/** A full backup while it is made, step by step, each of which may come twice. Plain, so that it can be laid aside. */
export interface FullBackupJob {
  readonly id: string;
  readonly startedAt: number;
  readonly madeAt: number | undefined;
  readonly step: /** The database, part by part. */
    | { readonly kind: "database"; readonly progress: BaseProgress; readonly units: readonly StoredUnit[] }
    /** The objects, page by page of the rows that speak of them. */
    | { readonly kind: "objects"; readonly cursor: SourceCursor }
    /** What was stored, restored into a place of its own, source by source. */
    | { readonly kind: "check"; readonly source: string; readonly unit: number };
  readonly failures: number;
}

/** Entries of the full backup that is being made, in an object's storage: a thousand of them need not be in memory. */
export class EntryShelf {
  private readonly sql: Pick<SqlStorage, "exec">;

  constructor(sql: Pick<SqlStorage, "exec">) {
    this.sql = sql;
    sql.exec("create table if not exists entries (source text primary key, body text not null) without rowid");
  }

  clear(): void {
    this.sql.exec("delete from entries");
  }

  put(entry: ManifestEntry): void {
    const text = "insert or replace into entries (source, body) values (?, ?)";
    this.sql.exec(text, entry.source, JSON.stringify(entry));
  }

  /** The first behind a source, in the order of their names. */
  after(source: string): ManifestEntry | undefined {
    const query = "select body from entries where source > ? order by source limit 1";
    const [row] = this.sql.exec<{ body: string }>(query, source).toArray();
    return row === undefined ? undefined : (JSON.parse(row.body) as ManifestEntry);
  }

  get(source: string): ManifestEntry | undefined {
    const [row] = this.sql.exec<{ body: string }>("select body from entries where source = ?", source).toArray();
    return row === undefined ? undefined : (JSON.parse(row.body) as ManifestEntry);
  }

  all(): ManifestEntry[] {
    const rows = this.sql.exec<{ body: string }>("select body from entries order by source").toArray();
    return rows.map(({ body }) => JSON.parse(body) as ManifestEntry);
  }
}
