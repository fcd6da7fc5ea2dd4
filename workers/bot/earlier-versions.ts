import type { BotMachine } from "./bot-machine.ts";
import type { BotLife } from "./bot-view.ts";

/**
 * What the versions of a bot that had their turn before this one came to. Each version's engine begins with the bot's capital
 * anew; what is shown of the bot is of its whole life.
 */
export interface EarlierVersions {
  /** In the account's currency. */
  readonly profit: number;
  readonly trades: number;
  /** What of the profit is of one day (UTC, days since 1970); null before a day began. */
  readonly today: { readonly day: number; readonly profit: number } | null;
}

/** With one more version, which holds nothing any more: its capital and equity in the account's currency, and its closed trades. */
export function withVersion(
  { earlier, dayStart }: Pick<BotLife, "earlier" | "dayStart">,
  version: { readonly capital: number; readonly equity: number; readonly trades: number },
): EarlierVersions {
  const { capital, equity, trades } = version;
  const ended = earlier ?? { profit: 0, trades: 0, today: null };
  const before = earlierToday({ earlier, dayStart });
  return {
    profit: ended.profit + equity - capital,
    trades: ended.trades + trades,
    today: dayStart === null ? ended.today : { day: dayStart.day, profit: before + equity - dayStart.equity },
  };
}

/** What changes in the life of a bot as its version ends, which closed `trades`: nothing where it never had its turn. */
export function versionEnded(life: BotLife, machine: BotMachine | undefined, trades: number): Partial<BotLife> {
  if (machine === undefined) return {};
  const version = { capital: machine.capital, equity: machine.trader.equity(), trades };
  return { earlier: withVersion(life, version), trades: 0, dayStart: null };
}

/** What earlier versions made of the day that the bot is in; until it has looked at the market, of the last one. */
export function earlierToday({ earlier, dayStart }: Pick<BotLife, "earlier" | "dayStart">): number {
  const today = earlier?.today ?? null;
  return today === null || (dayStart !== null && dayStart.day !== today.day) ? 0 : today.profit;
}
