import type { bots } from "../../schema/tables/trading.ts";
import type { DashboardBot } from "../../schema/wire/bot.ts";

/** What the list of bots shows of how one stands. */
export type BotFigures = Pick<
  typeof bots.$inferSelect,
  | "status"
  | "reason"
  | "equity"
  | "profit"
  | "profitToday"
  | "trades"
  | "spark"
  | "lastCandleAt"
  | "dueAt"
  | "startedAt"
>;

/** What a bot tells its owner's dashboard. */
export interface BotReport {
  readonly bot: DashboardBot;
  readonly row: BotFigures;
}
