import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
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

/** How often an owner has tried one strategy on one market: the count that deflates its Sharpe ratio. */
export const trialCounts = sqliteTable(
  "trial_counts",
  {
    ownerId: text("owner_id").notNull(),
    subject: text("subject").notNull(),
    trials: integer("trials").notNull(),
  },
  (table) => [primaryKey({ columns: [table.ownerId, table.subject] })],
);
