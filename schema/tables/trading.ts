import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Fees, Slippage } from "../wire/backtest.ts";
import type { BotDefinition, BotStatus } from "../wire/bot.ts";
import type { AccountMarket, AccountMode, OrderRole, OrderStateName } from "../wire/trading.ts";

/** An account with a venue. Its desk, books and orders are in its object; this is what lists and pages need. */
export const tradingAccounts = sqliteTable(
  "trading_accounts",
  {
    id: text("id").primaryKey(),
    ownerId: text("owner_id").notNull(),
    name: text("name").notNull(),
    mode: text("mode").$type<AccountMode>().notNull(),
    market: text("market", { mode: "json" }).$type<AccountMarket>().notNull(),
    /** The key that it trades with; null for a simulated market. */
    connectionId: text("connection_id"),
    currency: text("currency").notNull(),
    method: text("method").$type<"fifo" | "average">().notNull(),
    /** Decimal. */
    cash: text("cash").notNull(),
    fees: text("fees", { mode: "json" }).$type<Fees>().notNull(),
    slippage: text("slippage", { mode: "json" }).$type<Slippage>().notNull(),
    latencyMs: integer("latency_ms").notNull(),
    /** Parts of a million, so that no float is stored; null for no limit. */
    volumeLimitPpm: integer("volume_limit_ppm"),
    /** The platform's switch that the account's desk was told last: see `platform-switch.ts`. */
    platformVersion: integer("platform_version").notNull().default(0),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [index("trading_accounts_by_owner").on(table.ownerId, table.createdAt)],
);

/** A bot: what it shall do. What it does is in its object; the figures here are as of its last report. */
export const bots = sqliteTable(
  "bots",
  {
    id: text("id").primaryKey(),
    ownerId: text("owner_id").notNull(),
    accountId: text("account_id").notNull(),
    name: text("name").notNull(),
    strategyTitle: text("strategy_title").notNull(),
    /** Rule text as it stood when this version was made; null for a strategy of the library. */
    document: text("document"),
    version: integer("version").notNull(),
    definition: text("definition", { mode: "json" }).$type<BotDefinition>().notNull(),
    status: text("status").$type<BotStatus>().notNull(),
    reason: text("reason"),
    archived: integer("archived", { mode: "boolean" }).notNull().default(false),
    simulated: integer("simulated", { mode: "boolean" }).notNull(),
    equity: text("equity"),
    profit: text("profit"),
    profitToday: text("profit_today"),
    trades: integer("trades").notNull().default(0),
    spark: text("spark", { mode: "json" }).$type<number[]>().notNull(),
    lastCandleAt: integer("last_candle_at"),
    /** When the bot shall wake next, real time; the watchdog wakes those that are late. */
    dueAt: integer("due_at"),
    createdAt: integer("created_at").notNull(),
    startedAt: integer("started_at"),
  },
  (table) => [
    index("bots_by_owner").on(table.ownerId, table.createdAt),
    index("bots_by_account").on(table.accountId),
    index("bots_by_due").on(table.dueAt),
  ],
);

/** Orders of all accounts as rows to search. Written from the desks' outboxes; the truth is in the desk. */
export const orders = sqliteTable(
  "orders",
  {
    id: text("id").primaryKey(),
    ownerId: text("owner_id").notNull(),
    accountId: text("account_id").notNull(),
    botId: text("bot_id"),
    instrument: text("instrument").notNull(),
    side: text("side").$type<"buy" | "sell">().notNull(),
    kind: text("kind").notNull(),
    role: text("role").$type<OrderRole>().notNull(),
    quantity: text("quantity").notNull(),
    limitPrice: text("limit_price"),
    stopPrice: text("stop_price"),
    trail: text("trail"),
    parent: text("parent"),
    filled: text("filled").notNull(),
    averagePrice: text("average_price"),
    state: text("state").$type<OrderStateName>().notNull(),
    cancelRequested: integer("cancel_requested", { mode: "boolean" }).notNull(),
    released: integer("released", { mode: "boolean" }).notNull().default(false),
    reason: text("reason"),
    signal: text("signal").notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
    /** Number of the change in its desk: an older one that comes late changes nothing. */
    change: integer("change").notNull(),
  },
  (table) => [
    index("orders_by_owner").on(table.ownerId, table.createdAt, table.id),
    index("orders_by_bot").on(table.botId, table.createdAt),
  ],
);

/** Fills of all accounts as rows to search. */
export const fills = sqliteTable(
  "fills",
  {
    /** Account and trade: a venue's trade ids are its own. */
    id: text("id").primaryKey(),
    ownerId: text("owner_id").notNull(),
    accountId: text("account_id").notNull(),
    tradeId: text("trade_id").notNull(),
    botId: text("bot_id"),
    orderId: text("order_id"),
    instrument: text("instrument").notNull(),
    side: text("side").$type<"buy" | "sell">().notNull(),
    quantity: text("quantity").notNull(),
    price: text("price").notNull(),
    fee: text("fee").notNull(),
    feeCurrency: text("fee_currency").notNull(),
    liquidity: text("liquidity").$type<"maker" | "taker">().notNull(),
    at: integer("at").notNull(),
  },
  (table) => [
    index("fills_by_owner").on(table.ownerId, table.at, table.id),
    index("fills_by_bot").on(table.botId, table.at),
  ],
);

/** Trades from opening to close, with what their owner wrote about them. */
export const journal = sqliteTable(
  "journal",
  {
    id: text("id").primaryKey(),
    ownerId: text("owner_id").notNull(),
    accountId: text("account_id").notNull(),
    botId: text("bot_id"),
    instrument: text("instrument").notNull(),
    side: text("side").$type<"long" | "short">().notNull(),
    quantity: text("quantity").notNull(),
    openedAt: integer("opened_at").notNull(),
    closedAt: integer("closed_at").notNull(),
    entryPrice: text("entry_price").notNull(),
    exitPrice: text("exit_price").notNull(),
    fees: text("fees").notNull(),
    profit: text("profit").notNull(),
    /** Whether `profit` is above zero, so that lists can be filtered without reading decimals. */
    won: integer("won", { mode: "boolean" }).notNull(),
    exitReason: text("exit_reason").notNull(),
    notes: text("notes").notNull().default(""),
    rating: integer("rating"),
    /** Key of the chart's picture in the object store. */
    pictureKey: text("picture_key"),
  },
  (table) => [index("journal_by_owner").on(table.ownerId, table.closedAt, table.id)],
);

export const journalTags = sqliteTable(
  "journal_tags",
  {
    ownerId: text("owner_id").notNull(),
    tradeId: text("trade_id").notNull(),
    tag: text("tag").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tradeId, table.tag] }),
    index("journal_tags_by_owner").on(table.ownerId, table.tag),
  ],
);
