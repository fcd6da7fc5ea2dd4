import { and, eq, isNotNull } from "drizzle-orm";
import { venueConnections } from "../../../schema/tables/connection.ts";
import { bots, tradingAccounts } from "../../../schema/tables/trading.ts";
import { LIVE_WORDS, PAPER_DAYS_MIN } from "../../../schema/wire/bot.ts";
import { isLiveMoney } from "../../../schema/wire/connection.ts";
import type { MarketChoice } from "../../../schema/wire/trading.ts";
import { DAY_MS } from "../../core/candle/timeframe.ts";
import { conflict, invalid } from "../../platform/problem-error.ts";
import type { ServiceContext } from "../service-context.ts";
import type { BotRow } from "./bots.ts";

/** Bots that are looked at for such a run: an owner has a thousand at most. */
const BOTS_LOOKED_AT = 1_000;

/** Whether a new account would trade real money. */
export async function isLiveChoice(ctx: Owned, market: MarketChoice): Promise<boolean> {
  if (market.kind !== "venue") return false;
  const row = await ctx.owned.find(venueConnections, eq(venueConnections.id, market.connectionId));
  return row !== undefined && isLiveMoney(row);
}

/** Whether a bot trades real money. */
export async function isLiveBot(ctx: Owned, { accountId }: Pick<BotRow, "accountId">): Promise<boolean> {
  const account = await ctx.owned.find(tradingAccounts, eq(tradingAccounts.id, accountId));
  return account?.mode === "live";
}

/** Throws 422 where whoever starts a bot with real money has not typed that they mean it. */
export function requireLiveWords(confirm: string | undefined): void {
  if (confirm?.trim() === LIVE_WORDS) return;
  throw invalid("confirm", `must be "${LIVE_WORDS}": this bot moves real money`, confirm ?? "");
}

type Owned = Pick<ServiceContext, "owned">;
type Traded = Pick<BotRow, "definition" | "document">;

/**
 * Throws 409 where the same version of the strategy, at the same timeframe, has not run with play money for long enough:
 * replays do not count, since a week of theirs is over in minutes.
 */
export async function requirePaperRun(ctx: Owned, bot: Traded): Promise<void> {
  const rows = await ctx.owned.list(bots, {
    where: and(isNotNull(bots.startedAt), isNotNull(bots.lastCandleAt)),
    limit: BOTS_LOOKED_AT,
  });
  const accounts = new Map(
    (await ctx.owned.list(tradingAccounts, { limit: BOTS_LOOKED_AT })).map((account) => [account.id, account]),
  );
  const wanted = identityOf(bot);
  const longest = rows
    .filter(({ accountId }) => {
      const account = accounts.get(accountId);
      return account !== undefined && account.mode !== "live" && account.market.kind !== "replay";
    })
    .filter((row) => identityOf(row) === wanted)
    .reduce((most, { startedAt, lastCandleAt }) => Math.max(most, (lastCandleAt ?? 0) - (startedAt ?? 0)), 0);
  if (longest >= PAPER_DAYS_MIN * DAY_MS) return;
  throw conflict(
    "paper_run_missing",
    `This version of the strategy must run with play money for ${PAPER_DAYS_MIN} days first; it has for ${(longest / DAY_MS).toFixed(1)}. Replays do not count.`,
  );
}

/** What decides how a bot trades: its rules or its library strategy with parameters, and its timeframe. */
function identityOf({ definition, document }: Traded): string {
  const { strategy, timeframe, direction } = definition;
  const parameters = Object.entries(strategy.parameters).sort(([left], [right]) => (left < right ? -1 : 1));
  const rules = strategy.kind === "library" ? strategy.id : strategy.kind === "signals" ? "signals" : document;
  return JSON.stringify([rules, parameters, timeframe, direction]);
}
