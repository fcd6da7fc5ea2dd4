import { index, integer, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { BacktestSettings, Headline, RunStatus } from "../wire/backtest.ts";

/**
 * A run. Status goes queued → running → done, failed or cancelled and never back, except that a re-drive may take up a
 * run whose worker died. `leaseToken` is set by the worker that holds the run until `leaseUntilMs`; every write of a
 * worker names its token, so that one whose lease was taken over changes nothing.
 */
export const backtests = sqliteTable(
  "backtests",
  {
    id: text("id").primaryKey(),
    ownerId: text("owner_id").notNull(),
    name: text("name").notNull(),
    status: text("status").$type<RunStatus>().notNull(),
    strategyTitle: text("strategy_title").notNull(),
    symbols: text("symbols", { mode: "json" }).$type<string[]>().notNull(),
    simulated: integer("simulated", { mode: "boolean" }).notNull(),
    settings: text("settings", { mode: "json" }).$type<BacktestSettings>().notNull(),
    /** Rule text as it stood when the run was made; null for a strategy of the library. */
    document: text("document"),
    /** Trials of any strategy on the same markets, this run included. */
    trials: integer("trials").notNull(),
    /** What its trial is counted under; null for runs from before trials were told apart by how they ended. */
    trialSubject: text("trial_subject"),
    headline: text("headline", { mode: "json" }).$type<Headline>(),
    totalReturn: real("total_return"),
    sharpe: real("sharpe"),
    maxDrawdown: real("max_drawdown"),
    trades: integer("trades"),
    errorCode: text("error_code"),
    errorMessage: text("error_message"),
    cancelRequested: integer("cancel_requested", { mode: "boolean" }).notNull().default(false),
    leaseToken: text("lease_token"),
    leaseUntilMs: integer("lease_until_ms").notNull().default(0),
    /** Last sign of life of a worker or of the queue. */
    aliveAt: integer("alive_at").notNull(),
    /** Times the watchdog took the run up again since its last checkpoint. */
    redrives: integer("redrives").notNull().default(0),
    checkpointKey: text("checkpoint_key"),
    createdAt: integer("created_at").notNull(),
    startedAt: integer("started_at"),
    finishedAt: integer("finished_at"),
  },
  (table) => [
    index("backtests_by_owner").on(table.ownerId, table.createdAt),
    index("backtests_by_life").on(table.status, table.aliveAt),
  ],
);
