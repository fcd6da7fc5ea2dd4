import { and, count, eq, gte, inArray, isNotNull, isNull, lt, min, type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import { backfills } from "../../../schema/tables/backfill.ts";
import { backtests } from "../../../schema/tables/backtest.ts";
import { mailOutbox } from "../../../schema/tables/outbox.ts";
import { dataExports } from "../../../schema/tables/privacy.ts";
import {
  type AdminJob,
  JOB_KINDS,
  type JobCounts,
  type JobKind,
  type JobQuery,
  type JobState,
} from "../../../schema/wire/admin.ts";
import { BACKFILL_SILENT_MS } from "../../jobs/watch-backfills.ts";
import { EXPORT_SILENT_MS } from "../../jobs/watch-exports.ts";
import { SILENT_MS } from "../../jobs/watch-runs.ts";
import type { Database } from "../../platform/database.ts";
import { behindCursor, newestFirst, pageOf } from "../trading/page-cursor.ts";

const HOUR_MS = 3_600_000;
/** Letters are tried again for hours; one that waits for longer than its first tries take hangs. */
const LETTER_SILENT_MS = HOUR_MS;
/** As long as a drain has a letter in hand: see `mail-outbox.ts`. */
const LETTER_CLAIM_MS = 2 * 60_000;
const FAILED_WITHIN_MS = 24 * HOUR_MS;

type LeasedTable = typeof backtests | typeof dataExports | typeof backfills;

/** Kinds of work whose rows have a worker's lease: where they are, and how long their workers may say nothing. */
const LEASED: Readonly<Record<Exclude<JobKind, "letter">, { readonly table: LeasedTable; readonly silentMs: number }>> =
  {
    run: { table: backtests, silentMs: SILENT_MS },
    export: { table: dataExports, silentMs: EXPORT_SILENT_MS },
    backfill: { table: backfills, silentMs: BACKFILL_SILENT_MS },
  };

/** A page of one kind of work of the whole deployment, the newest first. Throws 422 for a cursor of another list. */
export async function listJobs(
  database: Database,
  { kind, state, cursor, limit }: JobQuery,
  nowMs: number,
): Promise<{ rows: AdminJob[]; next: string | null }> {
  const { table, at, id } = placeOf(kind);
  const wanted = state === undefined ? undefined : conditionOf(kind, state, nowMs);
  const rows: Row[] = await database
    .select(columnsOf(kind))
    .from(table)
    .where(and(wanted, behindCursor({ at, id }, cursor)))
    .orderBy(...newestFirst({ at, id }))
    .limit(limit + 1);
  const page = pageOf(rows, limit, (row) => [row.createdAt, row.id]);
  return { ...page, rows: page.rows.map((row) => jobOf(kind, row, nowMs)) };
}

/** One piece of work; undefined where there is none. */
export async function findJob(
  database: Database,
  kind: JobKind,
  key: string,
  nowMs: number,
): Promise<AdminJob | undefined> {
  const { table, id } = placeOf(kind);
  const [row]: Row[] = await database.select(columnsOf(kind)).from(table).where(eq(id, key)).limit(1);
  return row === undefined ? undefined : jobOf(kind, row, nowMs);
}

/** What waits, works, hangs, and failed within a day, of each kind. */
export async function countJobs(database: Database, nowMs: number): Promise<JobCounts> {
  return Promise.all(
    JOB_KINDS.map(async (kind) => {
      const { at } = placeOf(kind);
      const [waiting, working, stuck, failed] = await Promise.all([
        countOf(database, kind, conditionOf(kind, "waiting", nowMs)),
        countOf(database, kind, conditionOf(kind, "working", nowMs)),
        countOf(database, kind, conditionOf(kind, "stuck", nowMs)),
        countOf(database, kind, and(conditionOf(kind, "failed", nowMs), gte(at, nowMs - FAILED_WITHIN_MS))),
      ]);
      const counts = { waiting: waiting.rows, working: working.rows, stuck: stuck.rows, failed: failed.rows };
      return { kind, ...counts, oldestWaitingAt: waiting.oldest };
    }),
  );
}

async function countOf(database: Database, kind: JobKind, where: SQL | undefined) {
  const { table, at } = placeOf(kind);
  const [row] = await database
    .select({ rows: count(), oldest: min(at) })
    .from(table)
    .where(where);
  return { rows: row?.rows ?? 0, oldest: (row?.oldest as number | null | undefined) ?? null };
}

interface Row {
  readonly id: string;
  readonly ownerId: string | null;
  readonly title: string;
  readonly status: string;
  readonly createdAt: number;
  readonly aliveAt: number;
  readonly finishedAt: number | null;
  readonly attempts: number;
  readonly error: string | null;
}

function placeOf(kind: JobKind): { readonly table: SQLiteTable; readonly at: SQLiteColumn; readonly id: SQLiteColumn } {
  const table = kind === "letter" ? mailOutbox : LEASED[kind].table;
  return { table, at: table.createdAt, id: table.id };
}

/** What each kind's rows have in common, under the same names. */
function columnsOf(kind: JobKind) {
  if (kind === "letter") {
    const { id, userId, template, createdAt, nextAttemptAt, attempts, lastError, sentAt, failedAt } = mailOutbox;
    const status = sql<string>`case when ${sentAt} is not null then 'done' when ${failedAt} is not null then 'failed' else 'queued' end`;
    const finishedAt = sql<number | null>`coalesce(${sentAt}, ${failedAt})`;
    return {
      ...{ id, ownerId: userId, title: sql<string>`${template}`, status, createdAt },
      ...{ aliveAt: nextAttemptAt, finishedAt, attempts, error: lastError },
    };
  }
  const { table } = LEASED[kind];
  const { id, ownerId, status, createdAt, aliveAt, finishedAt, redrives } = table;
  const title =
    table === backtests
      ? backtests.name
      : table === backfills
        ? backfills.name
        : sql<string>`'Archive of a person''s data'`;
  const error =
    table === dataExports ? dataExports.error : table === backfills ? backfills.errorMessage : backtests.errorMessage;
  return {
    ...{ id, ownerId, title: sql<string>`${title}`, status: sql<string>`${status}`, createdAt },
    ...{ aliveAt, finishedAt, attempts: redrives, error },
  };
}

function conditionOf(kind: JobKind, state: JobState, nowMs: number): SQL | undefined {
  if (kind === "letter") return letterCondition(state, nowMs);
  const { table, silentMs } = LEASED[kind];
  const silentSince = nowMs - silentMs;
  const isOpen = inArray(table.status, ["queued", "running"]);
  if (state === "waiting") return and(eq(table.status, "queued"), gte(table.aliveAt, silentSince));
  if (state === "working") return and(eq(table.status, "running"), gte(table.aliveAt, silentSince));
  if (state === "stuck") return and(isOpen, lt(table.aliveAt, silentSince));
  return sql`${table.status} = ${state}`;
}

function letterCondition(state: JobState, nowMs: number): SQL | undefined {
  const { sentAt, failedAt, createdAt } = mailOutbox;
  const waits = and(isNull(sentAt), isNull(failedAt));
  if (state === "waiting") return and(waits, gte(createdAt, nowMs - LETTER_SILENT_MS));
  if (state === "stuck") return and(waits, lt(createdAt, nowMs - LETTER_SILENT_MS));
  if (state === "failed") return isNotNull(failedAt);
  return state === "done" ? isNotNull(sentAt) : sql`false`;
}

function jobOf(kind: JobKind, row: Row, nowMs: number): AdminJob {
  const { id, ownerId, title, createdAt, aliveAt, finishedAt, attempts, error } = row;
  const state = stateOf(kind, row, nowMs);
  const shared = { kind, id, ownerId: ownerId ?? "", title, state, createdAt, aliveAt, finishedAt, attempts, error };
  return { ...shared, verbs: verbsOf(kind, state, { aliveAt, nowMs }) };
}

function stateOf(kind: JobKind, { status, aliveAt, createdAt }: Row, nowMs: number): JobState {
  if (status === "done" || status === "failed" || status === "cancelled") return status;
  const silentSince = kind === "letter" ? createdAt + LETTER_SILENT_MS : aliveAt + LEASED[kind].silentMs;
  if (silentSince < nowMs) return "stuck";
  return status === "queued" ? "waiting" : "working";
}

function verbsOf(
  kind: JobKind,
  state: JobState,
  { aliveAt, nowMs }: { readonly aliveAt: number; readonly nowMs: number },
): AdminJob["verbs"] {
  const isOpen = state === "waiting" || state === "working" || state === "stuck";
  // A letter that was given up has lost its text.
  // One whose next try is near may be in somebody's hands this moment.
  if (kind === "letter") return isOpen && aliveAt > nowMs + LETTER_CLAIM_MS ? ["redrive"] : [];
  const canCancel = isOpen && kind !== "export";
  const canRedrive = isOpen || state === "failed";
  return [...(canRedrive ? (["redrive"] as const) : []), ...(canCancel ? (["cancel"] as const) : [])];
}
