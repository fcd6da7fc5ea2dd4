import { index, integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { ParameterSpec } from "../wire/strategy.ts";

/** A trader's own strategy at its newest version. */
export const strategies = sqliteTable(
  "strategies",
  {
    id: text("id").primaryKey(),
    ownerId: text("owner_id").notNull(),
    name: text("name").notNull(),
    version: integer("version").notNull(),
    document: text("document").notNull(),
    parameters: text("parameters", { mode: "json" }).$type<ParameterSpec[]>().notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [index("strategies_by_owner").on(table.ownerId, table.updatedAt)],
);

/** Rows are only ever added: a run names the version that it tested. */
export const strategyVersions = sqliteTable(
  "strategy_versions",
  {
    strategyId: text("strategy_id").notNull(),
    version: integer("version").notNull(),
    ownerId: text("owner_id").notNull(),
    document: text("document").notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.strategyId, table.version] })],
);

/**
 * How often an owner has tried something on the same markets, and how the daily Sharpe ratios of the trials that have
 * finished spread: what the Sharpe ratio of the best of them must be deflated by.
 */
export const trialCounts = sqliteTable(
  "trial_counts",
  {
    ownerId: text("owner_id").notNull(),
    /** The markets, as the backtests' `trialSubject`. */
    subject: text("subject").notNull(),
    trials: integer("trials").notNull(),
    /** Trials that finished with a Sharpe ratio. */
    finished: integer("finished").notNull().default(0),
    sharpeSum: real("sharpe_sum").notNull().default(0),
    sharpeSquares: real("sharpe_squares").notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.ownerId, table.subject] })],
);
