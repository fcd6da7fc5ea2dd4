import type { BotPreview } from "../../schema/wire/bot.ts";
import { formatCount } from "../format/format.ts";

/** What last month came to, before its figures are told. */
export type PreviewKind = "no-candles" | "no-trade" | "traded";

/** Whether there was anything to trade on, and whether it traded: also where nothing that was opened has closed yet. */
export function previewKind({ equity, largestOrder }: Pick<BotPreview, "equity" | "largestOrder">): PreviewKind {
  if (equity.length === 0) return "no-candles";
  return Number(largestOrder) > 0 ? "traded" : "no-trade";
}

/** "in 12 trades", or "in 0 closed trades after 214 entries; it still holds a position". */
export function previewTradesWords({
  trades,
  entries,
  holding,
}: Pick<BotPreview, "trades" | "entries" | "holding">): string {
  const count = (number: number, noun: string) => `${formatCount(number)} ${noun}${number === 1 ? "" : "s"}`;
  if (holding === undefined || holding === 0) return `in ${count(trades, "trade")}`;
  const entered =
    entries === undefined ? "" : ` after ${entries === 1 ? "1 entry" : `${formatCount(entries)} entries`}`;
  const held = holding === 1 ? "a position" : `${formatCount(holding)} positions`;
  return `in ${count(trades, "closed trade")}${entered}; it still holds ${held}`;
}
