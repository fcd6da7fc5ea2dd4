import { AuditRecord } from "../../schema/wire/audit-record.ts";
import { BackedUpObject } from "../backup/backed-up-object.ts";
import type { Env } from "../platform/env.ts";
import {
  type AuditEntry,
  type AuditHead,
  type AuditVerdict,
  canonicalJson,
  chainRecords,
  GENESIS_HASH,
  verifyChain,
} from "./audit-chain.ts";

/** Largest page of a list: bounds the work of one request. */
export const AUDIT_PAGE_ROWS_MAX = 200;
// Rows read at a time while the whole trail is walked: at most 24 MB, below the 32 MiB of one call's answer.
const WALK_ROWS = 500;

/** Which entries a list shows; all that are given must hold. */
export interface AuditFilter {
  /** Start of the action, such as `backtest.`. */
  readonly action?: string | undefined;
  /** The owner, somebody else who was signed in, or nobody who was. */
  readonly by?: "owner" | "others" | "nobody" | undefined;
  /** UTC milliseconds: at or after, and before. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** Text anywhere in the record, in any case. */
  readonly text?: string | undefined;
}

/** An entry as it is stored and handed out: the record in canonical JSON. `readAuditEntry` opens it. */
export type StoredAuditEntry = { readonly seq: number; readonly record: string; readonly hash: string };

/**
 * The audit trail of one owner: a chain of hashes that only grows. There is no way to change or remove an entry; the
 * whole goes with its owner's account.
 */
export class AuditObject extends BackedUpObject {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, "AuditObject");
    this.createTable();
  }

  /**
   * Puts records behind the chain, all or none, in their order. A record whose id is there already is passed over, so
   * that the same call may come any number of times. Returns the head.
   */
  append(input: { ownerId: string; records: readonly AuditRecord[] }): AuditHead {
    this.ctx.waitUntil(this.ringForBackup());
    return this.ctx.storage.transactionSync(() => {
      this.claim(input.ownerId);
      const { sql } = this.ctx.storage;
      const isNew = ({ id }: AuditRecord) => sql.exec("select 1 from entries where id = ?", id).toArray().length === 0;
      const seen = new Set<string>();
      const fresh = input.records.filter((record) => {
        if (seen.has(record.id) || !isNew(record)) return false;
        seen.add(record.id);
        return true;
      });
      for (const { seq, record, hash } of chainRecords(this.readHead(), fresh)) {
        const { id, at, action, actor } = record;
        const text = canonicalJson(record);
        sql.exec(
          "insert into entries (seq, id, at, action, actor, record, hash) values (?, ?, ?, ?, ?, ?, ?)",
          ...[seq, id, at, action, actor.userId, text, hash],
        );
      }
      return this.readHead();
    });
  }

  head(ownerId: string): AuditHead {
    this.requireOwner(ownerId);
    return this.readHead();
  }

  /** A page of entries, the newest first, of those before `before` (a sequence number) where one is given. */
  list(input: {
    ownerId: string;
    filter: AuditFilter;
    before?: number | undefined;
    limit: number;
  }): StoredAuditEntry[] {
    this.requireOwner(input.ownerId);
    const { filter, before } = input;
    const parts: [condition: string, value: string | number | undefined][] = [
      ["seq < ?", before],
      ["substr(action, 1, length(?)) = ?", filter.action],
      ["actor = ?", filter.by === "owner" ? input.ownerId : filter.by === "nobody" ? "" : undefined],
      ["actor not in (?, '')", filter.by === "others" ? input.ownerId : undefined],
      ["at >= ?", filter.from],
      ["at < ?", filter.to],
      // `instr` takes the text as it is; `like` gives some characters a meaning.
      ["instr(lower(record), ?) > 0", filter.text?.toLowerCase()],
    ];
    const where: string[] = [];
    const values: (string | number)[] = [];
    for (const [condition, value] of parts) {
      if (value === undefined) continue;
      const at = values.push(value);
      where.push(condition.replaceAll("?", `?${at}`));
    }
    const limit = Math.min(Math.max(1, input.limit), AUDIT_PAGE_ROWS_MAX);
    const clause = where.length === 0 ? "" : `where ${where.join(" and ")}`;
    const query = `select seq, record, hash from entries ${clause} order by seq desc limit ${limit}`;
    return this.ctx.storage.sql.exec<StoredAuditEntry>(query, ...values).toArray();
  }

  /** Entries behind a number, the oldest first: for downloads, page by page. */
  following(input: { ownerId: string; after: number }): StoredAuditEntry[] {
    this.requireOwner(input.ownerId);
    return this.readFrom(input.after);
  }

  /** Recomputes the whole chain and holds it against the anchors. */
  async verify(input: { ownerId: string; anchors: readonly AuditHead[] }): Promise<AuditVerdict> {
    this.requireOwner(input.ownerId);
    return verifyChain(this.walk(), input.anchors);
  }

  /** Removes the whole trail, at the erasure of its owner's account. */
  async destroy(ownerId: string): Promise<void> {
    this.requireOwner(ownerId);
    await this.ctx.storage.deleteAll();
    this.forgetBackup();
    this.createTable();
  }

  protected override backedUpHead(): AuditHead {
    return this.readHead();
  }

  private *walk(): Generator<AuditEntry> {
    let after = 0;
    for (;;) {
      const rows = this.ctx.storage.sql
        .exec<WalkedRow>("select * from entries where seq > ? order by seq limit ?", after, WALK_ROWS)
        .toArray();
      for (const row of rows) {
        const entry = readAuditEntry(row);
        yield tellsTheSame(row, entry.record) ? entry : { ...entry, hash: "" };
      }
      const last = rows.at(-1);
      if (last === undefined) return;
      after = last.seq;
    }
  }

  private readFrom(after: number): StoredAuditEntry[] {
    const query = `select seq, record, hash from entries where seq > ? order by seq limit ${WALK_ROWS}`;
    return this.ctx.storage.sql.exec<StoredAuditEntry>(query, after).toArray();
  }

  private readHead(): AuditHead {
    const [last] = this.ctx.storage.sql
      .exec<{ seq: number; hash: string }>("select seq, hash from entries order by seq desc limit 1")
      .toArray();
    return last ?? { seq: 0, hash: GENESIS_HASH };
  }

  /** The first append says whose the object is; nobody else's records join it. */
  private claim(ownerId: string): void {
    if (ownerId === "") throw new Error("a trail needs an owner");
    if (this.ctx.storage.kv.get<string>("owner") === undefined) this.ctx.storage.kv.put("owner", ownerId);
    this.requireOwner(ownerId);
  }

  private requireOwner(ownerId: string): void {
    const owner = this.ctx.storage.kv.get<string>("owner");
    if (owner !== undefined && owner !== ownerId) throw new Error("the trail belongs to another owner");
  }

  private createTable(): void {
    this.ctx.storage.sql.exec(
      `create table if not exists entries (
        seq integer primary key, id text not null unique, at integer not null, action text not null,
        actor text not null, record text not null, hash text not null
      )`,
    );
  }
}

type WalkedRow = StoredAuditEntry & Record<"id" | "action" | "actor", string> & { readonly at: number };

/** Whether the columns that lists are filtered by say what the record says: who edits them hides an entry. */
function tellsTheSame(row: WalkedRow, { id, at, action, actor }: AuditRecord): boolean {
  return row.id === id && row.at === at && row.action === action && row.actor === actor.userId;
}

/** Stands for what is no record any more, so that a trail that was damaged can still be shown and checked. */
const UNREADABLE: AuditRecord = {
  ...{ id: "", at: 0, action: "unreadable", subject: null, before: null, after: null },
  actor: { type: "system", userId: "", grantId: "" },
  place: { address: "", userAgent: "", requestId: "" },
};

/** The entry that a stored one tells of; one that cannot be read becomes a record that its hash does not fit. */
export function readAuditEntry({ seq, record, hash }: StoredAuditEntry): AuditEntry {
  return { seq, record: readRecord(record), hash };
}

function readRecord(text: string): AuditRecord {
  try {
    const value: unknown = JSON.parse(text);
    // The value as it is stored, not as the schema cleans it: a name that was added must not go unseen.
    return AuditRecord.safeParse(value).success ? (value as AuditRecord) : UNREADABLE;
  } catch {
    return UNREADABLE;
  }
}
