import { and, count, eq, inArray, isNull, lt, type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import { backfills } from "../../schema/tables/backfill.ts";
import { backtests } from "../../schema/tables/backtest.ts";
import { noticeDeliveries } from "../../schema/tables/notification.ts";
import { auditOutbox, mailOutbox } from "../../schema/tables/outbox.ts";
import { dataExports } from "../../schema/tables/privacy.ts";
import { bots, tradingAccounts } from "../../schema/tables/trading.ts";
import { gauge } from "../metrics/meter.ts";
import { ACCOUNT_MODES, BOT_STATES, type QUEUES } from "../metrics/metric-labels.ts";
import { type Database, openDatabase } from "../platform/database.ts";
import { type Env, VERSION } from "../platform/env.ts";
import { readSwitch } from "../services/trading/platform-switch.ts";
import { BOT_LATE_MS } from "./watch-bots.ts";

/** What D1 allows a database, https://developers.cloudflare.com/d1/platform/limits/. */
const D1_BYTES_MAX = 10e9;
const ACTIVE = ["starting", "running", "paused"] as const;
/** All of them are told by one source: whichever isolate runs the minute's clock. */
const SOURCE = "cron";

/** The minute's look at the database: what exists, what waits, and how much room is left. Values that are not told expire. */
export async function measureDeployment(env: Env, nowMs: number): Promise<void> {
  const told = (value: number | undefined) => ({ value, source: SOURCE, at: nowMs });
  gauge("cron_staleness_seconds", {}, told(nowMs / 1_000));
  gauge("build_info", { version: VERSION }, told(1));
  const database = openDatabase(env.DB);
  await measureBots(database, nowMs);
  await measureWork(database, nowMs);
  const isHalted = env.TRADING_HALTED === "true" || (await readSwitch(database))?.state === "HALTED";
  gauge("kill_switch_on", {}, told(isHalted ? 1 : 0));
  const { meta } = await database.run(sql`select 1`);
  gauge("quota_used_ratio", { quota: "d1_storage" }, told(meta.size_after / D1_BYTES_MAX));
}

async function measureBots(database: Database, nowMs: number): Promise<void> {
  const told = (value: number) => ({ value, source: SOURCE, at: nowMs });
  const byState = await database.select({ state: bots.status, rows: count() }).from(bots).groupBy(bots.status);
  const rowsOf = (state: string) => byState.find((row) => row.state === state)?.rows ?? 0;
  for (const state of BOT_STATES) gauge("bots", { state }, told(rowsOf(state)));
  const isActive = inArray(bots.status, [...ACTIVE]);
  gauge("active_bots", {}, told(ACTIVE.reduce((sum, state) => sum + rowsOf(state), 0)));
  const strategies = sql<number>`count(distinct coalesce(${bots.document}, ${bots.strategyTitle}))`;
  const [{ kinds }] = await database.select({ kinds: strategies }).from(bots).where(isActive);
  gauge("active_strategies", {}, told(kinds));
  const isLate = and(isActive, lt(bots.dueAt, nowMs - BOT_LATE_MS));
  const [{ late }] = await database.select({ late: count() }).from(bots).where(isLate);
  gauge("late_bots", {}, told(late));
  const byMode = await database
    .select({ mode: tradingAccounts.mode, rows: count() })
    .from(tradingAccounts)
    .groupBy(tradingAccounts.mode);
  for (const mode of ACCOUNT_MODES) {
    gauge("trading_accounts", { mode }, told(byMode.find((row) => row.mode === mode)?.rows ?? 0));
  }
}

interface Waiting {
  readonly queue: (typeof QUEUES)[number];
  readonly table: SQLiteTable;
  readonly since: SQLiteColumn;
  readonly where: SQL | undefined;
}

const WAITING: readonly Waiting[] = [
  { queue: "runs", table: backtests, since: backtests.createdAt, where: inArray(backtests.status, ["queued"]) },
  {
    queue: "exports",
    table: dataExports,
    since: dataExports.createdAt,
    where: inArray(dataExports.status, ["queued"]),
  },
  { queue: "backfills", table: backfills, since: backfills.createdAt, where: inArray(backfills.status, ["queued"]) },
  {
    queue: "mail",
    table: mailOutbox,
    since: mailOutbox.createdAt,
    where: and(isNull(mailOutbox.sentAt), isNull(mailOutbox.failedAt)),
  },
  {
    queue: "notices",
    table: noticeDeliveries,
    // What waits for its hour, or for a receiver that failed, waits by no fault of ours.
    since: noticeDeliveries.nextAttemptAt,
    where: and(eq(noticeDeliveries.status, "waiting"), sql`${noticeDeliveries.nextAttemptAt} < unixepoch() * 1000`),
  },
  { queue: "audit", table: auditOutbox, since: auditOutbox.createdAt, where: undefined },
];

/**
 * What waits, by the rows of the work itself: a queue's own count knows nothing of a message that it lost, and none of the
 * outboxes is a queue of the platform's.
 */
async function measureWork(database: Database, nowMs: number): Promise<void> {
  for (const { queue, table, since, where } of WAITING) {
    const oldest = sql<number | null>`min(${since})`;
    const [row] = await database.select({ rows: count(), oldest }).from(table).where(where);
    const told = (value: number | undefined) => ({ value, source: SOURCE, at: nowMs });
    gauge("queue_depth", { queue }, told(row?.rows ?? 0));
    const from = row?.oldest ?? undefined;
    gauge("queue_oldest_age_seconds", { queue }, told(from === undefined ? undefined : (nowMs - from) / 1_000));
  }
}
