import type { Bot } from "../../schema/wire/bot.ts";
import type { BotSort, BotsSearch } from "../app/trading-search.ts";
import { decimalNumber } from "../format/decimal.ts";

/** The bots that a search lets through, in its order. Bots without the number sorted by come last. */
export function arrangeBots(bots: readonly Bot[], search: BotsSearch): readonly Bot[] {
  const words = (search.q ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const kept = bots.filter(
    (bot) =>
      (search.status === undefined || bot.status === search.status) &&
      words.every((word) => textOf(bot).includes(word)),
  );
  const sort = search.sort ?? "created";
  const direction = (search.order ?? firstOrder(sort)) === "asc" ? 1 : -1;
  return [...kept].sort((a, b) => compareKeys(keyOf(a, sort), keyOf(b, sort), direction) || b.createdAt - a.createdAt);
}

/** The way a column is sorted first. */
export function firstOrder(sort: BotSort): "asc" | "desc" {
  return sort === "name" || sort === "status" ? "asc" : "desc";
}

function textOf({ name, strategyTitle, definition }: Bot): string {
  return `${name} ${strategyTitle} ${definition.instruments.join(" ")} ${definition.timeframe}`.toLowerCase();
}

type Key = string | number | null;

function keyOf(bot: Bot, sort: BotSort): Key {
  switch (sort) {
    case "name":
      return bot.name.toLowerCase();
    case "status":
      return bot.status;
    case "profit":
      return decimalNumber(bot.profit);
    case "today":
      return decimalNumber(bot.profitToday);
    case "trades":
      return bot.trades;
    case "created":
      return bot.createdAt;
  }
}

function compareKeys(a: Key, b: Key, direction: number): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return (a < b ? -1 : 1) * direction;
}
