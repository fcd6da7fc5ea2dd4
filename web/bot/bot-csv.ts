import type { Bot } from "../../schema/wire/bot.ts";
import type { CsvColumn } from "../format/csv.ts";
import { decimalNumber } from "../format/decimal.ts";

/** The list of bots as a table for other programs: times ISO in UTC, amounts in the account's currency. */
export const BOT_CSV: readonly CsvColumn<Bot>[] = [
  { title: "id", cell: (bot) => bot.id },
  { title: "name", cell: (bot) => bot.name },
  { title: "strategy", cell: (bot) => bot.strategyTitle },
  { title: "instruments", cell: (bot) => bot.definition.instruments.join(" ") },
  { title: "timeframe", cell: (bot) => bot.definition.timeframe },
  { title: "account", cell: (bot) => bot.accountId },
  { title: "simulated", cell: (bot) => (bot.simulated ? "yes" : "no") },
  { title: "state", cell: (bot) => bot.status },
  { title: "reason", cell: (bot) => bot.reason },
  { title: "version", cell: (bot) => bot.version },
  { title: "equity", cell: (bot) => decimalNumber(bot.equity) },
  { title: "profit", cell: (bot) => decimalNumber(bot.profit) },
  { title: "profit_today", cell: (bot) => decimalNumber(bot.profitToday) },
  { title: "trades", cell: (bot) => bot.trades },
  { title: "made", cell: (bot) => new Date(bot.createdAt).toISOString() },
];
