import { ACCOUNT_SCOPE } from "../account/desk-account.ts";
import { readScopeBooks } from "../account/scope-books.ts";
import { type AuditHead, type AuditLink, verifyChain } from "../audit/audit-chain.ts";
import { ledgerFaults, rebuildLedger } from "../core/ledger/ledger.ts";
import type { LedgerEvent } from "../core/ledger/ledger-event.ts";
import { parseLedgerEvent } from "../core/ledger/ledger-event-text.ts";
import { ledgerText } from "../core/ledger/ledger-text.ts";
import { sha256 } from "../core/report/sha256.ts";

/** Rows read at a time. */
const ROWS = 500;
/** Events by which a bot's share of the money is moved: the account's own books know nothing of them. */
const SHARES = "capital:";

type Sql = Pick<SqlStorage, "exec">;

/** What was found in a source that was filled from a backup. */
export interface SourceCheck {
  readonly faults: readonly string[];
  /** Hash of an account's books made again from every event, and of those that are stored: equal in a sound one. */
  readonly replay?: { readonly hash: string; readonly stored: string };
}

/** What must hold inside one source, whatever was said of it: the file, the ledger and its replay, the chain of a trail. */
export async function checkSource(
  sql: Sql,
  className: string,
  said: { readonly auditHead?: AuditHead | undefined },
): Promise<SourceCheck> {
  const whole = sql.exec<{ quick_check: string }>("pragma quick_check").toArray();
  const faults = whole
    .filter(({ quick_check: found }) => found !== "ok")
    .map(({ quick_check: found }) => `file: ${found}`);
  if (className === "AuditObject") {
    const { fault } = await verifyChain(links(sql), said.auditHead === undefined ? [] : [said.auditHead]);
    if (fault !== null) faults.push(`trail: ${fault.kind} at entry ${fault.seq}`);
  }
  if (className !== "AccountObject") return { faults };
  const { replay, faults: found } = checkBooks(sql);
  return { faults: [...faults, ...found], ...(replay === undefined ? {} : { replay }) };
}

function checkBooks(sql: Sql): SourceCheck {
  const names = JSON.parse(documentOf(sql, "scopes") ?? "[]") as string[];
  const faults: string[] = [];
  let replay: SourceCheck["replay"];
  for (const name of names) {
    const { ledger } = readScopeBooks(documentOf(sql, `scope:${name}`) ?? "");
    // Sums to zero in each currency, and lots as many as are held.
    faults.push(...ledgerFaults(ledger).map((fault) => `books: ${fault}`));
    if (name !== ACCOUNT_SCOPE) continue;
    const again = rebuildLedger(ledger.method, [...bookedEvents(sql)]);
    replay = { hash: sha256(booksText(again)), stored: sha256(booksText(ledger)) };
    if (replay.hash !== replay.stored) faults.push("books: made again from their events they are others");
  }
  return { faults, ...(replay === undefined ? {} : { replay }) };
}

function booksText({ balances, positions }: ReturnType<typeof rebuildLedger>): string {
  const sorted = [...balances].sort(([a], [b]) => (a < b ? -1 : 1));
  const held = [...positions].sort(([a], [b]) => (a < b ? -1 : 1));
  return `${ledgerText(sorted)}${ledgerText(held)}`;
}

function* bookedEvents(sql: Sql): Generator<LedgerEvent> {
  const query = "select sequence, id, text from ledger_events where sequence > ? order by sequence limit ?";
  for (let after = 0; ; ) {
    const rows = sql.exec<{ sequence: number; id: string; text: string }>(query, after, ROWS).toArray();
    for (const { id, text } of rows) if (!id.startsWith(SHARES)) yield parseLedgerEvent(text);
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.sequence;
  }
}

function* links(sql: Sql): Generator<AuditLink> {
  const query = "select seq, record, hash from entries where seq > ? order by seq limit ?";
  for (let after = 0; ; ) {
    const rows = sql.exec<{ seq: number; record: string; hash: string }>(query, after, ROWS).toArray();
    for (const { seq, record, hash } of rows) yield { seq, record: JSON.parse(record) as unknown, hash };
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.seq;
  }
}

function documentOf(sql: Sql, name: string): string | undefined {
  const query = "select text from document_parts where name = ? order by part";
  const parts = sql.exec<{ text: string }>(query, name).toArray();
  return parts.length === 0 ? undefined : parts.map(({ text }) => text).join("");
}
