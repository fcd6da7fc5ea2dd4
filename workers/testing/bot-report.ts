import type { BotReport } from "../live/bot-report.ts";

/** What a running bot tells its owner's dashboard, with the equity given. */
export function botReport(botId: string, accountId: string, equity = "100"): BotReport {
  const figures = {
    status: "running" as const,
    reason: null,
    equity,
    profit: "1",
    profitToday: "0.5",
    spark: [1, 2, 3],
  };
  return {
    bot: { botId, accountId, name: "Cross", ...figures },
    row: { ...figures, trades: 4, lastCandleAt: 60_000, dueAt: 120_000, startedAt: 0 },
  };
}
